/**
 * Stores on their way to memory: time only, for what a store writes is in
 * memory when it retires, and loads find it there.
 *
 * A store leaves the execute stage only if there will be a place for it, and
 * takes that when it retires; memory takes one after the other.
 */
import { ONE, ZERO, add, and, binary, constant, eqConst, mux, nonZero, or, read, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { StoreBuffer as Size } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';

/** Bits in which places and stores under way are counted together. */
const SUM_BITS = 6;

export class StoreBuffer {
  readonly #used: Register;
  /** Cycles left for the oldest. */
  readonly #left: Register;

  constructor(readonly builder: ModuleBuilder, readonly size: Size) {
    this.#used = builder.register('stores.used', Math.ceil(Math.log2(size.entries + 1)));
    this.#left = builder.register('stores.left', Math.ceil(Math.log2(size.cycles + 1)));
  }

  /** One bit: with these stores that have not retired yet, one bit each, every place is taken. */
  full(underway: readonly Expr[]): Expr {
    const sum = underway.reduce<Expr>((all, one) => add(all, zext(one, SUM_BITS)), zext(read(this.#used), SUM_BITS));
    return binary('geu', sum, constant(SUM_BITS, this.size.entries));
  }

  /** A cycle; in every one. `stores`: one bit, a store retires in it. */
  cycle(stores: Expr = ZERO): void {
    const { builder, size } = this;
    const [used, left] = [read(this.#used), read(this.#left)];
    const some = nonZero(used);
    const leaves = and(some, eqConst(left, 1));
    builder.when(or(some, stores), () => {
      builder.assign(this.#used, binary('sub', add(used, zext(stores, used.width)), zext(leaves, used.width)));
      builder.assign(this.#left, mux(mux(some, leaves, ONE), constant(left.width, size.cycles), binary('sub', left, constant(left.width, 1))));
    });
  }
}
