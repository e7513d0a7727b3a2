import { defineConfig } from 'vitest/config';

/** Comparisons with tools that Ghosthart does not need: run by CI, `npx vitest run --config testbench/outside/vitest.config.ts`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['testbench/outside/**/*.outside.ts'],
    testTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
