/**
 * Pages in which the present mode may do something: the first-level caches of
 * translations, one for fetches and one for loads and stores.
 *
 * An entry says where a page of 4 KiB is and what may be done there by the mode
 * that the hart is in: permissions and memory protection are decided when it
 * is made, and it is gone as soon as any of that may change. So a hit needs
 * nothing but a comparison of page numbers.
 */
import { ONE, and, binary, concat, constant, element, eq, mux, slice } from '../ir/build.js';
import type { Expr, Register, RegisterArray } from '../ir/ir.js';
import type { CacheSize } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';
import { PAGE_BITS } from './entry.js';
import { TRAIL_BITS } from './record.js';
import { ofHit, Ways } from './ways.js';

const PAGE = 2 ** PAGE_BITS;

/** What a cache says of an address. */
export interface PageHit {
  /** One bit: the page is there, with the right that was asked for. */
  readonly there: Expr;
  /** Its number, of TRAIL_BITS.page bits. */
  readonly number: Expr;
  /** Bits in which the physical address differs. */
  readonly difference: Expr;
}

/** The entries of a way, one for each set. */
interface Entries {
  /** Virtual page number. */
  readonly page: RegisterArray;
  /** Bits in which physical and virtual address differ; those of the offset are zero. */
  readonly difference: RegisterArray;
}

export class Pages<Right extends string> {
  readonly #ways: Ways;
  readonly #entries: readonly Entries[];

  /** @param rights - Each implies those before it. */
  constructor(readonly builder: ModuleBuilder, name: string, size: CacheSize, readonly rights: readonly [Right, ...Right[]]) {
    const ways = new Ways(builder, name, size);
    this.#ways = ways;
    this.#entries = ways.ways.map((way) => ({
      page: builder.array(ways.called(way, 'page'), ways.sets, 64 - PAGE_BITS),
      difference: builder.array(ways.called(way, 'difference'), ways.sets, 64),
    }));
    for (const way of ways.ways) for (const right of rights) this.#giving(way, right);
  }

  /** A bit for every set: it has an entry, and that gives the right. */
  #giving(way: number, right: Right): Register {
    return this.builder.register(this.#ways.called(way, right), this.#ways.sets);
  }

  /** By way, what it says of an address. */
  #look(address: Expr, right: Right): readonly PageHit[] {
    const ways = this.#ways;
    const number = slice(address, 63, PAGE_BITS);
    const set = ways.setOf(number);
    return this.#entries.map(({ page, difference }, way) => ({
      there: binary('and', eq(element(page, set), number), ways.bit(this.#giving(way, right), set)),
      number: ways.number(way, set, TRAIL_BITS.page),
      difference: element(difference, set),
    }));
  }

  /** What it says of an address. */
  find(address: Expr, right: Right): PageHit {
    return ofHit<PageHit>(this.#look(address, right), (there, a, b) => ({ there, number: mux(there, a.number, b.number), difference: mux(there, a.difference, b.difference) }));
  }

  /** Keeps the page of two addresses with a right and those before it. Yields the entry's number. */
  keep(virtual: Expr, physical: Expr, right: Right): Expr {
    const { builder, rights } = this;
    const ways = this.#ways;
    const number = slice(virtual, 63, PAGE_BITS);
    const set = ways.setOf(number);
    const difference = concat(slice(binary('xor', virtual, physical), 63, PAGE_BITS), constant(PAGE_BITS, 0));
    // It may be there with fewer rights: then that entry gets more.
    const has = this.#look(virtual, rights[0]).map(({ there }) => there);
    return ways.fill(set, has, TRAIL_BITS.page, (way) => {
      const entries = this.#entries[way];
      if (entries === undefined) return;
      builder.write(entries.page, set, number);
      builder.write(entries.difference, set, difference);
      rights.forEach((one, i) => builder.assign(this.#giving(way, one), ways.withBit(this.#giving(way, one), set, i <= rights.indexOf(right))));
    });
  }

  /** Forgets all. */
  flush(): void {
    for (const way of this.#ways.ways) for (const right of this.rights) this.builder.assign(this.#giving(way, right), constant(this.#ways.sets, 0));
  }
}

/** One bit: so many bytes from an address lie in one page. */
export const withinPage = (address: Expr, bytes: number): Expr =>
  (bytes === 1 ? ONE : binary('ltu', slice(address, PAGE_BITS - 1, 0), constant(PAGE_BITS, PAGE - bytes + 1)));

/** One bit: so many bytes from an address lie in a page that is there. */
export const holds = ({ there }: PageHit, address: Expr, bytes: number): Expr => and(there, withinPage(address, bytes));
