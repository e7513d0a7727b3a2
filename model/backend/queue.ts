/**
 * Writes to arrays and memory happen at the end of the cycle, after all reads.
 * Where nothing reads the target any more they happen at once; otherwise they
 * wait: in locals, or, in a rare function, in globals that the cycle flushes.
 */
import binaryen from 'binaryen';
import type { RegisterArray, Statement } from '../ir/ir.js';
import type { Code, Locals } from './code.js';
import type { Expressions } from './expressions.js';
import type { ReadOrder } from './order.js';
import { memoryOffset, storeMemory } from './storage.js';
import { typeOf, wasmType } from './unit.js';
import type { Unit, ValueType } from './unit.js';

type Ref = binaryen.ExpressionRef;
type Write = Extract<Statement, { kind: 'write' }>;
type Store = Extract<Statement, { kind: 'store' }>;

/** A place for one waiting value: a local or a global. */
interface Cell {
  get(): Ref;
  set(value: Ref): Ref;
}

/** Places for one write per cycle. An index equal to the depth, or no bytes, means that there is none. */
type Port =
  | { readonly kind: 'array'; readonly array: RegisterArray; readonly index: Cell; readonly value: Cell }
  | { readonly kind: 'memory'; readonly at: Cell; readonly bytes: Cell; readonly data: Cell };

/** Creates a cell that holds `initial` while nothing waits in it. */
type MakeCell = (name: string, type: ValueType, initial: number) => Cell;

/** The ports of one function. */
export class WriteQueue {
  readonly #ports = new Map<string, Port>();

  private constructor(
    readonly unit: Unit,
    readonly order: ReadOrder,
    /** Whether the writes outlive the function, so that its caller must know of them. */
    readonly outlives: boolean,
    readonly makeCell: MakeCell,
    readonly inherited: WriteQueue[],
  ) {}

  /** The queue of the main function: `prepare` and `flush` stand around its body. */
  static inLocals(unit: Unit, order: ReadOrder, locals: Locals): WriteQueue {
    return new WriteQueue(unit, order, false, (_name, type) => {
      const local = locals.fresh(type);
      return { get: () => locals.get(local, type), set: (value) => locals.set(local, value) };
    }, []);
  }

  /** The queue of a rare function. */
  inGlobals(functionName: string): WriteQueue {
    const { unit } = this;
    const queue = new WriteQueue(unit, this.order, true, (name, type, initial) => {
      const global = `${functionName}.${name}`;
      unit.wasm.addGlobal(global, wasmType(type), true, unit.const(type, BigInt(initial)));
      return { get: () => unit.wasm.global.get(global, wasmType(type)), set: (value) => unit.wasm.global.set(global, value) };
    }, this.inherited);
    this.inherited.push(queue);
    return queue;
  }

  array(array: RegisterArray, port: number): Extract<Port, { kind: 'array' }> {
    const name = `${array.name}.${port}`;
    const known = this.#ports.get(name);
    if (known?.kind === 'array') return known;
    const index = this.makeCell(`${name}.index`, 'i32', array.depth);
    const value = this.makeCell(`${name}.value`, typeOf(array.width), 0);
    const created: Port = { kind: 'array', array, index, value };
    this.#ports.set(name, created);
    return created;
  }

  memory(port: number): Extract<Port, { kind: 'memory' }> {
    const name = `memory ${port}`;
    const known = this.#ports.get(name);
    if (known?.kind === 'memory') return known;
    const created: Port = {
      kind: 'memory',
      at: this.makeCell(`${name}.at`, 'i32', 0),
      bytes: this.makeCell(`${name}.bytes`, 'i32', 0),
      data: this.makeCell(`${name}.data`, 'i64', 0),
    };
    this.#ports.set(name, created);
    return created;
  }

  /** Instructions that leave every port without a write. */
  prepare(): Ref[] {
    const { wasm } = this.unit;
    return [...this.#ports.values()].flatMap((port) => port.kind === 'memory'
      ? [port.bytes.set(wasm.i32.const(0))]
      : [port.index.set(wasm.i32.const(port.array.depth)), port.value.set(this.unit.const(typeOf(port.array.width), 0n))]);
  }

  /** Instructions that perform the waiting writes. An element that is not written is the spare one after the last. */
  flush(): Ref[] {
    return [...this.#ports.values()].map((port) => this.#perform(port));
  }

  /** Instructions that perform what rare functions have left behind. */
  flushRare(): Ref[] {
    const { wasm } = this.unit;
    return this.inherited.flatMap((queue) => [...queue.flush(), ...queue.prepare()]).concat(wasm.nop());
  }

  get hasRareWrites(): boolean {
    return this.inherited.some((queue) => queue.#ports.size > 0);
  }

  #perform(port: Port): Ref {
    const { wasm } = this.unit;
    switch (port.kind) {
      case 'array':
        return storeElement(this.unit, port.array, port.index.get(), port.value.get());
      case 'memory':
        return wasm.if(port.bytes.get(), storeMemory(this.unit, port.at.get, port.bytes.get, port.data.get));
    }
  }
}

function storeElement(unit: Unit, array: RegisterArray, index: Ref, value: Ref): Ref {
  const { i32, i64 } = unit.wasm;
  const { offset, stride } = unit.array(array);
  const address = i32.add(unit.base(), i32.shl(index, i32.const(stride === 4 ? 2 : 3)));
  return stride === 4 ? i32.store(offset, 4, address, value) : i64.store(offset, 8, address, value);
}

/** Emits a `write`; returns whether it waits in the queue. */
export function emitWrite(queue: WriteQueue, s: Write, expressions: Expressions, code: Code): boolean {
  const { unit } = queue;
  const index = expressions.elementIndex(s.array.depth, s.index, code);
  const value = expressions.value(s.value, code);
  expressions.operations += 3;
  if (!queue.order.mustWait(s, s.array)) {
    code.push(storeElement(unit, s.array, index, value));
    return false;
  }
  const port = queue.array(s.array, code.takePort(s.array));
  code.push(port.index.set(index));
  code.push(port.value.set(value));
  return true;
}

/** Emits a `store`; returns whether it waits in the queue. */
export function emitStore(queue: WriteQueue, locals: Locals, s: Store, expressions: Expressions, code: Code): boolean {
  const { unit } = queue;
  const waits = queue.order.mustWait(s, s.memory);
  const at = memoryOffset(unit, expressions, s.memory, s.address, code);
  const bytes = expressions.toI32(s.bytes, code, false);
  const data = expressions.wide(s.data, code);
  expressions.operations += 8;
  const cell = (type: ValueType): Cell => {
    const local = locals.fresh(type);
    return { get: () => locals.get(local, type), set: (value) => locals.set(local, value) };
  };
  const port = waits
    ? queue.memory(code.takePort(s.memory))
    : { at: cell('i32'), bytes: cell('i32'), data: cell('i64') };
  code.push(port.at.set(at));
  code.push(port.bytes.set(bytes));
  code.push(port.data.set(data));
  if (!waits) code.push(storeMemory(unit, port.at.get, port.bytes.get, port.data.get));
  return waits;
}
