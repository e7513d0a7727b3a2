/**
 * Nothing that a program, a file or a table holds is an error of ours: reserved
 * and random page-table entries, tables outside memory or in I/O, tables that
 * change while they are walked, every value of every CSR, random bytes as
 * firmware, as ELF and as device tree. Core and reference go through them in
 * lockstep; files are refused by one line that says what is wrong.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseElf, type Program, type Segment } from '../../model/machine/elf.js';
import { flawOfTree } from '../../model/machine/fdt.js';
import { assemble } from '../assembly/assemble.js';
import { writeElf } from '../assembly/elf.js';
import { assemblyTables } from '../assembly/tables.js';
import { exitProgram, Sandbox } from '../commands/testing.js';
import { CORES, shippedSpecs, type CoreName } from './cores.js';
import { tries } from './effort.js';
import { programFrom } from './programs.js';
import { explained, lockstepOf } from './random-programs.js';

const CYCLES = 3000;
const BASE = 0x8000_0000n;
const MEMORY = { base: BASE, size: 128n << 20n };
const { isa } = shippedSpecs();

type Image = Pick<Program, 'entry' | 'segments' | 'symbols'>;

/** Runs images in lockstep; the traps that each has come to. */
function runner(name: CoreName): (image: Image) => readonly number[] {
  const lockstep = lockstepOf(name);
  return (image) => {
    const causes: number[] = [];
    const result = lockstep.run(image, { maxCycles: CYCLES, onRecord: ({ retirement: { trap } }) => { if (trap !== undefined && !trap.interrupt) causes.push(trap.cause); } });
    if (result.kind === 'diverged') throw new Error(explained(result.divergence));
    return causes;
  };
}

const doubleword = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

/** Pages in which tables lie, eight of them, and what tables may point to: themselves, code, nothing, devices, the ends of memory and of the address space. */
const TABLES = 0x8001_0000n;
const PAGES = 8;
const PLACES = [
  ...Array.from({ length: PAGES }, (_, i) => (TABLES >> 12n) + BigInt(i)), BASE >> 12n, (BASE >> 12n) | 1n, 0x8_7fffn, 0x8_8000n, 0x2000n, 0x200bn, 0x1_0000n, 0x100n, 0n, 0xfff_ffff_ffffn, 0x400_0000_0000n, 0x8_0200n,
] as const;
const place = fc.constantFrom(...PLACES);

/** Any entry: mostly with bits that mean something, and now and then with none that does. */
const entry: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(place, fc.nat(0xff)).map(([ppn, flags]) => (ppn << 10n) | BigInt(flags | 1)) },
  { weight: 2, arbitrary: place.map((ppn) => (ppn << 10n) | 1n) },
  { weight: 2, arbitrary: place.map((ppn) => (ppn << 10n) | 0xdfn) },
  { weight: 2, arbitrary: fc.tuple(place, fc.nat(0x3ff), fc.nat(0x3ff)).map(([ppn, high, flags]) => (BigInt(high) << 54n) | (ppn << 10n) | BigInt(flags)) },
  { weight: 1, arbitrary: doubleword },
);

const atp = fc.tuple(fc.constantFrom(0n, 8n, 8n, 8n, 9n, 10n, 11n, 15n), fc.nat(0xffff), place).map(([mode, id, ppn]) => (mode << 60n) | (BigInt(id) << 44n) | ppn);
/** Virtual addresses: of tables and code where they are, at edges of pages, of the halves, and any. */
const address = fc.oneof(
  fc.tuple(fc.constantFrom(0n, BASE, TABLES, TABLES + 0x1000n, 1n << 38n, (1n << 64n) - (1n << 38n), (1n << 64n) - 4096n, 0x200_4000n, 0x1000_0000n), fc.constantFrom(0n, 8n, 0x7f8n, 0xff8n, 0xffcn, 0xfffn)).map(([base, offset]) => BigInt.asUintN(64, base + offset)),
  doubleword,
);

const ACCESSES = ['ld a0, (a1)', 'sd a1, (a1)', 'lh a0, (a1)', 'sb a1, (a1)', 'hlv.d a0, (a1)', 'hlvx.wu a0, (a1)', 'hsv.d a1, (a1)', 'amoadd.d a0, a1, (a1)', 'lr.d a0, (a1)', 'sc.d a0, a1, (a1)', 'cbo.zero (a1)', 'cbo.inval (a1)'] as const;

/** An access with the privilege of some mode, or a jump into one. */
interface Visit {
  readonly address: bigint;
  /** Of {@link ACCESSES}; undefined: a jump. */
  readonly access: (typeof ACCESSES)[number] | undefined;
  /** mstatus: MPV, MPP, SUM, MXR. */
  readonly mode: readonly [mpv: boolean, mpp: 0 | 1, sum: boolean, mxr: boolean];
}

const visit: fc.Arbitrary<Visit> = fc.record({
  address, access: fc.option(fc.constantFrom(...ACCESSES), { nil: undefined, freq: 3 }), mode: fc.tuple(fc.boolean(), fc.constantFrom(0 as const, 1 as const), fc.boolean(), fc.boolean()),
});

interface Walks {
  readonly csrs: Readonly<Record<'satp' | 'vsatp' | 'hgatp' | 'menvcfg' | 'henvcfg' | 'hstatus' | 'vsstatus' | 'medeleg' | 'hedeleg' | 'pmpaddr0' | 'pmpaddr1' | 'pmpcfg0', bigint>>;
  /** Entries by number from the start of the tables; all others are copies of the first few. */
  readonly entries: readonly bigint[];
  readonly visits: readonly Visit[];
}

const walks: fc.Arbitrary<Walks> = fc.record({
  csrs: fc.record({
    satp: atp, vsatp: atp, hgatp: atp, menvcfg: doubleword, henvcfg: doubleword, hstatus: doubleword, vsstatus: doubleword,
    medeleg: fc.constantFrom(0n, 0xf0_b7ffn), hedeleg: fc.constantFrom(0n, 0xb1ffn),
    // Mostly all of memory is open, or all but a range.
    pmpaddr0: fc.oneof(fc.constant((1n << 54n) - 1n), fc.tuple(place, fc.nat(3)).map(([ppn, size]) => (ppn << 10n) | BigInt((1 << (3 * size)) - 1))), pmpaddr1: fc.constant((1n << 54n) - 1n),
    pmpcfg0: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0x1f1fn, 0x1f18n, 0x1f19n, 0x1f1cn) }, { weight: 1, arbitrary: doubleword }),
  }),
  entries: fc.array(entry, { minLength: 1, maxLength: 16, size: 'max' }),
  visits: fc.array(visit, { minLength: 1, maxLength: 8, size: 'max' }),
});

const modeBits = ([mpv, mpp, sum, mxr]: Visit['mode']): bigint =>
  (mpv ? 1n << 39n : 0n) | (BigInt(mpp) << 11n) | (sum ? 1n << 18n : 0n) | (mxr ? 1n << 19n : 0n);

/** Traps go to the next visit, by s11; in M by its handler, in HS by its own. */
const walksText = ({ csrs, visits }: Walks): string => `
_start: la    t0, handler
        csrw  mtvec, t0
        la    t0, below
        csrw  stvec, t0
        csrw  vstvec, t0
        ${Object.entries(csrs).map(([name, value]) => `li t0, ${value}\n        csrw ${name}, t0`).join('\n        ')}
        ${visits.map(({ address: where, access, mode }, i) => `
        li    a1, ${where}
        la    s11, visited${i}
        li    t0, ${0x1e_0000n | (1n << 39n) | 0x1800n}
        csrc  mstatus, t0
        li    t0, ${modeBits(mode) | (access === undefined ? 0n : 1n << 17n)}
        csrs  mstatus, t0
        ${access ?? 'csrw mepc, a1\n        mret'}
visited${i}:`).join('')}
        csrw  mstatus, zero
        li    t0, 0x100000
        li    t1, 0x5555
        sw    t1, (t0)
        j     .
        .align 6
handler: li   t0, 0x1800
        csrs  mstatus, t0
        csrw  mepc, s11
        mret
        .align 6
below:  ecall
        ecall
`;

/** Tables full of the entries: each page starts elsewhere, so that levels differ. */
function tables(entries: readonly bigint[]): Segment {
  const data = new Uint8Array(4096 * PAGES);
  const view = new DataView(data.buffer);
  for (let i = 0; i < 512 * PAGES; i++) view.setBigUint64(8 * i, entries[(i + (i >> 9) * 5) % entries.length] ?? 0n, true);
  return { address: TABLES, data, memSize: BigInt(data.length) };
}

/** Every CSR that can be written, by any value; the trap vector stays, or there is no way back. */
const csrWrites = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...isa.csrs.map((c) => c.address)), fc.nat(0xfff)).filter((csr) => csr !== 0x305), fc.oneof(fc.constantFrom(0n, (1n << 64n) - 1n), doubleword), fc.constantFrom('csrrw', 'csrrs', 'csrrc')), { minLength: 1, maxLength: 40, size: 'max' });

const csrText = (writes: readonly (readonly [number, bigint, string])[]): string => `
_start: la    t0, handler
        csrw  mtvec, t0
        ${writes.map(([csr, value, how]) => `li t0, ${value}\n        ${how} t1, ${csr}, t0\n        csrrs t2, ${csr}, zero`).join('\n        ')}
        li    t0, 0x100000
        li    t1, 0x5555
        sw    t1, (t0)
        j     .
        .align 6
handler: csrr t0, mcause
        bltz  t0, 1f
        csrr  t0, mepc
        addi  t0, t0, 4
        csrw  mepc, t0
1:      csrw  mie, zero
        mret
`;

const bytes = fc.uint8Array({ minLength: 2, maxLength: 600, size: 'max' });
const firmware = (data: Uint8Array): Image => ({ entry: BASE, symbols: new Map(), segments: [{ address: BASE, data, memSize: BigInt(data.length) }] });

describe.each(CORES)('%s', (name) => {
  it('walks whatever lies where tables should be', () => {
    const run = runner(name);
    const causes = new Set<number>();
    fc.assert(fc.property(walks, (all) => {
      const program = programFrom(walksText(all));
      for (const cause of run({ ...program, segments: [...program.segments, tables(all.entries)] })) causes.add(cause);
    }), tries(120));
    // Page faults, guest-page faults, and access faults of walks and accesses: all of them come about.
    expect([...causes].sort((a, b) => a - b)).toEqual(expect.arrayContaining([1, 5, 7, 12, 13, 15, 20, 21, 23]));
  });

  it('takes every value for every CSR', () => {
    const run = runner(name);
    fc.assert(fc.property(csrWrites, (writes) => void run(programFrom(csrText(writes)))), tries(100));
  });

  it('executes random bytes as firmware', () => {
    const run = runner(name);
    fc.assert(fc.property(bytes, (data) => void run(firmware(data))), tries(120));
  });
});

/** A good ELF file, and a good device tree of the machine. */
function goodElf(): Uint8Array {
  const assembled = assemble(exitProgram(0), assemblyTables(isa));
  if (!assembled.ok) throw new Error('the program has mistakes');
  return writeElf(assembled.program);
}

/** Changes to a file: bytes and words at places, and where it is cut off. */
const changes = fc.record({
  writes: fc.array(fc.tuple(fc.nat(0xffff), fc.constantFrom(1, 2, 4, 8), fc.oneof(fc.constantFrom(0n, 1n, 0xffn, (1n << 64n) - 1n, 1n << 63n, 1n << 31n, BASE, BASE + 1n, BASE + 2n, BASE + (128n << 20n) - 4n, 0x10_0000n), doubleword)), { maxLength: 4 }),
  cut: fc.option(fc.nat(0xffff), { freq: 4, nil: undefined }),
});
type Changes = typeof changes extends fc.Arbitrary<infer T> ? T : never;

/** A file: a good one changed, or any bytes. Not its bytes, so that a counterexample can be read. */
type Spoilt = { readonly good: Changes } | { readonly bytes: Uint8Array };
const spoilt: fc.Arbitrary<Spoilt> = fc.oneof(
  { weight: 4, arbitrary: changes.map((good) => ({ good })) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ bytes })) },
);

/** The bytes of a file. Its headers are the first: half of the changes fall there. */
function fileOf(file: Uint8Array, headers: number, how: Spoilt): Uint8Array {
  if ('bytes' in how) return how.bytes;
  const { writes, cut } = how.good;
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  for (const [where, size, value] of writes) {
    const at = (where % 2 === 0 ? (where >> 1) % headers : (where >> 1) % file.length) & -size;
    if (at + size > file.length) continue;
    for (let i = 0; i < size; i++) view.setUint8(at + i, Number((value >> BigInt(8 * i)) & 0xffn));
  }
  return cut === undefined ? copy : copy.slice(0, cut % file.length);
}

const SENTENCE = /^[A-Z][^\n]*\.$/;
const ELF_HEADERS = 64 + 3 * 56;
const TREE_HEADER = 40;

describe('a file that is wrong', () => {
  it('as ELF is refused in one sentence, or runs', () => {
    const run = runner('three-stage');
    const elf = goodElf();
    const count = { refused: 0, run: 0 };
    fc.assert(fc.property(spoilt, (how) => {
      const program = parseElf(fileOf(elf, ELF_HEADERS, how), MEMORY);
      if (program.ok) {
        count.run++;
        run(program);
      } else {
        count.refused++;
        expect(program.message).toMatch(SENTENCE);
        expect(program.mend).toMatch(SENTENCE);
      }
    }), tries(1000));
    expect(Math.min(count.refused, count.run)).toBeGreaterThan(100);
  });

  it('as device tree is refused in one sentence, or taken', () => {
    const count = { refused: 0, taken: 0 };
    fc.assert(fc.property(spoilt, (how) => {
      const flaw = flawOfTree(fileOf(tree, TREE_HEADER, how));
      if (flaw === undefined) count.taken++;
      else {
        count.refused++;
        expect(flaw).toMatch(SENTENCE);
      }
    }), tries(1000));
    expect(Math.min(count.refused, count.taken)).toBeGreaterThan(50);
  });
});

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
/** The program's own codes are in reach, too; the others are the limit of cycles, and a wait that never ends. */
const CODES: ReadonlySet<number | null> = new Set([0, 1, 2, 124, 125]);

let tree = new Uint8Array();
beforeAll(async () => {
  expect(await sandbox.call(['boot', '--dump-dtb', 'good.dtb'])).toMatchObject({ code: 0 });
  tree = new Uint8Array(readFileSync(sandbox.path('good.dtb')));
  sandbox.file('good.elf', goodElf());
});

/** What a command may say: one line and code 2, or the end of a run. */
async function expectSensible(...args: readonly string[]): Promise<void> {
  const { code, err } = await sandbox.call([...args, '--max-cycles', '20000']);
  expect(err).not.toMatch(/internal error|\n\s+at .*:\d+/);
  expect([...CODES]).toContain(code);
  if (code === 2) expect(err).toMatch(/^ghosthart: [^\n]+[.?]\n$/);
}

describe('the command line, given a file that is wrong,', () => {
  const elf = goodElf();
  const runs = tries(30);

  it('run: ends with a code and no stack trace', () =>
    fc.assert(fc.asyncProperty(spoilt, (how) => expectSensible('run', sandbox.file('x.elf', fileOf(elf, ELF_HEADERS, how)))), runs));

  it('boot --bios: ends with a code and no stack trace', () =>
    fc.assert(fc.asyncProperty(spoilt, (how) => expectSensible('boot', '--bios', sandbox.file('x.bin', fileOf(elf, ELF_HEADERS, how)))), runs));

  it('boot --dtb: ends with a code and no stack trace', () =>
    fc.assert(fc.asyncProperty(spoilt, (how) => expectSensible('boot', '--bios', 'good.elf', '--dtb', sandbox.file('x.dtb', fileOf(tree, TREE_HEADER, how)))), runs));
});
