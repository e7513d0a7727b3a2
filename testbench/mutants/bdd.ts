/**
 * Binary decision diagrams: two Boolean functions are equal for every
 * valuation of their variables exactly if they are the same node. This is what
 * makes "exhaustive over the support" feasible for dozens of bits.
 */

import { Triples } from './triples.js';

/** A function; 0 is false, 1 is true. */
export type Bit = number;

/** Thrown inside and caught by whoever asks: too large. */
export class TooLarge extends Error {}

const AND = 0;
const XOR = 1;
const OR = 2;
type Operator = typeof AND | typeof XOR | typeof OR;
/** So many steps may be taken for each node that may be made: steps that make none take time, too. */
const STEPS_PER_NODE = 8;

/** Functions over variables 0, 1, … in this order. */
export class Diagrams {
  readonly #variable: number[] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  readonly #low: Bit[] = [0, 1];
  readonly #high: Bit[] = [0, 1];
  readonly #unique = new Triples();
  /** Results of operations, each 1 more than it is: 0 stands for none. */
  readonly #results = new Triples();
  #steps = 0;

  /** Nodes made so far. */
  get size(): number {
    return this.#variable.length;
  }

  /** @param limit - With more nodes than this, or too many steps for them, it gives up: {@link TooLarge}. */
  constructor(readonly limit: number) {}

  variable(index: number): Bit {
    return this.#node(index, 0, 1);
  }

  not(a: Bit): Bit {
    return this.xor(a, 1);
  }

  and(a: Bit, b: Bit): Bit {
    if (a === 0 || b === 0) return 0;
    if (a === 1 || a === b) return b;
    if (b === 1) return a;
    return this.#apply(AND, a, b);
  }

  or(a: Bit, b: Bit): Bit {
    if (a === 1 || b === 1) return 1;
    if (a === 0 || a === b) return b;
    if (b === 0) return a;
    return this.#apply(OR, a, b);
  }

  xor(a: Bit, b: Bit): Bit {
    if (a === b) return 0;
    if (a === 0) return b;
    if (b === 0) return a;
    return this.#apply(XOR, a, b);
  }

  mux(condition: Bit, then: Bit, otherwise: Bit): Bit {
    if (then === otherwise) return then;
    return this.or(this.and(condition, then), this.and(this.not(condition), otherwise));
  }

  #apply(op: Operator, a: Bit, b: Bit): Bit {
    const first = Math.min(a, b);
    const second = Math.max(a, b);
    const known = this.#results.get(op, first, second);
    if (known !== 0) return known - 1;
    if (++this.#steps > STEPS_PER_NODE * this.limit) throw new TooLarge();
    const va = this.#variable[first] ?? 0;
    const vb = this.#variable[second] ?? 0;
    const top = Math.min(va, vb);
    const low = this.#join(op, va === top ? (this.#low[first] ?? 0) : first, vb === top ? (this.#low[second] ?? 0) : second);
    const high = this.#join(op, va === top ? (this.#high[first] ?? 0) : first, vb === top ? (this.#high[second] ?? 0) : second);
    const result = this.#node(top, low, high);
    this.#results.set(op, first, second, result + 1);
    return result;
  }

  #join(op: Operator, a: Bit, b: Bit): Bit {
    return op === AND ? this.and(a, b) : op === XOR ? this.xor(a, b) : this.or(a, b);
  }

  #node(variable: number, low: Bit, high: Bit): Bit {
    if (low === high) return low;
    const known = this.#unique.get(variable, low, high);
    if (known !== 0) return known;
    const node = this.#variable.length;
    if (node > this.limit) throw new TooLarge();
    this.#variable.push(variable);
    this.#low.push(low);
    this.#high.push(high);
    this.#unique.set(variable, low, high, node);
    return node;
  }
}
