/**
 * Decision trees as tables in linear memory.
 *
 * A table is an array of entries. The word's root bits give the first entry;
 * an entry that does not decide yet says which bits of the word to add to
 * which base for the next. Leaves have a value in a parallel array.
 */
import type { Choice, Decision, DecisionTree } from './decision.js';

/** Bits of the word from `low` on. */
export interface Field {
  readonly low: number;
  readonly width: number;
}

/** A finished table. */
export interface Table {
  /** Together the index of the first entry; the first field gives its low bits. */
  readonly rootFields: readonly Field[];
  /**
   * Per entry base (16 bits), shift (6 bits from bit 16) and mask (8 bits from
   * bit 24); mask 0 in a leaf. Empty if all root entries are leaves.
   */
  readonly steps: Uint32Array;
  /** Value of each entry that is a leaf. */
  readonly values: readonly bigint[];
  /** Steps from the root entry to the deepest leaf. */
  readonly depth: number;
}

const STEP_BITS = 8;
const ROOT_BITS = 11;
const MAX_ENTRIES = 8192;
/** A longer chain of loads takes longer than comparing. */
const MAX_DEPTH = 5;

/** The table of a tree, if it is not too large. */
export function tableOf(tree: DecisionTree): Table | undefined {
  const builder = new TableBuilder();
  const table = builder.build(tree.root);
  return builder.full || table.depth > MAX_DEPTH ? undefined : table;
}

class TableBuilder {
  readonly #steps: number[] = [];
  readonly #values: bigint[] = [];
  readonly #bases = new Map<Choice, { readonly base: number; readonly depth: number }>();

  /** Set when there was no room; what is built then is of no use. */
  full = false;

  build(tree: Choice): Table {
    const root = narrow(tree, ROOT_BITS);
    const second = commonField(root, ROOT_BITS - root.width);
    const fields: Field[] = second === undefined ? [root] : [root, second];
    const entries = this.#allocate(2 ** fields.reduce((sum, f) => sum + f.width, 0));
    let depth = 0;
    for (let i = 0; i < 2 ** root.width; i++) {
      const inner = next(root, i);
      for (let j = 0; j < entries.count / 2 ** root.width; j++) {
        const decided = second !== undefined && inner.kind === 'choice' && isField(inner, second) ? next(inner, j) : inner;
        depth = Math.max(depth, this.#fill(entries.base + i + j * 2 ** root.width, decided));
      }
    }
    return { rootFields: fields, steps: depth === 0 ? new Uint32Array() : Uint32Array.from(this.#steps), values: this.#values, depth };
  }

  #allocate(count: number): { readonly base: number; readonly count: number } {
    const base = this.#values.length;
    if (base + count > MAX_ENTRIES) {
      this.full = true;
      return { base: 0, count: 0 };
    }
    for (let i = 0; i < count; i++) {
      this.#steps.push(0);
      this.#values.push(0n);
    }
    return { base, count };
  }

  /** Writes one entry; returns the steps from it to the deepest leaf. */
  #fill(index: number, decision: Decision): number {
    if (decision.kind === 'leaf') {
      this.#values[index] = decision.value;
      return 0;
    }
    const choice = narrow(decision, STEP_BITS);
    const { base, depth } = this.#place(choice, decision);
    this.#steps[index] = (base | (choice.low << 16) | ((2 ** choice.width - 1) << 24)) >>> 0;
    return depth + 1;
  }

  #place(choice: Choice, identity: Choice): { readonly base: number; readonly depth: number } {
    const known = this.#bases.get(identity);
    if (known !== undefined) return known;
    const { base, count } = this.#allocate(2 ** choice.width);
    let depth = 0;
    for (let i = 0; i < count; i++) depth = Math.max(depth, this.#fill(base + i, next(choice, i)));
    const placed = { base, depth };
    this.#bases.set(identity, placed);
    return placed;
  }
}

const isField = (choice: Choice, field: Field): boolean => choice.low === field.low && choice.width === field.width;

const next = (choice: Choice, key: number): Decision => choice.cases.get(BigInt(key)) ?? choice.default;

/** The same choice, wide keys taken in two steps: first the high bits. */
function narrow(choice: Choice, limit: number): Choice {
  if (choice.width <= limit) return choice;
  const width = Math.min(limit, Math.ceil(choice.width / 2));
  const rest = choice.width - width;
  const groups = new Map<bigint, Map<bigint, Decision>>();
  for (const [key, decision] of choice.cases) {
    const high = key >> BigInt(rest);
    const group = groups.get(high) ?? new Map<bigint, Decision>();
    groups.set(high, group.set(BigInt.asUintN(rest, key), decision));
  }
  const cases = new Map([...groups].map(([high, inner]): [bigint, Decision] =>
    [high, { kind: 'choice', low: choice.low, width: rest, cases: inner, default: choice.default }]));
  return { kind: 'choice', low: choice.low + rest, width, cases, default: choice.default };
}

/** The field that most of the choices below the root look at, if it has no more bits than these. */
function commonField(root: Choice, maxWidth: number): Field | undefined {
  const counts = new Map<string, { readonly field: Field; count: number }>();
  for (const inner of [root.default, ...root.cases.values()]) {
    if (inner.kind === 'leaf' || inner.width > maxWidth) continue;
    const name = `${inner.low}+${inner.width}`;
    const entry = counts.get(name) ?? { field: { low: inner.low, width: inner.width }, count: 0 };
    entry.count++;
    counts.set(name, entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.field;
}

/** Bytes per value: 1, 2, 4 or 8. */
export function valueBytes(width: number): 1 | 2 | 4 | 8 {
  if (width <= 8) return 1;
  if (width <= 16) return 2;
  return width <= 32 ? 4 : 8;
}

/** The values as little-endian bytes. */
export function encodeValues(values: readonly bigint[], bytes: 1 | 2 | 4 | 8): Uint8Array {
  const data = new Uint8Array(values.length * bytes);
  values.forEach((value, i) => {
    for (let b = 0; b < bytes; b++) data[i * bytes + b] = Number((value >> BigInt(8 * b)) & 0xffn);
  });
  return data;
}
