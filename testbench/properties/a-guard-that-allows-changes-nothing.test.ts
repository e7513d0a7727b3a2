/**
 * Any instruction may have a permit: where the table allows it, a result, a
 * jump, a branch, a load or store takes effect as without one. Found by an
 * instruction of a user's overlay: of class `alu` with a permit, its record
 * told a result that no register got.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Isa } from '../../model/spec/isa.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { alteredCore } from './altered.js';
import { CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';
import { built, failure, MOST_CYCLES, randomPrograms } from './random-programs.js';

const CLASSES = ['alu', 'multiply', 'muldiv', 'branch', 'jump', 'load', 'store'] as const;

/** Every unguarded instruction of these classes asks a table that always allows. */
function guarded(isa: Isa): Isa {
  const classes: ReadonlySet<string> = new Set(CLASSES);
  const [some] = isa.permits;
  const [row] = some?.rows ?? [];
  if (some === undefined || row === undefined) throw new Error('the specs have no permit table');
  return {
    ...isa,
    permits: [...isa.permits, { ...some, name: 'anybody', rows: [{ ...row, when: { terms: [] }, then: 'allow' }] }],
    instructions: isa.instructions.map((i) => (i.permit === undefined && classes.has(i.class) ? { ...i, permit: 'anybody' } : i)),
  };
}

describe.each(CORES)('%s', (name) => {
  it.each(CLASSES)('has unguarded instructions of class %s to guard', (c) => {
    expect(guarded(shippedSpecs().isa).instructions.filter((i) => i.class === c && i.permit === 'anybody')).not.toEqual([]);
  });

  it('agrees with the reference when everything is guarded', () => {
    const lockstep = new Lockstep(alteredCore(name, { isa: guarded }));
    fc.assert(
      fc.property(randomPrograms(), (plan) => {
        const program = built(plan);
        const result = lockstep.run(program, { maxCycles: MOST_CYCLES, inputs: program.inputs });
        if (result.kind === 'diverged') throw failure(result.divergence, plan, program);
      }),
      tries(400),
    );
  });
});
