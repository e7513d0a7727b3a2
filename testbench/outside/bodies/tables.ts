/**
 * Random page tables: code, handlers' page and log always where they are, everything else as the dice have it.
 *
 * Sv39, Sv48 and Sv57, and the same for the G-stage. A table maps the gigabyte of memory to itself by megapages (code) and pages
 * (handlers), the same code once more for U under `ALIAS_BIT`, and *probes*: pages, a 64 KiB NAPOT range, megapages and gigapages
 * with random permissions, A, D, reserved bits and targets. All probes see the windows at the same place in their page or superpage.
 */
import { ALIAS_BIT, CODE_MEGAPAGES, DRAM, DRAM_END, GP, HANDLER_PAGES, NOWHERE, PAGE, TABLES, WINDOWS } from '../arena.js';
import type { Random } from './random.js';

/** Bits of a PTE. */
const V = 1n, R = 2n, W = 4n, X = 8n, U = 16n, G = 32n, A = 64n, D = 128n;
const N = 1n << 63n;
/** 64 KiB: the low bits of a NAPOT PTE's PPN. */
const NAPOT_64K = 8n;

/** satp.MODE, and what the schemes have to do with it: levels are MODE - 5. */
export const MODES = [8, 9, 10] as const;
export type Mode = (typeof MODES)[number];
/** Which translation a table is for: satp's, vsatp's or hgatp's. */
export type Stage = 'satp' | 'vsatp' | 'hgatp';

const MEGA = 1n << 21n;
const GIGA = 1n << 30n;

/** Virtual pages of the four windows by the leaf that maps them. */
const inArena = (base: bigint): readonly bigint[] => WINDOWS.map((page) => base + (page % MEGA));
const inMemory = (base: bigint): readonly bigint[] => WINDOWS.map((page) => base + (page % GIGA));

const ARENA_MEGAPAGE = GP - (GP % MEGA);
/** Behind the end of memory, so that without translation nothing is there. */
const PROBE_PAGES: readonly bigint[] = inArena(DRAM_END);
const PROBE_MEGAPAGES: readonly bigint[] = [1n, 2n, 3n].map((n) => DRAM_END + n * MEGA);
const PROBE_GIGAPAGES: readonly bigint[] = [3n, 4n].map((n) => n * GIGA);

/** Pages where a program under page tables loads and stores. */
export const PROBES: readonly bigint[] = [
  ...WINDOWS, ...WINDOWS, ...PROBE_PAGES, ...PROBE_MEGAPAGES.flatMap(inArena), ...PROBE_GIGAPAGES.flatMap(inMemory),
  ...inMemory(DRAM + (1n << BigInt(ALIAS_BIT))), // the alias shows the windows to U, too
];

const pointer = (page: bigint): bigint => (page >> 2n) | V;
const leaf = (page: bigint, flags: bigint): bigint => (page >> 2n) | flags | V;

/** The page tables of one program. */
export class Tables {
  /** Physical address and value of every entry. */
  readonly entries = new Map<bigint, bigint>();
  private free = TABLES;

  /** @param pbmt - Svpbmt is enabled at every stage. */
  constructor(private readonly random: Random, private readonly pbmt: boolean) {}

  /**
   * Makes the table of a stage.
   *
   * @returns The value for satp, vsatp or hgatp.
   */
  root(stage: Stage, mode: Mode): bigint {
    const levels = mode - 5;
    const root = this.page(stage === 'hgatp' ? 4n : 1n);
    let table = root;
    for (let level = levels - 1; level > 2; level--) table = this.next(table);
    const high = stage === 'hgatp' ? U : 0n;
    const fixed = high | A | D;
    const index = (address: bigint, level: number): bigint => (address >> (12n + 9n * BigInt(level))) & 511n;
    const put = (at: bigint, address: bigint, level: number, value: bigint): void => {
      this.entries.set(at + 8n * index(address, level), value);
    };
    put(table, DRAM + (1n << BigInt(ALIAS_BIT)), 2, leaf(DRAM, R | X | U | A | D | (this.random.oneIn(2) ? W : 0n)));
    for (const probe of PROBE_GIGAPAGES) put(table, probe, 2, this.probe(stage, 2));
    const megapages = this.page();
    put(table, DRAM, 2, pointer(megapages));
    for (const code of CODE_MEGAPAGES) put(megapages, code, 1, leaf(code, fixed | R | X));
    for (const probe of PROBE_MEGAPAGES) put(megapages, probe, 1, this.probe(stage, 1));
    const pages = this.page();
    put(megapages, GP, 1, pointer(pages));
    for (const page of HANDLER_PAGES) put(pages, page, 0, leaf(page, fixed | R | W));
    for (const page of WINDOWS) put(pages, page, 0, this.probe(stage, 0, true));
    const further = this.page();
    put(megapages, DRAM_END, 1, pointer(further));
    for (const page of PROBE_PAGES) put(further, page, 0, this.probe(stage, 0));
    if (stage === 'hgatp') this.showTables(pages, put);
    return (BigInt(mode) << 60n) | (BigInt(this.random.below(8)) << 44n) | (root >> 12n);
  }

  /** The G-stage shows the guest's tables; seldom so that a read is refused. */
  private showTables(pages: bigint, put: (at: bigint, address: bigint, level: number, value: bigint) => void): void {
    for (let page = TABLES; page < TABLES + 24n * PAGE; page += PAGE) {
      const rights = this.random.oneIn(40) ? X | A : R | W | A | D;
      put(pages, page, 0, leaf(page, rights | U));
    }
  }

  /** Fresh pages, aligned to their number. */
  private page(pages = 1n): bigint {
    const size = pages * PAGE;
    const at = (this.free + size - 1n) / size * size;
    this.free = at + size;
    return at;
  }

  /** A further table, from entry 0 of this one. */
  private next(table: bigint): bigint {
    const further = this.page();
    this.entries.set(table, pointer(further));
    return further;
  }

  /**
   * A leaf with something to it.
   *
   * @param window - It leads to a window: the pages that accesses may cross into each other.
   */
  private probe(stage: Stage, level: 0 | 1 | 2, window = false): bigint {
    const { random } = this;
    if (random.oneIn(16)) return random.pick([0n, V | A, V | D, V | U, pointer(TABLES) | N]);
    let flags = random.oneIn(12) ? random.pick([W, W | X]) : random.pick([R | W, R | W, R | W | X, R | W | X, R, R | X, X]);
    if (random.oneIn(stage === 'hgatp' ? 16 : 2) !== (stage === 'hgatp')) flags |= U;
    if (!random.oneIn(3)) flags |= A;
    if (random.oneIn(2)) flags |= D;
    if (random.oneIn(4)) flags |= G;
    if (level > 0 && random.oneIn(24)) flags |= N | A | D;
    if (this.pbmt && random.oneIn(8)) flags |= BigInt(random.below(3)) << 61n;
    return this.target(level, stage, window) | flags | V;
  }

  /** The physical (or guest-physical) page of a leaf, as PTE bits. */
  private target(level: 0 | 1 | 2, stage: Stage, window: boolean): bigint {
    const { random } = this;
    if (!window && random.oneIn(16)) return NOWHERE >> 2n;
    if (level === 2) return (random.oneIn(4) ? ARENA_MEGAPAGE : stage === 'vsatp' && random.oneIn(2) ? random.pick(PROBE_GIGAPAGES) : DRAM) >> 2n;
    if (level === 1) return (random.oneIn(8) ? GP : stage === 'vsatp' && random.oneIn(2) ? random.pick(PROBE_MEGAPAGES) : ARENA_MEGAPAGE) >> 2n;
    if (random.oneIn(8)) return ((ARENA_MEGAPAGE >> 12n) << 10n) | N | (random.oneIn(4) ? (BigInt(random.below(16)) << 10n) | A | D : NAPOT_64K << 10n);
    return (stage === 'vsatp' && !window && random.oneIn(2) ? random.pick(PROBES) : random.pick(WINDOWS)) >> 2n;
  }
}
