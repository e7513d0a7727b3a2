/**
 * Expressions as functions of single bits. Wires, and what has no small
 * diagram (products, quotients, elements of arrays), count as unknowns of
 * their own: equal expressions then still have equal values, and nothing false
 * is proven.
 */
import type { Expr } from '../../model/ir/ir.js';
import { operands } from '../../model/ir/walk.js';
import { Diagrams, type Bit } from './bdd.js';

/** Least significant first. */
type Word = readonly Bit[];

const OPAQUE = new Set(['mul', 'mulh', 'mulhu', 'mulhsu', 'div', 'divu', 'rem', 'remu']);
const isUnknown = (e: Expr): boolean => e.kind === 'read' || e.kind === 'element' || e.kind === 'wire' || (e.kind === 'binary' && OPAQUE.has(e.op));
/** Registers up to this width steer; they come first in the order of variables. */
const NARROW = 32;

const nameOf = (e: Expr): string => (e.kind === 'read' ? e.register.name : e.kind === 'wire' ? e.wire.name : '');

export class BitBlaster {
  readonly diagrams = new Diagrams();
  readonly #words = new Map<Expr, Word>();
  /** First variable of each unknown, by bit. */
  readonly #variables = new Map<Expr, readonly number[]>();

  /** @param roots - Everything that will be asked about; equal expressions must be one object. */
  constructor(roots: readonly Expr[]) {
    const unknowns = [...unknownsOf(roots)];
    const bits = unknowns.flatMap((e) => Array.from({ length: e.width }, (_, bit) => ({ e, bit })));
    const rank = ({ e, bit }: (typeof bits)[number]): number => (e.width <= NARROW ? -1 : bit);
    bits.sort((a, b) => rank(a) - rank(b) || (nameOf(a.e) < nameOf(b.e) ? -1 : nameOf(a.e) > nameOf(b.e) ? 1 : 0) || a.bit - b.bit);
    const places = new Map<Expr, number[]>(unknowns.map((e) => [e, []]));
    bits.forEach(({ e, bit }, i) => { (places.get(e) ?? [])[bit] = i; });
    this.#variables = places;
  }

  /** The bits of an expression. */
  word(e: Expr): Word {
    const known = this.#words.get(e);
    if (known !== undefined) return known;
    const word = this.#compute(e);
    this.#words.set(e, word);
    return word;
  }

  #compute(e: Expr): Word {
    const { diagrams: d } = this;
    if (isUnknown(e)) return (this.#variables.get(e) ?? []).map((v) => d.variable(v));
    switch (e.kind) {
      case 'const':
        return Array.from({ length: e.width }, (_, i) => Number((e.value >> BigInt(i)) & 1n));
      case 'not':
        return this.word(e.a).map((b) => d.not(b));
      case 'mux': {
        const condition = this.word(e.condition)[0] ?? 0;
        if (condition === 1) return this.word(e.then);
        if (condition === 0) return this.word(e.else);
        return this.#choose(condition, this.word(e.then), this.word(e.else));
      }
      case 'select': {
        const key = this.word(e.key);
        return e.cases.reduce<Word>((rest, c) => this.#choose(c.keys.reduce<Bit>((any, k) => d.or(any, this.#equals(key, k)), 0), this.word(c.value), rest), this.word(e.default));
      }
      case 'slice':
        return this.word(e.a).slice(e.low, e.low + e.width);
      case 'concat':
        return [...e.parts].reverse().flatMap((p) => this.word(p));
      case 'extend': {
        const a = this.word(e.a);
        const fill = e.signed ? (a[a.length - 1] ?? 0) : 0;
        return Array.from({ length: e.width }, (_, i) => a[i] ?? fill);
      }
      case 'binary':
        return this.#binary(e);
      case 'read':
      case 'element':
      case 'wire':
        return [];
    }
  }

  #choose(condition: Bit, a: Word, b: Word): Word {
    return a.map((bit, i) => this.diagrams.mux(condition, bit, b[i] ?? 0));
  }

  #equals(word: Word, value: bigint): Bit {
    const { diagrams: d } = this;
    return word.reduce<Bit>((all, b, i) => d.and(all, (value >> BigInt(i)) & 1n ? b : d.not(b)), 1);
  }

  #binary({ op, a, b }: Extract<Expr, { readonly kind: 'binary' }>): Word {
    const { diagrams: d } = this;
    const [x, y] = [this.word(a), this.word(b)];
    const pairs = (f: (p: Bit, q: Bit) => Bit): Word => x.map((p, i) => f(p, y[i] ?? 0));
    switch (op) {
      case 'and': return pairs((p, q) => d.and(p, q));
      case 'or': return pairs((p, q) => d.or(p, q));
      case 'xor': return pairs((p, q) => d.xor(p, q));
      case 'add': return this.#sum(x, y, 0);
      case 'sub': return this.#sum(x, y.map((q) => d.not(q)), 1);
      case 'eq': return [d.not(this.#differs(x, y))];
      case 'ne': return [this.#differs(x, y)];
      case 'ltu': return [this.#less(x, y)];
      case 'geu': return [d.not(this.#less(x, y))];
      case 'lts': return [this.#less(this.#biased(x), this.#biased(y))];
      case 'ges': return [d.not(this.#less(this.#biased(x), this.#biased(y)))];
      case 'shl':
      case 'shru':
      case 'shrs':
        return this.#shifted(op, x, y);
      default:
        return [];
    }
  }

  #differs(x: Word, y: Word): Bit {
    const { diagrams: d } = this;
    return x.reduce<Bit>((any, p, i) => d.or(any, d.xor(p, y[i] ?? 0)), 0);
  }

  #sum(x: Word, y: Word, carryIn: Bit): Word {
    const { diagrams: d } = this;
    let carry = carryIn;
    return x.map((p, i) => {
      const q = y[i] ?? 0;
      const either = d.xor(p, q);
      const result = d.xor(either, carry);
      carry = d.or(d.and(p, q), d.and(carry, either));
      return result;
    });
  }

  #less(x: Word, y: Word): Bit {
    const { diagrams: d } = this;
    return x.reduce<Bit>((below, p, i) => d.mux(d.xor(p, y[i] ?? 0), y[i] ?? 0, below), 0);
  }

  /** The sign inverted: signed order becomes unsigned. */
  #biased(x: Word): Word {
    return x.map((b, i) => (i === x.length - 1 ? this.diagrams.not(b) : b));
  }

  #shifted(op: 'shl' | 'shru' | 'shrs', x: Word, amount: Word): Word {
    const { diagrams: d } = this;
    const fill = op === 'shrs' ? (x[x.length - 1] ?? 0) : 0;
    return amount.reduce<Word>((word, by, i) => {
      const distance = 2 ** i;
      return word.map((b, at) => d.mux(by, word[op === 'shl' ? at - distance : at + distance] ?? fill, b));
    }, x);
  }
}

function unknownsOf(roots: readonly Expr[]): ReadonlySet<Expr> {
  const unknowns = new Set<Expr>();
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (isUnknown(e)) unknowns.add(e);
    else operands(e).forEach(visit);
  };
  roots.forEach(visit);
  return unknowns;
}
