/** How many bits a value can need: what lets the backend leave out masks. */
import type { Expr } from '../ir/ir.js';

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** Bounds on the values of expressions, remembered. */
export class BitBounds {
  readonly #known = new Map<Expr, number>();

  /** The value of `e` is below 2 to this power; at most its width. */
  of(e: Expr): number {
    const known = this.#known.get(e);
    if (known !== undefined) return known;
    const bound = Math.min(e.width, this.#compute(e));
    this.#known.set(e, bound);
    return bound;
  }

  #compute(e: Expr): number {
    switch (e.kind) {
      case 'const':
        return bitLength(e.value);
      case 'slice':
        return Math.max(0, this.of(e.a) - e.low);
      case 'extend':
        return e.signed ? e.width : this.of(e.a);
      case 'mux':
        return Math.max(this.of(e.then), this.of(e.else));
      case 'select':
        return Math.max(this.of(e.default), ...e.cases.map((c) => this.of(c.value)));
      case 'concat':
        return this.#concat(e.parts, e.width);
      case 'binary':
        return this.#binary(e);
      default:
        return e.width;
    }
  }

  #concat(parts: readonly Expr[], width: number): number {
    let position = width;
    for (const part of parts) {
      position -= part.width;
      const bound = this.of(part);
      if (bound > 0) return position + bound;
    }
    return 0;
  }

  #binary(e: Extract<Expr, { kind: 'binary' }>): number {
    const [a, b] = [this.of(e.a), this.of(e.b)];
    switch (e.op) {
      case 'and':
        return Math.min(a, b);
      case 'or':
      case 'xor':
        return Math.max(a, b);
      case 'add':
        return Math.max(a, b) + 1;
      case 'mul':
        return a + b;
      case 'shru':
        return e.b.kind === 'const' ? Math.max(0, a - Number(e.b.value)) : a;
      default:
        return e.width;
    }
  }
}
