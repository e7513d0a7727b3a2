/**
 * The core and the reference, written by different hands from the manual,
 * agree on every record and on all state of random programs: all
 * instructions, all modes, traps, delegation and interrupts, and page tables
 * that are wrong and change.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printProgram } from '../arbitraries/print.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { kept, keptFrom, keptNames } from './kept.js';
import { built, disassembler, explained, failure, lockstepOf, MOST_CYCLES, randomPrograms } from './random-programs.js';

describe.each(CORES)('%s', (name) => {
  it.each(['all', 'translation'] as const)('agrees with the reference on random programs of the profile %s', (profile) => {
    const lockstep = lockstepOf(name);
    fc.assert(
      fc.property(randomPrograms(undefined, profile), (plan) => {
        const program = built(plan);
        const result = lockstep.run(program, { maxCycles: MOST_CYCLES, inputs: program.inputs });
        if (result.kind === 'diverged') throw failure(result.divergence, plan, program);
      }),
      tries(1000),
    );
  });

  it.each(keptNames())('agrees on what has once been found: %s', (found) => {
    const { program, inputs } = kept(found);
    const result = lockstepOf(name).run(program, { maxCycles: MOST_CYCLES, inputs });
    if (result.kind === 'diverged') throw new Error(explained(result.divergence));
  });
});

it('the text of a counterexample is all that is needed to keep it', () => {
  fc.assert(
    fc.property(randomPrograms(), (plan) => {
      const { segments, inputs } = built(plan);
      const read = keptFrom(printProgram(plan, built(plan), disassembler()));
      expect(read.inputs).toEqual(inputs);
      expect(read.program.segments.map(({ address, data }) => [address, Buffer.from(data)])).toEqual(segments.map(({ address, data }) => [address, Buffer.from(data)]));
    }),
    tries(40),
  );
});
