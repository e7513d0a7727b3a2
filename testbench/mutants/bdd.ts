/**
 * Binary decision diagrams: two Boolean functions are equal for every
 * valuation of their variables exactly if they are the same node. This is what
 * makes "exhaustive over the support" feasible for dozens of bits.
 */

/** A function; 0 is false, 1 is true. */
export type Bit = number;

/** Nodes fit 21 bits, so that two of them and a variable make an exact number. */
const SPAN = 2 ** 21;

/** Thrown inside and caught by whoever asks: too large. */
export class TooLarge extends Error {}

const AND = 0;
const XOR = 1;

/** Functions over variables 0, 1, … in this order. */
export class Diagrams {
  readonly #variable: number[] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  readonly #low: Bit[] = [0, 1];
  readonly #high: Bit[] = [0, 1];
  readonly #unique = new Map<number, Bit>();
  readonly #results: readonly Map<number, Bit>[] = [new Map(), new Map()];

  /** Nodes made so far. */
  get size(): number {
    return this.#variable.length;
  }

  /** @param limit - With more nodes than this it gives up: {@link TooLarge}. */
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
    return this.not(this.and(this.not(a), this.not(b)));
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

  #apply(op: typeof AND | typeof XOR, a: Bit, b: Bit): Bit {
    const [first, second] = a < b ? [a, b] : [b, a];
    const results = this.#results[op];
    const key = first * SPAN + second;
    const known = results?.get(key);
    if (known !== undefined) return known;
    const [va, vb] = [this.#variable[first] ?? 0, this.#variable[second] ?? 0];
    const top = Math.min(va, vb);
    const part = (side: readonly Bit[], node: Bit, v: number): Bit => (v === top ? (side[node] ?? 0) : node);
    const join = (x: Bit, y: Bit): Bit => (op === AND ? this.and(x, y) : this.xor(x, y));
    const low = join(part(this.#low, first, va), part(this.#low, second, vb));
    const high = join(part(this.#high, first, va), part(this.#high, second, vb));
    const result = this.#node(top, low, high);
    results?.set(key, result);
    return result;
  }

  #node(variable: number, low: Bit, high: Bit): Bit {
    if (low === high) return low;
    const key = (variable * SPAN + low) * SPAN + high;
    const known = this.#unique.get(key);
    if (known !== undefined) return known;
    const node = this.#variable.length;
    if (node > this.limit || variable >= 1024) throw new TooLarge();
    this.#variable.push(variable);
    this.#low.push(low);
    this.#high.push(high);
    this.#unique.set(key, node);
    return node;
  }
}
