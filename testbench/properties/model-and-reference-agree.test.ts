/**
 * The core and the reference, written by different hands from the manual,
 * agree on every record and on all state of random programs: all
 * instructions, all modes, traps, delegation and interrupts.
 */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { built, failure, lockstepOf, MOST_CYCLES, randomPrograms } from './random-programs.js';

describe.each(CORES)('%s', (name) => {
  it('agrees with the reference on random programs', () => {
    const lockstep = lockstepOf(name);
    fc.assert(
      fc.property(randomPrograms(), (plan) => {
        const program = built(plan);
        const result = lockstep.run(program, { maxCycles: MOST_CYCLES, inputs: program.inputs });
        if (result.kind === 'diverged') throw failure(result.divergence, plan, program);
      }),
      tries(3000),
    );
  });
});
