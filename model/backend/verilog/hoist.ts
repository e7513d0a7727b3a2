/**
 * Which expressions get a signal of their own in the printed module: what is
 * used twice and too long to repeat, what is too long for one expression, and
 * what SystemVerilog can only apply to a signal (a slice, a sign) or only say
 * in a statement (a selection).
 */
import type { Expr } from '../../ir/ir.js';
import { isCalled } from './operators.js';
import { partsOf, printedUnder } from './parts.js';

/** Where an expression stands, and how it is used. */
export interface Root {
  readonly value: Expr;
  /** Printed in several places, such as the condition of a branch in every block that it has something of. */
  readonly repeated: boolean;
}

/** Nodes of an expression that is clearer repeated. */
const NAMED_FROM = 4;
/** Most nodes of an expression within another, and of a multiplexer. */
const LARGEST = 24;
const LARGEST_MUX = 9;

/** Whether a second one would be a second multiplier or divider. */
const isLarge = (e: Expr): boolean => e.kind === 'binary' && (e.op === 'mul' || isCalled(e.op));

/** Expressions whose value is assigned by a statement, so that they may be an `if` or a `case`; all others stand within an expression. */
function withinOthers(roots: readonly Root[]): ReadonlySet<Expr> {
  const inner = new Set<Expr>();
  const assigned = new Set<Expr>();
  const visit = (e: Expr, isAssigned: boolean): void => {
    const seen = isAssigned ? assigned : inner;
    if (seen.has(e)) return;
    seen.add(e);
    // A selection is assigned wherever it stands: it gets a name where it is not.
    const chooses = e.kind === 'select' || (e.kind === 'mux' && isAssigned);
    partsOf(e).forEach((part, i) => visit(part, chooses && i > 0));
  };
  for (const { value, repeated } of roots) visit(value, !repeated);
  return inner;
}

/** Whether bits of it can be taken as it is printed. */
export const hasBits = (e: Expr): boolean => e.kind === 'read' || e.kind === 'wire';

/** Expressions of which another takes bits. */
function sliced(all: readonly Expr[]): ReadonlySet<Expr> {
  return new Set(all.flatMap((e) => {
    const taken = e.kind === 'slice' || (e.kind === 'extend' && e.signed) ? e.a : undefined;
    if (taken === undefined || hasBits(taken)) return [];
    // The sign of a slice is a bit of what it is a slice of.
    return e.kind === 'extend' && taken.kind === 'slice' ? [] : [taken];
  }));
}

/** Too small for a name of their own, even as the value of a wire. */
export const isTrivial = (e: Expr): boolean => e.kind === 'const' || e.kind === 'read' || e.kind === 'wire';

/**
 * The expressions that get signals.
 *
 * @param named - Those that have one already: the values of wires.
 */
export function signalsFor(roots: readonly Root[], named: ReadonlySet<Expr>): ReadonlySet<Expr> {
  const all = printedUnder(roots.map((r) => r.value));
  const inner = withinOthers(roots);
  const bits = sliced(all);
  const users = new Map<Expr, number>();
  const use = (e: Expr, n = 1): void => { users.set(e, (users.get(e) ?? 0) + n); };
  for (const { value, repeated } of roots) use(value, repeated ? 2 : 1);
  for (const e of all) for (const part of partsOf(e)) use(part);
  const size = new Map<Expr, number>();
  const chosen = new Set<Expr>();
  for (const e of all) {
    const own = partsOf(e).reduce((sum, part) => sum + (size.get(part) ?? 1), 1);
    const must = bits.has(e) || (inner.has(e) && e.kind === 'select');
    const large = inner.has(e) && own > (e.kind === 'mux' ? LARGEST_MUX : LARGEST);
    const shared = (users.get(e) ?? 0) > 1 && (own >= NAMED_FROM || isLarge(e));
    if (!isTrivial(e) && !named.has(e) && (must || large || shared)) chosen.add(e);
    size.set(e, chosen.has(e) || named.has(e) ? 1 : own);
  }
  return chosen;
}
