/**
 * Counters followed from the records alone: records do not list them as
 * changed, because they change by themselves.
 */
import { EVENT_COUNTERS } from '../lockstep/records.js';

/** Bits of mcountinhibit. */
const INHIBIT_CYCLE = 1n;
const INHIBIT_RETIRED = 4n;
const INHIBIT_FIRST_EVENT = 3;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);

/** The counters of the hart. */
export class Counters {
  /** mcycle in cycle `#since`, and whether it counts from there. */
  #mcycle = 0n;
  #since = 0n;
  #minstret = 0n;
  #inhibit = 0n;
  readonly #events: bigint[] = EVENT_COUNTERS.map(() => 0n);
  /** How often each event had happened when it was counted last. */
  #seen: readonly bigint[] = EVENT_COUNTERS.map(() => 0n);

  /** A counter as the instruction that retires in this cycle reads it; undefined: it is none. */
  read(name: string, cycle: bigint): bigint | undefined {
    if (name === 'mcycle') return this.mcycle(cycle);
    return name === 'minstret' ? this.#minstret : this.#events[EVENT_COUNTERS.indexOf(name)];
  }

  /** The instruction that retires in this cycle has written a counter: that is its value afterwards. */
  write(name: string, value: bigint, cycle: bigint): void {
    const event = EVENT_COUNTERS.indexOf(name);
    if (name === 'mcycle') this.#setMcycle(value, cycle);
    else if (name === 'minstret') this.#minstret = value;
    else if (event >= 0) this.#events[event] = value;
  }

  /** What a record saw of events; to be told before its instruction reads or writes. */
  saw(events: readonly bigint[]): void {
    events.forEach((happened, i) => {
      const inhibited = (this.#inhibit >> BigInt(INHIBIT_FIRST_EVENT + i) & 1n) === 1n;
      if (!inhibited) this.#events[i] = wrap((this.#events[i] ?? 0n) + happened - (this.#seen[i] ?? 0n));
    });
    this.#seen = events;
  }

  /** `mcycle` as an instruction that retires in this cycle reads it. */
  mcycle(cycle: bigint): bigint {
    return (this.#inhibit & INHIBIT_CYCLE) === 0n ? wrap(this.#mcycle + cycle - this.#since) : this.#mcycle;
  }

  /** An instruction has retired. To be called before what it writes: its own increment goes by the old mcountinhibit. */
  retire(): void {
    if ((this.#inhibit & INHIBIT_RETIRED) === 0n) this.#minstret = wrap(this.#minstret + 1n);
  }

  /** A write in a cycle is the value of the next one. */
  #setMcycle(value: bigint, cycle: bigint): void {
    this.#mcycle = value;
    this.#since = cycle + 1n;
  }

  /** A new mcountinhibit, written in a cycle, has its effect from the next one on. */
  setInhibit(value: bigint, cycle: bigint): void {
    this.#setMcycle(this.mcycle(cycle + 1n), cycle);
    this.#inhibit = value;
  }
}
