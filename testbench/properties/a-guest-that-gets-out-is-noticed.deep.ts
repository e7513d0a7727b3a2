/** Cores that take an entry of a table for what it is not let guests out, and the property that keeps them in says so. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOfPlan } from '../arbitraries/program.js';
import { alteredCore } from './altered.js';
import { examples, judge, onCore, supervisorsPage, type Runner } from './confinement.js';

describe('a guest that gets out is noticed', () => {
  /** A core that takes an entry of a table for what it is not. */
  const without = (row: string): Runner => onCore(alteredCore('three-stage', {
    isa: (isa) => (isa.translation === undefined ? isa : { ...isa, translation: { ...isa.translation, rows: isa.translation.rows.filter(({ name }) => name !== row) } }),
  }));
  const stays = (runner: Runner) => fc.property(examples, (example) => judge(runner, example).wrong === undefined);

  it.each(['pte_invalid', 'Sv39_pte_future_rsv', 'Sv39_superpage_align_fault', 'pointer_accessed'])('if the specs had no row %s', (row) => {
    expect(fc.check(stays(without(row)), { numRuns: 600, seed: 1, endOnFailure: true }).failed).toBe(true);
  });

  it('if users had the pages of supervisors, by a program of few instructions in the end', () => {
    const runner = without('supervisor_page');
    expect(judge(runner, supervisorsPage()).wrong).toMatch(/^the host's 0x80000000 was/);
    const { counterexample } = fc.check(stays(runner), { numRuns: 600, seed: 1 });
    const [[plan]] = counterexample ?? [[undefined]];
    expect(plan === undefined ? undefined : lengthOfPlan(plan)).toBeLessThan(8);
  });
});
