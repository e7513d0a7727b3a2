/**
 * Page tables of random programs: mostly right, with flaws where the body is
 * likely to meet them.
 *
 * A stage has one page of entries that serves every level: entry 0 points to
 * the page itself, so that any scheme comes to the same entries, and the
 * others have indices that no two levels share. Memory and devices are mapped
 * to themselves for the handlers; the body runs, and has its data, in a window
 * of small pages, of which it can have other rights than its handlers.
 */
import type { Mode } from '../retirement.js';
import { Weighted, type Dice } from './dice.js';
import { BASE } from './map.js';
import type { Setting } from './program.js';

/** An entry of a table: where it lies and what it holds. */
export interface TableEntry {
  readonly address: bigint;
  readonly value: bigint;
}

/** The tables of a program, and where its body sees itself. */
export interface Tables {
  readonly entries: readonly TableEntry[];
  /** satp, vsatp, hgatp, and the settings of walks, as far as they are not zero. */
  readonly settings: readonly Setting[];
  /** Virtual address of the program's first byte as the body knows it; BASE: the body is not translated. */
  readonly window: bigint;
}

export const NO_TABLES: Tables = { entries: [], settings: [], window: BASE };

/** Where the tables lie; a root of hgatp takes four pages, of which the others stay empty. */
export const TABLE = { S: BASE + 0x4000n, VS: BASE + 0x5000n, G: BASE + 0x8000n } as const;
type Stage = keyof typeof TABLE;

/** Indices in a page of entries. */
export const INDEX = {
  /** To the page itself. */
  down: 0,
  /** Towards the window: its gigapage, and its megapage. */
  giga: 1,
  mega: 5,
  /** Memory as it is: a gigapage. */
  memory: 2,
  /** The megapages of the CLINT and the UART. */
  clint: 16,
  uart: 128,
  /** The pages of the window: the program's first and second, then its tables. */
  window: 32,
} as const;

const WINDOW_PAGES = 16;
/** The program's first byte in the window. */
export const WINDOW = (BigInt(INDEX.giga) << 30n) | (BigInt(INDEX.mega) << 21n) | (BigInt(INDEX.window) << 12n);

const V = 0x01n;
const R = 0x02n;
const W = 0x04n;
const X = 0x08n;
const U = 0x10n;
const A = 0x40n;
const D = 0x80n;
const ALL = V | R | W | X | A | D;
const N = 1n << 63n;
const SCHEMES = [8n, 8n, 9n, 10n] as const;
const CSR = { satp: 0x180, vsatp: 0x280, hgatp: 0x680, menvcfg: 0x30a, henvcfg: 0x60a } as const;
/** ADUE and PBMTE. */
const ENVIRONMENT = 0x6000_0000_0000_0000n;

const entry = (target: bigint, flags: bigint): bigint => ((target >> 12n) << 10n) | flags;

/** What can be wrong with an entry, or only unusual. */
const FLAWS = new Weighted<(value: bigint, dice: Dice) => bigint>([
  [3, (v) => v & ~V], [4, (v) => v & ~A], [4, (v) => v & ~D], [2, (v) => v & ~(A | D)], [2, (v) => v & ~R], [3, (v) => v & ~W], [3, (v) => v & ~X],
  [2, (v) => (v & ~(R | W)) | X], [2, (v) => v & ~(R | W | X)], [4, (v) => v ^ U], [2, (v, dice) => v | (1n << BigInt(dice.between(54, 60)))],
  [2, (v, dice) => v | (BigInt(dice.between(1, 3)) << 61n)], [2, (v) => v | N], [3, (v, dice) => v ^ (1n << BigInt(dice.between(10, 13)))],
  [2, (v, dice) => v ^ (1n << BigInt(dice.between(14, 53)))], [2, (v) => (v & 0x3ffn) | (0x2000n << 10n)], [1, (v) => (v & 0x3ffn) | (0x10000n << 10n)],
  [2, (v, dice) => v | dice.subset(0x320n)], [1, () => 0n], [1, (_v, dice) => dice.doubleword()], [2, (v) => v | A | D | U],
]);

/** The entries that flaws fall on: mostly those of the window. */
const FLAWED = new Weighted<number>([[12, INDEX.window], [10, INDEX.window + 1], [4, INDEX.window + 2], [4, INDEX.mega], [3, INDEX.giga], [2, INDEX.down], [2, INDEX.memory], [1, INDEX.clint], [1, INDEX.uart]]);

/** One page of entries. `user`: the body is in U or VU. */
function pageOf(stage: Stage, dice: Dice, user: boolean, below: boolean): ReadonlyMap<number, bigint> {
  const everybody = stage === 'G' ? U : 0n;
  const body = stage === 'G' || user ? U : 0n;
  const pointer = entry(TABLE[stage], V);
  // What VS maps, G maps once more: to the same place, or through a window of its own.
  const place = (page: number): bigint => (below && dice.oneIn(2) ? WINDOW : BASE) + BigInt(page) * 0x1000n;
  const megapage = dice.oneIn(8);
  const napot = dice.oneIn(8);
  const window = (page: number): readonly [number, bigint] => {
    const target = napot ? (place(0) & ~0xffffn) | 0x8000n : place(page);
    return [INDEX.window + page, entry(target, ALL | body) | (napot ? N : 0n)];
  };
  return new Map<number, bigint>([
    [INDEX.down, pointer],
    [INDEX.giga, pointer],
    [INDEX.memory, entry(BASE, ALL | everybody)],
    [INDEX.mega, megapage ? entry(BASE, ALL | body) : pointer],
    [INDEX.clint, entry(0x200_0000n, (ALL | everybody) & ~X)],
    [INDEX.uart, entry(0x1000_0000n, (ALL | everybody) & ~X)],
    ...Array.from({ length: napot ? WINDOW_PAGES : dice.between(2, 4) }, (_, page) => window(page)),
    [INDEX.window + 5, entry(TABLE[stage], ALL | body)],
  ]);
}

/** Stages that are paged, for a body in a mode. */
function pagedStages(dice: Dice, mode: Mode): readonly Stage[] {
  const guest = [...(dice.oneIn(4) ? [] : ['VS' as const]), ...(dice.oneIn(4) ? [] : ['G' as const])];
  switch (mode) {
    case 'HS': case 'U': return ['S', ...(dice.oneIn(2) ? guest : [])];
    case 'VS': case 'VU': return [...(dice.oneIn(3) ? ['S' as const] : []), ...(guest.length === 0 ? ['G' as const] : guest)];
    case 'M': return [...(dice.oneIn(2) ? ['S' as const] : []), ...guest];
  }
}

/** The tables for a body in a mode. */
export function makeTables(dice: Dice, mode: Mode): Tables {
  const stages = pagedStages(dice, mode);
  const user = mode === 'U' || mode === 'VU';
  const entries = stages.flatMap((stage) => {
    const page = new Map(pageOf(stage, dice, user, stage === 'VS' && stages.includes('G')));
    for (let flaws = dice.below(4); flaws > 0; flaws--) {
      const index = FLAWED.pick(dice);
      page.set(index, BigInt.asUintN(64, FLAWS.pick(dice)(page.get(index) ?? 0n, dice)));
    }
    return [...page].map(([index, value]) => ({ address: TABLE[stage] + BigInt(index) * 8n, value }));
  });
  const atp = (stage: Stage, other: bigint): bigint => (stages.includes(stage) ? (dice.pick(SCHEMES) << 60n) | other | (TABLE[stage] >> 12n) : 0n);
  const settings = [
    { csr: CSR.menvcfg, value: dice.oneIn(3) ? 0n : dice.subset(ENVIRONMENT) },
    { csr: CSR.henvcfg, value: dice.oneIn(3) ? 0n : dice.subset(ENVIRONMENT) },
    { csr: CSR.satp, value: atp('S', BigInt(dice.below(4)) << 44n) },
    { csr: CSR.vsatp, value: atp('VS', BigInt(dice.below(4)) << 44n) },
    { csr: CSR.hgatp, value: atp('G', BigInt(dice.below(4)) << 44n) },
  ];
  const translated = mode !== 'M' && (mode === 'HS' || mode === 'U' || stages.includes('VS') || stages.includes('G'));
  return { entries, settings: settings.filter((s) => s.value !== 0n), window: translated ? WINDOW : BASE };
}
