/** The operators of the operation language on partly known values. */
import type { BinaryOp } from '../../model/lang/tree.js';
import { and, at, type Bits, blurred, commonWidth, dependencies, either, equal, fit, known, notBit, or, shifted, single, valueOf, xor } from './bits.js';

const signed = (value: bigint, width: number): bigint => BigInt.asIntN(width, value);

/** Operators that need numbers: computed when all bits are known. */
const ARITHMETIC: Readonly<Record<string, (a: bigint, b: bigint, width: number) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/u': (a, b) => (b === 0n ? -1n : a / b),
  '%u': (a, b) => (b === 0n ? a : a % b),
  '/s': (a, b, w) => (b === 0n ? -1n : signed(a, w) / signed(b, w)),
  '%s': (a, b, w) => (b === 0n ? a : signed(a, w) % signed(b, w)),
};

const COMPARISON: Readonly<Record<string, (a: bigint, b: bigint, width: number) => boolean>> = {
  '<u': (a, b) => a < b,
  '>u': (a, b) => a > b,
  '<=u': (a, b) => a <= b,
  '>=u': (a, b) => a >= b,
  '<s': (a, b, w) => signed(a, w) < signed(b, w),
  '>s': (a, b, w) => signed(a, w) > signed(b, w),
  '<=s': (a, b, w) => signed(a, w) <= signed(b, w),
  '>=s': (a, b, w) => signed(a, w) >= signed(b, w),
};

/** `a op b`. */
export function combine(op: BinaryOp, a: Bits, b: Bits): Bits {
  switch (op) {
    case '&':
    case '&&':
      return and(a, b);
    case '|':
    case '||':
      return or(a, b);
    case '^':
      return xor(a, b);
    case '==':
      return single(equal(a, b));
    case '!=':
      return single(notBit(equal(a, b)));
    case '<<':
    case '>>u':
    case '>>s':
      return shift(op, a, b);
    default:
      return compute(op, a, b);
  }
}

/** What a result depends on of which nothing is known. */
const both = (a: Bits, b: Bits): ReadonlySet<string> => either([dependencies(a), dependencies(b)]);

function shift(op: '<<' | '>>u' | '>>s', a: Bits, amount: Bits): Bits {
  const width = a.rest === undefined ? a.width : 64;
  const by = valueOf(amount);
  if (by === undefined) return blurred(both(a, amount), width);
  const n = Number(by > BigInt(width) ? BigInt(width) : by);
  const whole = fit(a, width);
  if (op !== '>>s') return shifted(whole, op === '<<' ? n : -n);
  const sign = at(whole, width - 1);
  return fit({ ...fit(shifted(whole, -n), width - n), rest: sign }, width);
}

function compute(op: BinaryOp, a: Bits, b: Bits): Bits {
  const width = commonWidth(a, b);
  const [x, y] = [valueOf(fit(a, width)), valueOf(fit(b, width))];
  const compare = COMPARISON[op];
  if (compare !== undefined) return x === undefined || y === undefined ? blurred(both(a, b), 1) : single(compare(x, y, width) ? 1 : 0);
  const arithmetic = ARITHMETIC[op];
  if (arithmetic === undefined || x === undefined || y === undefined) return blurred(both(a, b), width);
  return known(BigInt.asUintN(width, arithmetic(x, y, width)), width);
}
