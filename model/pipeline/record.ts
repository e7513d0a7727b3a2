/**
 * Retirement records as the observed core writes them: fixed fields of eight
 * bytes each. The testbench decodes them into `Retirement`.
 */
import { concat, constant, zext } from '../ir/build.js';
import type { Expr, RecordField } from '../ir/ir.js';

/** What a record tells. */
export const RECORD_KINDS = { retired: 0, trap: 1, csr: 2, walk: 3, events: 4 } as const;

/**
 * Steps of a trail, by number in `pc` of a record of the kind `walk`.
 *
 * `use`: the entry `value` at `address`. `reuse`, `keep`, `keepSecond`: `address` is the slot. `fetchPage`: `address`
 * is the page, `value` the version. `fetched`: `address` {it is bound, the last walk failed}, `value` the version. `dataPage`:
 * `address` is the page, `value` 1 if it is of the walk before the last. `write`: A or D, to the entry at `address`.
 * `ask` (leaves and pointers of the first stage), `second` (leaves of the second): caches are asked for `address`; `value` is {an answer will be used,
 * V}, `rdata` and `wdata` are the registers that point to the tables. `waits`: the instruction in commit waits without a record, `address` is its `fetch`.
 */
export const TRAIL = { begin: 0, continue: 1, again: 2, second: 3, use: 4, reuse: 5, keep: 6, keepSecond: 7, fetchPage: 8, fetched: 9, dataPage: 10, waits: 11, write: 12, ask: 13 } as const;
export type TrailStep = keyof typeof TRAIL;

/** Widths of what instructions tell of trails. `fetch` is {there is one, version, by itself, page}. */
export const TRAIL_BITS = { version: 8, page: 6, fetch: 16 } as const;

/** Where in `lines` a record tells trails, in bits: {told, walked, by a page of data, that page, fetch}. 0: the core keeps no translations. */
export const TRAIL_LOW = 32;

/**
 * Field order in the ring.
 *
 * `packed` is PACKED below. For a trap, `value` is tval, `rdata` tval2, `wdata`
 * tinst. For a CSR change, `pc` is the home's index in `layout.homes`, `value`
 * the register before, `rdata` after; changes precede the record they belong to.
 * For events, `value` has a bit for each of the counters of events, the first in bit 0: what it counts has happened,
 * before the record that follows.
 * With `half` the instruction could not be fetched whole: `insn` is its first 16 bits.
 */
export const RECORD_FIELDS = [
  'kind', 'cycle', 'pc', 'next_pc', 'insn', 'packed', 'value', 'address', 'rdata', 'wdata', 'mtime', 'lines',
] as const;
export type RecordFieldName = (typeof RECORD_FIELDS)[number];

/** Parts of `packed`, most significant first, with their widths in bits. */
export const PACKED = {
  trap: 1, io: 1, half: 1, fetched: 1, gva: 1, to: 2, cause: 6, interrupt: 1, wmask: 8, rmask: 8, rd: 5, nextMode: 3, mode: 3,
} as const;
export type PackedName = keyof typeof PACKED;

/** Values of a record; what is absent is zero. */
export type RecordValues = Partial<Record<Exclude<RecordFieldName, 'kind' | 'packed'>, Expr>> & {
  readonly kind: keyof typeof RECORD_KINDS;
  readonly packed?: Partial<Record<PackedName, Expr>>;
};

/** The fields of a record statement. */
export function recordFields(values: RecordValues): readonly RecordField[] {
  const packed = concat(...packedNames().map((name) => values.packed?.[name] ?? constant(PACKED[name], 0)));
  return RECORD_FIELDS.map((name): RecordField => {
    if (name === 'kind') return { name, value: constant(64, RECORD_KINDS[values.kind]) };
    if (name === 'packed') return { name, value: zext(packed, 64) };
    return { name, value: zext(values[name] ?? constant(64, 0), 64) };
  });
}

/** Names of the packed parts, most significant first. */
export function packedNames(): readonly PackedName[] {
  return ['trap', 'io', 'half', 'fetched', 'gva', 'to', 'cause', 'interrupt', 'wmask', 'rmask', 'rd', 'nextMode', 'mode'];
}
