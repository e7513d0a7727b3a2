/** Who judges mutants: this process, or one of its own. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Tinypool } from 'tinypool';
import { askWorker, closePool, workerPool } from '../commands/worker-pool.js';
import type { Laboratory, Verdict } from './laboratory.js';
import type { LaboratorySetup } from './open.js';

/** Both of a laboratory: what is quick, and what is done with what that leaves. */
export type Stage = 'first' | 'late';

/** Judges mutants by their numbers. Rejects when the process that did so died. */
export interface Judge {
  /** Undefined only in the first stage: the mutant needs the late one. */
  judge(number: number, stage: Stage): Promise<Verdict | undefined>;
  close(): Promise<void>;
}

/** In this process; between two mutants signals are heard. */
export class LocalJudge implements Judge {
  constructor(readonly laboratory: Laboratory) {}

  async judge(number: number, stage: Stage): Promise<Verdict | undefined> {
    await turn();
    return this.laboratory[stage](number);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a worker is asked. */
export interface WorkerTask {
  readonly setup: LaboratorySetup;
  readonly number: number;
  readonly stage: Stage;
}

/** In a process with a laboratory of its own. */
export class WorkerJudge implements Judge {
  readonly #pool: Tinypool;

  constructor(readonly setup: LaboratorySetup) {
    this.#pool = workerPool('mutants', 1);
  }

  judge(number: number, stage: Stage): Promise<Verdict | undefined> {
    const task: WorkerTask = { setup: this.setup, number, stage };
    return askWorker(this.#pool, task);
  }

  close(): Promise<void> {
    return closePool(this.#pool);
  }
}
