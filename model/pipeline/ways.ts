/** What set-associative caches have in common: which entries are valid, and which way is replaced next. */
import { ONE, ZERO, and, binary, constant, mux, not, or, read, slice } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { CacheSize } from '../spec/isa.js';
import { anyOf, type ModuleBuilder } from './builder.js';

/** The sets and ways of a cache. */
export class Ways {
  readonly sets: number;
  /** Bits that choose a set. */
  readonly setBits: number;
  readonly ways: readonly number[];
  readonly #victim: Register | undefined;

  constructor(readonly builder: ModuleBuilder, readonly name: string, { entries, ways }: CacheSize) {
    this.sets = entries / ways;
    this.setBits = Math.log2(this.sets);
    this.ways = Array.from({ length: ways }, (_, i) => i);
    this.#victim = ways === 1 ? undefined : builder.register(`${name}.victim`, Math.log2(ways));
  }

  /** How the registers and arrays of a way are called. */
  called(way: number, what: string): string {
    return this.ways.length === 1 ? `${this.name}.${what}` : `${this.name}.${way}.${what}`;
  }

  /** The set of a number: its lowest bits. */
  setOf(number: Expr): Expr {
    return this.sets === 1 ? ZERO : slice(number, this.setBits - 1, 0);
  }

  /** An entry's number, way and set, in so many bits. */
  number(way: number, set: Expr, width: number): Expr {
    const base = constant(width, way * this.sets);
    return this.sets === 1 ? base : or(base, { kind: 'extend', width, signed: false, a: set });
  }

  /** One bit: a set's bit in a register that has one for each. */
  bit(flags: Register, set: Expr): Expr {
    return this.sets === 1 ? read(flags) : slice(binary('shru', read(flags), set), 0, 0);
  }

  /** Such a register with a set's bit set, or cleared. */
  withBit(flags: Register, set: Expr, value: boolean): Expr {
    const mask = this.sets === 1 ? ONE : binary('shl', constant(this.sets, 1), set);
    return value ? or(read(flags), mask) : and(read(flags), not(mask));
  }

  /** Of values by way, that of the way whose turn it is; without values, 0. */
  ofNext(values: readonly Expr[]): Expr {
    const victim = this.#victim;
    const [first = ZERO, ...others] = values;
    if (victim === undefined) return first;
    return others.reduce<Expr>((found, value, i) => mux(binary('eq', read(victim), constant(victim.width, i + 1)), value, found), first);
  }

  /**
   * Describes what happens to the way that takes an entry: the one that `has` (by way, one bit) it already, else the one
   * whose turn it is.
   *
   * @returns The entry's number, in so many bits.
   */
  fill(set: Expr, has: readonly Expr[], width: number, put: (way: number) => void): Expr {
    const { builder, ways } = this;
    const victim = this.#victim;
    if (victim === undefined) {
      put(0);
      return this.number(0, set, width);
    }
    const chosen = has.reduce<Expr>((otherwise, hit, i) => mux(hit, constant(victim.width, i), otherwise), read(victim));
    builder.switch(chosen, ways.map((way) => ({ keys: [way], then: () => put(way) })));
    builder.when(not(anyOf(has)), () => builder.assign(victim, binary('add', read(victim), constant(victim.width, 1))));
    return ways.slice(1).reduce<Expr>((n, way) => mux(binary('eq', chosen, constant(victim.width, way)), this.number(way, set, width), n), this.number(0, set, width));
  }
}

/** The value of the way that hits, where at most one does. */
export function ofHit<T>(hits: readonly (T & { readonly there: Expr })[], merge: (there: Expr, hit: T, otherwise: T) => T): T & { readonly there: Expr } {
  const [first, ...others] = hits;
  if (first === undefined) throw new Error('a cache without ways');
  return others.reduce((found, hit) => ({ ...merge(hit.there, hit, found), there: or(found.there, hit.there) }), first);
}
