/** What all functions of one compilation share: the binaryen module, addresses, and the helpers they ask for. */
import binaryen from 'binaryen';
import { IrError } from '../ir/build.js';
import type { Register, RegisterArray, Width } from '../ir/ir.js';
import { CostModel } from './cost.js';
import { tableRoom } from './layout.js';
import type { ArrayLayout, Layout, Signal, Variant } from './layout.js';
import { Tables } from './tables.js';

export type { Variant } from './layout.js';

/** The wasm types that values have. */
export type ValueType = 'i32' | 'i64';

/** Up to 32 bits i32, above i64. */
export const typeOf = (width: Width): ValueType => (width <= 32 ? 'i32' : 'i64');

/** Name of a helper function in the generated module, see `helpers.ts`. */
export type HelperName =
  | 'mulhu' | 'mulh' | 'mulhsu'
  | 'div32' | 'divu32' | 'rem32' | 'remu32' | 'div64' | 'divu64' | 'rem64' | 'remu64';

export class Unit {
  readonly wasm = new binaryen.Module();
  readonly tables: Tables;
  readonly costs: CostModel;
  /** Helpers that some expression calls; defined at the end. */
  readonly helpers = new Set<HelperName>();
  /** Estimated operations by region name. */
  readonly operations = new Map<string, number>();
  readonly #signals: ReadonlyMap<string, { readonly signal: Signal; readonly index: number }>;
  readonly #arrays: ReadonlyMap<string, ArrayLayout>;
  readonly #counters: ReadonlyMap<string, number>;
  readonly #covers: ReadonlyMap<string, number>;
  readonly #observed: ReadonlyMap<string, Signal>;
  #labels = 0;

  constructor(readonly layout: Layout, readonly variant: Variant) {
    // Each variant has tables of its own: the instances share the memory.
    const { start, end } = tableRoom(layout, variant);
    this.tables = new Tables(start, end);
    this.costs = new CostModel(this.tables);
    this.#signals = new Map(layout.signals.map((signal, index) => [signal.name, { signal, index }]));
    this.#arrays = new Map(layout.arrays.map((a) => [a.name, a]));
    this.#counters = new Map(layout.counters.map((c) => [c.name, c.offset]));
    this.#covers = new Map(layout.observation.covers.map((c) => [c.name, c.offset]));
    this.#observed = new Map(layout.observation.registers.map((r) => [r.name, r]));
  }

  get observes(): boolean {
    return this.variant !== 'plain';
  }

  get traces(): boolean {
    return this.variant === 'traced';
  }

  signal(name: string): Signal {
    return this.#observed.get(name) ?? this.#found(this.#signals.get(name), 'register', name).signal;
  }

  signalIndex(name: string): number {
    return this.#found(this.#signals.get(name), 'register', name).index;
  }

  array(array: RegisterArray): ArrayLayout {
    return this.#found(this.#arrays.get(array.name), 'array', array.name);
  }

  counter(name: string): number {
    return this.#found(this.#counters.get(name), 'counter', name);
  }

  /** Offset of the first point of a family. */
  cover(name: string): number {
    return this.#found(this.#covers.get(name), 'cover family', name);
  }

  /** A label or name that no other has. */
  fresh(prefix: string): string {
    return `${prefix}${this.#labels++}`;
  }

  /** Operations of this type. */
  ops(type: ValueType): binaryen.Module['i32'] | binaryen.Module['i64'] {
    return type === 'i32' ? this.wasm.i32 : this.wasm.i64;
  }

  /** A constant; `value` is taken modulo the size of the type. */
  const(type: ValueType, value: bigint): binaryen.ExpressionRef {
    return type === 'i32' ? this.wasm.i32.const(Number(BigInt.asIntN(32, value))) : this.wasm.i64.const(BigInt.asIntN(64, value));
  }

  /** The hart's base address: the first parameter of every function that touches state. */
  base(): binaryen.ExpressionRef {
    return this.wasm.local.get(0, binaryen.i32);
  }

  type(type: ValueType): binaryen.Type {
    return wasmType(type);
  }

  /** Zero-extends or wraps. */
  convert(value: binaryen.ExpressionRef, from: ValueType, to: ValueType): binaryen.ExpressionRef {
    if (from === to) return value;
    return to === 'i32' ? this.wasm.i32.wrap(value) : this.widen(value);
  }

  /**
   * Zero-extends an i32. A load becomes a wide load right here: binaryen's
   * optimizer would make a sign-extending one of it.
   */
  widen(value: binaryen.ExpressionRef): binaryen.ExpressionRef {
    const info = binaryen.getExpressionInfo(value);
    if (info.id !== binaryen.ExpressionIds.Load || !('ptr' in info) || !('offset' in info) || !('bytes' in info)) return this.wasm.i64.extend_u(value);
    const { offset, ptr, bytes, align } = { align: 1, ...info };
    if (bytes !== 4 || typeof offset !== 'number' || typeof ptr !== 'number') return this.wasm.i64.extend_u(value);
    return this.wasm.i64.load32_u(offset, typeof align === 'number' ? align : 1, ptr);
  }

  callHelper(name: HelperName, type: ValueType, operands: readonly binaryen.ExpressionRef[]): binaryen.ExpressionRef {
    this.helpers.add(name);
    return this.wasm.call(name, operands, wasmType(type));
  }

  loadRegister(r: Register): binaryen.ExpressionRef {
    return this.loadSlot(typeOf(r.width), this.signal(r.name).offset);
  }

  loadSlot(type: ValueType, offset: number): binaryen.ExpressionRef {
    return type === 'i32' ? this.wasm.i32.load(offset, 4, this.base()) : this.wasm.i64.load(offset, 8, this.base());
  }

  storeSlot(type: ValueType, offset: number, value: binaryen.ExpressionRef): binaryen.ExpressionRef {
    return type === 'i32'
      ? this.wasm.i32.store(offset, 4, this.base(), value)
      : this.wasm.i64.store(offset, 8, this.base(), value);
  }

  #found<T>(entry: T | undefined, what: string, name: string): T {
    if (entry === undefined) throw new IrError(`${what} ${name} is not declared in the module`);
    return entry;
  }
}

/** binaryen's constant of a value type. */
export const wasmType = (type: ValueType): binaryen.Type => (type === 'i32' ? binaryen.i32 : binaryen.i64);
