/**
 * One clock cycle in bigint, straight from the definition: the third opinion
 * that the tests hold against the backends. Slow on purpose.
 */
import type { CoverFamily, Expr, Memory, Module, Register, RegisterArray, Statement } from './ir.js';
import { applyBinary, maskOf, toSigned, truncate } from './ops.js';

/** Everything that lasts from one cycle to the next. */
export interface State {
  readonly registers: Map<Register, bigint>;
  readonly arrays: Map<RegisterArray, bigint[]>;
  /** Sparse bytes by physical address. */
  readonly memory: Map<bigint, number>;
  readonly counters: Map<string, bigint>;
}

/** A cover point by its family and number. */
export interface CoverPoint {
  readonly family: CoverFamily;
  readonly index: number;
}

/** What a cycle showed to the outside. */
export interface Observation {
  /** Fields of the records, in order of appearance. */
  readonly records: readonly (readonly bigint[])[];
  /** The numerically largest exit reason, 0 if none. */
  readonly exit: number;
  /** Cover points reached, in order of appearance. */
  readonly covers: readonly CoverPoint[];
}

/** The state after reset: arrays and memory zero. */
export function resetStateOf(module: Module): State {
  return {
    registers: new Map(module.registers.map((r) => [r, r.reset])),
    arrays: new Map(module.arrays.map((a) => [a, new Array<bigint>(a.depth).fill(0n)])),
    memory: new Map(),
    counters: new Map(),
  };
}

/** The value of an expression in a state. */
export function evaluate(root: Expr, state: State, memo = new Map<Expr, bigint>()): bigint {
  const value = (e: Expr): bigint => {
    const known = memo.get(e);
    if (known !== undefined) return known;
    const result = compute(e);
    memo.set(e, result);
    return result;
  };
  const compute = (e: Expr): bigint => {
    switch (e.kind) {
      case 'const': return e.value;
      case 'read': return state.registers.get(e.register) ?? 0n;
      case 'element': return state.arrays.get(e.array)?.[wrapIndex(e.array, value(e.index))] ?? 0n;
      case 'not': return value(e.a) ^ maskOf(e.width);
      case 'binary': return applyBinary(e.op, e.a.width, value(e.a), value(e.b));
      case 'mux': return value(e.condition) === 1n ? value(e.then) : value(e.else);
      case 'select': {
        const key = value(e.key);
        return value(e.cases.find((c) => c.keys.includes(key))?.value ?? e.default);
      }
      case 'slice': return truncate(e.width, value(e.a) >> BigInt(e.low));
      case 'concat': return e.parts.reduce((v, part) => (v << BigInt(part.width)) | value(part), 0n);
      case 'extend': return e.signed ? truncate(e.width, toSigned(e.a.width, value(e.a))) : value(e.a);
      case 'wire': return value(e.wire.value);
    }
  };
  return value(root);
}

/** An index counts modulo the depth. */
const wrapIndex = (array: RegisterArray, index: bigint): number => Number(index % BigInt(array.depth));

function loadBytes(state: State, memory: Memory, address: bigint, bytes: number): bigint {
  let value = 0n;
  for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(state.memory.get(address + BigInt(i)) ?? 0);
  return value;
}

function storeBytes(state: State, address: bigint, bytes: number, data: bigint): void {
  for (let i = 0; i < bytes; i++) state.memory.set(address + BigInt(i), Number((data >> BigInt(8 * i)) & 0xffn));
}

/** Advances `state` by one cycle. */
export function step(module: Module, state: State): Observation {
  const memo = new Map<Expr, bigint>();
  const value = (e: Expr): bigint => evaluate(e, state, memo);
  const effects: (() => void)[] = [];
  const records: bigint[][] = [];
  const covers: CoverPoint[] = [];
  let exit = 0;
  const execute = (s: Statement): void => {
    switch (s.kind) {
      case 'assign': {
        const next = value(s.value);
        effects.push(() => state.registers.set(s.register, next));
        return;
      }
      case 'write': {
        const [index, next] = [wrapIndex(s.array, value(s.index)), value(s.value)];
        effects.push(() => { state.arrays.get(s.array)?.splice(index, 1, next); });
        return;
      }
      case 'if':
        (value(s.condition) === 1n ? s.then : s.else).forEach(execute);
        return;
      case 'switch': {
        const key = value(s.key);
        (s.cases.find((c) => c.keys.includes(key))?.body ?? s.default).forEach(execute);
        return;
      }
      case 'load': {
        const next = loadBytes(state, s.memory, value(s.address), s.into.width / 8);
        effects.push(() => state.registers.set(s.into, next));
        return;
      }
      case 'store': {
        const [address, bytes, data] = [value(s.address), Number(value(s.bytes)), value(s.data)];
        effects.push(() => storeBytes(state, address, bytes, data));
        return;
      }
      case 'count':
        effects.push(() => state.counters.set(s.counter, truncate(64, (state.counters.get(s.counter) ?? 0n) + 1n)));
        return;
      case 'record':
        records.push(s.fields.map((f) => value(f.value)));
        return;
      case 'cover':
        covers.push({ family: s.family, index: Number(value(s.index)) });
        return;
      case 'exit':
        exit = Math.max(exit, s.reason);
        return;
    }
  };
  module.body.forEach(execute);
  for (const effect of effects) effect();
  return { records, exit, covers };
}
