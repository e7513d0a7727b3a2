/**
 * One instruction's way through the stages, given those before it: the rules
 * "composition", "operands" and "units" of docs/timing.md.
 */
import type { Timed } from './instruction.js';
import type { Shape } from './shape.js';

/** An instruction on its way: by stage number (from 1), the cycles in which it enters and leaves. */
export interface Flight {
  readonly timed: Timed;
  /** Of the memory access, 0 for none. */
  readonly address: bigint;
  readonly enter: readonly number[];
  readonly leave: readonly number[];
}

/** What is known of an instruction before it flies. */
export interface Departure {
  readonly timed: Timed;
  readonly address: bigint;
  /** The cycle in which it enters the second stage if nothing is in its way. */
  readonly from: number;
  /** It begins in the last two bytes of memory, which are fetched alone. */
  readonly last: boolean;
  /** By translation: it enters the second stage in no earlier cycle. */
  readonly open?: number;
  /** Cycles in which the line comes that it is in, and that which it accesses: 0 of one that is there. */
  readonly fetched?: number;
  readonly accessed?: number;
  /** Of a store that goes through a buffer: it leaves the unit in no cycle up to this. */
  readonly room?: number;
}

const at = (cycles: readonly number[], stage: number): number => cycles[stage] ?? -1;

/** The block of an address, as far as the rule on loads behind stores looks. */
const blockOf = (address: bigint): number => Number((address >> 3n) & 511n);
const isNear = (a: bigint, b: bigint): boolean => [0, 1, 511].includes((blockOf(a) - blockOf(b) + 512) % 512);

/** The access lies in two blocks. */
const isSplit = (address: bigint, bytes: number): boolean => bytes > 0 && Number(address & 7n) + bytes > 8;

/**
 * Where an instruction is in each cycle, up to the one in which it enters commit.
 *
 * @param older - Instructions before it that may still be on their way, oldest first; the last is right before it.
 */
export function fly(departure: Departure, older: readonly Flight[], shape: Shape): Flight {
  const { timed, address, from, last, open = 0, fetched = 0 } = departure;
  const before = older.at(-1);
  const enter: number[] = [-1];
  const leave: number[] = [-1];
  let now = Math.max(from, open, before === undefined ? 0 : at(before.leave, 1) + 1) + (last ? 1 : 0);
  // A line comes when everything older is done.
  if (fetched > 0) now = Math.max(now - 1, lastDone(older, shape) + 1) + fetched + 1;
  for (let stage = 1; stage <= shape.commit; stage++) {
    enter[stage] = now;
    const free = before === undefined || stage === shape.commit ? 0 : at(before.leave, stage + 1);
    const unit = stage === shape.execute ? new UnitWork(departure, older, shape) : undefined;
    for (;; now++) {
      const ready = stage !== shape.operands || timed.sources.every((r) => isReady(r, now, older, shape));
      const done = unit === undefined || unit.done(now, ready);
      if (ready && done && now >= free) break;
    }
    leave[stage] = now++;
  }
  return { timed, address, enter, leave };
}

/** The cycle in which the last of those before has retired. */
const lastDone = (older: readonly Flight[], { commit }: Shape): number => Math.max(-1, ...older.map(({ leave }) => at(leave, commit)));

/** A source has its value in that cycle. */
function isReady(register: number, cycle: number, older: readonly Flight[], shape: Shape): boolean {
  const producer = older.findLast(({ timed }) => timed.destination === register);
  if (producer === undefined) return true;
  const stage = producer.leave.findIndex((last) => last >= cycle);
  if (stage < 0) return true;
  if (shape.forwards[stage] !== true || stage < shape.yields(producer.timed)) return false;
  const { unit } = producer.timed;
  return stage > shape.execute || (unit !== 'multiply' && unit !== 'divide') || at(producer.leave, stage) === cycle;
}

/** The execute stage's work on one instruction; asked once for every cycle in it, in order. */
class UnitWork {
  /** Cycles of work before the one in which it can be done. */
  #left: number;
  #begun = false;
  readonly #muldiv: boolean;
  /** Retirement of the last store that a load waits for, or the cycle in which a store's place becomes free. */
  readonly #store: number;
  /** Cycles left of those in which a line comes, which begin behind the retirement of everything older. */
  #line: number;
  readonly #alone: number;

  constructor({ timed, address, accessed = 0, room = -1 }: Departure, older: readonly Flight[], shape: Shape) {
    const { unit, bytes } = timed;
    this.#muldiv = unit === 'multiply' || unit === 'divide';
    if (unit === 'multiply' || unit === 'divide') this.#left = shape[unit] - 1;
    else this.#left = isSplit(address, bytes) ? shape.split : 0;
    const stores = unit === 'load' ? older.filter((o) => o.timed.unit === 'store' && isNear(o.address, address)) : [];
    this.#line = accessed;
    this.#alone = lastDone(older, shape);
    this.#store = Math.max(room, ...stores.map((o) => at(o.leave, shape.commit)));
  }

  /** Whether it is done in this cycle; work goes on if it is not. */
  done(cycle: number, ready: boolean): boolean {
    const [left, line] = [this.#left, this.#line];
    if (line > 0 && ready && cycle > this.#alone) this.#line--;
    if (left === 0) return line === 0 && cycle > this.#store;
    if (ready || (this.#muldiv && this.#begun)) {
      this.#begun = true;
      this.#left--;
    }
    return false;
  }
}
