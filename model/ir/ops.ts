/**
 * What every operator yields: the one table of results that the simplifier,
 * the evaluator and (by their tests) both backends share. Values are bigints
 * zero-extended at their width.
 */
import type { BinaryOp, Width } from './ir.js';

/** All ones at `width` bits. */
export const maskOf = (width: Width): bigint => (1n << BigInt(width)) - 1n;

/** The low `width` bits of `value`. */
export const truncate = (width: Width, value: bigint): bigint => BigInt.asUintN(width, value);

/** `value`, `width` bits wide, read as two's complement. */
export const toSigned = (width: Width, value: bigint): bigint => BigInt.asIntN(width, value);

function divide(width: Width, a: bigint, b: bigint, signed: boolean): bigint {
  if (b === 0n) return maskOf(width);
  return signed ? truncate(width, toSigned(width, a) / toSigned(width, b)) : a / b;
}

function remainder(width: Width, a: bigint, b: bigint, signed: boolean): bigint {
  if (b === 0n) return a;
  return signed ? truncate(width, toSigned(width, a) % toSigned(width, b)) : a % b;
}

/**
 * The result of a binary operator.
 *
 * @param width - Width of `a` (for comparisons too, whose result is one bit).
 * @param a - Left operand.
 * @param b - Right operand; a shift amount of any width, otherwise of the width of `a`.
 */
export function applyBinary(op: BinaryOp, width: Width, a: bigint, b: bigint): bigint {
  const w = BigInt(width);
  const sa = (): bigint => toSigned(width, a);
  const sb = (): bigint => toSigned(width, b);
  const bool = (condition: boolean): bigint => (condition ? 1n : 0n);
  switch (op) {
    case 'add': return truncate(width, a + b);
    case 'sub': return truncate(width, a - b);
    case 'and': return a & b;
    case 'or': return a | b;
    case 'xor': return a ^ b;
    case 'mul': return truncate(width, a * b);
    case 'mulh': return truncate(width, (sa() * sb()) >> w);
    case 'mulhu': return (a * b) >> w;
    case 'mulhsu': return truncate(width, (sa() * b) >> w);
    case 'div': return divide(width, a, b, true);
    case 'divu': return divide(width, a, b, false);
    case 'rem': return remainder(width, a, b, true);
    case 'remu': return remainder(width, a, b, false);
    case 'shl': return b >= w ? 0n : truncate(width, a << b);
    case 'shru': return b >= w ? 0n : a >> b;
    case 'shrs': return truncate(width, sa() >> (b >= w ? w : b));
    case 'eq': return bool(a === b);
    case 'ne': return bool(a !== b);
    case 'ltu': return bool(a < b);
    case 'lts': return bool(sa() < sb());
    case 'geu': return bool(a >= b);
    case 'ges': return bool(sa() >= sb());
  }
}
