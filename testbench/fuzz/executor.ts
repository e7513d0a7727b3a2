/**
 * Where programs run: in this process, or in workers of a pool.
 */
import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { ProberSetup } from './open.js';
import type { Chunk, ChunkResult, Prober, Shrinking } from './prober.js';

/** Runs chunks, and makes failing plans smaller. Rejects when the process that did so died. */
export interface Executor {
  run(chunk: Chunk): Promise<ChunkResult>;
  shrink(state: Shrinking, signature: string, milliseconds: number): Promise<Shrinking>;
  close(): Promise<void>;
}

/** In this process; between two calls signals are heard. */
export class LocalExecutor implements Executor {
  constructor(readonly prober: Prober) {}

  async run(chunk: Chunk): Promise<ChunkResult> {
    await turn();
    return this.prober.run(chunk);
  }

  async shrink(state: Shrinking, signature: string, milliseconds: number): Promise<Shrinking> {
    await turn();
    return this.prober.shrink(state, signature, milliseconds);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a worker is asked. */
export type WorkerTask =
  | { readonly setup: ProberSetup; readonly kind: 'run'; readonly chunk: Chunk }
  | { readonly setup: ProberSetup; readonly kind: 'shrink'; readonly state: Shrinking; readonly signature: string; readonly milliseconds: number };

/** Tests run as TypeScript, workers never: they are taken from dist/. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./worker.js', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../dist/testbench/fuzz/worker.js', import.meta.url));
}

/** Processes of their own: one that is killed takes nothing else with it, and the pool starts another. */
export class PoolExecutor implements Executor {
  readonly #pool: Tinypool;

  constructor(readonly setup: ProberSetup, jobs: number) {
    const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    this.#pool = new Tinypool({ filename: workerFile(), env, runtime: 'child_process', serialization: 'advanced', minThreads: jobs, maxThreads: jobs });
    // Whoever waits for the worker's answer hears of it too.
    this.#pool.on('error', () => undefined);
  }

  run(chunk: Chunk): Promise<ChunkResult> {
    return this.#ask<ChunkResult>({ setup: this.setup, kind: 'run', chunk });
  }

  shrink(state: Shrinking, signature: string, milliseconds: number): Promise<Shrinking> {
    return this.#ask<Shrinking>({ setup: this.setup, kind: 'shrink', state, signature, milliseconds });
  }

  async #ask<T>(task: WorkerTask): Promise<T> {
    const answer: T = await this.#pool.run(task);
    return answer;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
