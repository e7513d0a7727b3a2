/** Hash-consing: structurally equal expressions become one object. */
import type { Expr } from './ir.js';
import { withOperands } from './map.js';
import { operands } from './walk.js';

/** Maps every expression over interned operands to the first one of the same structure. */
export class Interner {
  readonly #ids = new Map<object, number>();
  readonly #byKey = new Map<string, Expr>();
  readonly #interned = new Map<Expr, Expr>();

  /** The representative of `e`, whose operands must be representatives already. */
  unique(e: Expr): Expr {
    const key = this.#key(e);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#byKey.set(key, e);
    return e;
  }

  /** The representative of any expression. */
  intern(e: Expr): Expr {
    const known = this.#interned.get(e);
    if (known !== undefined) return known;
    const representative = this.unique(withOperands(e, operands(e).map((operand) => this.intern(operand))));
    this.#interned.set(e, representative);
    return representative;
  }

  #id(object: object): number {
    const known = this.#ids.get(object);
    if (known !== undefined) return known;
    this.#ids.set(object, this.#ids.size);
    return this.#ids.size - 1;
  }

  #key(e: Expr): string {
    const id = (object: object): number => this.#id(object);
    switch (e.kind) {
      case 'const': return `c${e.width}:${e.value.toString(36)}`;
      case 'read': return `r${id(e.register)}`;
      case 'element': return `e${id(e.array)}:${id(e.index)}`;
      case 'not': return `n${id(e.a)}`;
      case 'binary': return `${e.op}:${id(e.a)}:${id(e.b)}`;
      case 'mux': return `m${id(e.condition)}:${id(e.then)}:${id(e.else)}`;
      case 'select': return `s${id(e.key)}:${e.cases.map((c) => `${c.keys.join()}=${id(c.value)}`).join(':')}:${id(e.default)}`;
      case 'slice': return `l${e.width}:${e.low}:${id(e.a)}`;
      case 'concat': return `t${e.parts.map(id).join()}`;
      case 'extend': return `${e.signed ? 'x' : 'z'}${e.width}:${id(e.a)}`;
      case 'wire': return `w${id(e.wire)}`;
    }
  }
}
