/**
 * Time and lines in the records are those that there were, and devices see
 * exactly the accesses that the records tell of, each once. The reference
 * believes the records in all of this; nobody else checks it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { BusListener, firstLie } from '../lockstep/outside-world.js';
import type { Observation } from '../lockstep/records.js';
import { compiledCore, CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';
import { built, MOST_CYCLES, randomPrograms } from './random-programs.js';

describe.each(CORES)('%s', (name) => {
  const core = new ObservedCore(compiledCore(name));
  const bus = new BusListener(core);
  const lockstep = new Lockstep(core);
  const { cyclesPerTick } = shippedSpecs().isa.hart;

  it('tells the truth about time, lines and devices', () => {
    let heard = 0;
    fc.assert(fc.property(randomPrograms(), (plan) => {
      const program = built(plan);
      const records: Observation[] = [];
      bus.take();
      const result = lockstep.run(program, { maxCycles: MOST_CYCLES, inputs: program.inputs, onRecord: (o) => records.push(o) });
      const accesses = bus.take();
      heard += accesses.length;
      const cut = result.kind === 'diverged' || result.outcome.kind === 'cycle-limit';
      expect(firstLie({ records, accesses, inputs: program.inputs, cyclesPerTick, memory: core.memory.size, cut })).toBeUndefined();
    }), tries(300));
    expect(heard, 'programs reach devices').toBeGreaterThan(2);
  });
});
