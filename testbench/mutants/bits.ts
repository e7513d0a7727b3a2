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
/** What steers comes first in the order of variables; the bits of all else stand side by side. */
const steers = (e: Expr): boolean => e.width <= 3 || (e.kind === 'read' && /\.(control|insn)$|^csr\.[mh]status$/.test(e.register.name));

const nameOf = (e: Expr): string => (e.kind === 'read' ? e.register.name : e.kind === 'wire' ? e.wire.name : '');

export class BitBlaster {
  readonly diagrams: Diagrams;
  readonly #known = new Map<Expr, (Bit | undefined)[]>();
  readonly #leaves: ReadonlyMap<Expr, number>;
  readonly #uniform = new Map<Expr, Bit>();
  readonly #certainties = new Map<Expr, Map<number, 0 | 1 | undefined>>();
  /** Carries into each bit of a sum, as far as they were needed. */
  readonly #carries = new Map<Expr, Bit[]>();
  /** First variable of each unknown, by bit. */
  readonly #variables = new Map<Expr, readonly number[]>();

  /**
   * @param roots - Everything that will be asked about; equal expressions must be one object.
   * @param limit - Of the diagrams.
   * @param leaves - For {@link uniform}.
   */
  constructor(roots: readonly Expr[], limit: number, leaves: readonly Expr[] = []) {
    this.diagrams = new Diagrams(limit);
    const unknowns = [...unknownsOf(roots)];
    const bits = unknowns.flatMap((e) => Array.from({ length: e.width }, (_, bit) => ({ e, bit })));
    const rank = ({ e, bit }: (typeof bits)[number]): number => (steers(e) ? -1 : bit);
    bits.sort((a, b) => rank(a) - rank(b) || (nameOf(a.e) < nameOf(b.e) ? -1 : nameOf(a.e) > nameOf(b.e) ? 1 : 0) || a.bit - b.bit);
    const places = new Map<Expr, number[]>(unknowns.map((e) => [e, []]));
    bits.forEach(({ e, bit }, i) => { (places.get(e) ?? [])[bit] = i; });
    this.#variables = places;
    this.#leaves = new Map(leaves.map((e, i) => [e, bits.length + i]));
  }

  /**
   * A tree of choices as if it had a single bit: what it chooses between, its
   * leaves, are unknowns. Trees that are equal so are equal in every bit.
   */
  uniform(e: Expr): Bit {
    const known = this.#uniform.get(e);
    if (known !== undefined) return known;
    const result = this.#chosen(e);
    this.#uniform.set(e, result);
    return result;
  }

  #chosen(e: Expr): Bit {
    if (e.kind === 'mux') return this.#mux(this.bit(e.condition, 0), () => this.uniform(e.then), () => this.uniform(e.else));
    if (e.kind === 'select') return this.#select(e, (arm) => this.uniform(arm));
    return this.diagrams.variable(this.#leaves.get(e) ?? 0);
  }

  #select(e: Extract<Expr, { readonly kind: 'select' }>, of: (arm: Expr) => Bit): Bit {
    const { diagrams: d } = this;
    return e.cases.reduceRight<Bit>((rest, c) => this.#mux(c.keys.reduce<Bit>((any, k) => d.or(any, this.#equals(e.key, k)), 0), () => of(c.value), () => rest), of(e.default));
  }

  /** Bits of unknowns that are the same wherever a function is true; unknowns without any are left out. */
  known(where: Bit): ReadonlyMap<Expr, readonly (0 | 1 | undefined)[]> {
    const d = this.diagrams;
    const always = (variable: number): 0 | 1 | undefined => {
      const own = d.variable(variable);
      return d.and(where, d.not(own)) === 0 ? 1 : d.and(where, own) === 0 ? 0 : undefined;
    };
    return new Map([...this.#variables].map(([e, variables]) => [e, variables.map(always)] as const).filter(([, bits]) => bits.some((bit) => bit !== undefined)));
  }

  /** Whether two bits come from the same place, whatever is there. */
  same(a: Expr, b: Expr, i: number): boolean {
    const [p, q] = [originOf(a, i), originOf(b, i)];
    return p.e === q.e && p.bit === q.bit;
  }

  /** The bits of an expression. */
  word(e: Expr): Word {
    return Array.from({ length: e.width }, (_, i) => this.bit(e, i));
  }

  /** One bit of it; nothing else is computed than that takes. */
  bit(e: Expr, i: number): Bit {
    const bits = this.#known.get(e) ?? [];
    if (bits.length === 0) this.#known.set(e, bits);
    return (bits[i] ??= this.#compute(e, i));
  }

  #compute(e: Expr, i: number): Bit {
    const { diagrams: d } = this;
    const certain = this.#certain(e, i);
    if (certain !== undefined) return certain;
    if (isUnknown(e)) return d.variable(this.#variables.get(e)?.[i] ?? 0);
    switch (e.kind) {
      case 'const':
        return Number((e.value >> BigInt(i)) & 1n);
      case 'not':
        return d.not(this.bit(e.a, i));
      case 'mux':
        return this.#mux(this.bit(e.condition, 0), () => this.bit(e.then, i), () => this.bit(e.else, i));
      case 'select':
        return this.#select(e, (arm) => this.bit(arm, i));
      case 'slice':
        return this.bit(e.a, e.low + i);
      case 'concat': {
        const [part, bit] = partOf(e.parts, i);
        return part === undefined ? 0 : this.bit(part, bit);
      }
      case 'extend':
        return i < e.a.width ? this.bit(e.a, i) : e.signed ? this.bit(e.a, e.a.width - 1) : 0;
      case 'binary':
        return this.#binary(e, i);
      case 'read':
      case 'element':
      case 'wire':
        return 0;
    }
  }

  /**
   * A bit that is the same whatever is chosen on the way to it, without a look
   * at what chooses: the upper bits of a cause, say.
   */
  #certain(e: Expr, i: number): 0 | 1 | undefined {
    if (isUnknown(e)) return undefined;
    const known = this.#certainties.get(e) ?? new Map<number, 0 | 1 | undefined>();
    if (known.size === 0) this.#certainties.set(e, known);
    if (!known.has(i)) known.set(i, this.#sameOnAllWays(e, i));
    return known.get(i);
  }

  #sameOnAllWays(e: Expr, i: number): 0 | 1 | undefined {
    const agreed = (arms: readonly Expr[]): 0 | 1 | undefined => {
      const [first, ...others] = arms;
      const bit = first === undefined ? undefined : this.#certain(first, i);
      return bit !== undefined && others.every((arm) => this.#certain(arm, i) === bit) ? bit : undefined;
    };
    switch (e.kind) {
      case 'const':
        return (e.value >> BigInt(i)) & 1n ? 1 : 0;
      case 'mux':
        return agreed([e.then, e.else]);
      case 'select':
        return agreed([e.default, ...e.cases.map((c) => c.value)]);
      case 'slice':
        return this.#certain(e.a, e.low + i);
      case 'extend':
        return i < e.a.width ? this.#certain(e.a, i) : e.signed ? this.#certain(e.a, e.a.width - 1) : 0;
      case 'concat': {
        const [part, bit] = partOf(e.parts, i);
        return part === undefined ? undefined : this.#certain(part, bit);
      }
      case 'binary':
        if (e.op === 'and' && (this.#certain(e.a, i) === 0 || this.#certain(e.b, i) === 0)) return 0;
        return e.op === 'or' && (this.#certain(e.a, i) === 1 || this.#certain(e.b, i) === 1) ? 1 : undefined;
      default:
        return undefined;
    }
  }

  #mux(condition: Bit, then: () => Bit, otherwise: () => Bit): Bit {
    if (condition === 1) return then();
    return condition === 0 ? otherwise() : this.diagrams.mux(condition, then(), otherwise());
  }

  #equals(e: Expr, value: bigint): Bit {
    const { diagrams: d } = this;
    let all: Bit = 1;
    for (let i = 0; i < e.width && all !== 0; i++) all = d.and(all, (value >> BigInt(i)) & 1n ? this.bit(e, i) : d.not(this.bit(e, i)));
    return all;
  }

  #binary(e: Extract<Expr, { readonly kind: 'binary' }>, i: number): Bit {
    const { diagrams: d } = this;
    const { op, a, b } = e;
    switch (op) {
      case 'and': return d.and(this.bit(a, i), this.bit(b, i));
      case 'or': return d.or(this.bit(a, i), this.bit(b, i));
      case 'xor': return d.xor(this.bit(a, i), this.bit(b, i));
      case 'add': return d.xor(d.xor(this.bit(a, i), this.bit(b, i)), this.#carry(e, i));
      case 'sub': return d.xor(d.xor(this.bit(a, i), d.not(this.bit(b, i))), this.#carry(e, i));
      case 'eq': return d.not(this.#differs(a, b));
      case 'ne': return this.#differs(a, b);
      case 'ltu': return this.#less(a, b, false);
      case 'geu': return d.not(this.#less(a, b, false));
      case 'lts': return this.#less(a, b, true);
      case 'ges': return d.not(this.#less(a, b, true));
      case 'shl':
      case 'shru':
      case 'shrs':
        return this.#shifted(op, a, b, i);
      default:
        return 0;
    }
  }

  /** Into bit `i` of a sum or difference. */
  #carry(e: Extract<Expr, { readonly kind: 'binary' }>, i: number): Bit {
    const { diagrams: d } = this;
    const carries = this.#carries.get(e) ?? [e.op === 'sub' ? 1 : 0];
    this.#carries.set(e, carries);
    for (let at = carries.length; at <= i; at++) {
      const p = this.bit(e.a, at - 1);
      const q = e.op === 'sub' ? d.not(this.bit(e.b, at - 1)) : this.bit(e.b, at - 1);
      carries.push(d.or(d.and(p, q), d.and(carries[at - 1] ?? 0, d.xor(p, q))));
    }
    return carries[i] ?? 0;
  }

  #differs(a: Expr, b: Expr): Bit {
    const { diagrams: d } = this;
    let any: Bit = 0;
    for (let i = 0; i < a.width && any !== 1; i++) any = d.or(any, d.xor(this.bit(a, i), this.bit(b, i)));
    return any;
  }

  #less(a: Expr, b: Expr, signed: boolean): Bit {
    const { diagrams: d } = this;
    let below: Bit = 0;
    for (let i = 0; i < a.width; i++) {
      const [p, q] = [this.bit(a, i), this.bit(b, i)];
      below = d.mux(d.xor(p, q), signed && i === a.width - 1 ? p : q, below);
    }
    return below;
  }

  #shifted(op: 'shl' | 'shru' | 'shrs', a: Expr, amount: Expr, i: number): Bit {
    const fill = op === 'shrs' ? this.bit(a, a.width - 1) : 0;
    const at = (j: number): Bit => (j >= 0 && j < a.width ? this.bit(a, j) : fill);
    let result = fill;
    for (let by = a.width - 1; by >= 0; by--) {
      if (BigInt(by) >> BigInt(amount.width) === 0n) result = this.#mux(this.#equals(amount, BigInt(by)), () => at(op === 'shl' ? i - by : i + by), () => result);
    }
    return result;
  }
}

/** The part of a concatenation that bit `i` lies in, and which bit of it. */
function partOf(parts: readonly Expr[], i: number): readonly [part: Expr | undefined, bit: number] {
  let low = i;
  for (const part of [...parts].reverse()) {
    if (low < part.width) return [part, low];
    low -= part.width;
  }
  return [undefined, 0];
}

/** Where a bit comes from, through what only moves it. */
function originOf(e: Expr, bit: number): { readonly e: Expr; readonly bit: number } {
  if (e.kind === 'slice') return originOf(e.a, e.low + bit);
  if (e.kind === 'extend' && bit < e.a.width) return originOf(e.a, bit);
  const [part, at] = e.kind === 'concat' ? partOf(e.parts, bit) : [undefined, bit];
  return part === undefined ? { e, bit } : originOf(part, at);
}

/** What trees of choices choose by, and between. */
export function choicesOf(roots: readonly Expr[]): { readonly conditions: readonly Expr[]; readonly leaves: readonly Expr[] } {
  const conditions = new Set<Expr>();
  const leaves = new Set<Expr>();
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (e.kind === 'mux') {
      conditions.add(e.condition);
      [e.then, e.else].forEach(visit);
    } else if (e.kind === 'select') {
      conditions.add(e.key);
      [...e.cases.map((c) => c.value), e.default].forEach(visit);
    } else leaves.add(e);
  };
  roots.forEach(visit);
  return { conditions: [...conditions], leaves: [...leaves] };
}

/** What expressions are made of: registers, elements, wires, products and quotients. */
export function unknownsOf(roots: readonly Expr[]): ReadonlySet<Expr> {
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
