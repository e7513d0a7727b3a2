/** `run(base, cycles)`: the loop around the cycle. */
import binaryen from 'binaryen';
import type { Module } from '../ir/ir.js';
import { forEachStatement } from '../ir/walk.js';
import { Locals } from './code.js';
import { HOST, REASON_RING_FULL, REASON_WAVE_FULL, waveBytesPerCycle } from './layout.js';
import { ReadOrder } from './order.js';
import { WriteQueue } from './queue.js';
import { FunctionEmitter, STATUS_EXIT, STATUS_QUEUED } from './statements.js';
import { beginTracedCycle } from './wave.js';
import type { Unit } from './unit.js';

type Ref = binaryen.ExpressionRef;

/** Parameters of `run`: the base, then this. */
const CYCLES = 1;
const PARAMETERS = 2;

/** Defines and exports `run`; the cycle stands in its loop. */
export function defineRun(unit: Unit, module: Module): void {
  const { wasm } = unit;
  const { i32, local } = wasm;
  const locals = new Locals(unit, PARAMETERS);
  const done = locals.fresh('i32');
  const status = locals.fresh('i32');
  const queue = WriteQueue.inLocals(unit, new ReadOrder(module.body), locals);
  const emitter = new FunctionEmitter(unit, module.body, locals, status, queue, 'cycle');
  emitter.emit();
  const cycle = [
    local.set(status, i32.const(0)),
    ...(unit.traces ? beginTracedCycle(unit) : []),
    ...queue.prepare(),
    ...emitter.code.instructions,
    ...queue.flush(),
    ...flushRare(unit, queue, status),
  ];
  const get = (index: number): Ref => local.get(index, binaryen.i32);
  const loop = wasm.loop('again', wasm.block(null, [
    wasm.br('out', i32.ge_u(get(done), get(CYCLES))),
    ...(unit.observes ? leaveIfFull(unit, module) : []),
    ...cycle,
    local.set(done, i32.add(get(done), i32.const(1))),
    wasm.br('again', i32.eqz(i32.and(get(status), i32.const(STATUS_EXIT)))),
  ], binaryen.none));
  const body = wasm.block(null, [
    unit.storeSlot('i32', HOST.reason, i32.const(0)),
    local.set(done, i32.const(0)),
    wasm.block('out', [loop], binaryen.none),
    unit.storeSlot('i32', HOST.executed, get(done)),
    ...(unit.traces ? [] : [addCycles(unit, get(done))]),
    get(done),
  ], binaryen.i32);
  wasm.addFunction('run', binaryen.createType([binaryen.i32, binaryen.i32]), binaryen.i32, locals.vars, body);
  wasm.addFunctionExport('run', 'run');
}

function addCycles(unit: Unit, count: Ref): Ref {
  const { i64 } = unit.wasm;
  return unit.storeSlot('i64', HOST.cycle, i64.add(unit.loadSlot('i64', HOST.cycle), i64.extend_u(count)));
}

/** What rare functions left waiting, in a function of its own. */
function flushRare(unit: Unit, queue: WriteQueue, status: number): Ref[] {
  const { wasm } = unit;
  if (!queue.hasRareWrites) return [];
  wasm.addFunction('flush', binaryen.i32, binaryen.none, [], wasm.block(null, queue.flushRare(), binaryen.none));
  const waiting = wasm.i32.and(wasm.local.get(status, binaryen.i32), wasm.i32.const(STATUS_QUEUED));
  return [wasm.if(waiting, wasm.call('flush', [unit.base()], binaryen.none))];
}

/** Leaves before a cycle that might overflow a buffer. */
function leaveIfFull(unit: Unit, module: Module): Ref[] {
  const { memory, recordBytes } = unit.layout;
  let records = 0;
  forEachStatement(module.body, (s) => {
    if (s.kind === 'record') records++;
  });
  const ring = leaveIfAbove(unit, HOST.ringHead, memory.ringBytes - records * recordBytes, REASON_RING_FULL);
  const wave = leaveIfAbove(unit, HOST.waveHead, memory.waveBytes - waveBytesPerCycle(unit.layout), REASON_WAVE_FULL);
  return [...(records > 0 ? [ring] : []), ...(unit.traces ? [wave] : [])];
}

function leaveIfAbove(unit: Unit, slot: number, limit: number, reason: number): Ref {
  const { wasm } = unit;
  return wasm.if(
    wasm.i32.gt_u(unit.loadSlot('i32', slot), wasm.i32.const(limit)),
    wasm.block(null, [unit.storeSlot('i32', HOST.reason, wasm.i32.const(reason)), wasm.br('out')], binaryen.none),
  );
}
