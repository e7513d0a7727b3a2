/**
 * Cover points: what a fuzzer wants programs to reach, every one named before
 * the first program runs, so that the denominator is known.
 */
import type { Instruction } from '../../model/spec/isa.js';
import type { Homes } from '../coverage/homes.js';
import type { Inputs, Retirement } from '../retirement.js';

/** Told the number of a point that has been reached. */
export type Hit = (point: number) => void;

/** A record, and what the specs say about it. */
export interface Sight {
  readonly retirement: Retirement;
  readonly inputs: Inputs;
  /** The 32-bit instruction that its bits stand for, 0 if none. */
  readonly word: number;
  /** Index in `isa.instructions`, -1 if the word is none or nothing was fetched. */
  readonly index: number;
  readonly instruction: Instruction | undefined;
  /** Number of its kind, -1 if it has none. */
  readonly kind: number;
  /** CSRs before the record. */
  readonly homes: Homes;
}

/** Points of one kind, told by records. */
export interface Family {
  /** A new program begins. */
  start?(): void;
  see(sight: Sight, hit: Hit): void;
}

/** All points by number and name. */
export class PointTable {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** Names a point; its number. The same name is the same point. */
  add(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** The number of a name; undefined if there is no such point. */
  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  name(point: number): string {
    return this.#names[point] ?? `point ${point}`;
  }

  /** Every name, in the order of the numbers. */
  get names(): readonly string[] {
    return this.#names;
  }

  get size(): number {
    return this.#names.length;
  }
}
