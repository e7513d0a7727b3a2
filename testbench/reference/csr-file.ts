/** Storage of the home CSRs, with a journal of what one record changed, and the counters. */
import { type CsrChange, HOME_CSRS, type HomeCsr } from '../retirement.js';
import { u64 } from './bits.js';
import { H_LEVEL, SXL_64, UXL_64, VSXL_64 } from './status.js';

/** The counters of events, in the order of `Inputs.events`; the first is number 3 (`mhpmcounter_num`). */
export const EVENT_COUNTERS = ['mhpmcounter3', 'mhpmcounter4', 'mhpmcounter5', 'mhpmcounter6'] as const;
export type EventCounter = (typeof EVENT_COUNTERS)[number];

/** Counters are kept by {@link Counters}; every other home CSR is stored here. */
export type StoredCsr = Exclude<HomeCsr, 'mcycle' | 'minstret' | EventCounter>;

/** All stored CSRs at reset: zero but for the read-only fields. Written out so that the object has one fixed shape. */
const resetValues = (): Record<StoredCsr, bigint> => ({
  mstatus: SXL_64 | UXL_64,
  medeleg: 0n, mideleg: H_LEVEL, mie: 0n, mip: 0n, mtvec: 0n, mcounteren: 0n, menvcfg: 0n, mscratch: 0n, mepc: 0n,
  mcause: 0n, mtval: 0n, mtval2: 0n, mtinst: 0n, mcountinhibit: 0n, mhpmevent3: 0n, mhpmevent4: 0n, mhpmevent5: 0n, mhpmevent6: 0n,
  stvec: 0n, scounteren: 0n, senvcfg: 0n, sscratch: 0n, sepc: 0n, scause: 0n, stval: 0n, satp: 0n,
  hstatus: VSXL_64,
  hedeleg: 0n, hideleg: 0n, hvip: 0n, hgeie: 0n, hcounteren: 0n, henvcfg: 0n, htimedelta: 0n, htval: 0n, htinst: 0n,
  hgatp: 0n,
  vsstatus: UXL_64,
  vstvec: 0n, vsscratch: 0n, vsepc: 0n, vscause: 0n, vstval: 0n, vsatp: 0n,
  stimecmp: 0n, vstimecmp: 0n,
  mstateen0: 0n, mstateen1: 0n, mstateen2: 0n, mstateen3: 0n, hstateen0: 0n, hstateen1: 0n, hstateen2: 0n, hstateen3: 0n,
  pmpcfg0: 0n, pmpcfg2: 0n,
  pmpaddr0: 0n, pmpaddr1: 0n, pmpaddr2: 0n, pmpaddr3: 0n, pmpaddr4: 0n, pmpaddr5: 0n, pmpaddr6: 0n, pmpaddr7: 0n,
  pmpaddr8: 0n, pmpaddr9: 0n, pmpaddr10: 0n, pmpaddr11: 0n, pmpaddr12: 0n, pmpaddr13: 0n, pmpaddr14: 0n, pmpaddr15: 0n,
});

const NO_CHANGES: readonly CsrChange[] = [];

/** The CSR is kept by {@link CsrFile}. */
export const isStored = (csr: HomeCsr): csr is StoredCsr => !COUNTERS.has(csr);
const COUNTERS: ReadonlySet<HomeCsr> = new Set(['mcycle', 'minstret', ...EVENT_COUNTERS]);
const STORED = HOME_CSRS.filter(isStored);

/** The stored CSRs. Values are read directly; every change goes through {@link set}. */
export class CsrFile {
  #values = resetValues();
  #journal = new Map<StoredCsr, bigint>();
  /** The values as one who reports every read sees them, while somebody listens. */
  #watched: Readonly<Record<StoredCsr, bigint>> | undefined;

  /** Another number after every change of a value. */
  generation = 0;

  get values(): Readonly<Record<StoredCsr, bigint>> {
    return this.#watched ?? this.#values;
  }

  /** Somebody is told of every read: what is derived from CSRs must be derived anew. */
  get isWatched(): boolean {
    return this.#watched !== undefined;
  }

  /** Tells the listener of every read of a stored CSR from now on; without one, of none. */
  watch(listener: ((csr: StoredCsr) => void) | undefined): void {
    this.#watched = listener && new Proxy(this.#values, {
      get: (_values, key) => {
        const csr = STORED.find((name) => name === key);
        if (csr === undefined) return undefined;
        listener(csr);
        return this.#values[csr];
      },
    });
  }

  /** `mcountinhibit`.CY: `mcycle` does not increment. */
  get inhibitsCycle(): boolean {
    return (this.#values.mcountinhibit & 1n) !== 0n;
  }

  /** `mcountinhibit`.IR: `minstret` does not increment. */
  get inhibitsInstret(): boolean {
    return (this.#values.mcountinhibit & 4n) !== 0n;
  }

  /** Counter n of events counts: `mcountinhibit`.HPMn does not inhibit it (`mcountinhibit_op`), and it has an event (`mhpmevent_enc`: 0 is none). */
  countsEvent(number: number): boolean {
    const { mcountinhibit, mhpmevent3, mhpmevent4, mhpmevent5, mhpmevent6 } = this.#values;
    const event = [mhpmevent3, mhpmevent4, mhpmevent5, mhpmevent6][number - 3] ?? 0n;
    return event !== 0n && ((mcountinhibit >> BigInt(number)) & 1n) === 0n;
  }

  reset(): void {
    this.#values = resetValues();
    this.#journal.clear();
    this.generation += 1;
  }

  /** Stores a legal value and remembers what it replaced. */
  set(csr: StoredCsr, value: bigint): void {
    const before = this.#values[csr];
    if (before === value) return;
    if (!this.#journal.has(csr)) this.#journal.set(csr, before);
    this.#values[csr] = value;
    this.generation += 1;
  }

  /** The changes since the last call, sorted by name; a value that changed back is no change. */
  takeChanges(): readonly CsrChange[] {
    if (this.#journal.size === 0) return NO_CHANGES;
    const changes: CsrChange[] = [];
    for (const [csr, before] of this.#journal) {
      const after = this.#values[csr];
      if (after !== before) changes.push({ csr, before, after });
    }
    this.#journal.clear();
    return changes.sort((a, b) => (a.csr < b.csr ? -1 : 1));
  }
}

/**
 * The counters. The clock itself is an input, so `mcycle` is stored as a value
 * and the cycle at which the counter had it; how often events have happened is
 * one, too.
 */
export class Counters {
  #mcycle = 0n;
  #mcycleAt = 0n;
  /** Cycle of the record being executed. */
  cycle = 0n;
  minstret = 0n;
  /** Whether the running instruction wrote `minstret`: the write replaces its own increment. */
  #wroteMinstret = false;
  #events: bigint[] = EVENT_COUNTERS.map(() => 0n);
  /** How often their events had happened when the last record saw them. */
  #happened: readonly bigint[] = this.#events;

  reset(): void {
    this.#mcycle = 0n;
    this.#mcycleAt = 0n;
    this.cycle = 0n;
    this.minstret = 0n;
    this.#wroteMinstret = false;
    this.#events = EVENT_COUNTERS.map(() => 0n);
    this.#happened = EVENT_COUNTERS.map(() => 0n);
  }

  /** Sets both before the first record, which is in cycle 0 unless its inputs say otherwise. */
  arrange(mcycle: bigint, minstret: bigint): void {
    this.#mcycle = u64(mcycle);
    this.minstret = u64(minstret);
  }

  /** A record sees how often events have happened: what they did since the one before is counted by the counters that count. */
  see(events: readonly bigint[], counts: (number: number) => boolean): void {
    this.#events = this.#events.map((value, i) => (!counts(3 + i) ? value : u64(value + (events[i] ?? 0n) - (this.#happened[i] ?? 0n))));
    this.#happened = events;
  }

  /** The value of a counter of events. */
  event(counter: EventCounter): bigint {
    return this.#events[EVENT_COUNTERS.indexOf(counter)] ?? 0n;
  }

  /** A write of a counter of events replaces what it has counted. */
  writeEvent(counter: EventCounter, value: bigint): void {
    this.#events[EVENT_COUNTERS.indexOf(counter)] = u64(value);
  }

  /** `mcycle` in a given cycle, under an inhibit setting that has held since the last change (`mcountinhibit_op`). */
  mcycleIn(cycle: bigint, inhibited: boolean): bigint {
    return inhibited ? this.#mcycle : u64(this.#mcycle + (cycle - this.#mcycleAt));
  }

  /** A CSR write in this cycle makes the next cycle's `mcycle` the written value (`mcycle_wr`). */
  writeMcycle(value: bigint): void {
    this.#mcycle = value;
    this.#mcycleAt = this.cycle + 1n;
  }

  /** A change of `mcountinhibit`.CY takes effect from the next cycle; this cycle still counts by the old value. */
  changeInhibit(wasInhibited: boolean): void {
    this.writeMcycle(this.mcycleIn(this.cycle + 1n, wasInhibited));
  }

  /** A CSR write of `minstret`, done instead of the increment of the writing instruction (`minstret_wr`). */
  writeMinstret(value: bigint): void {
    this.minstret = value;
    this.#wroteMinstret = true;
  }

  /** An instruction retired (`minstret_op`); `inhibited` is `mcountinhibit`.IR before the instruction. */
  retire(inhibited: boolean): void {
    if (this.#wroteMinstret) this.#wroteMinstret = false;
    else if (!inhibited) this.minstret = u64(this.minstret + 1n);
  }
}
