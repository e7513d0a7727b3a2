/**
 * Before the tests: one seed for all their processes, told to whoever has to
 * repeat them.
 */
import { multiplier, SEED_VARIABLE, testSeed } from './effort.js';

/** Vitest calls it once. */
export default function setup(): void {
  const seed = testSeed();
  process.env[SEED_VARIABLE] = String(seed);
  const times = multiplier();
  console.log(`Properties draw from seed ${seed}${times === 1 ? '' : `, ${times} times as often`} (${SEED_VARIABLE}=${seed}).`);
}
