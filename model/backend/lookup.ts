/** The code that looks a value up in a table. */
import binaryen from 'binaryen';
import { maskOf } from '../ir/ops.js';
import type { Locals } from './code.js';
import type { Field } from './table.js';
import type { Lookup } from './tables.js';
import type { Unit, ValueType } from './unit.js';

type Ref = binaryen.ExpressionRef;
type MemoryLookup = Extract<Lookup, { kind: 'memory' }>;

/** Steps that are always taken; deeper leaves are rare enough for a loop. */
const UNROLLED = 1;

/** The entry of a constant table. */
export function lookUpConstant(unit: Unit, { bits, entryBits, word }: Extract<Lookup, { kind: 'constant' }>, key: Ref, result: ValueType): Ref {
  const type: ValueType = entryBits << word.width <= 32 ? 'i32' : 'i64';
  const ops = unit.ops(type);
  const wide = unit.convert(key, 'i32', type);
  const amount = entryBits === 1 ? wide : ops.mul(wide, unit.const(type, BigInt(entryBits)));
  const entry = ops.and(ops.shr_u(unit.const(type, bits), amount), unit.const(type, maskOf(entryBits)));
  return unit.convert(entry, type, result);
}

/** The entry of a table in memory. */
export function lookUpMemory(unit: Unit, locals: Locals, lookup: MemoryLookup, word: Ref, wordType: ValueType, result: ValueType): Ref {
  const { wasm } = unit;
  const wordLocal = locals.fresh(wordType);
  const walk = new Walk(unit, locals, lookup, () => locals.get(wordLocal, wordType), wordType);
  return wasm.block(null, [locals.set(wordLocal, word), ...walk.steps(), walk.value(result)], unit.type(result));
}

/** The way from the root entry to a leaf; its position is a local. */
class Walk {
  readonly #at: number;

  constructor(
    readonly unit: Unit, readonly locals: Locals, readonly lookup: MemoryLookup, readonly word: () => Ref, readonly wordType: ValueType,
  ) {
    this.#at = locals.fresh('i32');
  }

  steps(): Ref[] {
    const { wasm } = this.unit;
    const { i32 } = wasm;
    const { depth, rootFields } = this.lookup;
    const root = this.locals.set(this.#at, this.#rootIndex(rootFields));
    if (depth === 0) return [root];
    const step = this.locals.fresh('i32');
    const get = (): Ref => this.locals.get(step, 'i32');
    const load = (): Ref => this.locals.set(step, i32.load(this.lookup.steps, 4, i32.shl(this.#position(), i32.const(2))));
    // In a leaf base and mask are zero: keep the position where the mask is.
    const isLeaf = (): Ref => i32.lt_u(get(), i32.const(1 << 24));
    const advanced = (): Ref => i32.add(i32.and(get(), i32.const(0xffff)), this.#field(get));
    const unrolled = Array.from({ length: Math.min(depth, UNROLLED) }, () => [
      load(), this.locals.set(this.#at, wasm.select(isLeaf(), this.#position(), advanced())),
    ]).flat();
    if (depth <= UNROLLED) return [root, ...unrolled];
    const label = this.unit.fresh('deeper');
    const loop = wasm.loop(label, wasm.block(null, [
      load(),
      wasm.if(i32.eqz(isLeaf()), wasm.block(null, [this.locals.set(this.#at, advanced()), wasm.br(label)], binaryen.none)),
    ], binaryen.none));
    return [root, ...unrolled, loop];
  }

  /** The bits of the word that a step asks for. */
  #field(step: () => Ref): Ref {
    const { i32, i64 } = this.unit.wasm;
    // Shifts take the amount modulo the width: the mask above the shift does no harm.
    const amount = i32.shr_u(step(), i32.const(16));
    const shifted = this.wordType === 'i32' ? i32.shr_u(this.word(), amount) : i32.wrap(i64.shr_u(this.word(), i64.extend_u(amount)));
    return i32.and(shifted, i32.shr_u(step(), i32.const(24)));
  }

  #rootIndex(fields: readonly Field[]): Ref {
    const { i32 } = this.unit.wasm;
    const ops = this.unit.ops(this.wordType);
    let position = 0;
    const parts = fields.map(({ low, width }) => {
      const shifted = low === 0 ? this.word() : ops.shr_u(this.word(), this.unit.const(this.wordType, BigInt(low)));
      const part = i32.and(this.unit.convert(shifted, this.wordType, 'i32'), this.unit.const('i32', maskOf(width)));
      const placed = position === 0 ? part : i32.shl(part, i32.const(position));
      position += width;
      return placed;
    });
    return parts.reduce((a, b) => i32.or(a, b));
  }

  value(result: ValueType): Ref {
    const { i32, i64 } = this.unit.wasm;
    const { values, valueBytes } = this.lookup;
    switch (valueBytes) {
      case 1: return this.unit.convert(i32.load8_u(values, 1, this.#position()), 'i32', result);
      case 2: return this.unit.convert(i32.load16_u(values, 2, i32.shl(this.#position(), i32.const(1))), 'i32', result);
      case 4: return this.unit.convert(i32.load(values, 4, i32.shl(this.#position(), i32.const(2))), 'i32', result);
      case 8: return i64.load(values, 8, i32.shl(this.#position(), i32.const(3)));
    }
  }

  #position(): Ref {
    return this.locals.get(this.#at, 'i32');
  }
}
