/**
 * Constant functions of one word: a `select` (or a multiplexer on equality)
 * whose keys are slices of the same value and whose leaves are constants, like
 * the decoder of an instruction set. Such a tree can be looked up instead of
 * branched through: the engine cannot predict an instruction mix.
 */
import type { Expr } from '../ir/ir.js';

/** A leaf, or a choice by the bits `low` to `low + width - 1` of the word. */
export type Decision = Leaf | Choice;

export interface Leaf {
  readonly kind: 'leaf';
  readonly value: bigint;
}

export interface Choice {
  readonly kind: 'choice';
  readonly low: number;
  readonly width: number;
  readonly cases: ReadonlyMap<bigint, Decision>;
  readonly default: Decision;
}

/** A tree and the word that it looks at. */
export interface DecisionTree {
  readonly word: Expr;
  readonly root: Choice;
  /** Keys listed in the whole tree, shared parts counted each time. */
  readonly keys: number;
}

/** `e` as a decision tree, if it is one. */
export function decisionTree(e: Expr): DecisionTree | undefined {
  const key = keyOf(e);
  if (key === undefined) return undefined;
  const reader = new Reader(key.kind === 'slice' ? key.a : key);
  const root = reader.decision(e);
  return root?.kind === 'choice' ? { word: reader.word, root, keys: countKeys(root, new Map()) } : undefined;
}

/** The expression that decides at the root of `e`. */
function keyOf(e: Expr): Expr | undefined {
  if (e.kind === 'select') return e.key;
  if (e.kind !== 'mux') return undefined;
  const { condition } = e;
  return condition.kind === 'binary' && condition.b.kind === 'const' ? condition.a : condition;
}

class Reader {
  readonly #known = new Map<Expr, Decision | undefined>();

  constructor(readonly word: Expr) {}

  decision(e: Expr): Decision | undefined {
    if (!this.#known.has(e)) this.#known.set(e, this.#read(e));
    return this.#known.get(e);
  }

  #read(e: Expr): Decision | undefined {
    if (e.kind === 'const') return { kind: 'leaf', value: e.value };
    if (e.kind === 'mux') return this.#mux(e);
    if (e.kind !== 'select') return undefined;
    return this.#choice(e.key, e.cases.flatMap((c) => c.keys.map((k) => [k, c.value] as const)), e.default);
  }

  #mux(e: Extract<Expr, { kind: 'mux' }>): Decision | undefined {
    const { condition } = e;
    if (condition.kind !== 'binary') return this.#choice(condition, [[1n, e.then]], e.else);
    if (condition.b.kind !== 'const') return undefined;
    if (condition.op === 'eq') return this.#choice(condition.a, [[condition.b.value, e.then]], e.else);
    return condition.op === 'ne' ? this.#choice(condition.a, [[condition.b.value, e.else]], e.then) : undefined;
  }

  #choice(key: Expr, arms: readonly (readonly [bigint, Expr])[], otherwise: Expr): Choice | undefined {
    const low = key === this.word ? 0 : key.kind === 'slice' && key.a === this.word ? key.low : undefined;
    const rest = this.decision(otherwise);
    if (low === undefined || rest === undefined) return undefined;
    const cases = new Map<bigint, Decision>();
    for (const [k, value] of arms) {
      const decision = this.decision(value);
      if (decision === undefined) return undefined;
      cases.set(k, decision);
    }
    return { kind: 'choice', low, width: key.width, cases, default: rest };
  }
}

function countKeys(d: Decision, known: Map<Decision, number>): number {
  if (d.kind === 'leaf') return 0;
  const before = known.get(d);
  if (before !== undefined) return before;
  const keys = [d.default, ...d.cases.values()].reduce((sum, inner) => sum + countKeys(inner, known), d.cases.size);
  known.set(d, keys);
  return keys;
}
