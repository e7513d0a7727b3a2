/** Who does the shares of a run: this process, or others. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Tinypool } from 'tinypool';
import { askWorker, closePool, workerPool } from '../commands/worker-pool.js';
import type { CellOutcome } from './execute.js';
import type { SharesSetup } from './open.js';
import type { Range, Shares } from './shares.js';
import type { SupportDifference } from './supports.js';

/** Does shares, as {@link Shares} says. Rejects when the process that did so died. */
export interface Hand {
  supports(range: Range): Promise<readonly SupportDifference[]>;
  cells(core: string, differences: readonly SupportDifference[], range: Range): Promise<readonly CellOutcome[]>;
}

/** This process; between two shares signals are heard. */
export class OwnHand implements Hand {
  constructor(readonly shares: Shares) {}

  async supports(range: Range): Promise<readonly SupportDifference[]> {
    await turn();
    return this.shares.supports(range);
  }

  async cells(core: string, differences: readonly SupportDifference[], range: Range): Promise<readonly CellOutcome[]> {
    await turn();
    return this.shares.cells(core, differences, range);
  }
}

/** What a worker is asked. */
export type WorkerTask =
  | { readonly setup: SharesSetup; readonly kind: 'supports'; readonly range: Range }
  | { readonly setup: SharesSetup; readonly kind: 'cells'; readonly core: string; readonly differences: readonly SupportDifference[]; readonly range: Range };

/** A process of its own. */
export class WorkerHand implements Hand {
  readonly #pool: Tinypool;

  constructor(readonly setup: SharesSetup) {
    this.#pool = workerPool('transitions', 1);
  }

  supports(range: Range): Promise<readonly SupportDifference[]> {
    return this.#ask({ setup: this.setup, kind: 'supports', range });
  }

  cells(core: string, differences: readonly SupportDifference[], range: Range): Promise<readonly CellOutcome[]> {
    return this.#ask({ setup: this.setup, kind: 'cells', core, differences, range });
  }

  /** Ends the process. */
  close(): Promise<void> {
    return closePool(this.#pool);
  }

  #ask<T>(task: WorkerTask): Promise<T> {
    return askWorker(this.#pool, task);
  }
}

/**
 * Hands out the numbers below `total` in ranges of `size` to whoever is free.
 *
 * @param ask - Has a range done.
 * @param onDone - Hears how many have been done, and how long the last range took, in seconds.
 * @returns What the ranges yield, in their order.
 */
export async function handOut<T>(hands: readonly Hand[], total: number, size: number, ask: (hand: Hand, range: Range) => Promise<readonly T[]>, onDone: (done: number, seconds: number) => void): Promise<readonly T[]> {
  const found: (readonly T[])[] = [];
  let next = 0;
  let done = 0;
  const lane = async (hand: Hand): Promise<void> => {
    for (let from = next; from < total; from = next) {
      next = Math.min(total, from + size);
      const range = { from, to: next };
      const began = performance.now();
      found[from / size] = await ask(hand, range);
      done += range.to - range.from;
      onDone(done, (performance.now() - began) / 1000);
    }
  };
  await Promise.all(hands.map(lane));
  return found.flat();
}
