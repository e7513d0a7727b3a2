/**
 * What proofs of equivalence take for granted (`mutants/invariants.ts`) holds
 * in every cycle of random programs.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hardware } from '../../model/compile.js';
import { evaluate, resetStateOf } from '../../model/ir/eval.js';
import { ObservedCore } from '../lockstep/observed.js';
import { invariantsOf } from '../mutants/invariants.js';
import { compiledCore, CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';
import { built, randomPrograms } from './random-programs.js';

/** Cycles that are looked at one by one. */
const CYCLES = 150;

describe.each(CORES)('the invariants of %s', (name) => {
  const specs = shippedSpecs();
  const uarch = specs.cores.find((c) => c.name === name);
  const outcome = uarch === undefined ? undefined : hardware(specs, uarch);
  if (outcome === undefined || !outcome.ok) throw new Error(`${name} is no core`);
  const { module } = outcome.value;
  const invariants = invariantsOf(specs.isa, module);
  const core = new ObservedCore(compiledCore(name));
  const cells = module.registers.flatMap((register) => {
    const cell = core.core.cell(register.name);
    return cell === undefined ? [] : [{ register, cell }];
  });

  it('hold in every cycle', () => {
    expect(invariants.length).toBeGreaterThan(5);
    fc.assert(fc.property(randomPrograms(), (plan) => {
      const program = built(plan);
      core.reset(program.inputs);
      core.load(program);
      const state = resetStateOf(module);
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        for (const { register, cell } of cells) state.registers.set(register, cell.get());
        const memo = new Map();
        expect(invariants.filter((i) => evaluate(i.holds, state, memo) !== 1n).map((i) => i.name)).toEqual([]);
        const { kind } = core.run(1, { records: () => undefined, trapped: () => undefined });
        if (kind !== 'cycle-limit') break;
      }
    }), tries(25));
  });
});
