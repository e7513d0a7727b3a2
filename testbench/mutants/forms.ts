/** What is plain from the form of an expression: the choices and terms that it is made of, and what it names. */
import { constant, mux, not, zext } from '../../model/ir/build.js';
import type { BinaryOp, Expr, Register, Wire } from '../../model/ir/ir.js';
import { applyBinary } from '../../model/ir/ops.js';
import { operands, postorder } from '../../model/ir/walk.js';

/** The wires that expressions are made of, each after those that it refers to itself. */
export function wiresBehind(roots: readonly Expr[]): readonly Wire[] {
  return [...new Set(postorder(roots).flatMap((e) => (e.kind === 'wire' ? [e.wire] : [])))];
}

/** The same shift, perhaps by amounts of different widths. */
export const areShifts = (a: Expr, b: Expr): boolean => a.kind === 'binary' && b.kind === 'binary' && a.op === b.op && a.op.startsWith('sh') && a.width === b.width;

type Mux = Extract<Expr, { readonly kind: 'mux' }>;

/** Choices one after the other, and what is left when none is taken. */
export function chainOf(e: Expr): { readonly arms: readonly Mux[]; readonly otherwise: Expr } {
  const arms: Mux[] = [];
  let otherwise = e;
  for (; otherwise.kind === 'mux'; otherwise = otherwise.else) arms.push(otherwise);
  return { arms, otherwise };
}

/** The same terms joined, in whatever order. */
export function sameTerms(a: Expr, b: Expr): boolean {
  if (a.kind !== 'binary' || b.kind !== 'binary' || a.op !== b.op || (a.op !== 'or' && a.op !== 'and')) return false;
  const { op } = a;
  const [ours, theirs] = [termsOf(a, op), termsOf(b, op)];
  return ours.size === theirs.size && [...ours].every((term) => theirs.has(term));
}

/** What an operation joins. */
function termsOf(e: Expr, op: BinaryOp): ReadonlySet<Expr> {
  return e.kind === 'binary' && e.op === op ? new Set([...termsOf(e.a, op), ...termsOf(e.b, op)]) : new Set([e]);
}

/** Operands; the amount of a shift at full width. */
export const comparable = (e: Expr): readonly Expr[] => (e.kind === 'binary' && e.op.startsWith('sh') ? [e.a, zext(e.b, 64)] : operands(e));

/** What a known selector decides. */
export function folded(e: Expr): Expr {
  if (e.kind === 'mux') return mux(e.condition, e.then, e.else);
  if (e.kind !== 'binary' || e.a.kind !== 'const' || e.b.kind !== 'const') return e;
  return constant(e.width, applyBinary(e.op, e.a.width, e.a.value, e.b.value));
}

/** What a choice leads to: the arm, what it chooses by, and what holds only on this way, as far as it is a single bit. */
interface Way {
  readonly arm: Expr;
  readonly choice: Expr;
  readonly only: readonly Expr[];
}

/** The ways of a choice; none for what is no choice. */
export function waysOf(e: Expr): readonly Way[] {
  if (e.kind === 'mux') return [{ arm: e.then, choice: e.condition, only: [e.condition] }, { arm: e.else, choice: e.condition, only: [not(e.condition)] }];
  return e.kind === 'select' ? [...e.cases.map((c) => c.value), e.default].map((arm) => ({ arm, choice: e.key, only: [] })) : [];
}

/** A condition that is a wire, as what the wire stands for. */
export function opened(e: Expr): Expr {
  if (e.kind === 'not') return not(opened(e.a));
  return e.kind === 'wire' ? e.wire.value : e;
}

/** Names of the registers and wires in expressions, through wires. */
export function namesIn(roots: readonly Expr[]): ReadonlySet<string> {
  return new Set(postorder(roots).flatMap((e) => (e.kind === 'read' ? [e.register.name] : e.kind === 'wire' ? [e.wire.name] : [])));
}

/** The registers that expressions read, through wires. */
export function registersOf(roots: readonly Expr[]): ReadonlySet<Register> {
  return new Set(postorder(roots).flatMap((e) => (e.kind === 'read' ? [e.register] : [])));
}
