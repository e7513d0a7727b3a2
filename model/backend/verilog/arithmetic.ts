/**
 * Multipliers and dividers are large, and a description that says
 * `select op { div: a / b, rem: a % b, … }` has one for each operation where
 * one would do. This leaves one divider to a selection, which gets the
 * operands of the operation that is selected, and one multiplier for all high
 * halves of the same product. Every value is what it was.
 */
import { binary, constant, eqConst, mux, select, slice, zext } from '../../ir/build.js';
import type { BinaryOp, Expr, Module, Width } from '../../ir/ir.js';
import { mapModule, withOperands } from '../../ir/map.js';
import { maskOf } from '../../ir/ops.js';
import { operands } from '../../ir/walk.js';
import { printedUnder } from './parts.js';

type Select = Extract<Expr, { kind: 'select' }>;
type Division = Extract<Expr, { kind: 'binary' }> & { readonly op: 'div' | 'divu' | 'rem' | 'remu' };

const DIVISIONS: ReadonlySet<BinaryOp> = new Set<Division['op']>(['div', 'divu', 'rem', 'remu']);

/** The same module with as few multipliers and dividers as that takes, all of them unsigned. */
export const shareArithmetic = (module: Module): Module =>
  mapModule(mapModule(module, { node: (e) => (e.kind === 'select' ? shareDivider(e) : e) }), { node: fromUnsigned });

const isDivision = (e: Expr): e is Division => e.kind === 'binary' && DIVISIONS.has(e.op);
const isNegative = (e: Expr): Expr => slice(e, e.width - 1, e.width - 1);
const negative = (e: Expr): Expr => binary('sub', constant(e.width, 0), e);
const magnitude = (e: Expr): Expr => mux(isNegative(e), negative(e), e);
const isSigned = ({ op }: Division): boolean => op === 'div' || op === 'rem';

/** A signed operation in terms of unsigned ones. */
function fromUnsigned(e: Expr): Expr {
  if (isDivision(e) && isSigned(e)) {
    const [a, b] = [magnitude(e.a), magnitude(e.b)];
    return resultOf(e, binary('divu', a, b), binary('remu', a, b));
  }
  if (e.kind !== 'binary' || (e.op !== 'mulh' && e.op !== 'mulhsu')) return e;
  // The high half of a signed product is that of the unsigned one, less an operand where the other is negative.
  const { op, a, b } = e;
  const zero = constant(a.width, 0);
  const lessB = binary('sub', binary('mulhu', a, b), mux(isNegative(a), b, zero));
  return op === 'mulh' ? binary('sub', lessB, mux(isNegative(b), a, zero)) : lessB;
}

/** The only division in an arm of a selection; none if there are several, too. */
function divisionIn(arm: Expr): Division | undefined {
  const [division, ...others] = printedUnder([arm]).filter(isDivision);
  return others.length > 0 ? undefined : division;
}

function shareDivider(e: Select): Expr {
  const found = [...e.cases.map((c) => c.value), e.default].flatMap((arm) => divisionIn(arm) ?? []);
  if (found.length < 2) return e;
  const width = Math.max(...found.map((d) => d.width));
  const operand = (arm: Expr, side: 'a' | 'b'): Expr => {
    const d = divisionIn(arm);
    return d === undefined ? constant(width, 0) : zext(isSigned(d) ? magnitude(d[side]) : d[side], width);
  };
  const chosen = (side: 'a' | 'b'): Expr => select(e.key, e.cases.map((c) => ({ keys: c.keys, value: operand(c.value, side) })), operand(e.default, side));
  const [dividend, divisor] = [chosen('a'), chosen('b')];
  const [quotient, remainder] = [binary('divu', dividend, divisor), binary('remu', dividend, divisor)];
  const shared = (arm: Expr): Expr => {
    const d = divisionIn(arm);
    return d === undefined ? arm : replaced(arm, d, resultOf(d, quotient, remainder));
  };
  return { ...e, cases: e.cases.map((c) => ({ keys: c.keys, value: shared(c.value) })), default: shared(e.default) };
}

/** What a division yields, from the quotient and remainder of the magnitudes of its operands. */
function resultOf(d: Division, quotient: Expr, remainder: Expr): Expr {
  const low = (e: Expr, width: Width): Expr => slice(e, width - 1, 0);
  const unsigned = low(d.op === 'div' || d.op === 'divu' ? quotient : remainder, d.width);
  switch (d.op) {
    case 'divu':
    case 'remu':
      return unsigned;
    case 'rem':
      return mux(isNegative(d.a), negative(unsigned), unsigned);
    case 'div': {
      const differ = binary('ne', isNegative(d.a), isNegative(d.b));
      return mux(eqConst(d.b, 0), constant(d.width, maskOf(d.width)), mux(differ, negative(unsigned), unsigned));
    }
  }
}

/** An expression with one of its parts replaced. */
function replaced(e: Expr, part: Expr, by: Expr): Expr {
  const done = new Map<Expr, Expr>([[part, by]]);
  const visit = (o: Expr): Expr => {
    const made = done.get(o) ?? (o.kind === 'wire' ? o : withOperands(o, operands(o).map(visit)));
    done.set(o, made);
    return made;
  };
  return visit(e);
}
