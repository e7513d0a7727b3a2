/**
 * Page tables of random programs: mostly right, with flaws where the body is
 * likely to meet them.
 *
 * A stage has one page of entries that serves every level: entry 0 points to
 * the page itself, so that any scheme comes to the same entries, and the
 * others have indices that no two levels share. Memory and devices are mapped
 * to themselves for the handlers; the body runs in a window of small pages, of
 * which it can have other rights than its handlers, and sees its data at other
 * pages of the window, which are more often flawed.
 */
import type { Mode } from '../retirement.js';
import { Weighted, type Dice } from './dice.js';
import { BASE } from './map.js';
import type { Setting, Space } from './program.js';

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
  /** The pages of the window, sixteen: the program's first two (of a system, first four), ... */
  window: 32,
  /** ... the tables, in G those of VS, ... */
  tables: 37,
  /** ... and the program's first two once more, for its data. */
  data: 40,
} as const;

const WINDOW_PAGES = 16;
const PAGE = 0x1000n;
/** The program's first byte in the window. */
export const WINDOW = (BigInt(INDEX.giga) << 30n) | (BigInt(INDEX.mega) << 21n) | (BigInt(INDEX.window) << 12n);

/** Distance from the window's first page to that of the data, and to that of the tables. */
export const TO_DATA = BigInt(INDEX.data - INDEX.window) * PAGE;
export const TO_TABLES = BigInt(INDEX.tables - INDEX.window) * PAGE;

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

/** The entries that flaws fall on: mostly those of the data, seldom those without which nothing runs. */
const FLAWED = new Weighted<number>([
  [12, INDEX.data], [12, INDEX.data + 1], [2, INDEX.window], [6, INDEX.window + 1], [6, INDEX.tables], [2, INDEX.mega], [2, INDEX.giga], [1, INDEX.down], [1, INDEX.memory],
  [1, INDEX.clint], [1, INDEX.uart],
]);

/** The same of guests of a system, whose data and devices are where they are. */
const FLAWED_OF_GUESTS = new Weighted<number>([
  [3, INDEX.memory], [3, INDEX.clint], [3, INDEX.uart], [3, INDEX.window], [3, INDEX.window + 1], [2, INDEX.tables], [2, INDEX.mega], [1, INDEX.giga], [1, INDEX.down], [1, INDEX.data],
]);

/**
 * One page of entries.
 *
 * @param user - The body is in U or VU.
 * @param at - Address of the page itself, as the stage's entries name it.
 * @param below - Another stage maps what this one yields.
 * @param pages - Small pages of the program and of its data.
 */
function pageOf(stage: Stage, dice: Dice, { user, at, below, pages = 2 }: { readonly user: boolean; readonly at: bigint; readonly below: boolean; readonly pages?: number }): Map<number, bigint> {
  const everybody = stage === 'G' ? U : 0n;
  const body = stage === 'G' || user ? U : 0n;
  const pointer = entry(at, V);
  // What VS maps, G maps once more: to the same place, or through a window of its own.
  const place = (page: number): bigint => (below && dice.oneIn(2) ? WINDOW : BASE) + BigInt(page) * PAGE;
  const napot = dice.oneIn(8);
  const small = (index: number, page: number): readonly [number, bigint] => {
    const target = napot ? (place(0) & ~0xffffn) | 0x8000n : place(page);
    return [index, entry(target, ALL | body) | (napot ? N : 0n)];
  };
  return new Map<number, bigint>([
    [INDEX.down, pointer],
    [INDEX.giga, pointer],
    [INDEX.memory, entry(BASE, ALL | everybody)],
    [INDEX.mega, dice.oneIn(8) ? entry(BASE, ALL | body) : pointer],
    [INDEX.clint, entry(0x200_0000n, (ALL | everybody) & ~X)],
    [INDEX.uart, entry(0x1000_0000n, (ALL | everybody) & ~X)],
    ...(napot ? Array.from({ length: WINDOW_PAGES }, (_, page) => small(INDEX.window + page, 0)) : Array.from({ length: pages }, (_, page) => page).flatMap((page) => [small(INDEX.window + page, page), small(INDEX.data + page, page)])),
    [INDEX.tables, entry(stage === 'S' ? TABLE.S : TABLE.VS, ALL | body)],
  ]);
}

/** Puts flaws into some of these entries of a page, fewer than so many. */
function spoil(page: Map<number, bigint>, dice: Dice, flawed: Weighted<number>, most: number): void {
  for (let flaws = dice.below(most); flaws > 0; flaws--) {
    const index = flawed.pick(dice);
    page.set(index, BigInt.asUintN(64, FLAWS.pick(dice)(page.get(index) ?? 0n, dice)));
  }
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

const entriesAt = (table: bigint, page: ReadonlyMap<number, bigint>): readonly TableEntry[] => [...page].map(([index, value]) => ({ address: table + BigInt(index) * 8n, value }));

/** What walks may do, in either stage. */
const environments = (dice: Dice): readonly Setting[] => [CSR.menvcfg, CSR.henvcfg].map((csr) => ({ csr, value: dice.oneIn(3) ? 0n : dice.subset(ENVIRONMENT) }));

/** The tables for a body in a mode. */
export function makeTables(dice: Dice, mode: Mode): Tables {
  const stages = pagedStages(dice, mode);
  const user = mode === 'U' || mode === 'VU';
  // VS's own table is one more page that G maps.
  const guestTable = stages.includes('G') && dice.oneIn(2) ? WINDOW + TO_TABLES : TABLE.VS;
  const entries = stages.flatMap((stage) => {
    const page = pageOf(stage, dice, { user, at: stage === 'VS' ? guestTable : TABLE[stage], below: stage === 'VS' && stages.includes('G') });
    spoil(page, dice, FLAWED, 4);
    return entriesAt(TABLE[stage], page);
  });
  const atp = (stage: Stage, table: bigint): bigint => (stages.includes(stage) ? (dice.pick(SCHEMES) << 60n) | (BigInt(dice.below(4)) << 44n) | (table >> 12n) : 0n);
  const settings = [
    ...environments(dice),
    { csr: CSR.satp, value: atp('S', TABLE.S) },
    { csr: CSR.vsatp, value: atp('VS', guestTable) },
    { csr: CSR.hgatp, value: atp('G', TABLE.G) },
  ];
  const translated = mode !== 'M' && (mode === 'HS' || mode === 'U' || stages.includes('VS') || stages.includes('G'));
  return { entries, settings: settings.filter((s) => s.value !== 0n), window: translated ? WINDOW : BASE };
}

/** Small pages that a system may fill. */
const SYSTEM_PAGES = 4;
const G_ROOT_BYTES = 4n * PAGE;

/**
 * Address spaces for the guests of a system: one for all of them, or one each;
 * of two stages or one; with identifiers of their own or all with the same.
 * Without VS tables a guest is where it is, or in the window; with them its
 * kernel is where it is and its user in the window, whose pages are users'.
 */
export function makeSpaces(dice: Dice, guests: number): { readonly tables: Tables; readonly spaces: readonly Space[] } {
  const [paged, nested] = dice.pick([[true, true], [true, true], [false, true], [false, true], [true, false]] as const);
  const count = dice.oneIn(2) ? 1 : guests;
  const windowed = dice.oneIn(2);
  const apart = dice.oneIn(2);
  const fenced = dice.oneIn(2);
  const entries: TableEntry[] = [];
  const spaces = Array.from({ length: count }, (_, i) => {
    const root = { VS: TABLE.VS + BigInt(i) * PAGE, G: TABLE.G + BigInt(i) * G_ROOT_BYTES };
    const stages = [...(paged ? ['VS' as const] : []), ...(nested ? ['G' as const] : [])];
    const [scheme, wider] = [dice.pick(SCHEMES), dice.pick(SCHEMES)];
    for (const stage of stages) {
      const page = pageOf(stage, dice, { user: true, at: root[stage], below: stage === 'VS' && nested, pages: SYSTEM_PAGES });
      spoil(page, dice, FLAWED_OF_GUESTS, 3);
      entries.push(...entriesAt(root[stage], page));
    }
    return (id: bigint): Space => ({
      vsatp: paged ? (scheme << 60n) | (id << 44n) | (root.VS >> 12n) : 0n,
      hgatp: nested ? (wider << 60n) | (id << 44n) | (root.G >> 12n) : 0n,
      kernel: paged || !windowed ? BASE : WINDOW,
      user: paged || windowed ? WINDOW : BASE,
      fenced,
    });
  });
  return {
    tables: { entries, settings: environments(dice).filter((s) => s.value !== 0n), window: BASE },
    spaces: Array.from({ length: guests }, (_, i) => spaces[i % count]?.(apart ? BigInt(i + 1) : 1n)).flatMap((space) => space ?? []),
  };
}
