import { defineConfig } from 'vitest/config';
import { timeout } from './properties/effort.js';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['model/**/*.test.ts', 'testbench/**/*.test.ts', 'waves/**/*.test.ts'],
    globalSetup: ['testbench/commands/build.setup.ts', 'testbench/properties/seed.global.ts'],
    setupFiles: ['testbench/properties/seed.setup.ts'],
    testTimeout: timeout(),
    hookTimeout: timeout(),
    pool: 'forks',
    maxWorkers: 2,
    // Modules and compiled cores serve all files of a worker: loading them anew for each took a fifth of the time.
    isolate: false,
    execArgv: ['--max-old-space-size=6144'],
  },
});
