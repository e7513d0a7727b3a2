/**
 * Execute and memory: results, branch decisions, addresses, long operations,
 * and the load's way through memory.
 */
import { ONE, ZERO, and, binary, concat, constant, eqConst, mux, not, or, read, select, slice } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { Operation } from '../spec/isa.js';
import { anyOf } from './builder.js';
import { accessBytes, crossesBlock, operandNames, stageOf, type Core } from './core.js';
import { EXECUTE_UNITS, executeUnit, type ExecuteUnit, type Op } from './decode.js';
import { nextPc } from './encoding.js';
import { empty } from './line-cache.js';
import type { Locals } from './lowering.js';
import { isMuldiv, muldivClasses, muldivUnit, type MulDiv } from './muldiv.js';
import { holds } from './pages.js';
import { TRAIL_BITS } from './record.js';
import { NO_PAGE } from './windows.js';

/** Declares what execute makes of operands: `result`, `address`, `taken`, `trouble`; and what memory makes of a load: `value`. */
export function describeExecute(core: Core): void {
  const { values, place } = core;
  const at = place.execute;
  values.define('result', 64, at, () => resultOf(core));
  values.define('result_ready', 1, at, () => muldiv(core).ready);
  values.define('address', 64, at, () => core.builder.wire(`${stageOf(core, 'execute').name}.target`, addressOf(core)));
  values.define('taken', 1, at, () => core.builder.wire(`${stageOf(core, 'execute').name}.branch`, takenOf(core)));
  values.define('trouble', 1, at, () => troubleOf(core));
  values.define('place', 64, at, () => core.builder.wire(`${stageOf(core, 'execute').name}.place`, placeOf(core).physical));
  values.define('data_page', 1 + TRAIL_BITS.page, at, () => placeOf(core).page, { observed: true });
  values.define('value', 64, place.memory, () => loadedOr(core, values.at('result', place.memory)));
}

const opsOf = (core: Core, ...units: readonly ExecuteUnit[]): readonly Op[] =>
  core.decoder.ops.filter((op) => units.includes(executeUnit(op.instruction.class)));

/** Scope of the fast classes: operands, never the hart's state. */
function fastScope(core: Core): (operation: Operation, width: number, op: Op) => Expr {
  const { values, place, hart, decoder } = core;
  const at = place.execute;
  const insn = values.at('insn', at);
  const word = decoder.expand(insn);
  const pc = values.at('pc', at);
  const fields: Record<string, Expr> = { pc, next_pc: nextPc(pc, insn), insn: word };
  const imm = values.at('imm', at);
  const registers: Locals = { rs1: values.at('a', at), rs2: values.at('b', at) };
  return (operation, width, op) => {
    const own: Record<string, Expr> = {};
    for (const name of operandNames(core)) {
      const { registers: regs, fields: others } = op.instruction.format;
      const range = name === 'rd' || name === 'rs1' || name === 'rs2' ? regs[name] : others[name];
      if (range !== undefined) own[name] = slice(word, range.high, range.low);
    }
    if (op.instruction.format.immediate !== undefined) own['imm'] = imm;
    return hart.lowering.lower(operation, hart.lowering.only({ ...own, ...fields }, registers), width, op.instruction.name);
  };
}

function resultOf(core: Core): Expr {
  const { decoder, values, place, builder } = core;
  const control = values.at('control', place.execute);
  const lower = fastScope(core);
  const long = muldivClasses(core);
  const direct = opsOf(core, ...(['alu', 'multiply', 'jump'] as const).filter((unit) => !long.includes(unit)));
  const computed = decoder.perOp(control, direct, (op) => (op.instruction.result === undefined ? constant(64, 0) : lower(op.instruction.result, 64, op)));
  const data = decoder.perOp(control, opsOf(core, 'store'), (op) => storeData(core, op, lower));
  const byUnit: { units: readonly ExecuteUnit[]; value: Expr }[] = [{ units: long, value: muldiv(core).result }, { units: ['store'], value: data }];
  return builder.wire(
    `${stageOf(core, 'execute').name}.result`,
    select(decoder.field(control, 'unit'), byUnit.map(({ units, value }) => ({ keys: units.map((unit) => BigInt(EXECUTE_UNITS.indexOf(unit))), value })), computed),
  );
}

/** Store data in the low bits; what lies above the access width does not matter. */
function storeData(core: Core, op: Op, lower: (operation: Operation, width: number, op: Op) => Expr): Expr {
  const memory = op.instruction.memory;
  if (memory?.data === undefined) return constant(64, 0);
  const data = lower(memory.data, memory.bytes * 8, op);
  if (data.kind === 'slice' && data.low === 0 && data.a.width === 64) return data.a;
  return data.width === 64 ? data : concat(constant(64 - data.width, 0), data);
}

const addressIn = ({ instruction: { target, memory, block } }: Op): Operation | undefined => target ?? memory?.address ?? block?.address;

function addressOf(core: Core): Expr {
  const { decoder, values, place } = core;
  const control = values.at('control', place.execute);
  const lower = fastScope(core);
  const ops = core.decoder.ops.filter((op) => addressIn(op) !== undefined);
  return decoder.perOp(control, ops, (op) => {
    const operation = addressIn(op);
    return operation === undefined ? constant(64, 0) : lower(operation, 64, op);
  });
}

function takenOf(core: Core): Expr {
  const { decoder, values, place } = core;
  const control = values.at('control', place.execute);
  const lower = fastScope(core);
  const condition = decoder.perOp(control, opsOf(core, 'branch'), (op) => (op.instruction.taken === undefined ? ZERO : lower(op.instruction.taken, 1, op)));
  return select(
    decoder.field(control, 'unit'),
    [
      { keys: [BigInt(EXECUTE_UNITS.indexOf('branch'))], value: condition },
      { keys: [BigInt(EXECUTE_UNITS.indexOf('jump'))], value: ONE },
    ],
    ZERO,
  );
}

const isMemory = (core: Core, control: Expr): Expr => or(core.decoder.unit(control, 'load'), core.decoder.unit(control, 'store'));

/** The access is not wholly where it needs nothing looked at: commit looks closer. */
function troubleOf(core: Core): Expr {
  const { values, place, decoder, hart } = core;
  const control = values.at('control', place.execute);
  const address = values.at('address', place.execute);
  const ops = decoder.ops.filter((op) => op.instruction.memory !== undefined);
  const { windows } = core.translation ?? {};
  const untranslated = (bytes: number): Expr => windows?.data.holds(address, bytes) ?? hart.inDram(address, bytes);
  const inside = decoder.perOp(control, ops, ({ instruction: { memory } }) => {
    const bytes = memory?.bytes ?? 8;
    const page = windows?.dataPage(address, memory?.op === 'load' ? 'load' : 'store');
    return page === undefined || windows === undefined ? untranslated(bytes) : mux(windows.byPages, holds(page, address, bytes), untranslated(bytes));
  });
  return core.builder.wire(`${stageOf(core, 'execute').name}.trouble`, mux(isMemory(core, control), not(inside), ZERO));
}

/** Physical address of an access that is no trouble, and the page by which it was found: {there is one, its number}. */
function placeOf({ values, place, translation }: Core): { readonly physical: Expr; readonly page: Expr } {
  const address = values.at('address', place.execute);
  const found = translation?.windows.dataPage(address, 'load');
  if (translation === undefined || found === undefined) return { physical: address, page: NO_PAGE };
  const { byPages } = translation.windows;
  return { physical: mux(byPages, binary('xor', address, found.difference), address), page: mux(byPages, concat(ONE, found.number), NO_PAGE) };
}

function muldiv(core: Core): MulDiv {
  const lower = fastScope(core);
  return muldivUnit(core, opsOf(core, ...muldivClasses(core)), (op) => (op.instruction.result === undefined ? constant(64, 0) : lower(op.instruction.result, 64, op)));
}

/** Stalls of the execute stage. `operandsReady` is 1 unless operands are read in this very stage and still pending. */
export function stallExecute(core: Core, operandsReady: Expr): void {
  const { decoder, values, place, stages, uarch, builder } = core;
  const stage = stageOf(core, 'execute');
  const control = values.at('control', place.execute);
  const ready = values.at('result_ready', place.execute);
  stage.stallOn(mux(isMuldiv(core, control), not(ready), ZERO), 'muldiv', 'stall.muldiv');

  // A load reads memory now; a store ahead of it writes at its commit. Near addresses wait until it has.
  const address = values.at('address', place.execute);
  const near = stages.slice(place.execute + 1).map((older) => {
    const isStore = and(older.valid, decoder.unit(values.at('control', older.index), 'store'));
    return mux(isStore, nearBlocks(address, values.at('address', older.index)), ZERO);
  });
  stage.stallOn(mux(decoder.unit(control, 'load'), anyOf(near), ZERO), 'store', 'stall.store');

  const lines = core.lines?.data;
  if (lines !== undefined) stage.stallOn(and(awaitsLine(core), not(lines.has(placed(core, place.execute)))), 'cache', 'stall.cache');

  if (core.stores !== undefined) {
    const underway = stages.slice(place.execute + 1).map((older) => and(older.valid, decoder.unit(values.at('control', older.index), 'store')));
    stage.stallOn(mux(isBuffered(core), core.stores.full(underway), ZERO), 'buffer', 'stall.store');
  }

  if (uarch.latency.split === 0) return;
  const count = builder.register(`${stage.name}.split`, Math.ceil(Math.log2(uarch.latency.split + 1)));
  const crosses = crossesBlock(address, accessBytes(core, control));
  const left = not(eqConst(read(count), uarch.latency.split));
  stage.stallOn(mux(isMemory(core, control), and(crosses, left, operandsReady), ZERO), 'split', 'stall.split');
}

/** One bit: the instruction in execute is an access to memory of its own mode that goes through the cache. Stores that go through to memory do not wait for it. */
function awaitsLine({ decoder, values, place, uarch }: Core): Expr {
  const control = values.at('control', place.execute);
  const own = decoder.perOp(control, decoder.ops.filter((op) => op.instruction.memory !== undefined), (op) => {
    const { memory } = op.instruction;
    return memory?.as === 'self' && (executeUnit(op.instruction.class) === 'load' || uarch.caches?.data?.write === 'back') ? ONE : ZERO;
  });
  const accesses = or(decoder.unit(control, 'load'), decoder.unit(control, 'store'));
  return mux(accesses, and(own, not(values.at('trouble', place.execute))), ZERO);
}

/** One bit: the instruction in execute is a plain store to memory, which retires without more ado. */
function isBuffered({ decoder, values, place }: Core): Expr {
  const control = values.at('control', place.execute);
  const plain = decoder.perOp(control, decoder.ops.filter((op) => op.instruction.memory !== undefined), ({ instruction: { class: kind, memory } }) => (kind === 'store' && memory?.as === 'self' ? ONE : ZERO));
  return mux(decoder.unit(control, 'store'), and(plain, not(values.at('trouble', place.execute))), ZERO);
}

/** Bits 11..3 of two addresses differ by at most one block: they may overlap. */
function nearBlocks(a: Expr, b: Expr): Expr {
  const block = (e: Expr): Expr => slice(e, 11, 3);
  const difference: Expr = { kind: 'binary', width: 9, op: 'sub', a: block(a), b: block(b) };
  const shifted: Expr = { kind: 'binary', width: 9, op: 'add', a: difference, b: constant(9, 1) };
  return { kind: 'binary', width: 1, op: 'ltu', a: shifted, b: constant(9, 3) };
}

/** The execute stage's cycle: long operations run, a leaving load sends its request. */
export function executeCycle(core: Core, operandsReady: Expr): void {
  const { builder, decoder, values, place, uarch } = core;
  const stage = stageOf(core, 'execute');
  const control = values.at('control', place.execute);
  builder.when(and(stage.valid, isMuldiv(core, control)), () => muldiv(core).cycle(operandsReady));
  if (uarch.latency.split > 0) {
    const count = builder.register(`${stage.name}.split`, Math.ceil(Math.log2(uarch.latency.split + 1)));
    const waits = read(builder.register(`${stage.name}.valid`, 1));
    const crosses = crossesBlock(values.at('address', place.execute), accessBytes(core, control));
    const one = constant(count.width, 1);
    builder.when(and(waits, isMemory(core, control)), () =>
      builder.when(stage.advance, () => builder.assign(count, constant(count.width, 0)), () =>
        builder.when(and(crosses, operandsReady, not(eqConst(read(count), uarch.latency.split))), () =>
          builder.assign(count, { kind: 'binary', width: count.width, op: 'add', a: read(count), b: one }))));
  }
  const lines = core.lines?.data;
  if (lines !== undefined) {
    const at = placed(core, place.execute);
    builder.when(and(stage.valid, operandsReady, awaitsLine(core)), () =>
      builder.when(lines.has(at), () => lines.use(at), () => lines.wait(at, empty(core.stages.slice(place.execute + 1))), 'else'));
  }
  const data = stageOf(core, 'memory').register('data', 64);
  builder.when(and(stage.advance, decoder.unit(control, 'load'), not(values.at('trouble', place.execute))), () =>
    builder.load(core.hart.dram, placed(core, place.execute), data));
}

/** In the memory stage: a load's data as its instruction wants it, any other result as it is. */
function loadedOr(core: Core, result: Expr): Expr {
  const { decoder, values, place } = core;
  const control = values.at('control', place.memory);
  const data = read(stageOf(core, 'memory').register('data', 64));
  const loaded = extracted(core, control, data);
  return core.builder.wire(`${stageOf(core, 'memory').name}.value`, mux(decoder.unit(control, 'load'), loaded, result));
}

/** Physical address of the access in a stage behind operands, if it is no trouble. */
export const placed = ({ values, translation }: Core, stage: number): Expr => values.at(translation?.caches === undefined ? 'address' : 'place', stage);

/** What a load makes of 64 bits of memory. */
export function extracted(core: Core, control: Expr, data: Expr): Expr {
  const { decoder, hart } = core;
  return decoder.perOp(control, opsOf(core, 'load'), (op) => {
    const { result, memory, name } = op.instruction;
    if (result === undefined || memory === undefined) return constant(64, 0);
    return hart.lowering.lower(result, hart.lowering.only({ mem: slice(data, memory.bytes * 8 - 1, 0) }, {}), 64, name);
  });
}
