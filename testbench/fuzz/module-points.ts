/**
 * The points that a core counts itself, read from where it counts them: every
 * byte that it has set is one or more points by name.
 */
import type { CoverLayout, Layout } from '../../model/backend/layout.js';
import type { Cell, Namings, PointTable } from './points.js';

/** No point. */
const NONE = -1;

/** What a family's byte with this number is called, axis by axis; undefined if some value is called nothing. */
function cellOf({ axes }: CoverLayout, number: number): Cell | undefined {
  const values = new Map<string, string>();
  let rest = number;
  for (const { name, width, values: names } of [...axes].reverse()) {
    const value = names[rest & (2 ** width - 1)] ?? '';
    if (value === '') return undefined;
    values.set(name, value);
    rest >>>= width;
  }
  return (axis) => {
    const value = values.get(axis);
    if (value === undefined) throw new Error(`cover points have no axis ${axis}, but ${[...values.keys()].join(', ')}`);
    return value;
  };
}

const sizeOf = ({ axes }: CoverLayout): number => 2 ** axes.reduce((bits, axis) => bits + axis.width, 0);

/** Reads the points of a core. */
export class ModulePoints {
  /** By byte from the first family on: the points that it is, two at most. */
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #start: number;

  /** @param table - With every name in it. */
  constructor({ observation: { offset, bytes, covers } }: Layout, namings: Namings, table: PointTable) {
    this.#start = Math.min(bytes, ...covers.map((family) => family.offset - offset));
    this.#first = new Int32Array(bytes).fill(NONE);
    this.#second = new Int32Array(bytes).fill(NONE);
    for (const family of covers) {
      const naming = namings[family.name];
      if (naming === undefined) throw new Error(`nobody names the cover points ${family.name}`);
      for (let number = 0; number < sizeOf(family); number++) {
        const cell = cellOf(family, number);
        const points = (cell === undefined ? [] : naming(cell)).flatMap((name) => table.find(name) ?? []);
        if (points.length > 2) throw new Error(`a cover point of ${family.name} has ${points.length} names`);
        this.#first[family.offset - offset + number] = points[0] ?? NONE;
        this.#second[family.offset - offset + number] = points[1] ?? NONE;
      }
    }
  }

  /** Tells the points reached; one that several bytes are, as often. */
  read(observation: Uint8Array, hit: (point: number) => void): void {
    const words = new Uint32Array(observation.buffer, observation.byteOffset, observation.length / 4);
    for (let word = this.#start / 4; word < words.length; word++) {
      if (words[word] === 0) continue;
      for (let at = 4 * word; at < 4 * word + 4; at++) {
        if (observation[at] === 0) continue;
        const [first, second] = [this.#first[at] ?? NONE, this.#second[at] ?? NONE];
        if (first !== NONE) hit(first);
        if (second !== NONE) hit(second);
      }
    }
  }
}
