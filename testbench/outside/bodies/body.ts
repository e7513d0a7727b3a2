/**
 * Random program bodies on which Ghosthart and Debian's QEMU 7.2 must leave the same state, but for what `../differences.ts` lists.
 *
 * A body is a row of *units* of one to a few instructions. Control flow only ever goes forward and only to the start of a
 * unit, x3 is never written, loads and stores reach the windows only (or go to an address where nothing is, for the fault), and the
 * values written to a CSR keep to the bits that both sides have. So every body ends, in any mode and with any trap in the way.
 */
import { HEDELEG_BITS, HSTATUS_BITS, INTERRUPTS, MEDELEG_BITS, MIE_BITS, MSTATUS_BITS, SSTATUS_BITS, pairDelegated } from './csrs.js';
import type { Mode } from '../../retirement.js';
import { Random, U64 } from './random.js';
import { MODES, Tables, type Stage } from './tables.js';
import { Units, layOut } from './units.js';

/** One program for the driver. */
export interface Body {
  readonly mode: Mode;
  /** x1..x31 at index 1..31; index 0 and 3 are not used. */
  readonly x: readonly bigint[];
  /** Values of `SETUP_CSRS` before the first instruction. */
  readonly csrs: Readonly<Record<SetupCsr, bigint>>;
  /** Instructions of 16 and 32 bits. */
  readonly code: readonly number[];
  /** Page tables: physical address and value of each entry. */
  readonly entries: ReadonlyMap<bigint, bigint>;
  /** It starts on the alias of its code. */
  readonly aliased: boolean;
}

/** CSRs that a descriptor sets. `mstatus` comes with MPP and MPV of the mode. */
export const SETUP_CSRS = [
  'menvcfg', 'henvcfg', 'medeleg', 'mideleg', 'hedeleg', 'hideleg', 'htimedelta', 'stimecmp', 'vstimecmp', 'mie', 'mip', 'hvip',
  'mcounteren', 'scounteren', 'hcounteren', 'hstatus', 'vsstatus', 'satp', 'vsatp', 'hgatp', 'mstatus',
] as const;

export type SetupCsr = (typeof SETUP_CSRS)[number];

const MODES_TO_START: readonly Mode[] = ['M', 'HS', 'HS', 'U', 'VS', 'VS', 'VU'];
const GUEST_MODES: ReadonlySet<Mode> = new Set<Mode>(['VS', 'VU']);

/** mstatus.MPP and MPV that lead into a mode. */
const ENTRY: Readonly<Record<Mode, bigint>> = {
  M: 0x1800n, HS: 0x800n, U: 0n, VS: 0x80_0000_0800n, VU: 0x80_0000_0000n,
};

const STAGES: readonly (readonly [Stage, number])[] = [['satp', 0x180], ['vsatp', 0x280], ['hgatp', 0x680]];
const STCE = 1n << 63n;
const PBMTE = 1n << 62n;
const ADUE = 1n << 61n;
const TW = 0x20_0000n;
const VTW = 0x20_0000n;

/** The modes from which WFI traps for ever, given TW and VTW: none of these can write them, and handlers return where they came from. */
function idles(mode: Mode, mstatus: bigint, hstatus: bigint): boolean {
  if (mode === 'M') return false;
  if ((mstatus & TW) !== 0n || mode === 'U' || mode === 'VU') return true;
  return mode === 'VS' && (hstatus & VTW) !== 0n;
}

/**
 * The body that belongs to a seed.
 *
 * @param seed - Any 32-bit number.
 */
export function randomBody(seed: number): Body {
  const random = new Random(seed);
  const mode = random.pick(MODES_TO_START);
  const guest = GUEST_MODES.has(mode) || random.oneIn(2);
  const bits = (mask: bigint): bigint => (random.oneIn(3) ? 0n : random.value() & mask);
  const pair = (value: bigint): bigint => (random.oneIn(4) ? value : pairDelegated(value));
  const interrupt = random.pick(INTERRUPTS.filter(({ hostOnly }) => !(guest && hostOnly === true)));
  const pbmte = random.oneIn(2) ? PBMTE : 0n;
  const tables = new Tables(random, pbmte !== 0n);
  const paged = !random.oneIn(4);
  const roots = new Map(STAGES.filter(() => paged && !random.oneIn(3)).map(([stage, number]) => [number, tables.root(stage, random.pick(MODES))]));
  const userAlias = guest ? roots.has(0x280) : roots.has(0x180);
  const time = (): bigint => (interrupt.timers === true && random.oneIn(2) ? 0n : U64);
  const mstatus = bits(MSTATUS_BITS);
  const hstatus = bits(HSTATUS_BITS & ~(guest ? 0n : 0x80n));
  const units = new Units(random, { mode, guest, interrupt, roots, aliased: userAlias, idle: idles(mode, mstatus, hstatus) });
  const code = layOut(Array.from({ length: random.between(8, 40) }, () => units.next()));
  const stce = interrupt.timers ?? random.oneIn(2) ? STCE : 0n;
  const menvcfg = ADUE | stce | pbmte;
  return {
    mode,
    x: Array.from({ length: 32 }, () => random.value()),
    csrs: {
      menvcfg,
      henvcfg: menvcfg & (ADUE | PBMTE | bits(STCE) | (interrupt.timers === true ? STCE : 0n)),
      medeleg: pair(bits(MEDELEG_BITS)),
      mideleg: bits(0x222n),
      hedeleg: pair(bits(HEDELEG_BITS)),
      hideleg: bits(0x444n),
      htimedelta: bits(0xffffn),
      stimecmp: time(),
      vstimecmp: time(),
      mie: bits(MIE_BITS),
      mip: random.oneIn(3) ? interrupt.mip : 0n,
      hvip: random.oneIn(3) ? interrupt.hvip : 0n,
      mcounteren: bits(7n),
      scounteren: bits(7n),
      hcounteren: bits(7n),
      hstatus,
      vsstatus: bits(SSTATUS_BITS),
      satp: roots.get(0x180) ?? 0n,
      vsatp: roots.get(0x280) ?? 0n,
      hgatp: roots.get(0x680) ?? 0n,
      // Not MIE, not MPRV: the driver is still in M when it sets them, and MRET makes MIE of MPIE.
      mstatus: (mstatus & ~0x2_0008n) | ENTRY[mode],
    },
    code,
    entries: tables.entries,
    aliased: (mode === 'U' && roots.has(0x180)) || (mode === 'VU' && roots.has(0x280)),
  };
}
