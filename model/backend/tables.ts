/** The tables of one compilation: which expressions are looked up, and where the tables lie. */
import type { Expr } from '../ir/ir.js';
import { maskOf } from '../ir/ops.js';
import { decisionTree } from './decision.js';
import { encodeValues, tableOf, valueBytes } from './table.js';
import type { Field } from './table.js';

/** An expression that is a lookup. */
export type Lookup =
  /** All values in one constant, shifted by the key. */
  | { readonly kind: 'constant'; readonly word: Expr; readonly bits: bigint; readonly entryBits: number }
  /** Addresses of steps and values in linear memory. */
  | {
    readonly kind: 'memory'; readonly word: Expr; readonly rootFields: readonly Field[]; readonly depth: number;
    readonly steps: number; readonly values: number; readonly valueBytes: 1 | 2 | 4 | 8;
    /** The value of every entry that is no leaf, and of no leaf; undefined if leaves have all values there are. */
    readonly undecided: bigint | undefined;
  };

/** Widest table that fits an i64. */
const CONSTANT_BITS = 64;
/** Trees with fewer keys are cheaper to compare. */
const MIN_KEYS = 4;

/** A piece of the memory with its content. */
export interface TableData {
  readonly address: number;
  readonly data: Uint8Array;
}

export class Tables {
  readonly #known = new Map<Expr, Lookup | undefined>();
  readonly data: TableData[] = [];
  #next: number;

  /**
   * @param start - Address of the memory for tables.
   * @param end - The first address after it. Trees that do not fit are branched through.
   */
  constructor(start: number, readonly end: number) {
    this.#next = start;
  }

  /** How to look `e` up, if that pays. */
  lookup(e: Expr): Lookup | undefined {
    if (e.kind !== 'select' && e.kind !== 'mux') return undefined;
    if (!this.#known.has(e)) this.#known.set(e, constantLookup(e) ?? this.#memoryLookup(e));
    return this.#known.get(e);
  }

  #memoryLookup(e: Expr): Lookup | undefined {
    const tree = decisionTree(e);
    if (tree === undefined || tree.keys < MIN_KEYS) return undefined;
    const table = tableOf(tree);
    if (table === undefined) return undefined;
    const bytes = valueBytes(e.width);
    const none = maskOf(8 * bytes);
    const undecided = table.values.includes(none) ? undefined : none;
    const marked = undecided === undefined ? table.values : table.values.map((value, i) => ((table.steps[i] ?? 0) === 0 ? value : undecided));
    const values = encodeValues(marked, bytes);
    const steps = new Uint8Array(table.steps.buffer);
    if (this.#next + values.length + steps.length + 16 > this.end) return undefined;
    return {
      kind: 'memory', word: tree.word, rootFields: table.rootFields, depth: table.depth,
      steps: this.#put(steps), values: this.#put(values), valueBytes: bytes, undecided,
    };
  }

  #put(data: Uint8Array): number {
    const address = this.#next;
    if (data.length > 0) this.data.push({ address, data });
    this.#next = Math.ceil((address + data.length) / 8) * 8;
    return address;
  }
}

/** A select by a short key, all of whose values fit one constant. */
function constantLookup(e: Expr): Lookup | undefined {
  if (e.kind !== 'select' || e.key.width > 6 || e.width << e.key.width > CONSTANT_BITS) return undefined;
  let bits = 0n;
  for (let key = 0; key < 2 ** e.key.width; key++) {
    const entry = e.cases.find((c) => c.keys.includes(BigInt(key)))?.value ?? e.default;
    if (entry.kind !== 'const') return undefined;
    bits |= entry.value << BigInt(key * e.width);
  }
  return { kind: 'constant', word: e.key, bits, entryBits: e.width };
}
