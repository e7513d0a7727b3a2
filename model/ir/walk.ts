/** The shape of expressions and statements, spelled once: operands, nested statements, reachable nodes. */
import type { Expr, Statement } from './ir.js';

/** The direct operands of an expression; a wire's operand is its value. */
export function operands(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'const':
    case 'read':
      return [];
    case 'element':
      return [e.index];
    case 'not':
    case 'slice':
    case 'extend':
      return [e.a];
    case 'binary':
      return [e.a, e.b];
    case 'mux':
      return [e.condition, e.then, e.else];
    case 'select':
      return [e.key, ...e.cases.map((c) => c.value), e.default];
    case 'concat':
      return e.parts;
    case 'wire':
      return [e.wire.value];
  }
}

/** The expressions that a statement itself evaluates, without those of nested statements. */
export function statementOperands(s: Statement): readonly Expr[] {
  switch (s.kind) {
    case 'assign':
      return [s.value];
    case 'write':
      return [s.index, s.value];
    case 'if':
      return [s.condition];
    case 'switch':
      return [s.key];
    case 'load':
      return [s.address];
    case 'store':
      return [s.address, s.bytes, s.data];
    case 'record':
      return s.fields.map((f) => f.value);
    case 'cover':
      return [s.index];
    case 'count':
    case 'exit':
      return [];
  }
}

/** The statement lists nested in a statement. */
export function nestedBodies(s: Statement): readonly (readonly Statement[])[] {
  switch (s.kind) {
    case 'if':
      return [s.then, s.else];
    case 'switch':
      return [...s.cases.map((c) => c.body), s.default];
    default:
      return [];
  }
}

/** Calls `visit` for every statement, outer before inner, in order. */
export function forEachStatement(body: readonly Statement[], visit: (s: Statement) => void): void {
  for (const s of body) {
    visit(s);
    for (const nested of nestedBodies(s)) forEachStatement(nested, visit);
  }
}

/** Every node reachable from `roots`, each once, operands before users. */
export function postorder(roots: Iterable<Expr>): Expr[] {
  const seen = new Set<Expr>();
  const order: Expr[] = [];
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    for (const operand of operands(e)) visit(operand);
    order.push(e);
  };
  for (const root of roots) visit(root);
  return order;
}
