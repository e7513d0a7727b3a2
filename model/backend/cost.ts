/**
 * What an expression costs in executed wasm operations, and which of its
 * operands need not always be computed. Rough figures: they only steer the
 * plan.
 */
import type { Expr } from '../ir/ir.js';
import type { Tables } from './tables.js';

/** An operand that is computed only if the expression turns out to need it. */
export interface LazyOperands {
  /** Always computed. */
  readonly eager: readonly Expr[];
  /** Computed at most one of. */
  readonly arms: readonly Expr[];
}

/** Costs, knowing what is looked up in tables. */
export class CostModel {
  constructor(readonly tables: Tables) {}

  /** The operands of `e` split into those always needed and the alternatives. */
  lazyOperands(e: Expr): LazyOperands {
    const lookup = this.tables.lookup(e);
    return lookup === undefined ? lazyOperands(e) : { eager: [lookup.word], arms: [] };
  }

  /** Operations of the expression itself, without its operands. */
  ownCost(e: Expr): number {
    const lookup = this.tables.lookup(e);
    if (lookup === undefined) return ownCost(e);
    return lookup.kind === 'constant' ? 3 : 4 + 2 * lookup.rootFields.length + 2 * lookup.depth;
  }

  /** Every expression that must be computed for `roots`, operands before users. */
  needed(roots: Iterable<Expr>): Expr[] {
    const seen = new Set<Expr>();
    const order: Expr[] = [];
    const visit = (e: Expr): void => {
      if (seen.has(e)) return;
      seen.add(e);
      const { eager, arms } = this.lazyOperands(e);
      eager.forEach(visit);
      arms.forEach(visit);
      order.push(e);
    };
    for (const root of roots) visit(root);
    return order;
  }
}

function lazyOperands(e: Expr): LazyOperands {
  switch (e.kind) {
    case 'mux':
      return { eager: [e.condition], arms: [e.then, e.else] };
    case 'select':
      return { eager: [e.key], arms: [...e.cases.map((c) => c.value), e.default] };
    case 'const':
    case 'read':
      return { eager: [], arms: [] };
    case 'element':
      return { eager: [e.index], arms: [] };
    case 'not':
    case 'slice':
    case 'extend':
      return { eager: [e.a], arms: [] };
    case 'binary':
      return isLogical(e) ? { eager: [], arms: [e.a, e.b] } : { eager: [e.a, e.b], arms: [] };
    case 'concat':
      return { eager: e.parts, arms: [] };
    case 'wire':
      return { eager: [e.wire.value], arms: [] };
  }
}

/** A one-bit conjunction or disjunction: the second operand is needed only if the first does not decide. */
export const isLogical = (e: Expr): boolean =>
  e.kind === 'binary' && e.width === 1 && (e.op === 'and' || e.op === 'or');

/** Expressions that are never worth a local: they compile to nothing. */
export function isFree(e: Expr): boolean {
  if (e.kind === 'const') return true;
  return e.kind === 'extend' && !e.signed && e.width <= 32;
}

const needsMask = (width: number): number => (width === 32 || width === 64 ? 0 : 1);

function ownCost(e: Expr): number {
  switch (e.kind) {
    case 'const':
      return 0;
    case 'read':
    case 'not':
      return 1;
    case 'element':
      return 4;
    case 'mux':
      return 1;
    case 'select':
      return 4;
    case 'slice':
      return 2;
    case 'concat':
      return 2 * (e.parts.length - 1);
    case 'extend':
      return e.signed ? 2 : e.width > 32 && e.a.width <= 32 ? 1 : 0;
    case 'wire':
      return 0;
    case 'binary':
      return binaryCost(e.op, e.a.width);
  }
}

function binaryCost(op: Extract<Expr, { kind: 'binary' }>['op'], width: number): number {
  switch (op) {
    case 'mulh':
    case 'mulhu':
    case 'mulhsu':
      return 20;
    case 'div':
    case 'divu':
    case 'rem':
    case 'remu':
      return 30;
    case 'mul':
      return 3 + needsMask(width);
    case 'add':
    case 'sub':
    case 'shrs':
      return 1 + needsMask(width);
    case 'lts':
    case 'ges':
      return 1 + 2 * needsMask(width);
    case 'shl':
      return 3;
    case 'shru':
      return 2;
    default:
      return 1;
  }
}
