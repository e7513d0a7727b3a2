/** Tests against programs that are not ours and not npm's: `npx vitest run --config testbench/outside/vitest.config.ts`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['testbench/outside/**/*.outside.ts'],
    testTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
