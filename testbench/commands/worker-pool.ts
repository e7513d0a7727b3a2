/** Processes that do a folder's work. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';

/** Tests run as TypeScript, workers never: they are taken from dist/. */
function workerFile(folder: string): string {
  const beside = fileURLToPath(new URL(`../${folder}/worker.js`, import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL(`../../dist/testbench/${folder}/worker.js`, import.meta.url));
}

/**
 * A pool of processes: one that is killed takes nothing else with it, and the
 * pool starts another.
 *
 * @param folder - Of testbench/; its `worker.ts` exports what does one task.
 */
export function workerPool(folder: string, jobs: number): Tinypool {
  const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const pool = new Tinypool({ filename: workerFile(folder), env, runtime: 'child_process', serialization: 'advanced', minThreads: jobs, maxThreads: jobs });
  // Whoever waits for the worker's answer hears of it too.
  pool.on('error', () => undefined);
  return pool;
}
