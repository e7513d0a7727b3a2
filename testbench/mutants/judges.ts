/** Who judges mutants: this process, or one of its own. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Tinypool } from 'tinypool';
import { workerPool } from '../commands/worker-pool.js';
import type { Laboratory, Verdict } from './laboratory.js';
import type { LaboratorySetup } from './open.js';

/** Judges mutants by their numbers. Rejects when the process that did so died. */
export interface Judge {
  judge(number: number): Promise<Verdict>;
  close(): Promise<void>;
}

/** In this process; between two mutants signals are heard. */
export class LocalJudge implements Judge {
  constructor(readonly laboratory: Laboratory) {}

  async judge(number: number): Promise<Verdict> {
    await turn();
    return this.laboratory.judge(number);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a worker is asked. */
export interface WorkerTask {
  readonly setup: LaboratorySetup;
  readonly number: number;
}

/** Milliseconds; any will do. */
const AWAKE = 1000;

/** In a process with a laboratory of its own. */
export class WorkerJudge implements Judge {
  readonly #pool: Tinypool;

  constructor(readonly setup: LaboratorySetup) {
    this.#pool = workerPool('mutants', 1);
  }

  async judge(number: number): Promise<Verdict> {
    const task: WorkerTask = { setup: this.setup, number };
    // A process that is just starting does not keep this one from ending.
    const awake = setInterval(() => undefined, AWAKE);
    try {
      const verdict: Verdict = await this.#pool.run(task);
      return verdict;
    } finally {
      clearInterval(awake);
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
