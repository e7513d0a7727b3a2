/**
 * When places for stores become free: the rules under "Stores" in
 * docs/timing.md, from the cycles in which stores retire.
 */
import type { StoreBuffer } from '../../model/spec/isa.js';

/** The buffer of one core. */
export class Stores {
  /** The cycles in which memory was done with the last stores, oldest first: as many as there are places. */
  readonly #done: number[];

  constructor(readonly size: StoreBuffer) {
    this.#done = new Array<number>(size.entries).fill(-1);
  }

  /** The cycle up to which the next store finds no place. */
  get room(): number {
    return this.#done[0] ?? -1;
  }

  /** A store retires in that cycle. In program order. */
  retire(cycle: number): void {
    this.#done.push(Math.max(cycle, this.#done.at(-1) ?? -1) + this.size.cycles);
    this.#done.shift();
  }
}
