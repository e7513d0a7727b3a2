/**
 * When a trap is taken, everything older has happened and nothing younger has:
 * registers, CSRs and memory in storage are exactly what the records up to
 * the trap add up to. This asks no reference: it fails if the core lets a
 * younger instruction write, even if it does so consistently.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../arbitraries/program.js';
import { ObservedCore } from '../lockstep/observed.js';
import { RecordSum } from '../lockstep/precise.js';
import { compiledCore, CORES } from './cores.js';
import { tries } from './effort.js';
import { built, MOST_CYCLES, randomPrograms } from './random-programs.js';

/** Runs a program and says what was not precise; `meddle` disturbs storage just before a trap is looked at. */
function imprecisions(core: ObservedCore, plan: Plan, meddle: () => void = () => undefined): { readonly wrong: readonly string[]; readonly traps: number } {
  const program = built(plan);
  core.reset(program.inputs);
  core.load(program);
  const sum = new RecordSum(core.state(), program.segments);
  const wrong: string[] = [];
  let traps = 0;
  core.run(MOST_CYCLES, {
    records: (observations) => { for (const observation of observations) wrong.push(...sum.add(observation)); },
    trapped: () => {
      traps++;
      if (wrong.length > 0) return;
      meddle();
      wrong.push(...sum.differences(core.state()));
      for (const { address, data } of core.memory.snapshot()) wrong.push(...sum.pageDifferences(address, data));
    },
  });
  return { wrong, traps };
}

describe.each(CORES)('%s', (name) => {
  const core = new ObservedCore(compiledCore(name));

  it('has done exactly what the records tell, whenever a trap is taken', () => {
    let seen = 0;
    fc.assert(
      fc.property(randomPrograms(), (plan) => {
        const { wrong, traps } = imprecisions(core, plan);
        seen += traps;
        expect(wrong).toEqual([]);
      }),
      tries(400),
    );
    expect(seen).toBeGreaterThan(500);
  });

  it('would be found out if a younger instruction wrote a register or memory', () => {
    const [plan] = fc.sample(randomPrograms(), { numRuns: 1, seed: 1 });
    if (plan === undefined) throw new Error('no program');
    expect(imprecisions(core, plan, () => core.setX(5, 0x1234_5678n)).wrong[0]).toMatch(/x5 holds/);
    expect(imprecisions(core, plan, () => core.memory.write(0x8000_0600n, Uint8Array.of(77, 78, 79))).wrong[0]).toMatch(/memory at/);
  });
});
