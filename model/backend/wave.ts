/**
 * Value changes as VCD text, written by the module itself into the wave
 * buffer. The text after the digits (identifier and newline) is a constant.
 *
 * A register that is stored in cycle c shows its new value at time c + 1, a
 * wire its value in c at time c; so the wires of a cycle are dumped first.
 */
import binaryen from 'binaryen';
import type { Wire } from '../ir/ir.js';
import { Code, Locals } from './code.js';
import { Expressions } from './expressions.js';
import { CLOCK_PERIOD, hasText, HOST } from './layout.js';
import type { Signal } from './layout.js';
import { planFunction } from './plan.js';
import { typeOf } from './unit.js';
import type { Unit, ValueType } from './unit.js';

type Ref = binaryen.ExpressionRef;

/** Wires per function: keeps each of them small enough for the engine's optimiser. */
const WIRES_PER_FUNCTION = 128;

/** The identifier and newline as one little-endian number. */
function tailOf(text: string): bigint {
  return [...text].reduceRight((value, c) => (value << 8n) | BigInt(c.charCodeAt(0)), 0n);
}

/** Stores a new value of a register; if it differs, dumps it first. */
export function emitChange(unit: Unit, signal: Signal, value: () => Ref): Ref {
  const { wasm } = unit;
  const type = typeOf(signal.width);
  const changed = unit.ops(type).ne(value(), unit.loadSlot(type, signal.offset));
  const body = [unit.storeSlot(type, signal.offset, value()), dump(unit, signal, value)];
  if (signal.shadow !== undefined) body.push(unit.storeSlot(type, signal.shadow, value()));
  return wasm.if(changed, wasm.block(null, body, binaryen.none));
}

/** Writes one change into the buffer. */
function dump(unit: Unit, signal: Signal, value: () => Ref): Ref {
  const { wasm } = unit;
  const scalar = signal.width === 1;
  const text = scalar ? `${signal.id}\n` : ` ${signal.id}\n`;
  const wide = unit.convert(value(), typeOf(signal.width), 'i64');
  const call = wasm.call(
    scalar ? 'wave.bit' : 'wave.vector',
    [unit.base(), wide, wasm.i64.const(tailOf(text)), wasm.i32.const(text.length)],
    binaryen.none,
  );
  return hasText(signal.name) ? wasm.block(null, [call, textHook(unit, signal, value)], binaryen.none) : call;
}

/** Lets the host append the disassembly of an instruction. */
function textHook(unit: Unit, signal: Signal, value: () => Ref): Ref {
  const { wasm } = unit;
  const wide = unit.convert(value(), typeOf(signal.width), 'i64');
  const end = wasm.call('env.text', [wasm.i32.const(unit.signalIndex(signal.name)), wide, bufferEnd(unit)], binaryen.i32);
  return unit.storeSlot('i32', HOST.waveHead, wasm.i32.sub(wasm.i32.sub(end, unit.base()), wasm.i32.const(waveStart(unit))));
}

const waveStart = (unit: Unit): number => unit.layout.memory.waveBase - unit.layout.memory.stateBase;

/** Address of the first free byte of the buffer. */
function bufferEnd(unit: Unit): Ref {
  const { i32 } = unit.wasm;
  return i32.add(i32.add(unit.base(), i32.const(waveStart(unit))), unit.loadSlot('i32', HOST.waveHead));
}

/** Instructions at the start of a traced cycle: what the host changed, the wires, then the time of the next cycle. */
export function beginTracedCycle(unit: Unit): Ref[] {
  const { wasm } = unit;
  const cycle = (): Ref => unit.loadSlot('i64', HOST.cycle);
  return [
    setTime(unit, cycle()),
    wasm.call('wave.cycle', [unit.base()], binaryen.none),
    setTime(unit, wasm.i64.add(cycle(), wasm.i64.const(1n))),
    unit.storeSlot('i64', HOST.cycle, wasm.i64.add(cycle(), wasm.i64.const(1n))),
  ];
}

/** Sets the time of the changes that follow. */
function setTime(unit: Unit, cycle: Ref): Ref {
  const { i64 } = unit.wasm;
  return unit.storeSlot('i64', HOST.waveNow, i64.mul(cycle, i64.const(BigInt(CLOCK_PERIOD))));
}

/** Defines the functions that dump changes, and exports `sample`. */
export function defineWaves(unit: Unit, wires: readonly Wire[]): void {
  const { wasm } = unit;
  wasm.addFunctionImport('env.text', 'env', 'text', binaryen.createType([binaryen.i32, binaryen.i64, binaryen.i32]), binaryen.i32);
  defineStamp(unit);
  defineBit(unit);
  defineVector(unit);
  const parts: string[] = [];
  for (let i = 0; i < wires.length; i += WIRES_PER_FUNCTION) {
    const name = `wave.wires${parts.length}`;
    defineWires(unit, name, wires.slice(i, i + WIRES_PER_FUNCTION));
    parts.push(name);
  }
  const inputs = unit.layout.signals.flatMap((s) => inputChange(unit, s));
  const calls = parts.map((name) => wasm.call(name, [unit.base()], binaryen.none));
  wasm.addFunction('wave.cycle', binaryen.i32, binaryen.none, [binaryen.i32, binaryen.i64], wasm.block(null, [...inputs, ...calls], binaryen.none));
  defineSample(unit);
}

/** Dumps a register that the host has set since it was dumped last. */
function inputChange(unit: Unit, signal: Signal): Ref[] {
  if (signal.shadow === undefined) return [];
  const type = typeOf(signal.width);
  const local = type === 'i32' ? 1 : 2;
  const value = (): Ref => unit.wasm.local.get(local, unit.type(type));
  return [
    unit.wasm.local.set(local, unit.loadSlot(type, signal.offset)),
    emitChange(unit, { ...slotOnly(signal), offset: signal.shadow }, value),
  ];
}

function slotOnly({ name, width, kind, offset, bytes, id }: Signal): Signal {
  return { name, width, kind, offset, bytes, id };
}

function defineWires(unit: Unit, name: string, wires: readonly Wire[]): void {
  const locals = new Locals(unit, 1);
  const plan = planFunction(unit.costs, [], wires.map((w) => w.value));
  const expressions = new Expressions(unit, plan, locals);
  const code = Code.root(plan.body.region);
  for (const wire of wires) {
    code.beginStatement();
    const type: ValueType = typeOf(wire.value.width);
    const value = expressions.value(wire.value, code);
    const local = locals.fresh(type);
    code.push(locals.set(local, value));
    code.push(emitChange(unit, unit.signal(wire.name), () => locals.get(local, type)));
  }
  unit.operations.set(name, expressions.operations);
  unit.wasm.addFunction(name, binaryen.i32, binaryen.none, locals.vars, unit.wasm.block(null, code.instructions, binaryen.none));
}

/**
 * `sample(base)`: brings the slots of wires and host-driven registers up to
 * date without dumping changes. The host then writes the time and all values;
 * dumping goes on from there.
 */
function defineSample(unit: Unit): void {
  const { wasm } = unit;
  const head = (): Ref => wasm.local.get(1, binaryen.i32);
  wasm.addFunction('sample', binaryen.i32, binaryen.none, [binaryen.i32], wasm.block(null, [
    wasm.local.set(1, unit.loadSlot('i32', HOST.waveHead)),
    setTime(unit, unit.loadSlot('i64', HOST.cycle)),
    unit.storeSlot('i64', HOST.waveStamp, unit.loadSlot('i64', HOST.waveNow)),
    wasm.call('wave.cycle', [unit.base()], binaryen.none),
    unit.storeSlot('i32', HOST.waveHead, head()),
  ], binaryen.none));
  wasm.addFunctionExport('sample', 'sample');
}

/** `wave.stamp(base)`: `#time` unless it is there already. */
function defineStamp(unit: Unit): void {
  const { wasm } = unit;
  const { i32, i64, local } = wasm;
  const [now, end, digits] = [1, 2, 3];
  const time = (): Ref => local.get(now, binaryen.i64);
  const at = (): Ref => local.get(end, binaryen.i32);
  const byte = (offset: number, value: Ref): Ref => i32.store8(offset, 1, at(), value);
  const advance = (): Ref => local.set(end, i32.add(at(), i32.const(1)));
  const power = (): Ref => local.get(digits, binaryen.i64);
  // Largest power of ten that is not larger than the time (at least 1).
  const findPower = wasm.loop('find', wasm.if(
    i64.ge_u(i64.div_u(time(), power()), i64.const(10n)),
    wasm.block(null, [local.set(digits, i64.mul(power(), i64.const(10n))), wasm.br('find')], binaryen.none),
  ));
  const write = wasm.loop('write', wasm.block(null, [
    byte(0, i32.add(i32.wrap(i64.rem_u(i64.div_u(time(), power()), i64.const(10n))), i32.const(48))),
    advance(),
    local.set(digits, i64.div_u(power(), i64.const(10n))),
    wasm.br('write', i64.ne(power(), i64.const(0n))),
  ], binaryen.none));
  wasm.addFunction('wave.stamp', binaryen.i32, binaryen.none, [binaryen.i64, binaryen.i32, binaryen.i64], wasm.block('done', [
    local.set(now, unit.loadSlot('i64', HOST.waveNow)),
    wasm.br('done', i64.eq(time(), unit.loadSlot('i64', HOST.waveStamp))),
    unit.storeSlot('i64', HOST.waveStamp, time()),
    local.set(end, bufferEnd(unit)),
    byte(0, i32.const('#'.charCodeAt(0))),
    advance(),
    local.set(digits, i64.const(1n)),
    findPower,
    write,
    byte(0, i32.const('\n'.charCodeAt(0))),
    advance(),
    setHead(unit, at()),
  ], binaryen.none));
}

/** Sets the head of the buffer to an address. */
function setHead(unit: Unit, address: Ref): Ref {
  const { i32 } = unit.wasm;
  return unit.storeSlot('i32', HOST.waveHead, i32.sub(i32.sub(address, unit.base()), i32.const(waveStart(unit))));
}

const CHANGE_PARAMETERS = [binaryen.i32, binaryen.i64, binaryen.i64, binaryen.i32];

/** `wave.bit(base, value, tail, tail length)`. */
function defineBit(unit: Unit): void {
  const { wasm } = unit;
  const { i32, i64, local } = wasm;
  const at = (): Ref => local.get(4, binaryen.i32);
  wasm.addFunction('wave.bit', binaryen.createType(CHANGE_PARAMETERS), binaryen.none, [binaryen.i32], wasm.block(null, [
    wasm.call('wave.stamp', [unit.base()], binaryen.none),
    local.set(4, bufferEnd(unit)),
    i64.store8(0, 1, at(), i64.add(local.get(1, binaryen.i64), i64.const(48n))),
    i64.store(1, 1, at(), local.get(2, binaryen.i64)),
    setHead(unit, i32.add(i32.add(at(), i32.const(1)), local.get(3, binaryen.i32))),
  ], binaryen.none));
}

/**
 * `wave.vector(base, value, tail, tail length)`: `b`, the digits without
 * leading zeros, the tail. Eight digits a step: a product puts bit 7 - k of a
 * byte into the top bit of byte k.
 */
function defineVector(unit: Unit): void {
  const { wasm } = unit;
  const { i32, i64, local } = wasm;
  const [value, tail, tailLength, at, end, rest] = [1, 2, 3, 4, 5, 6];
  const pointer = (): Ref => local.get(at, binaryen.i32);
  const bits = (): Ref => local.get(rest, binaryen.i64);
  const zeros = i64.clz(i64.or(local.get(value, binaryen.i64), i64.const(1n)));
  const spread = i64.and(
    i64.shr_u(i64.mul(i64.shr_u(bits(), i64.const(56n)), i64.const(0x8040_2010_0804_0201n)), i64.const(7n)),
    i64.const(0x0101_0101_0101_0101n),
  );
  wasm.addFunction('wave.vector', binaryen.createType(CHANGE_PARAMETERS), binaryen.none, [binaryen.i32, binaryen.i32, binaryen.i64], wasm.block(null, [
    wasm.call('wave.stamp', [unit.base()], binaryen.none),
    local.set(at, bufferEnd(unit)),
    i32.store8(0, 1, pointer(), i32.const('b'.charCodeAt(0))),
    local.set(at, i32.add(pointer(), i32.const(1))),
    local.set(rest, zeros),
    local.set(end, i32.sub(i32.add(pointer(), i32.const(64)), i32.wrap(bits()))),
    local.set(rest, i64.shl(local.get(value, binaryen.i64), bits())),
    wasm.loop('digits', wasm.block(null, [
      i64.store(0, 1, pointer(), i64.or(spread, i64.const(0x3030_3030_3030_3030n))),
      local.set(rest, i64.shl(bits(), i64.const(8n))),
      local.set(at, i32.add(pointer(), i32.const(8))),
      wasm.br('digits', i32.lt_u(pointer(), local.get(end, binaryen.i32))),
    ], binaryen.none)),
    i64.store(0, 1, local.get(end, binaryen.i32), local.get(tail, binaryen.i64)),
    setHead(unit, i32.add(local.get(end, binaryen.i32), local.get(tailLength, binaryen.i32))),
  ], binaryen.none));
}
