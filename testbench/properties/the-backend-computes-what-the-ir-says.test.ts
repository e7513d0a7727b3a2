/**
 * The third opinion on a whole core: its hardware, evaluated from the
 * definition of the IR, and the wasm made of it agree on every register in
 * every cycle. Where lockstep fails and this holds, the pipeline is wrong.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resetStateOf, step, type State } from '../../model/ir/eval.js';
import type { Module } from '../../model/ir/ir.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { machineIn, type Scenario, type VariantsMachine } from './runs.js';
import { anyScenario, moduleOf } from './scenarios.js';

const CYCLES = 200;

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

/** Runs both side by side; gives the cycles that agreed and the differences after them. */
function sideBySide(module: Module, machine: VariantsMachine, scenario: Scenario): { readonly agreed: number; readonly found: readonly string[] } {
  const state = resetStateOf(module);
  machine.machine.reset(scenario.inputs ?? []);
  machine.machine.load(scenario);
  for (const { address, data } of scenario.segments) data.forEach((byte, i) => state.memory.set(address + BigInt(i), byte));
  for (const r of module.registers) state.registers.set(r, machine.core.cell(r.name)?.get() ?? 0n);
  for (let agreed = 0; agreed < CYCLES; agreed++) {
    const outcome = machine.machine.run({ maxCycles: 1 });
    step(module, state);
    // What the host drives, it has driven into the wasm.
    for (const r of module.registers) if (r.input) state.registers.set(r, machine.core.cell(r.name)?.get() ?? 0n);
    const found = differences(module, state, machine);
    if (found.length > 0 || outcome.kind !== 'cycle-limit') return { agreed, found };
  }
  return { agreed: CYCLES, found: [] };
}

describe.each(CORES)('%s', (name) => {
  it('has in every cycle the registers that the IR says', () => {
    const module = moduleOf(name);
    const machine = machineIn('plain', name, { skipIdle: false });
    let cycles = 0;
    fc.assert(fc.property(anyScenario, (scenario) => {
      const { agreed, found } = sideBySide(module, machine, scenario());
      cycles += agreed;
      expect({ cycle: agreed, found }).toEqual({ cycle: agreed, found: [] });
    }), tries(25));
    expect(cycles).toBeGreaterThan(0);
  });
});
