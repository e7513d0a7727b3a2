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

/** The same module with as few multipliers and dividers as that takes. */
export const shareArithmetic = (module: Module): Module => mapModule(module, {
  node: (e) => {
    if (e.kind === 'select') return shareDivider(e);
    return e.kind === 'binary' && (e.op === 'mulh' || e.op === 'mulhsu') ? fromUnsigned(e.op, e.a, e.b) : e;
  },
});

const isDivision = (e: Expr): e is Division => e.kind === 'binary' && DIVISIONS.has(e.op);
const isNegative = (e: Expr): Expr => slice(e, e.width - 1, e.width - 1);
const negative = (e: Expr): Expr => binary('sub', constant(e.width, 0), e);
const magnitude = (e: Expr): Expr => mux(isNegative(e), negative(e), e);
const isSigned = ({ op }: Division): boolean => op === 'div' || op === 'rem';

/** The high half of a signed product is that of the unsigned one, less an operand where the other is negative. */
function fromUnsigned(op: 'mulh' | 'mulhsu', a: Expr, b: Expr): Expr {
  const zero = constant(a.width, 0);
  const lessB = binary('sub', binary('mulhu', a, b), mux(isNegative(a), b, zero));
  return op === 'mulh' ? binary('sub', lessB, mux(isNegative(b), a, zero)) : lessB;
}

/** An arm of a selection with the only division in it. */
interface Arm {
  readonly keys: readonly bigint[];
  readonly division: Division;
}

function shareDivider(e: Select): Expr {
  const arms = e.cases.flatMap(({ keys, value }): readonly Arm[] => {
    const [division, ...others] = printedUnder([value]).filter(isDivision);
    return division === undefined || others.length > 0 ? [] : [{ keys, division }];
  });
  if (arms.length < 2) return e;
  const width = Math.max(...arms.map((arm) => arm.division.width));
  const chosen = (of: (d: Division) => Expr): Expr =>
    select(e.key, arms.map(({ keys, division }) => ({ keys, value: zext(of(division), width) })), constant(width, 0));
  const operand = (d: Division, side: 'a' | 'b'): Expr => (isSigned(d) ? magnitude(d[side]) : d[side]);
  const [dividend, divisor] = [chosen((d) => operand(d, 'a')), chosen((d) => operand(d, 'b'))];
  const quotient = binary('divu', dividend, divisor);
  // By zero the quotient is not zero, but what is taken away is.
  const remainder = binary('sub', dividend, binary('mul', quotient, divisor));
  const cases = e.cases.map((c) => {
    const arm = arms.find(({ keys }) => keys === c.keys);
    return arm === undefined ? c : { keys: c.keys, value: replaced(c.value, arm.division, resultOf(arm.division, quotient, remainder)) };
  });
  return { ...e, cases };
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
