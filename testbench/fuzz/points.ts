/**
 * Cover points: what a fuzzer wants programs to reach, every one named before
 * the first program runs, so that the denominator is known. What the specs
 * exclude has a name too, with the reason, and counts apart: the exclusion is
 * a claim, and a program that reaches such a point refutes it.
 */

/** The values of a cover point's parts by axis, as the core names them. */
export type Cell = (axis: string) => string;

/** The points that a cover point of a core is, by name; a name that no table has is none. */
export type Naming = (cell: Cell) => readonly string[];

/** How the cover points of some families are called. */
export type Namings = Readonly<Record<string, Naming>>;

/** A point that nothing can reach. */
export interface Excluded {
  readonly name: string;
  readonly reason: string;
}

/** All points by number and name. */
export class PointTable {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #reasons = new Map<number, string>();

  /**
   * Names a point; its number. The same name is the same point.
   *
   * @param impossible - Why nothing can reach it; whoever names it without a reason overrules.
   */
  add(name: string, impossible?: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) {
      if (impossible === undefined) this.#reasons.delete(known);
      return known;
    }
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    if (impossible !== undefined) this.#reasons.set(number, impossible);
    return number;
  }

  /** Whether there is such a point and nothing excludes it. */
  isReachable(name: string): boolean {
    const point = this.#numbers.get(name);
    return point !== undefined && !this.#reasons.has(point);
  }

  /** Why nothing can reach a point; undefined if something may. */
  excludes(point: number): string | undefined {
    return this.#reasons.get(point);
  }

  /** Points that something may reach: the denominator. */
  get reachable(): number {
    return this.#names.length - this.#reasons.size;
  }

  /** Points that nothing can reach. */
  get excluded(): readonly Excluded[] {
    return [...this.#reasons].map(([point, reason]) => ({ name: this.name(point), reason }));
  }

  /** The number of a name; undefined if there is no such point. */
  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  name(point: number): string {
    return this.#names[point] ?? `point ${point}`;
  }

  /** Every name, in the order of the numbers; the excluded as well. */
  get names(): readonly string[] {
    return this.#names;
  }

  get size(): number {
    return this.#names.length;
  }
}
