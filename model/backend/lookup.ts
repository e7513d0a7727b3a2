/** The code that looks a value up in a table. */
import binaryen from 'binaryen';
import { maskOf } from '../ir/ops.js';
import type { Locals } from './code.js';
import type { Field } from './table.js';
import type { Lookup } from './tables.js';
import type { Unit, ValueType } from './unit.js';

type Ref = binaryen.ExpressionRef;
type MemoryLookup = Extract<Lookup, { kind: 'memory' }>;

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
  return wasm.block(null, [locals.set(wordLocal, word), ...walk.code(result)], unit.type(result));
}

/** The way from the root entry to a leaf; its position is a local. */
class Walk {
  readonly #at: number;
  /** The entry of the last step. */
  readonly #entry: number;

  constructor(
    readonly unit: Unit, readonly locals: Locals, readonly lookup: MemoryLookup, readonly word: () => Ref, readonly wordType: ValueType,
  ) {
    this.#at = locals.fresh('i32');
    this.#entry = locals.fresh('i32');
  }

  /** From the root to the value. Most words are decided at the root: the rest take their steps behind one test. */
  code(result: ValueType): Ref[] {
    const { depth, undecided, rootFields } = this.lookup;
    const root = this.locals.set(this.#at, this.#rootIndex(rootFields));
    if (depth === 0) return [root, this.#converted(this.#value(), result)];
    if (undecided === undefined) return [root, this.#deeper(), this.#converted(this.#value(), result)];
    // The value is needed anyway: it tells whether it is one.
    const { wasm } = this.unit;
    const type = this.#valueType;
    const value = this.locals.fresh(type);
    const get = (): Ref => this.locals.get(value, type);
    const isNone = this.unit.ops(type).eq(get(), this.unit.const(type, undecided));
    return [
      root,
      this.locals.set(value, this.#value()),
      wasm.if(isNone, wasm.block(null, [this.#deeper(), this.locals.set(value, this.#value())], binaryen.none)),
      this.#converted(get(), result),
    ];
  }

  /** Steps until there is a leaf. */
  #deeper(): Ref {
    const { wasm } = this.unit;
    const label = this.unit.fresh('deeper');
    return wasm.loop(label, wasm.block(null, [
      this.#load(),
      wasm.if(wasm.i32.eqz(this.#isLeaf()), wasm.block(null, [this.locals.set(this.#at, this.#advanced()), wasm.br(label)], binaryen.none)),
    ], binaryen.none));
  }

  #load(): Ref {
    const { i32 } = this.unit.wasm;
    return this.locals.set(this.#entry, i32.load(this.lookup.steps, 4, i32.shl(this.#position(), i32.const(2))));
  }

  // In a leaf base and mask are zero: keep the position where the mask is.
  #isLeaf(): Ref {
    const { i32 } = this.unit.wasm;
    return i32.lt_u(this.#get(), i32.const(1 << 24));
  }

  #advanced(): Ref {
    const { i32 } = this.unit.wasm;
    return i32.add(i32.and(this.#get(), i32.const(0xffff)), this.#field(() => this.#get()));
  }

  #get(): Ref {
    return this.locals.get(this.#entry, 'i32');
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

  get #valueType(): ValueType {
    return this.lookup.valueBytes === 8 ? 'i64' : 'i32';
  }

  #converted(value: Ref, result: ValueType): Ref {
    return this.unit.convert(value, this.#valueType, result);
  }

  /** The value at the position, in its own type. */
  #value(): Ref {
    const { i32, i64 } = this.unit.wasm;
    const { values, valueBytes } = this.lookup;
    switch (valueBytes) {
      case 1: return i32.load8_u(values, 1, this.#position());
      case 2: return i32.load16_u(values, 2, i32.shl(this.#position(), i32.const(1)));
      case 4: return i32.load(values, 4, i32.shl(this.#position(), i32.const(2)));
      case 8: return i64.load(values, 8, i32.shl(this.#position(), i32.const(3)));
    }
  }

  #position(): Ref {
    return this.locals.get(this.#at, 'i32');
  }
}
