/**
 * Expressions as wasm values.
 *
 * A value is kept zero-extended in its i32 or i64. Where a consumer looks at
 * the low bits only (`raw`), the bits above the width may hold anything, which
 * saves the mask.
 */
import type binaryen from 'binaryen';
import type { Expr, Width } from '../ir/ir.js';
import { maskOf } from '../ir/ops.js';
import { BitBounds } from './bits.js';
import type { Code, Locals } from './code.js';
import { dispatch, keyTest } from './dispatch.js';
import { lookUpConstant, lookUpMemory } from './lookup.js';
import type { FunctionPlan, Region } from './plan.js';
import type { Lookup } from './tables.js';
import { typeOf } from './unit.js';
import type { Unit, ValueType } from './unit.js';

type Ref = binaryen.ExpressionRef;
type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

const sizeOf = (type: ValueType): number => (type === 'i32' ? 32 : 64);

export class Expressions {
  readonly #bounds = new BitBounds();
  readonly #defined = new Map<Expr, Map<Region, number>>();
  /** Estimated operations emitted so far. */
  operations = 0;

  constructor(readonly unit: Unit, readonly plan: FunctionPlan, readonly locals: Locals) {}

  /** The value of `e`, zero-extended. */
  value(e: Expr, code: Code): Ref {
    return this.#value(e, code, false);
  }

  /** The value of `e` in its low bits, anything above. */
  raw(e: Expr, code: Code): Ref {
    return this.#value(e, code, true);
  }

  /** An i32 that is zero iff the one-bit `e` is. */
  truth(e: Expr, code: Code): Ref {
    const { i32 } = this.unit.wasm;
    if (this.#home(e, code) !== undefined) return this.value(e, code);
    if (e.kind === 'not') return i32.eqz(this.value(e.a, code));
    if (e.kind === 'binary' && e.op === 'ne' && e.b.kind === 'const' && e.b.value === 0n && typeOf(e.a.width) === 'i32') {
      return this.value(e.a, code);
    }
    return this.value(e, code);
  }

  /** The value as i64, zero-extended. */
  wide(e: Expr, code: Code): Ref {
    const value = this.value(e, code);
    return typeOf(e.width) === 'i64' ? value : this.unit.widen(value);
  }

  #value(e: Expr, code: Code, raw: boolean): Ref {
    const home = this.#home(e, code);
    if (home === undefined) return this.#compute(e, code, raw);
    return this.locals.get(this.#define(e, home), typeOf(e.width));
  }

  /** The code of the region around `code` that keeps `e` in a local. */
  #home(e: Expr, code: Code): Code | undefined {
    for (let c: Code | undefined = code; c !== undefined; c = c.parent) {
      if (this.plan.hasLocal(e, c.region)) return c;
    }
    return undefined;
  }

  #define(e: Expr, home: Code): number {
    const byRegion = this.#defined.get(e) ?? new Map<Region, number>();
    const known = byRegion.get(home.region);
    if (known !== undefined) return known;
    const value = this.#compute(e, home, false);
    const local = this.locals.fresh(typeOf(e.width));
    home.push(this.locals.set(local, value));
    this.#defined.set(e, byRegion.set(home.region, local));
    return local;
  }

  #compute(e: Expr, code: Code, raw: boolean): Ref {
    this.operations += this.unit.costs.ownCost(e);
    const lookup = this.unit.tables.lookup(e);
    if (lookup !== undefined) return this.#lookUp(lookup, typeOf(e.width), code);
    switch (e.kind) {
      case 'const':
        return this.unit.const(typeOf(e.width), e.value);
      case 'read':
        return this.locals.readRegister(e.register, code);
      case 'element':
        return this.#element(e, code);
      case 'not':
        return this.#not(e, code, raw);
      case 'binary':
        return this.#binary(e, code, raw);
      case 'mux':
        return this.#mux(e, code, raw);
      case 'select':
        return this.#select(e, code, raw);
      case 'slice':
        return this.#slice(e, code, raw);
      case 'concat':
        return this.#concat(e, code, raw);
      case 'extend':
        return e.signed ? this.#mask(this.#signed(e.a, code, typeOf(e.width)), e.width, raw) : this.#zeroExtend(e, code);
      case 'wire':
        return this.#value(e.wire.value, code, raw);
    }
  }

  /** Clears the bits above `width`, unless nobody minds or there are none. */
  #mask(value: Ref, width: Width, raw: boolean): Ref {
    const type = typeOf(width);
    if (raw || width === sizeOf(type)) return value;
    return this.unit.ops(type).and(value, this.unit.const(type, maskOf(width)));
  }

  #element(e: Node<'element'>, code: Code): Ref {
    const { offset, stride } = this.unit.array(e.array);
    const address = this.elementAddress(e.array.depth, stride, e.index, code);
    const { i32, i64 } = this.unit.wasm;
    return stride === 4 ? i32.load(offset, 4, address) : i64.load(offset, 8, address);
  }

  /** The index of an element as i32, modulo the depth. */
  elementIndex(depth: number, index: Expr, code: Code): Ref {
    const { i32 } = this.unit.wasm;
    const fits = 2 ** this.#bounds.of(index) <= depth;
    const value = this.toI32(index, code, !fits);
    return fits ? value : i32.and(value, i32.const(depth - 1));
  }

  elementAddress(depth: number, stride: 4 | 8, index: Expr, code: Code): Ref {
    const { i32 } = this.unit.wasm;
    return i32.add(this.unit.base(), i32.shl(this.elementIndex(depth, index, code), i32.const(stride === 4 ? 2 : 3)));
  }

  /** The low 32 bits of a value. */
  toI32(e: Expr, code: Code, raw: boolean): Ref {
    return typeOf(e.width) === 'i32' ? this.#value(e, code, raw) : this.unit.wasm.i32.wrap(this.raw(e, code));
  }

  #not(e: Node<'not'>, code: Code, raw: boolean): Ref {
    const type = typeOf(e.width);
    if (e.width === 1 && !raw) return this.unit.wasm.i32.eqz(this.value(e.a, code));
    return this.unit.ops(type).xor(this.#value(e.a, code, raw), this.unit.const(type, raw ? -1n : maskOf(e.width)));
  }

  /** `e` sign-extended to all bits of `type`, which is not narrower than its own. */
  #signed(e: Expr, code: Code, type: ValueType): Ref {
    const own = typeOf(e.width);
    const { i64 } = this.unit.wasm;
    const raw = this.raw(e, code);
    const shift = sizeOf(own) - e.width;
    const extended = shift === 0 ? raw : this.#signExtend(own, raw, shift);
    return own === type ? extended : i64.extend_s(extended);
  }

  #signExtend(type: ValueType, value: Ref, shift: number): Ref {
    const ops = this.unit.ops(type);
    const bits = sizeOf(type) - shift;
    if (bits === 8) return ops.extend8_s(value);
    if (bits === 16) return ops.extend16_s(value);
    const amount = BigInt(shift);
    return ops.shr_s(ops.shl(value, this.unit.const(type, amount)), this.unit.const(type, amount));
  }

  #zeroExtend(e: Node<'extend'>, code: Code): Ref {
    const value = this.value(e.a, code);
    return typeOf(e.width) === typeOf(e.a.width) ? value : this.unit.widen(value);
  }

  #binary(e: Node<'binary'>, code: Code, raw: boolean): Ref {
    const type = typeOf(e.a.width);
    const ops = this.unit.ops(type);
    const low = (operand: Expr): Ref => this.raw(operand, code);
    const full = (operand: Expr): Ref => this.value(operand, code);
    const divide = (op: 'div' | 'divu' | 'rem' | 'remu', a: Ref, b: Ref): Ref =>
      this.unit.callHelper(`${op}${type === 'i32' ? 32 : 64}`, type, [a, b]);
    switch (e.op) {
      case 'add':
      case 'mul': {
        const exact = this.#bounds.of(e) < e.width;
        const result = exact ? ops[e.op](full(e.a), full(e.b)) : ops[e.op](low(e.a), low(e.b));
        return this.#mask(result, e.width, raw || exact);
      }
      case 'sub':
        return this.#mask(ops.sub(low(e.a), low(e.b)), e.width, raw);
      case 'and':
      case 'or':
      case 'xor':
        return this.#bitwise(e, e.op, code, raw);
      case 'mulh':
      case 'mulhu':
      case 'mulhsu':
        return this.#mask(this.#highProduct(e, e.op, code), e.width, raw);
      case 'div':
      case 'rem':
        return this.#mask(divide(e.op, this.#signed(e.a, code, type), this.#signed(e.b, code, type)), e.width, raw);
      case 'divu':
      case 'remu':
        return this.#mask(divide(e.op, full(e.a), full(e.b)), e.width, raw);
      case 'shl':
      case 'shru':
      case 'shrs':
        return this.#shift(e, e.op, code, raw);
      case 'eq':
      case 'ne':
        return this.#equality(e, e.op, code);
      case 'ltu':
        return ops.lt_u(full(e.a), full(e.b));
      case 'geu':
        return ops.ge_u(full(e.a), full(e.b));
      case 'lts':
      case 'ges':
        return ops[e.op === 'lts' ? 'lt_s' : 'ge_s'](this.#atTop(e.a, code), this.#atTop(e.b, code));
    }
  }

  /** `e` shifted up to the sign bit of its type: compares like the signed value. */
  #atTop(e: Expr, code: Code): Ref {
    const type = typeOf(e.width);
    const shift = sizeOf(type) - e.width;
    if (e.kind === 'const') return this.unit.const(type, e.value << BigInt(shift));
    const raw = this.raw(e, code);
    return shift === 0 ? raw : this.unit.ops(type).shl(raw, this.unit.const(type, BigInt(shift)));
  }

  #bitwise(e: Node<'binary'>, op: 'and' | 'or' | 'xor', code: Code, raw: boolean): Ref {
    const laziness = this.plan.laziness(e);
    if (laziness.kind === 'second') return this.#lazyLogical(e, laziness.first, laziness.lazy, code);
    const ops = this.unit.ops(typeOf(e.width));
    // One operand without stray bits suffices for `and`: best a constant, which has none anyway.
    const rawA = raw || (op === 'and' && e.b.kind === 'const');
    return ops[op](this.#value(e.a, code, rawA), this.#value(e.b, code, raw));
  }

  #lazyLogical(e: Node<'binary'>, first: Expr, lazy: Expr, code: Code): Ref {
    const { i32, if: wasmIf } = this.unit.wasm;
    const [region] = this.plan.arms(e, code.region);
    if (region === undefined) throw new Error('a lazy operand has a region');
    const condition = this.truth(first, code);
    const rest = this.#arm(lazy, code.expressionArm(region), false);
    return e.op === 'and' ? wasmIf(condition, rest, i32.const(0)) : wasmIf(condition, i32.const(1), rest);
  }

  #highProduct(e: Node<'binary'>, op: 'mulh' | 'mulhu' | 'mulhsu', code: Code): Ref {
    const { i32, i64 } = this.unit.wasm;
    const wide = (operand: Expr, signed: boolean): Ref => (signed ? this.#signed(operand, code, 'i64') : this.wide(operand, code));
    const a = wide(e.a, op !== 'mulhu');
    const b = wide(e.b, op === 'mulh');
    if (e.width <= 32) return i32.wrap(i64.shr_u(i64.mul(a, b), i64.const(BigInt(e.width))));
    // (a << (64 - width)) * b has the wanted bits from bit 64 on.
    const shifted = e.width === 64 ? a : i64.shl(a, i64.const(BigInt(64 - e.width)));
    return this.unit.callHelper(op, 'i64', [shifted, b]);
  }

  #shift(e: Node<'binary'>, op: 'shl' | 'shru' | 'shrs', code: Code, raw: boolean): Ref {
    const type = typeOf(e.width);
    const ops = this.unit.ops(type);
    const inRange = 2 ** this.#bounds.of(e.b) <= e.width || (e.b.kind === 'const' && e.b.value < BigInt(e.width));
    const value = (): Ref => {
      if (op === 'shl') return this.raw(e.a, code);
      return op === 'shru' ? this.value(e.a, code) : this.#signed(e.a, code, type);
    };
    const shift = (amount: Ref): Ref => {
      const shifted = ops[op === 'shl' ? 'shl' : op === 'shru' ? 'shr_u' : 'shr_s'](value(), amount);
      return op === 'shru' ? shifted : this.#mask(shifted, e.width, raw);
    };
    if (inRange) return shift(this.#amount(e.b, type, code));
    return this.#checkedShift(e, op, type, code, shift);
  }

  /** A shift whose amount may be the width or more. */
  #checkedShift(e: Node<'binary'>, op: 'shl' | 'shru' | 'shrs', type: ValueType, code: Code, shift: (amount: Ref) => Ref): Ref {
    const { wasm } = this.unit;
    const amountType = typeOf(e.b.width);
    const limit = this.unit.const(amountType, BigInt(e.width));
    const amount = this.locals.fresh(amountType);
    const get = (): Ref => this.locals.get(amount, amountType);
    const small = this.unit.ops(amountType).lt_u(wasm.local.tee(amount, this.value(e.b, code), this.unit.type(amountType)), limit);
    const converted = (): Ref => this.unit.convert(get(), amountType, type);
    if (op === 'shrs') {
      const local = this.locals.fresh('i32');
      const clamped = wasm.select(wasm.local.get(local, this.unit.type('i32')), converted(), this.unit.const(type, BigInt(e.width - 1)));
      const prepare = wasm.local.set(local, small);
      return wasm.block(null, [prepare, shift(clamped)], this.unit.type(type));
    }
    const test = this.locals.fresh('i32');
    return wasm.block(null, [
      wasm.local.set(test, small),
      wasm.select(wasm.local.get(test, this.unit.type('i32')), shift(converted()), this.unit.const(type, 0n)),
    ], this.unit.type(type));
  }

  /** An amount within range. The shifts of wasm mask it themselves, so the lowest bits of a wider value need no mask. */
  #amount(e: Expr, type: ValueType, code: Code): Ref {
    if (e.kind === 'slice' && e.low === 0 && 2 ** e.width === sizeOf(type) && this.#home(e, code) === undefined) {
      return this.unit.convert(this.raw(e.a, code), typeOf(e.a.width), type);
    }
    return this.unit.convert(this.value(e, code), typeOf(e.width), type);
  }

  #equality(e: Node<'binary'>, op: 'eq' | 'ne', code: Code): Ref {
    const { i32 } = this.unit.wasm;
    const ops = this.unit.ops(typeOf(e.a.width));
    const a = this.value(e.a, code);
    if (e.b.kind !== 'const' || e.b.value !== 0n) return ops[op](a, this.value(e.b, code));
    return op === 'eq' ? ops.eqz(a) : e.a.width === 1 ? a : typeOf(e.a.width) === 'i32' ? i32.ne(a, i32.const(0)) : i32.eqz(ops.eqz(a));
  }

  #mux(e: Node<'mux'>, code: Code, raw: boolean): Ref {
    const { wasm } = this.unit;
    const condition = this.truth(e.condition, code);
    if (this.plan.laziness(e).kind !== 'arms') {
      return wasm.select(condition, this.#value(e.then, code, raw), this.#value(e.else, code, raw));
    }
    const [then, otherwise] = this.plan.arms(e, code.region);
    if (then === undefined || otherwise === undefined) throw new Error('a mux has two arms');
    return wasm.if(condition, this.#arm(e.then, code.expressionArm(then), raw), this.#arm(e.else, code.expressionArm(otherwise), raw));
  }

  /** An arm as a value: what it prepares, then the value. */
  #arm(e: Expr, code: Code, raw: boolean): Ref {
    const value = this.#value(e, code, raw);
    const prepared = code.instructions;
    return prepared.length === 0 ? value : this.unit.wasm.block(null, [...prepared, value], this.unit.type(typeOf(e.width)));
  }

  #select(e: Node<'select'>, code: Code, raw: boolean): Ref {
    const type = typeOf(e.width);
    const keyType = typeOf(e.key.width);
    if (this.plan.laziness(e).kind !== 'arms') return this.#selectChain(e, code, raw);
    const key = this.value(e.key, code);
    const regions = this.plan.arms(e, code.region);
    const arm = (value: Expr, i: number): Ref => {
      const region = regions[i];
      if (region === undefined) throw new Error('every arm has a region');
      return this.#arm(value, code.expressionArm(region), raw);
    };
    const cases = e.cases.map((c, i) => ({ keys: c.keys, code: arm(c.value, i) }));
    return dispatch(this.unit, this.locals, { key, type: keyType }, cases, arm(e.default, e.cases.length), type);
  }

  #selectChain(e: Node<'select'>, code: Code, raw: boolean): Ref {
    const { wasm } = this.unit;
    const keyType = typeOf(e.key.width);
    const key = this.locals.fresh(keyType);
    const chain = e.cases.reduceRight((rest, c) => {
      const hit = c.keys
        .map((k) => keyTest(this.unit, { key: this.locals.get(key, keyType), type: keyType }, { low: k, high: k }))
        .reduce((a, b) => wasm.i32.or(a, b));
      return wasm.select(hit, this.#value(c.value, code, raw), rest);
    }, this.#value(e.default, code, raw));
    const keyValue = this.value(e.key, code);
    return wasm.block(null, [this.locals.set(key, keyValue), chain], this.unit.type(typeOf(e.width)));
  }

  #lookUp(lookup: Lookup, result: ValueType, code: Code): Ref {
    const word = this.value(lookup.word, code);
    if (lookup.kind === 'constant') return lookUpConstant(this.unit, lookup, word, result);
    return lookUpMemory(this.unit, this.locals, lookup, word, typeOf(lookup.word.width), result);
  }

  #slice(e: Node<'slice'>, code: Code, raw: boolean): Ref {
    const { i32 } = this.unit.wasm;
    const [from, to] = [typeOf(e.a.width), typeOf(e.width)];
    const reachesTop = this.#bounds.of(e.a) <= e.low + e.width;
    const value = this.#value(e.a, code, !reachesTop);
    const shifted = e.low === 0 ? value : this.unit.ops(from).shr_u(value, this.unit.const(from, BigInt(e.low)));
    const narrow = from === to ? shifted : i32.wrap(shifted);
    return this.#mask(narrow, e.width, raw || reachesTop);
  }

  #concat(e: Node<'concat'>, code: Code, raw: boolean): Ref {
    const type = typeOf(e.width);
    const ops = this.unit.ops(type);
    const pieces: Ref[] = [];
    let position = e.width;
    let constants = 0n;
    for (const part of e.parts) {
      // Stray bits of the topmost part fall off only at the end of the type.
      const loose = position === e.width && (raw || e.width === sizeOf(type));
      position -= part.width;
      if (part.kind === 'const') {
        constants |= part.value << BigInt(position);
        continue;
      }
      const value = this.unit.convert(this.#value(part, code, loose), typeOf(part.width), type);
      pieces.push(position === 0 ? value : ops.shl(value, this.unit.const(type, BigInt(position))));
    }
    if (constants !== 0n || pieces.length === 0) pieces.push(this.unit.const(type, constants));
    return pieces.reduce((a, b) => ops.or(a, b));
  }
}
