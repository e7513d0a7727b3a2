/**
 * The benchmark program: in M-mode, as a guest, and on page tables.
 */
import { readFileSync } from 'node:fs';
import type { Program, Segment } from '../../model/machine/elf.js';
import { benchSource } from '../programs/bench.js';
import { programPath } from '../programs/build.js';

/** Passes of bench.S as it stands: more than 100 million instructions. */
export const shippedIterations = (): number => Number(/\.equ\s+ITERATIONS,\s*(\d+)/.exec(readFileSync(programPath('bench.S'), 'utf8'))?.[1] ?? 1);

/**
 * Where the program runs: in M-mode as it stands, in VS-mode with all of
 * translation Bare, in HS-mode under Sv39, in VS-mode under Sv39 over Sv39x4.
 */
export const SETTINGS = ['native', 'guest', 'Sv39', 'two-stage'] as const;
export type Setting = (typeof SETTINGS)[number];

const BASE = 0x8000_0000n;
const PAGE = 0x1000n;
/** Tables of the one stage of HS or VS, and of the G-stage, whose root takes four pages: behind the program. */
const TABLES = 0x8010_0000n;
const G_TABLES = 0x8011_0000n;
const V = 0x01n;
/** A page for supervisors, accessed and dirty; one for users. */
const SUPERVISORS = 0xcfn;
const USERS = 0xdfn;
const SV39 = 8n << 60n;
const ENTRIES = 512;

const pte = (target: bigint, flags: bigint): bigint => ((target >> 12n) << 10n) | flags;

function doublewords(address: bigint, values: readonly bigint[]): Segment {
  const data = new Uint8Array(8 * values.length);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => view.setBigUint64(8 * i, value, true));
  return { address, data, memSize: BigInt(data.length) };
}

/** The first 2 MiB of memory mapped to themselves by pages of 4 KiB: three levels. So are devices, by one large page. */
function identity(root: bigint, rootBytes: bigint, leaf: bigint): readonly Segment[] {
  const [middle, last] = [root + rootBytes, root + rootBytes + PAGE];
  return [
    doublewords(root, [pte(0n, leaf), 0n, pte(middle, V)]), doublewords(middle, [pte(last, V)]),
    doublewords(last, Array.from({ length: ENTRIES }, (_, i) => pte(BASE + BigInt(i) * PAGE, leaf))),
  ];
}

/** CSRs that lead to the tables, and bits of mstatus for MRET: MPP = S, and MPV for a guest. */
export const HOSTS: Readonly<Record<Exclude<Setting, 'native'>, { readonly csrs: Readonly<Record<string, bigint>>; readonly mstatus: bigint; readonly tables: readonly Segment[] }>> = {
  guest: { csrs: {}, mstatus: 0x80_0000_0800n, tables: [] },
  Sv39: { csrs: { satp: SV39 | (TABLES >> 12n) }, mstatus: 0x800n, tables: identity(TABLES, PAGE, SUPERVISORS) },
  'two-stage': {
    csrs: { vsatp: SV39 | (TABLES >> 12n), hgatp: SV39 | (G_TABLES >> 12n) }, mstatus: 0x80_0000_0800n,
    tables: [...identity(TABLES, PAGE, SUPERVISORS), ...identity(G_TABLES, 4n * PAGE, USERS)],
  },
};

/** The program in a setting, as it is assembled; below M-mode behind a prologue that opens PMP, if there is one, and returns into the mode. */
export function benchProgram(iterations: number, setting: Setting, assembled: (source: string) => Program): Program {
  const source = benchSource(iterations);
  if (setting === 'native') return assembled(source);
  const { csrs, mstatus, tables } = HOSTS[setting];
  const program = assembled(source.replace(/^_start:/m, `_start:
        la      t0, opened              # without PMP its CSRs trap, to here
        csrw    mtvec, t0
        li      t0, -1
        csrw    0x3b0, t0               # pmpaddr0
        li      t0, 0x1f
        csrw    0x3a0, t0               # pmpcfg0: all of memory, any access
        .align  2
opened: ${Object.entries(csrs).map(([name, value]) => `li t0, ${value}\n        csrw    ${name}, t0\n        `).join('')}li      t0, ${mstatus}
        csrw    mstatus, t0
        la      t0, below
        csrw    mepc, t0
        mret
        .align  2
below:`));
  return { ...program, segments: [...program.segments, ...tables] };
}
