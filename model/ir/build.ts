/**
 * Constructors for expressions: widths are checked here, once, and constants
 * fold, so that no later pass meets an ill-formed tree.
 */
import type { BinaryOp, Expr, Register, RegisterArray, SelectCase, Width, Wire } from './ir.js';

/** An author's mistake in building hardware: wrong widths, impossible slices. Never caused by user input. */
export class IrError extends Error {}

const mask = (width: Width): bigint => (1n << BigInt(width)) - 1n;

function requireSame(what: string, a: Expr, b: Expr): void {
  if (a.width !== b.width) throw new IrError(`${what}: widths differ: ${a.width} and ${b.width}`);
}

function requireBit(what: string, a: Expr): void {
  if (a.width !== 1) throw new IrError(`${what}: a condition has 1 bit, this has ${a.width}`);
}

/** A constant of `width` bits; higher bits of `value` are an error. */
export function constant(width: Width, value: bigint | number): Expr {
  const v = BigInt(value);
  if (v < 0n || v > mask(width)) throw new IrError(`constant ${v} does not fit ${width} bits`);
  return { kind: 'const', width, value: v };
}

export const ZERO: Expr = constant(1, 0);
export const ONE: Expr = constant(1, 1);

/** The value of a register at the start of the cycle. */
export const read = (register: Register): Expr => ({ kind: 'read', width: register.width, register });

export const element = (array: RegisterArray, index: Expr): Expr => ({ kind: 'element', width: array.width, array, index });

/** A reference to a named expression. */
export const wireRef = (wire: Wire): Expr => ({ kind: 'wire', width: wire.value.width, wire });

export function not(a: Expr): Expr {
  if (a.kind === 'const') return constant(a.width, a.value ^ mask(a.width));
  if (a.kind === 'not') return a.a;
  return { kind: 'not', width: a.width, a };
}

const COMPARES: ReadonlySet<BinaryOp> = new Set(['eq', 'ne', 'ltu', 'lts', 'geu', 'ges']);
const SHIFTS: ReadonlySet<BinaryOp> = new Set(['shl', 'shru', 'shrs']);

/** A binary operation; operands of shifts may differ in width, all others agree. */
export function binary(op: BinaryOp, a: Expr, b: Expr): Expr {
  if (!SHIFTS.has(op)) requireSame(op, a, b);
  return { kind: 'binary', width: COMPARES.has(op) ? 1 : a.width, op, a, b };
}

const isConst = (a: Expr, value: bigint): boolean => a.kind === 'const' && a.value === value;

export function and(...terms: readonly Expr[]): Expr {
  return terms.reduce((a, b) => {
    requireSame('and', a, b);
    if (isConst(a, 0n) || isConst(b, mask(b.width))) return a;
    if (isConst(b, 0n) || isConst(a, mask(a.width))) return b;
    return binary('and', a, b);
  });
}

export function or(...terms: readonly Expr[]): Expr {
  return terms.reduce((a, b) => {
    requireSame('or', a, b);
    if (isConst(a, mask(a.width)) || isConst(b, 0n)) return a;
    if (isConst(b, mask(b.width)) || isConst(a, 0n)) return b;
    return binary('or', a, b);
  });
}

export const eq = (a: Expr, b: Expr): Expr => binary('eq', a, b);
export const eqConst = (a: Expr, value: bigint | number): Expr => binary('eq', a, constant(a.width, value));
export const nonZero = (a: Expr): Expr => (a.width === 1 ? a : binary('ne', a, constant(a.width, 0)));
export const add = (a: Expr, b: Expr): Expr => binary('add', a, b);

export function mux(condition: Expr, then: Expr, otherwise: Expr): Expr {
  requireBit('mux', condition);
  requireSame('mux', then, otherwise);
  if (condition.kind === 'const') return condition.value === 1n ? then : otherwise;
  if (then === otherwise) return then;
  return { kind: 'mux', width: then.width, condition, then, else: otherwise };
}

export function select(key: Expr, cases: readonly SelectCase[], otherwise: Expr): Expr {
  for (const c of cases) requireSame('select', c.value, otherwise);
  if (cases.length === 0) return otherwise;
  return { kind: 'select', width: otherwise.width, key, cases, default: otherwise };
}

/** Bits `high`..`low` of `a`, both included. */
export function slice(a: Expr, high: number, low: number): Expr {
  if (low < 0 || high < low || high >= a.width) throw new IrError(`slice [${high}:${low}] of ${a.width} bits`);
  const width = high - low + 1;
  if (width === a.width) return a;
  if (a.kind === 'const') return constant(width, (a.value >> BigInt(low)) & mask(width));
  if (a.kind === 'slice') return slice(a.a, high + a.low, low + a.low);
  return { kind: 'slice', width, a, low };
}

export const bit = (a: Expr, index: number): Expr => slice(a, index, index);

/** Most significant part first. */
export function concat(...parts: readonly Expr[]): Expr {
  const width = parts.reduce((sum, p) => sum + p.width, 0);
  if (width > 64) throw new IrError(`concat yields ${width} bits`);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  if (parts.every((p) => p.kind === 'const')) {
    return constant(width, parts.reduce((v, p) => (v << BigInt(p.width)) | (p.kind === 'const' ? p.value : 0n), 0n));
  }
  return { kind: 'concat', width, parts };
}

function extend(signed: boolean, a: Expr, width: Width): Expr {
  if (width < a.width) throw new IrError(`extension of ${a.width} bits to ${width}`);
  if (width === a.width) return a;
  if (a.kind === 'const') {
    const negative = signed && (a.value >> BigInt(a.width - 1)) === 1n;
    return constant(width, negative ? a.value | (mask(width) ^ mask(a.width)) : a.value);
  }
  return { kind: 'extend', width, signed, a };
}

export const zext = (a: Expr, width: Width): Expr => extend(false, a, width);
export const sext = (a: Expr, width: Width): Expr => extend(true, a, width);
