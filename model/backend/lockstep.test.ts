import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resetStateOf, step } from '../ir/eval.js';
import type { State } from '../ir/eval.js';
import type { Module } from '../ir/ir.js';
import { withoutCovers } from '../ir/observation.js';
import { randomModule, RANDOM_MEMORY_BASE } from '../ir/random.testing.js';
import { TestMachine } from './machine.testing.js';
import type { Variant } from './wasm.js';

const CYCLES = 8;
const ALL: readonly Variant[] = ['plain', 'observed', 'traced'];

/** Fails where the machine and the evaluator differ. */
function expectSameState(module: Module, machine: TestMachine, state: State): void {
  const registers = Object.fromEntries(module.registers.map((r) => [r.name, machine.get(r.name)]));
  expect(registers).toEqual(Object.fromEntries(module.registers.map((r) => [r.name, state.registers.get(r)])));
  for (const a of module.arrays) expect(machine.array(a.name), a.name).toEqual(state.arrays.get(a));
  for (const c of machine.layout.counters) expect(machine.counter(c.name), c.name).toBe(state.counters.get(c.name) ?? 0n);
  for (const [address, byte] of state.memory) {
    const offset = Number(address - RANDOM_MEMORY_BASE);
    expect(machine.byte(offset), `byte ${offset}`).toBe(byte);
    expect(machine.dirty(offset >> 12), `page of ${offset} is dirty`).toBe(true);
  }
}

/** Only the observed variant has cover points. */
const seenBy = (variant: Variant, module: Module): Module => (variant === 'observed' ? module : withoutCovers(module));

function lockstep(module: Module, variantOf: (cycle: number) => Variant): void {
  const machine = new TestMachine(module, ALL);
  const state = resetStateOf(module);
  const reached = new Set<string>();
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const variant = variantOf(cycle);
    const { records, exit, covers } = step(seenBy(variant, module), state);
    for (const { family, index } of covers) reached.add(`${family.name} ${index}`);
    expect(machine.run(variant, 1)).toBe(1);
    expectSameState(module, machine, state);
    expect(machine.points).toEqual(reached);
    expect(machine.reason, 'exit reason').toBe(exit);
    expect(machine.takeRecords()).toEqual(variant === 'plain' ? [] : records);
    machine.takeWave();
  }
}

describe('a compiled module', () => {
  for (const variant of ALL) {
    it(`does in every cycle what the definition says (${variant})`, () => {
      fc.assert(fc.property(randomModule(), (module) => lockstep(module, () => variant)), { numRuns: 60, interruptAfterTimeLimit: 40_000 });
    });
  }

  it('goes on in another variant at any cycle as if nothing had happened', () => {
    fc.assert(fc.property(randomModule(), fc.infiniteStream(fc.constantFrom(...ALL)), (module, variants) => {
      lockstep(module, () => variants.next().value ?? 'plain');
    }), { numRuns: 50, interruptAfterTimeLimit: 40_000 });
  });

  it('stops after the cycle that exits, with as many cycles as it executed', () => {
    fc.assert(fc.property(randomModule(), fc.constantFrom(...ALL), (module, variant) => {
      const machine = new TestMachine(module, ALL);
      const state = resetStateOf(module);
      let left = CYCLES;
      while (left > 0) {
        let expected = 0;
        for (let exit = 0; exit === 0 && expected < left; expected++) exit = step(seenBy(variant, module), state).exit;
        expect(machine.run(variant, left)).toBe(expected);
        expectSameState(module, machine, state);
        machine.takeRecords();
        left -= expected;
      }
    }), { numRuns: 50, interruptAfterTimeLimit: 40_000 });
  });
});
