/**
 * How tests draw: from one seed, and so often.
 *
 * `GHOSTHART_SEED` is a number, or `random` for a new one; without it the
 * tests are the same every time. `GHOSTHART_RUNS` multiplies the runs of every
 * property.
 */
import type { Parameters } from 'fast-check';

const DEFAULT_SEED = 1;
const SEEDS = 1e9;
const DEFAULT_RUNS = 100;
/** Milliseconds for a test. */
const TIMEOUT = 120_000;

/** The variables. `seed.global.ts` replaces `random` by a number, so that all processes have the same. */
export const SEED_VARIABLE = 'GHOSTHART_SEED';
const RUNS_VARIABLE = 'GHOSTHART_RUNS';

/** The seed of this run of the tests, below a thousand million. */
export function testSeed(text: string | undefined = process.env[SEED_VARIABLE]): number {
  if (text === undefined || text === '') return DEFAULT_SEED;
  if (text === 'random') return Date.now() % SEEDS;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${SEED_VARIABLE} is ${text}. Give a number of at most nine digits, or random.`);
  return Number(text);
}

/** What the amounts written in the tests are multiplied with. */
export function multiplier(text: string | undefined = process.env[RUNS_VARIABLE]): number {
  if (text === undefined || text === '') return 1;
  const value = Number(text);
  // With fewer runs some claims would not come about: properties count what they have seen.
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text) || value < 1) throw new Error(`${RUNS_VARIABLE} is ${text}. Give a number from 1 on, like 10.`);
  return value;
}

/** Milliseconds after which a test fails. */
export const timeout = (): number => TIMEOUT * multiplier();

/**
 * How often a property is tried. Never by the clock: what a property has seen
 * in the end is the same on every machine.
 */
export const tries = (runs: number = DEFAULT_RUNS): Pick<Parameters<unknown>, 'numRuns'> => ({ numRuns: Math.round(runs * multiplier()) });
