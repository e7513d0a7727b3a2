/**
 * Host effects on their way into the machine: scheduled ones wait for their
 * cycle, live ones for the next cycle boundary; all are recorded as applied.
 */
import type { InputEvent } from './input-log.js';

/** An effect without its cycle. */
export type InputEffect = InputEvent extends infer E ? (E extends InputEvent ? Omit<E, 'cycle'> : never) : never;

export class InputQueue {
  #scheduled: InputEvent[];
  #live: InputEffect[] = [];
  readonly #applied: InputEvent[] = [];

  /** @param scheduled - A recorded log to play back, ascending by cycle. */
  constructor(scheduled: readonly InputEvent[] = []) {
    this.#scheduled = [...scheduled];
  }

  /** Every effect applied so far, ascending by cycle. */
  get log(): readonly InputEvent[] {
    return this.#applied;
  }

  /** Cycle of the next scheduled effect. */
  get next(): bigint | undefined {
    return this.#scheduled[0]?.cycle;
  }

  /** Whether an effect waits for the very next boundary. */
  get imminent(): boolean {
    return this.#live.length > 0;
  }

  /** An effect for the next cycle boundary. */
  push(effect: InputEffect): void {
    this.#live.push(effect);
  }

  /** An effect for a future cycle; one whose cycle has passed happens at the next boundary. */
  schedule(event: InputEvent): void {
    const at = this.#scheduled.findIndex((other) => other.cycle > event.cycle);
    this.#scheduled.splice(at === -1 ? this.#scheduled.length : at, 0, event);
  }

  /**
   * The effects due at this boundary, scheduled ones first; they are recorded.
   *
   * @param cycle - The cycle about to be executed.
   */
  take(cycle: bigint): readonly InputEvent[] {
    if (this.#live.length === 0 && (this.#scheduled[0]?.cycle ?? cycle + 1n) > cycle) return [];
    const split = this.#scheduled.findIndex((event) => event.cycle > cycle);
    const due = this.#scheduled.splice(0, split === -1 ? this.#scheduled.length : split);
    const events = [...due, ...this.#live].map((event): InputEvent => ({ ...event, cycle }));
    this.#live = [];
    this.#applied.push(...events);
    return events;
  }

  /** Forgets everything; for the same log again give it as `scheduled`. */
  reset(scheduled: readonly InputEvent[] = []): void {
    this.#scheduled = [...scheduled];
    this.#live = [];
    this.#applied.length = 0;
  }
}
