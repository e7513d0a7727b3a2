/**
 * The simplification rules, one step at the root of an expression whose
 * operands are simple already. A rule never makes an expression larger.
 */
import type { Expr, SelectCase } from './ir.js';
import { binary, constant, mux, not, ONE, slice, ZERO, zext, sext } from './build.js';
import { applyBinary, maskOf } from './ops.js';

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** A simpler expression with the same value, or `e` itself. */
export function rewrite(e: Expr): Expr {
  switch (e.kind) {
    case 'const':
    case 'read':
    case 'element':
    case 'wire':
      return e;
    case 'not':
      return rewriteNot(e);
    case 'binary':
      return rewriteBinary(e);
    case 'mux':
      return rewriteMux(e);
    case 'select':
      return rewriteSelect(e);
    case 'slice':
      return rewriteSlice(e);
    case 'concat':
      return rewriteConcat(e);
    case 'extend':
      return rewriteExtend(e);
  }
}

const isConst = (e: Expr, value: bigint): boolean => e.kind === 'const' && e.value === value;

function rewriteNot(e: Node<'not'>): Expr {
  const a = e.a;
  if (a.kind === 'const' || a.kind === 'not') return not(a);
  if (a.kind === 'binary') {
    switch (a.op) {
      case 'eq': return binary('ne', a.a, a.b);
      case 'ne': return binary('eq', a.a, a.b);
      case 'ltu': return binary('geu', a.a, a.b);
      case 'geu': return binary('ltu', a.a, a.b);
      case 'lts': return binary('ges', a.a, a.b);
      case 'ges': return binary('lts', a.a, a.b);
      default: return e;
    }
  }
  return e;
}

const COMMUTATIVE: ReadonlySet<string> = new Set(['add', 'and', 'or', 'xor', 'mul', 'mulh', 'mulhu', 'eq', 'ne']);

function rewriteBinary(e: Node<'binary'>): Expr {
  const { op, a, b } = e;
  if (a.kind === 'const' && b.kind === 'const') return constant(e.width, applyBinary(op, a.width, a.value, b.value));
  if (a.kind === 'const' && COMMUTATIVE.has(op)) return binary(op, b, a);
  if (a === b) return rewriteEqualOperands(e);
  return b.kind === 'const' ? rewriteConstantRight(e, b.value) : rewriteComplement(e);
}

function rewriteEqualOperands(e: Node<'binary'>): Expr {
  switch (e.op) {
    case 'and':
    case 'or':
      return e.a;
    case 'xor':
    case 'sub':
    case 'ne':
    case 'ltu':
    case 'lts':
      return constant(e.width, 0);
    case 'eq':
    case 'geu':
    case 'ges':
      return ONE;
    default:
      return e;
  }
}

/** x op not x. */
function rewriteComplement(e: Node<'binary'>): Expr {
  const complementary = (e.a.kind === 'not' && e.a.a === e.b) || (e.b.kind === 'not' && e.b.a === e.a);
  if (!complementary) return e;
  if (e.op === 'and') return constant(e.width, 0);
  return e.op === 'or' ? constant(e.width, maskOf(e.width)) : e;
}

function rewriteConstantRight(e: Node<'binary'>, value: bigint): Expr {
  const ones = maskOf(e.a.width);
  switch (e.op) {
    case 'add':
    case 'sub':
    case 'shru':
    case 'shrs':
    case 'shl':
      if (value === 0n) return e.a;
      return e.op !== 'add' && e.op !== 'sub' && e.op !== 'shrs' && value >= BigInt(e.width) ? constant(e.width, 0) : e;
    case 'or':
      return value === 0n ? e.a : value === ones ? e.b : e;
    case 'xor':
      return value === 0n ? e.a : value === ones ? not(e.a) : e;
    case 'and':
      return value === ones ? e.a : value === 0n ? e.b : e;
    case 'eq':
    case 'ne':
      return rewriteEquality(e, value);
    case 'ltu':
      return value === 0n ? ZERO : value === 1n ? binary('eq', e.a, constant(e.a.width, 0)) : e;
    case 'geu':
      return value === 0n ? ONE : value === 1n ? binary('ne', e.a, constant(e.a.width, 0)) : e;
    default:
      return e;
  }
}

/** a == value, a != value. */
function rewriteEquality(e: Node<'binary'>, value: bigint): Expr {
  const { a } = e;
  const equal = e.op === 'eq';
  if (a.width === 1) return (value === 1n) === equal ? a : not(a);
  if (a.kind === 'not') return binary(e.op, a.a, constant(a.width, value ^ maskOf(a.width)));
  if (a.kind === 'extend' && !a.signed) {
    return value > maskOf(a.a.width) ? (equal ? ZERO : ONE) : binary(e.op, a.a, constant(a.a.width, value));
  }
  const test = (arm: Expr): Expr => binary(e.op, arm, constant(a.width, value));
  const allConst = (arms: readonly Expr[]): boolean => arms.every((arm) => arm.kind === 'const');
  if (a.kind === 'mux' && allConst([a.then, a.else])) return mux(a.condition, test(a.then), test(a.else));
  if (a.kind === 'select' && allConst([a.default, ...a.cases.map((c) => c.value)])) {
    return { ...a, width: 1, cases: a.cases.map((c) => ({ keys: c.keys, value: test(c.value) })), default: test(a.default) };
  }
  return e;
}

function rewriteMux(e: Node<'mux'>): Expr {
  const { condition, then, else: otherwise } = e;
  if (condition.kind === 'const') return condition.value === 1n ? then : otherwise;
  if (then === otherwise) return then;
  if (condition.kind === 'not') return mux(condition.a, otherwise, then);
  if (then.kind === 'mux' && then.condition === condition) return mux(condition, then.then, otherwise);
  if (otherwise.kind === 'mux' && otherwise.condition === condition) return mux(condition, then, otherwise.else);
  if (e.width !== 1) return e;
  if (isConst(then, 1n)) return binary('or', condition, otherwise);
  if (isConst(otherwise, 0n)) return binary('and', condition, then);
  if (isConst(then, 0n)) return binary('and', not(condition), otherwise);
  if (isConst(otherwise, 1n)) return binary('or', not(condition), then);
  return e;
}

function rewriteSelect(e: Node<'select'>): Expr {
  const key = e.key;
  if (key.kind === 'const') return e.cases.find((c) => c.keys.includes(key.value))?.value ?? e.default;
  const byValue = new Map<Expr, bigint[]>();
  for (const c of e.cases) {
    if (c.value !== e.default) byValue.set(c.value, [...(byValue.get(c.value) ?? []), ...c.keys]);
  }
  if (byValue.size === 0) return e.default;
  const [first] = byValue;
  if (key.width === 1 && first !== undefined && byValue.size === 1 && first[1].length === 1) {
    return first[1][0] === 1n ? mux(key, first[0], e.default) : mux(key, e.default, first[0]);
  }
  const test = first !== undefined && byValue.size === 1 && first[1].length === 1 ? oneBitTest(e, first[0], first[1][0]) : undefined;
  if (test !== undefined) return test;
  if (byValue.size === e.cases.length) return e;
  const cases = [...byValue].map(([value, keys]): SelectCase => ({ keys, value }));
  return { ...e, cases };
}

/** A one-bit select that only tells whether the key has a certain value. */
function oneBitTest(e: Node<'select'>, hit: Expr, key: bigint | undefined): Expr | undefined {
  if (e.width !== 1 || key === undefined || hit.kind !== 'const' || e.default.kind !== 'const') return undefined;
  return binary(hit.value === 1n ? 'eq' : 'ne', e.key, constant(e.key.width, key));
}

function rewriteSlice(e: Node<'slice'>): Expr {
  const { a, low, width } = e;
  const high = low + width - 1;
  if (a.kind === 'const' || a.kind === 'slice' || width === a.width) return slice(a, high, low);
  if (a.kind === 'concat') return sliceOfConcat(e, a) ?? e;
  if (a.kind === 'mux' && a.then.kind === 'const' && a.else.kind === 'const') {
    return mux(a.condition, slice(a.then, high, low), slice(a.else, high, low));
  }
  if (a.kind === 'not') return not(slice(a.a, high, low));
  if (a.kind !== 'extend') return e;
  const inner = a.a.width;
  if (high < inner) return slice(a.a, high, low);
  if (!a.signed && low >= inner) return constant(width, 0);
  if (low === 0) return a.signed ? sext(a.a, width) : zext(a.a, width);
  return a.signed || low >= inner ? e : zext(slice(a.a, inner - 1, low), width);
}

/** A slice that lies in one part of a concatenation. */
function sliceOfConcat(e: Node<'slice'>, a: Node<'concat'>): Expr | undefined {
  let end = a.width;
  for (const part of a.parts) {
    const start = end - part.width;
    if (e.low >= start && e.low + e.width <= end) return slice(part, e.low - start + e.width - 1, e.low - start);
    end = start;
  }
  return undefined;
}

function rewriteConcat(e: Node<'concat'>): Expr {
  const [first, ...rest] = e.parts;
  if (first === undefined) return e;
  if (rest.length === 0) return first;
  if (isConst(first, 0n)) {
    const width = e.width - first.width;
    const low: Expr = rest.length === 1 && rest[0] !== undefined ? rest[0] : { kind: 'concat', width, parts: rest };
    return zext(low, e.width);
  }
  const parts: Expr[] = [];
  for (const part of e.parts.flatMap((p) => (p.kind === 'concat' ? p.parts : [p]))) {
    const merged = parts.length > 0 ? merge(parts[parts.length - 1], part) : undefined;
    if (merged !== undefined) parts[parts.length - 1] = merged;
    else parts.push(part);
  }
  if (parts.length === e.parts.length) return e;
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'concat', width: e.width, parts };
}

/** Two neighbours in a concatenation as one expression: constants, and adjacent slices of the same value. */
function merge(high: Expr | undefined, low: Expr): Expr | undefined {
  if (high === undefined) return undefined;
  if (high.kind === 'const' && low.kind === 'const') {
    return constant(high.width + low.width, (high.value << BigInt(low.width)) | low.value);
  }
  if (high.kind === 'slice' && low.kind === 'slice' && high.a === low.a && high.low === low.low + low.width) {
    return slice(low.a, high.low + high.width - 1, low.low);
  }
  return undefined;
}

function rewriteExtend(e: Node<'extend'>): Expr {
  const a = e.a;
  if (a.kind === 'const') return e.signed ? sext(a, e.width) : zext(a, e.width);
  if (a.width === e.width) return a;
  if (a.kind !== 'extend') return e;
  if (!a.signed) return zext(a.a, e.width);
  return e.signed ? sext(a.a, e.width) : e;
}
