/** A hart that executes the words it is handed instead of what lies at its pc. */
import type { Retirement } from '../retirement.js';

export interface InjectedHart {
  /** Power-on: pc 0x80000000, registers and memory zero. */
  reset(): void;
  /**
   * Executes one word at the pc, wherever that is. Where nothing can be
   * fetched, the fetch fault takes the word's place.
   *
   * @returns The interrupts taken before, then the instruction's own record.
   */
  execute(word: number): readonly Retirement[];
}
