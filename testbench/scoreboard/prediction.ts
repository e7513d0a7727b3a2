/**
 * What is fetched behind an instruction: the rules under "Prediction" in
 * docs/timing.md, replayed from what retires.
 */
import type { Prediction } from '../../model/spec/isa.js';

/** What an instruction does to the stack of returns; `link`: the address behind it. */
export interface StackUse {
  readonly returns: boolean;
  readonly calls: boolean;
  readonly link: bigint;
}

/** The addresses behind calls, a ring: in program order. */
export class ReturnStack {
  readonly #entries: bigint[];
  #top = 0;

  constructor(entries: number) {
    this.#entries = new Array<bigint>(entries).fill(0n);
  }

  /** What an instruction does; yields where it is guessed to go, if it returns. */
  use({ returns, calls, link }: StackUse): bigint | undefined {
    const size = this.#entries.length;
    const guess = returns ? this.#entries[this.#top] : undefined;
    this.#top = (this.#top + (calls ? 1 : 0) - (returns ? 1 : 0) + size) % size;
    if (calls) this.#entries[this.#top] = link;
    return guess;
  }
}

/** A branch or jump that has retired. */
export interface Learned {
  /** The cycle in which it did. */
  readonly cycle: number;
  readonly pc: bigint;
  readonly jump: boolean;
  readonly taken: boolean;
  readonly target: bigint;
}

interface Target {
  readonly pc: bigint;
  readonly jump: boolean;
  readonly target: bigint;
}

const SURELY = 3;
const LIKELY = 2;

/** The target buffer and the directions of one core. */
export class Predictor {
  readonly #directions: number[];
  /** By set, then by way. */
  readonly #sets: (Target | undefined)[][];
  /** The way to be replaced next, of all sets. */
  #victim = 0;
  #pending: Learned[] = [];

  constructor({ targets: { entries, ways }, directions }: Prediction) {
    this.#directions = new Array<number>(directions).fill(0);
    this.#sets = Array.from({ length: entries / ways }, () => new Array<Target | undefined>(ways).fill(undefined));
  }

  /** Where the fetch goes behind an instruction that leaves the second stage in some cycle; undefined: straight on. Asked in order. */
  guess(pc: bigint, cycle: number): bigint | undefined {
    this.#pending = this.#pending.filter((one) => {
      if (one.cycle >= cycle) return true;
      this.#learn(one);
      return false;
    });
    const found = this.#setOf(pc).find((t) => t?.pc === pc);
    return found !== undefined && (found.jump || (this.#directions[this.#direction(pc)] ?? 0) >= LIKELY) ? found.target : undefined;
  }

  /** Something has retired; it counts from the cycle after that. In program order. */
  retire(learned: Learned): void {
    this.#pending.push(learned);
  }

  #setOf(pc: bigint): (Target | undefined)[] {
    return this.#sets[Number((pc >> 1n) % BigInt(this.#sets.length))] ?? [];
  }

  #direction(pc: bigint): number {
    return Number((pc >> 1n) % BigInt(this.#directions.length));
  }

  #learn({ pc, jump, taken, target }: Learned): void {
    const direction = this.#direction(pc);
    const now = this.#directions[direction] ?? 0;
    if (!jump) this.#directions[direction] = taken ? Math.min(SURELY, now + 1) : Math.max(0, now - 1);
    if (!taken) return;
    const set = this.#setOf(pc);
    const known = set.findIndex((t) => t?.pc === pc);
    set[known < 0 ? this.#victim : known] = { pc, jump, target };
    if (known < 0) this.#victim = (this.#victim + 1) % set.length;
  }
}
