/**
 * Where programs run: in this process, or in workers of a pool.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Tinypool } from 'tinypool';
import { askWorker, closePool, workerPool } from '../commands/worker-pool.js';
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

/** Milliseconds after which a worker that does not answer counts as dead: a chunk takes a second or two, the first some more. */
const LONGEST_ANSWER = 40_000;

/** Processes of their own: one that is killed, or hangs, takes nothing else with it, and the pool starts another. */
export class PoolExecutor implements Executor {
  readonly #pool: Tinypool;

  constructor(readonly setup: ProberSetup, jobs: number, readonly longestAnswer = LONGEST_ANSWER) {
    this.#pool = workerPool('fuzz', jobs);
  }

  run(chunk: Chunk): Promise<ChunkResult> {
    return this.#ask<ChunkResult>({ setup: this.setup, kind: 'run', chunk });
  }

  shrink(state: Shrinking, signature: string, milliseconds: number): Promise<Shrinking> {
    return this.#ask<Shrinking>({ setup: this.setup, kind: 'shrink', state, signature, milliseconds });
  }

  #ask<T>(task: WorkerTask): Promise<T> {
    return askWorker(this.#pool, task, this.longestAnswer);
  }

  close(): Promise<void> {
    return closePool(this.#pool);
  }
}
