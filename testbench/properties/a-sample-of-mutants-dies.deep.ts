/**
 * Most of a sample of mutants of the core without structures dies, and the mutants that the manual's tables
 * answer for die of the tables alone. `ghosthart mutate` judges them all.
 */
import { describe, expect, it } from 'vitest';
import { formatMutation, Laboratory, mutate, mutationJson } from '../mutants/index.js';
import { shippedSpecs } from './cores.js';
import { timeout } from './effort.js';

const SEED = 20;
/** Those that come first, written for mutants (supply.ts), and random ones behind them. */
const PROGRAMS = 400;
/** Of the mutants some are searched for in vain, which takes all their programs. */
const LONG = 5 * timeout();

describe('of a sample of mutants', () => {
  it('at least nine in ten die of those not proven equivalent', async () => {
    const laboratory = new Laboratory({ specs: shippedSpecs(), core: 'three-stage', sample: 12, seed: SEED, programs: PROGRAMS });
    expect(laboratory.original(), 'the core itself lives').toBeUndefined();
    const results = await mutate(laboratory);
    const { mutants, killed, provenEquivalent, killedByTables, countedForTables } = mutationJson(results);
    expect(killed, formatMutation(results)).toBeGreaterThanOrEqual(0.9 * (mutants - provenEquivalent));
    expect(killed).toBeGreaterThan(6);
    expect(killedByTables, 'the literal tables kill what is theirs').toBe(countedForTables);
  }, LONG);
});
