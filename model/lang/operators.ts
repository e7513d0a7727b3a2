/**
 * The binary operators of the language as operators of the hardware.
 */
import * as ir from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { BinaryOp } from './tree.js';

type Combine = (a: Expr, b: Expr) => Expr;

const plain = (op: Parameters<typeof ir.binary>[0]): Combine => (a, b) => ir.binary(op, a, b);
const swapped = (op: Parameters<typeof ir.binary>[0]): Combine => (a, b) => ir.binary(op, b, a);

const OPERATORS: Readonly<Record<BinaryOp, Combine>> = {
  '*': plain('mul'),
  '/s': plain('div'),
  '/u': plain('divu'),
  '%s': plain('rem'),
  '%u': plain('remu'),
  '+': plain('add'),
  '-': plain('sub'),
  '<<': plain('shl'),
  '>>u': plain('shru'),
  '>>s': plain('shrs'),
  '==': plain('eq'),
  '!=': plain('ne'),
  '<u': plain('ltu'),
  '<s': plain('lts'),
  '>=u': plain('geu'),
  '>=s': plain('ges'),
  '>u': swapped('ltu'),
  '>s': swapped('lts'),
  '<=u': swapped('geu'),
  '<=s': swapped('ges'),
  '&': ir.and,
  '^': plain('xor'),
  '|': ir.or,
  '&&': ir.and,
  '||': ir.or,
};

/** The hardware of `a op b`; widths are already checked. */
export const combine = (op: BinaryOp, a: Expr, b: Expr): Expr => OPERATORS[op](a, b);

/** Two values of one width to one bit. */
export const isComparison = (op: BinaryOp): boolean => /^([<>]=?[us]|[=!]=)$/.test(op);

/** One bit and one bit to one bit. */
export const isLogical = (op: BinaryOp): boolean => op === '&&' || op === '||';

/** A value and an amount of any width. */
export const isShift = (op: BinaryOp): boolean => op === '<<' || op === '>>u' || op === '>>s';
