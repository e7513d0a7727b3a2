/**
 * Watching changes nothing: the plain, the observed and the traced build of a
 * core do the same in the same cycle, and one can take over from another
 * between any two cycles.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { machineIn, VariantsMachine, type Stretch } from './runs.js';
import { anyScenario } from './scenarios.js';

const stretches: fc.Arbitrary<readonly Stretch[]> = fc.array(
  fc.record({ variant: fc.constantFrom('plain', 'observed', 'traced'), cycles: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 200 })) }),
  { minLength: 1, maxLength: 30, size: 'max' },
);

describe.each(CORES)('%s', (name) => {
  it('ends in the same cycle and state, with the same records, plain, observed and traced', () => {
    const [plain, observed, traced] = [machineIn('plain', name), machineIn('observed', name), machineIn('traced', name)];
    fc.assert(fc.property(anyScenario, (scenario) => {
      const watched = observed.see(scenario());
      expect(traced.see(scenario())).toEqual(watched);
      expect(plain.see(scenario())).toEqual({ ...watched, records: [] });
    }), tries(40));
  });

  it('goes on in another variant at any cycle as if nothing had happened', () => {
    const observed = machineIn('observed', name);
    let plan: readonly Stretch[] = [];
    let next = 0;
    const mixed = new VariantsMachine(name, () => plan[next++ % plan.length] ?? { variant: 'plain', cycles: 1 });
    fc.assert(fc.property(anyScenario, stretches, (scenario, chosen) => {
      [plan, next] = [chosen, 0];
      const watched = observed.see(scenario());
      const seen = mixed.see(scenario());
      const records = watched.records.filter(({ cycle }) => mixed.recorded.some(({ from, to }) => from <= cycle && cycle < to));
      expect(seen).toEqual({ ...watched, records });
    }), tries(40));
  });
});
