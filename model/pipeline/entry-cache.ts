/**
 * A cache of page-table entries: set-associative, by the number of a page and
 * the registers that point to its tables.
 *
 * An entry is kept as memory had it, with its level, and is examined anew at
 * every use, so that permissions and the CSRs behind them count as they are. It
 * is tagged with the whole of the registers: address space and virtual machine
 * are part of them, and other tables or another scheme find nothing of the old.
 *
 * A fence forgets in one cycle: entries carry a number, the generation, and
 * count only while it is the present one. When that comes back to zero, all
 * entries are made invalid, lest very old ones come back to life. One that is
 * for some entries alone compares all of them at once.
 */
import { ZERO, and, concat, constant, element, eq, mux, not, read, slice, zext } from '../ir/build.js';
import type { Expr, RegisterArray } from '../ir/ir.js';
import type { CacheSize } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';
import { PAGE_BITS } from './entry.js';
import { ofHit, Ways } from './ways.js';

/** Under what an entry is found. */
export interface EntryKey {
  /** One bit: the page is a guest's. */
  readonly V: Expr;
  /** Its address, 64 bits. */
  readonly address: Expr;
  /** The registers that point to its tables, 64 bits each; always as many. */
  readonly tables: readonly Expr[];
  /** The present generation of such entries. */
  readonly generation: Expr;
}

/** What a cache says. */
export interface EntryHit {
  /** One bit: there is an entry. */
  readonly there: Expr;
  readonly entry: Expr;
  /** Three bits. */
  readonly level: Expr;
  /** Its place, 64 bits. */
  readonly slot: Expr;
}

/** An entry as it is kept, whether it counts or not. */
export interface KeptEntry {
  /** One bit. */
  readonly V: Expr;
  /** Number of the page of 4 KiB that it was kept for, 52 bits; of a larger granule, of its first. */
  readonly page: Expr;
  /** As in its key. */
  readonly tables: readonly Expr[];
  /** Three bits. */
  readonly level: Expr;
  /** 64 bits. */
  readonly entry: Expr;
}

/** The entries of a way, one for each set. */
interface Entries {
  /** {V, page number}. */
  readonly page: RegisterArray;
  readonly tables: readonly RegisterArray[];
  /** {generation, level}. */
  readonly age: RegisterArray;
  readonly entry: RegisterArray;
}

const LEVEL_BITS = 3;

export class EntryCache {
  readonly #ways: Ways;
  readonly #entries: readonly Entries[];

  /**
   * @param granule - Bits of an address within what one entry is for.
   * @param tables - How many registers point to the tables.
   * @param generation - Bits of a generation.
   * @param firstSlot - Number of its first entry among those of all caches.
   */
  constructor(
    readonly builder: ModuleBuilder, name: string, size: CacheSize,
    readonly granule: number, tables: number, generation: number, readonly firstSlot: number,
  ) {
    const ways = new Ways(builder, name, size);
    this.#ways = ways;
    this.#entries = ways.ways.map((way) => {
      const array = (what: string, width: number): RegisterArray => builder.array(ways.called(way, what), ways.sets, width);
      return {
        page: array('page', 1 + 64 - PAGE_BITS),
        tables: Array.from({ length: tables }, (_, i) => array(`tables.${i}`, 64)),
        age: array('age', generation + LEVEL_BITS),
        entry: array('entry', 64),
      };
    });
    for (const way of ways.ways) builder.register(ways.called(way, 'valid'), ways.sets);
  }

  #page({ V, address }: EntryKey): Expr {
    const number = slice(address, 63, this.granule);
    return concat(V, zext(number, 64 - PAGE_BITS));
  }

  /** By way, what it says. */
  #look(key: EntryKey): readonly EntryHit[] {
    const ways = this.#ways;
    const page = this.#page(key);
    const set = ways.setOf(page);
    return this.#entries.map((entries, way) => {
      const age = element(entries.age, set);
      return {
        there: and(
          ways.bit(this.builder.register(ways.called(way, 'valid'), ways.sets), set),
          eq(element(entries.page, set), page),
          ...entries.tables.map((table, i) => eq(element(table, set), key.tables[i] ?? constant(64, 0))),
          eq(slice(age, age.width - 1, LEVEL_BITS), key.generation),
        ),
        entry: element(entries.entry, set),
        level: slice(age, LEVEL_BITS - 1, 0),
        slot: { kind: 'binary', width: 64, op: 'add', a: constant(64, this.firstSlot), b: ways.number(way, set, 64) },
      };
    });
  }

  /** What it says of a key. */
  find(key: EntryKey): EntryHit {
    return ofHit<EntryHit>(this.#look(key), (there, a, b) => ({
      there, entry: mux(there, a.entry, b.entry), level: mux(there, a.level, b.level), slot: mux(there, a.slot, b.slot),
    }));
  }

  /** Keeps an entry of a level (three bits). Yields its slot, 64 bits. */
  keep(key: EntryKey, entry: Expr, level: Expr): Expr {
    const { builder } = this;
    const ways = this.#ways;
    const page = this.#page(key);
    const set = ways.setOf(page);
    const number = ways.fill(set, this.#look(key).map(({ there }) => there), 64, (way) => {
      const entries = this.#entries[way];
      if (entries === undefined) return;
      builder.write(entries.page, set, page);
      entries.tables.forEach((table, i) => builder.write(table, set, key.tables[i] ?? constant(64, 0)));
      builder.write(entries.age, set, concat(key.generation, level));
      builder.write(entries.entry, set, entry);
      const valid = builder.register(ways.called(way, 'valid'), ways.sets);
      builder.assign(valid, ways.withBit(valid, set, true));
    });
    return { kind: 'binary', width: 64, op: 'add', a: constant(64, this.firstSlot), b: number };
  }

  /** Forgets those that something covers (one bit). */
  evict(covers: (entry: KeptEntry) => Expr): void {
    const ways = this.#ways;
    this.#entries.forEach((entries, way) => {
      const valid = this.builder.register(ways.called(way, 'valid'), ways.sets);
      const gone = Array.from({ length: ways.sets }, (_, set) => covers(this.#keptAt(entries, set)));
      this.builder.assign(valid, and(read(valid), not(concat(...gone.reverse()))));
    });
  }

  #keptAt({ page, tables, age, entry }: Entries, set: number): KeptEntry {
    const index = constant(Math.max(1, this.#ways.setBits), set);
    const tag = element(page, index);
    const number = slice(tag, 63 - this.granule, 0);
    return {
      V: slice(tag, 64 - PAGE_BITS, 64 - PAGE_BITS),
      page: this.granule === PAGE_BITS ? number : concat(number, constant(this.granule - PAGE_BITS, 0)),
      tables: tables.map((table) => element(table, index)),
      level: slice(element(age, index), LEVEL_BITS - 1, 0),
      entry: element(entry, index),
    };
  }

  /** Forgets all, whatever its generation. */
  clear(): void {
    const ways = this.#ways;
    for (const way of ways.ways) this.builder.assign(this.builder.register(ways.called(way, 'valid'), ways.sets), constant(ways.sets, 0));
  }
}

/** What a cache of no size says. */
export const NOTHING: EntryHit = { there: ZERO, entry: constant(64, 0), level: constant(LEVEL_BITS, 0), slot: constant(64, 0) };
