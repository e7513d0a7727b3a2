/**
 * The third opinion on a whole core: its hardware, evaluated from the
 * definition of the IR, and the wasm made of it agree on every register in
 * every cycle. Where lockstep fails and this holds, the pipeline is wrong.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hardware } from '../../model/compile.js';
import { resetStateOf, step, type State } from '../../model/ir/eval.js';
import type { Module } from '../../model/ir/ir.js';
import { CORES, shippedSpecs, type CoreName } from './cores.js';
import { anyHazards } from './hazards.js';
import { programFrom } from './programs.js';
import { built, randomPrograms } from './random-programs.js';
import { machineIn, type Scenario, type VariantsMachine } from './runs.js';

const CYCLES = 200;

function moduleOf(name: CoreName): Module {
  const specs = shippedSpecs();
  const uarch = specs.cores.find((c) => c.name === name);
  const outcome = uarch && hardware(specs, uarch);
  if (outcome?.ok !== true) throw new Error(`${name} does not elaborate`);
  return outcome.value.module;
}

/** Registers and the register file of both, by name; only those that differ. */
function differences(module: Module, state: State, { core }: VariantsMachine): readonly string[] {
  const registers = module.registers.flatMap((r) => {
    const [wasm, ir] = [core.cell(r.name)?.get(), state.registers.get(r)];
    return wasm === ir ? [] : [`${r.name}: ${wasm} in wasm, ${ir} in the IR`];
  });
  const arrays = module.arrays.flatMap((a) => {
    const layout = core.layout.arrays.find((l) => l.name === a.name);
    if (layout === undefined || layout.stride !== 8) return [];
    return (state.arrays.get(a) ?? []).flatMap((ir, i) => {
      const wasm = core.view.getBigUint64(core.base + layout.offset + i * layout.stride, true);
      return wasm === ir ? [] : [`${a.name}[${i}]: ${wasm} in wasm, ${ir} in the IR`];
    });
  });
  return [...registers, ...arrays];
}

/** Runs both side by side and gives the first cycle's differences. */
function sideBySide(module: Module, machine: VariantsMachine, scenario: Scenario): readonly string[] {
  const state = resetStateOf(module);
  machine.machine.reset(scenario.inputs ?? []);
  machine.machine.load(scenario);
  for (const { address, data } of scenario.segments) data.forEach((byte, i) => state.memory.set(address + BigInt(i), byte));
  for (const r of module.registers) state.registers.set(r, machine.core.cell(r.name)?.get() ?? 0n);
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const before = machine.machine.cycle;
    const outcome = machine.machine.run({ maxCycles: 1 });
    if (machine.machine.cycle === before) return [];
    step(module, state);
    // What the host drives, it has driven into the wasm.
    for (const r of module.registers) if (r.input) state.registers.set(r, machine.core.cell(r.name)?.get() ?? 0n);
    const found = differences(module, state, machine);
    if (found.length > 0) return [`cycle ${cycle}`, ...found];
    if (outcome.kind !== 'cycle-limit') return [];
  }
  return [];
}

const scenarios: fc.Arbitrary<() => Scenario> = fc.oneof(
  randomPrograms().map((plan) => () => built(plan)),
  anyHazards.map((text) => () => programFrom(text)),
);

describe.each(CORES)('%s', (name) => {
  it('has in every cycle the registers that the IR says', () => {
    const module = moduleOf(name);
    const machine = machineIn('plain', name, { skipIdle: false });
    fc.assert(fc.property(scenarios, (scenario) => {
      expect(sideBySide(module, machine, scenario())).toEqual([]);
    }), { numRuns: 20, interruptAfterTimeLimit: 8_000 });
  });
});
