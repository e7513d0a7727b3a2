/** Combinational signals: the wires of the module, and the parts of expressions that have a signal of their own. */
import type { Expr, Wire } from '../../ir/ir.js';
import { AssignmentPrinter, STEP } from './assignment.js';
import { range, type ExpressionPrinter } from './expressions.js';
import { partsOf } from './parts.js';
import { isTrivial } from './hoist.js';

/** A signal and what it is. */
interface Definition {
  readonly name: string;
  readonly value: Expr;
}

/**
 * The definitions of all signals, each behind those that it uses.
 *
 * @param wires - In the order in which they should stand as far as that allows.
 * @param roots - Expressions outside of wires.
 * @param remark - A comment for a wire, if it needs one.
 */
export function definitionLines(
  wires: readonly Wire[], roots: readonly Expr[], expressions: ExpressionPrinter, remark: (w: Wire) => string | undefined,
): readonly string[] {
  const { scope } = expressions;
  const assignments = new AssignmentPrinter(expressions, '=');
  const owners = new Map<Expr, Wire>();
  for (const w of wires) if (!isTrivial(w.value) && !owners.has(w.value)) owners.set(w.value, w);
  const done = new Set<Expr | Wire>();
  const text: string[] = [];
  const define = ({ name, value }: Definition): void => { text.push(...definition(name, value, assignments)); };
  const visitWire = (w: Wire): void => {
    if (done.has(w)) return;
    done.add(w);
    const owner = owners.get(w.value);
    if (owner === w) partsOf(w.value).forEach(visit);
    else visit(w.value);
    const comment = remark(w);
    if (comment !== undefined) text.push(`  // ${comment}`);
    const name = scope.identifier(w);
    if (owner === w || isTrivial(w.value)) define({ name, value: w.value });
    else text.push(`  wire ${range(w.value.width)}${name} = ${scope.signal(w.value) ?? ''};`);
  };
  const visit = (e: Expr): void => {
    const owner = owners.get(e);
    if (owner !== undefined) return visitWire(owner);
    if (done.has(e)) return;
    done.add(e);
    if (e.kind === 'wire') visitWire(e.wire);
    partsOf(e).forEach(visit);
    const name = scope.signal(e);
    if (name !== undefined) define({ name, value: e });
  };
  wires.forEach(visitWire);
  roots.forEach(visit);
  return text;
}

/** One signal: a wire with its expression where that is one, otherwise a variable and the statement that computes it. */
function definition(name: string, value: Expr, assignments: AssignmentPrinter): readonly string[] {
  const head = `${range(value.width)}${name}`;
  const wire = `wire ${head}`;
  if (assignments.isExpression(value, STEP + wire.length + 4)) return assignments.spell(wire, value, STEP);
  return [`  logic ${head};`, '  always_comb', ...assignments.spell(name, value, 2 * STEP)];
}
