/**
 * A dump of any window of any program, read back through vcd-stream, is the
 * run: in every cycle each register has the value that the plain core has, and
 * each wire the value that the IR gives it for those registers.
 */
import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_PERIOD, HOST, type Layout } from '../../model/backend/layout.js';
import { evaluate, type State } from '../../model/ir/eval.js';
import type { Expr, Module } from '../../model/ir/ir.js';
import { WasmCore } from '../../model/machine/core.js';
import { instantiate } from '../../model/machine/instance.js';
import { Machine } from '../../model/machine/machine.js';
import { PhysicalMemory } from '../../model/machine/memory.js';
import { readVcd, type VcdChange } from '../../waves/read.js';
import { WaveRecorder } from '../../waves/recorder.js';
import { compiledCore, CORES, type CoreName } from './cores.js';
import { tries } from './effort.js';
import { machineIn, type Scenario } from './runs.js';
import { anyScenario, moduleOf } from './scenarios.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wave-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Cycles before the dump begins, and in it at most. */
interface Window {
  readonly before: number;
  readonly cycles: number;
}

/** Dumps windows of runs of a traced core. */
function dumper(name: CoreName): (scenario: Scenario, window: Window) => Promise<readonly VcdChange[]> {
  const { wasm, description: { layout, machine: description } } = compiledCore(name, 'traced');
  const linear = new WebAssembly.Memory({ initial: layout.memory.pages });
  const instance = instantiate(wasm, linear);
  const core = new WasmCore(instance, linear, layout);
  const forget = (slot: number): void => core.view.setUint32(core.base + slot, 0, true);
  let recorder: WaveRecorder | undefined;
  const machine = new Machine({
    core, memory: new PhysicalMemory(linear, layout.memory), description, skipIdle: false,
    drainRing: () => forget(HOST.ringHead),
    drainWave: () => recorder?.drain() ?? false,
  });
  return async (scenario, { before, cycles }) => {
    machine.reset(scenario.inputs ?? []);
    machine.load(scenario);
    machine.run({ maxCycles: before });
    const path = join(directory, `${name}.vcd`);
    const traced = { layout, base: core.base, memory: linear, sample: () => instance.sample?.(core.base) };
    const begun = WaveRecorder.begin(path, traced, { origin: { version: '0', specs: '0' }, host: HOST, clockPeriod: CLOCK_PERIOD, lanes: [], disassemble: String, limit: undefined });
    if (!(begun instanceof WaveRecorder)) throw new Error(begun.message);
    recorder = begun;
    machine.run({ maxCycles: cycles });
    recorder.finish();
    forget(HOST.ringHead);
    const changes: VcdChange[] = [];
    const dump = await readVcd(path, (change) => changes.push(change));
    if (dump.kind === 'unreadable') throw new Error(dump.message);
    return changes;
  };
}

/** A plain core as the evaluator's state. */
function stateOf(module: Module, layout: Layout, { core }: ReturnType<typeof machineIn>): () => State {
  const registers = module.registers.map((r) => [r, core.cell(r.name)] as const);
  return () => {
    const arrays = module.arrays.map((a) => {
      const { offset = 0, stride = 8 } = layout.arrays.find((l) => l.name === a.name) ?? {};
      const at = (i: number): number => core.base + offset + i * stride;
      return [a, Array.from({ length: a.depth }, (_, i) => (stride === 8 ? core.view.getBigUint64(at(i), true) : BigInt(core.view.getUint32(at(i), true))))] as const;
    });
    return { registers: new Map(registers.map(([r, cell]) => [r, cell?.get() ?? 0n])), arrays: new Map(arrays), memory: new Map(), counters: new Map() };
  };
}

/** Compares dumps with a plain core stepped cycle by cycle; gives what is wrong, and the cycles looked at. */
function comparer(name: CoreName, withWires: boolean) {
  const { layout } = compiledCore(name, 'plain').description;
  const plain = machineIn('plain', name, { skipIdle: false });
  const module = moduleOf(name);
  const state = stateOf(module, layout, plain);
  const ids = new Map(layout.signals.map((s) => [s.name, s.id]));
  const cells = layout.signals.filter((s) => s.kind === 'register').map((s) => ({ ...s, cell: plain.core.cell(s.name) }));
  return (scenario: Scenario, { before, cycles }: Window, changes: readonly VcdChange[]): { readonly wrong: readonly string[]; readonly looked: number } => {
    const { machine } = plain;
    machine.reset(scenario.inputs ?? []);
    machine.load(scenario);
    machine.run({ maxCycles: before });
    const shown = new Map<string, bigint>();
    const wrong: string[] = [];
    let next = 0;
    let looked = 0;
    for (let ended = false; looked < cycles && !ended && wrong.length === 0; looked++) {
      const { cycle } = machine;
      for (let change = changes[next]; change !== undefined && change.time <= cycle * BigInt(CLOCK_PERIOD); change = changes[++next]) shown.set(change.id, change.value);
      const check = (signal: string, id: string | undefined, value: bigint | undefined): void => {
        const seen = shown.get(id ?? '');
        if (seen !== value) wrong.push(`cycle ${cycle}: ${signal} is ${value}, the wave shows ${seen}`);
      };
      for (const { name: register, id, cell } of cells) check(register, id, cell?.get());
      if (withWires) {
        const now = state();
        const memo = new Map<Expr, bigint>();
        for (const wire of module.wires) check(wire.name, ids.get(wire.name), evaluate(wire.value, now, memo));
      }
      ended = machine.run({ maxCycles: 1 }).kind !== 'cycle-limit';
    }
    return { wrong, looked };
  };
}

async function showsWhatHappened(name: CoreName, cycles: number, withWires: boolean, numRuns: number): Promise<void> {
  const [dump, compare] = [dumper(name), comparer(name, withWires)];
  let looked = 0;
  await fc.assert(fc.asyncProperty(anyScenario, fc.nat({ max: 400 }), async (scenario, before) => {
    const window = { before, cycles };
    const result = compare(scenario(), window, await dump(scenario(), window));
    looked += result.looked;
    expect(result.wrong).toEqual([]);
  }), tries(numRuns));
  expect(looked).toBeGreaterThan(0);
}

describe.each(CORES)('%s', (name) => {
  it('shows every register in every cycle of long windows', () => showsWhatHappened(name, 2_500, false, 6));

  it('shows every register and every wire in every cycle of short windows', () => showsWhatHappened(name, 60, true, 8));
});
