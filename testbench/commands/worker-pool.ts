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

/** Milliseconds; any will do. */
const AWAKE = 1000;

/** Waits for workers. One that is just starting, or ending, does not keep this process from ending: it would, in the middle of its work, with exit code 13. */
async function awake<T>(wait: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, AWAKE);
  try {
    return await wait();
  } finally {
    clearInterval(timer);
  }
}

/** Has a worker of a pool do a task. One that has not answered after so many milliseconds, if they are given, is killed, and the task fails. */
export async function askWorker<T>(pool: Tinypool, task: unknown, milliseconds?: number): Promise<T> {
  const patience = new AbortController();
  const timer = milliseconds === undefined ? undefined : setTimeout(() => patience.abort(), milliseconds);
  try {
    const answer: T = await awake(() => pool.run(task, { signal: patience.signal }));
    return answer;
  } catch (error) {
    throw patience.signal.aborted ? new Error(`no answer in ${Math.round((milliseconds ?? 0) / 1000)} s`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the workers of a pool. */
export const closePool = (pool: Tinypool): Promise<void> => awake(() => pool.destroy());

/**
 * Makes a worker's process end with the one that it works for: at once when
 * it waits, otherwise when what is returned is called, which must be often.
 */
export function endWithParent(): () => void {
  const parent = process.ppid;
  const end = (): never => process.exit();
  // ^C is for the process that waits for us: it lets the work be finished.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', end);
  return () => {
    if (process.ppid !== parent) end();
  };
}
