import { defineConfig } from 'vitest/config';
import tests from './vitest.config.js';

/**
 * What the tests are worth, and what takes the machine for itself: planted
 * mistakes that properties notice, proofs about mutants, sessions whose workers
 * or disks fail, the examples of the pages. Run by CI, `npm run test:deep`.
 */
export default defineConfig({ ...tests, test: { ...tests.test, include: ['testbench/**/*.deep.ts'] } });
