/**
 * `mcycle` and `minstret` followed from the records alone: records do not list
 * counters as changed, because they change by themselves.
 */

/** Bits of mcountinhibit. */
const INHIBIT_CYCLE = 1n;
const INHIBIT_RETIRED = 4n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);

/** The two counters of the hart. */
export class Counters {
  /** mcycle in cycle `#since`, and whether it counts from there. */
  #mcycle = 0n;
  #since = 0n;
  #minstret = 0n;
  #inhibit = 0n;

  /** `mcycle` as an instruction that retires in this cycle reads it. */
  mcycle(cycle: bigint): bigint {
    return (this.#inhibit & INHIBIT_CYCLE) === 0n ? wrap(this.#mcycle + cycle - this.#since) : this.#mcycle;
  }

  /** `minstret` as the next instruction reads it. */
  get minstret(): bigint {
    return this.#minstret;
  }

  /** An instruction has retired. To be called before what it writes: its own increment goes by the old mcountinhibit. */
  retire(): void {
    if ((this.#inhibit & INHIBIT_RETIRED) === 0n) this.#minstret = wrap(this.#minstret + 1n);
  }

  /** A write in a cycle is the value of the next one. */
  setMcycle(value: bigint, cycle: bigint): void {
    this.#mcycle = value;
    this.#since = cycle + 1n;
  }

  /** A write wins over the increment of its own instruction. */
  setMinstret(value: bigint): void {
    this.#minstret = value;
  }

  /** A new mcountinhibit, written in a cycle, has its effect from the next one on. */
  setInhibit(value: bigint, cycle: bigint): void {
    this.setMcycle(this.mcycle(cycle + 1n), cycle);
    this.#inhibit = value;
  }
}
