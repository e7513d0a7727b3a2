/** Functions for the operators that wasm lacks or that trap: the high half of a product, division. */
import binaryen from 'binaryen';
import type { HelperName, Unit, ValueType } from './unit.js';
import { wasmType } from './unit.js';

type Ref = binaryen.ExpressionRef;

/** Defines every helper that was asked for. */
export function defineHelpers(unit: Unit): void {
  if (unit.helpers.has('mulh') || unit.helpers.has('mulhsu')) unit.helpers.add('mulhu');
  for (const name of unit.helpers) defineHelper(unit, name);
}

function defineHelper(unit: Unit, name: HelperName): void {
  switch (name) {
    case 'mulhu': return defineUnsignedHigh(unit);
    case 'mulh': return defineSignedHigh(unit, name, true);
    case 'mulhsu': return defineSignedHigh(unit, name, false);
    case 'div32': return defineDivision(unit, name, 'i32', true);
    case 'div64': return defineDivision(unit, name, 'i64', true);
    case 'divu32': return defineDivision(unit, name, 'i32', false);
    case 'divu64': return defineDivision(unit, name, 'i64', false);
    case 'rem32': return defineRemainder(unit, name, 'i32', true);
    case 'rem64': return defineRemainder(unit, name, 'i64', true);
    case 'remu32': return defineRemainder(unit, name, 'i32', false);
    case 'remu64': return defineRemainder(unit, name, 'i64', false);
  }
}

function define(unit: Unit, name: HelperName, type: ValueType, body: Ref, vars: readonly binaryen.Type[] = []): void {
  const t = wasmType(type);
  unit.wasm.addFunction(name, binaryen.createType([t, t]), t, vars, body);
}

/** The upper 64 bits of the 128-bit product, from four 32-bit products. */
function defineUnsignedHigh(unit: Unit): void {
  const { local, i64, block } = unit.wasm;
  const get = (index: number): Ref => local.get(index, binaryen.i64);
  const low = (value: Ref): Ref => i64.and(value, i64.const(0xffff_ffffn));
  const high = (value: Ref): Ref => i64.shr_u(value, i64.const(32n));
  const [a, b, lowLow, middle, cross] = [0, 1, 2, 3, 4];
  define(unit, 'mulhu', 'i64', block(null, [
    local.set(lowLow, i64.mul(low(get(a)), low(get(b)))),
    local.set(middle, i64.add(i64.mul(high(get(a)), low(get(b))), high(get(lowLow)))),
    local.set(cross, i64.add(i64.mul(low(get(a)), high(get(b))), low(get(middle)))),
    i64.add(i64.add(i64.mul(high(get(a)), high(get(b))), high(get(middle))), high(get(cross))),
  ], binaryen.i64), [binaryen.i64, binaryen.i64, binaryen.i64]);
}

/** A negative operand counts 2^64 too much as unsigned: take the other operand off the upper half. */
function defineSignedHigh(unit: Unit, name: 'mulh' | 'mulhsu', signedB: boolean): void {
  const { local, i64, call } = unit.wasm;
  const get = (index: number): Ref => local.get(index, binaryen.i64);
  const ifNegative = (test: number, then: number): Ref => i64.and(i64.shr_s(get(test), i64.const(63n)), get(then));
  const unsigned = call('mulhu', [get(0), get(1)], binaryen.i64);
  const minusA = i64.sub(unsigned, ifNegative(0, 1));
  define(unit, name, 'i64', signedB ? i64.sub(minusA, ifNegative(1, 0)) : minusA);
}

/** x / 0 is all ones; x / -1 is -x, also where the quotient overflows. */
function defineDivision(unit: Unit, name: HelperName, type: ValueType, signed: boolean): void {
  const ops = unit.ops(type);
  const get = (index: number): Ref => unit.wasm.local.get(index, wasmType(type));
  const constant = (value: bigint): Ref => unit.const(type, value);
  const quotient = signed
    ? unit.wasm.if(ops.eq(get(1), constant(-1n)), ops.sub(constant(0n), get(0)), ops.div_s(get(0), get(1)))
    : ops.div_u(get(0), get(1));
  define(unit, name, type, unit.wasm.if(ops.eqz(get(1)), constant(-1n), quotient));
}

/** x % 0 is x; x % -1 is 0. wasm does not trap on the latter. */
function defineRemainder(unit: Unit, name: HelperName, type: ValueType, signed: boolean): void {
  const ops = unit.ops(type);
  const get = (index: number): Ref => unit.wasm.local.get(index, wasmType(type));
  const remainder = signed ? ops.rem_s(get(0), get(1)) : ops.rem_u(get(0), get(1));
  define(unit, name, type, unit.wasm.if(ops.eqz(get(1)), get(0), remainder));
}
