/**
 * Which lines the caches of instructions and data have: the rules under
 * "Caches" in docs/timing.md, replayed in program order.
 */
import type { LineCache } from '../../model/spec/isa.js';

interface Line {
  readonly number: bigint;
  dirty: boolean;
}

/** A cache of one core. */
export class Lines {
  /** By set, then by way. */
  readonly #sets: (Line | undefined)[][];
  /** The way to be replaced next, of all sets. */
  #victim = 0;
  #last: bigint | undefined;

  constructor(readonly size: LineCache) {
    this.#sets = Array.from({ length: size.entries / size.ways }, () => new Array<Line | undefined>(size.ways).fill(undefined));
  }

  #set(number: bigint): (Line | undefined)[] {
    return this.#sets[Number(number % BigInt(this.#sets.length))] ?? [];
  }

  /** Cycles in which the line of an address is found beyond the first, or comes; 0 if it was used last. From then on it is there, and it was. */
  fetch(address: bigint): number {
    const { line, hit, miss } = this.size;
    const number = address / BigInt(line);
    if (number === this.#last) return 0;
    this.#last = number;
    const set = this.#set(number);
    if (set.some((one) => one?.number === number)) return hit - 1;
    const cycles = set[this.#victim]?.dirty === true ? 2 * miss : miss;
    set[this.#victim] = { number, dirty: false };
    this.#victim = (this.#victim + 1) % set.length;
    return cycles;
  }

  /** A store to an address has retired. */
  wrote(address: bigint): void {
    const number = address / BigInt(this.size.line);
    const found = this.#set(number).find((one) => one?.number === number);
    if (found !== undefined) found.dirty = true;
  }
}
