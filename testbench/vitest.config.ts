import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['model/**/*.test.ts', 'testbench/**/*.test.ts', 'waves/**/*.test.ts'],
    globalSetup: ['testbench/commands/build.setup.ts'],
    testTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
