/**
 * Random decisions for generators: a small generator of its own, seeded once
 * per program by fast-check, because a program needs about a thousand draws.
 */

const STEP = 0x6d2b79f5;
const RANGE = 2 ** 32;

/** A stream of random decisions; the same seed gives the same stream. */
export class Dice {
  #state: number;

  /** @param seed - Any 32-bit number. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 random bits, unsigned (mulberry32). */
  word(): number {
    this.#state = (this.#state + STEP) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** 0..n-1. */
  below(n: number): number {
    return Math.floor((this.word() / RANGE) * n);
  }

  /** least..most, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in one of `n` cases. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  /** An element; the list must not be empty. */
  pick<T>(list: readonly T[]): T {
    const chosen = list[this.below(list.length)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  }

  /** 64 random bits. */
  doubleword(): bigint {
    return (BigInt(this.word()) << 32n) | BigInt(this.word());
  }

  /** Random bits, each of `mask` set with probability one half. */
  subset(mask: bigint): bigint {
    return this.doubleword() & mask;
  }
}

/** Alternatives with weights: `pick` takes one in proportion. */
export class Weighted<T> {
  readonly #slots: readonly T[];

  /** @param alternatives - Small integer weights; zero leaves an alternative out. */
  constructor(alternatives: readonly (readonly [weight: number, value: T])[]) {
    this.#slots = alternatives.flatMap(([weight, value]) => new Array<T>(weight).fill(value));
  }

  pick(dice: Dice): T {
    return dice.pick(this.#slots);
  }
}
