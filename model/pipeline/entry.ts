/**
 * What a page-table entry means for an access: the rows of translation.yaml as
 * hardware, and the arithmetic of addresses around them. One instance serves
 * all stages; which one is at work is an input.
 */
import { ZERO, and, binary, concat, constant, eqConst, mux, not, or, select, slice, zext } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { ENTRY_OUTCOMES, STAGES, type EntryField, type EntryOutcome, type Translation, type TranslationStage } from '../spec/isa.js';
import type { Hart } from './hart.js';

/** Bits of an offset within a page, and of an index into a table. */
export const PAGE_BITS = 12;
export const INDEX_BITS = 9;
/** An entry with N set is one of 16 pages that are one. */
const NAPOT_BITS = 16;
const LEVELS = 5;

/** An entry under examination. */
export interface Examined {
  /** 64 bits. */
  readonly entry: Expr;
  /** Three bits; 0 is the last. */
  readonly level: Expr;
  /** STAGES, two bits. */
  readonly stage: Expr;
  /** ACCESSES, two bits. */
  readonly access: Expr;
  /** Two bits: of the access that is translated. */
  readonly privilege: Expr;
  /** One bit: the access is one to a table of the other stage. */
  readonly implicit: Expr;
}

/** What the rows decide. */
export interface EntryDecision {
  /** A number of ENTRY_OUTCOMES, two bits. */
  readonly outcome: Expr;
  /** The row that does, as an index; their number for none. */
  readonly row: Expr;
}

export function decideEntry(hart: Hart, translation: Translation, examined: Examined): EntryDecision {
  const { lowering } = hart;
  const { entry, level, stage, access, privilege, implicit } = examined;
  const fields = Object.fromEntries(translation.fields.map(({ name, bits }) => [`pte.${name}`, slice(entry, bits.high, bits.low)]));
  const state = (part: 'user' | 'sum' | 'mxr' | 'adue' | 'pbmte'): Expr => {
    const scope = lowering.with({ privilege, implicit });
    return perStage(translation, stage, (s) => lowering.lower(s[part], scope, 1, `stage ${s.name}`));
  };
  const known = {
    ...fields, level, stage, access, implicit,
    user: state('user'), sum: state('sum'), mxr: state('mxr'), adue: state('adue'), pbmte: state('pbmte'),
  };
  const derived = Object.fromEntries(translation.variables.map(({ name, value, width }) =>
    [name, lowering.lower(value, lowering.only(known, {}), width, name)]));
  const scope = lowering.only({ ...known, ...derived }, {});
  const noMode = (): Expr => ZERO;
  const conditions = translation.rows.map((row) => lowering.condition(row.when, scope, noMode, `pte.${row.name}`));
  const first = (valueOf: (index: number) => Expr): Expr =>
    conditions.reduceRight((otherwise, condition, i) => mux(condition, valueOf(i), otherwise), valueOf(conditions.length));
  return {
    outcome: first((i) => outcome(translation.rows[i]?.then ?? 'fault')),
    row: first((i) => constant(Math.ceil(Math.log2(conditions.length + 1)), i)),
  };
}

const outcome = (o: EntryOutcome): Expr => constant(2, ENTRY_OUTCOMES.indexOf(o));

/** One bit: the decision is this one. */
export const decides = (decision: Expr, o: EntryOutcome): Expr => eqConst(decision, ENTRY_OUTCOMES.indexOf(o));

/** A value of the stage at work. */
export function perStage({ stages }: Translation, stage: Expr, valueOf: (stage: TranslationStage) => Expr): Expr {
  const [first, ...rest] = stages.map((s) => ({ key: STAGES[s.name], value: valueOf(s) }));
  if (first === undefined) throw new Error('translation names no stages');
  return select(stage, rest.map(({ key, value }) => ({ keys: [key], value })), first.value);
}

/** A field of an entry by its name. */
export const fieldOf = (translation: Translation, entry: Expr, name: string): Expr => {
  const field: EntryField | undefined = translation.fields.find((f) => f.name === name);
  if (field === undefined) throw new Error(`page-table entries have no field ${name}`);
  return slice(entry, field.bits.high, field.bits.low);
};

/** First byte of the page or table that a page number names, 64 bits. */
export const pageAt = (number: Expr): Expr => zext(concat(number, constant(PAGE_BITS, 0)), 64);

/** First byte of the table that a pointer names. */
export const tableOf = (translation: Translation, entry: Expr): Expr => pageAt(fieldOf(translation, entry, 'PPN'));

/** A number by level, three bits wide. */
export const byLevel = (level: Expr, width: number, valueOf: (level: number) => bigint | number): Expr =>
  select(level, Array.from({ length: LEVELS - 1 }, (_, i) => ({ keys: [BigInt(i + 1)], value: constant(width, valueOf(i + 1)) })), constant(width, valueOf(0)));

/** Distance of an address's entry from the start of its table of that level, 64 bits. `widened` (constant) bits more belong to a root. */
export function entryOffset(address: Expr, level: Expr, widened: number): Expr {
  const shifted = binary('shru', address, byLevel(level, 6, (i) => PAGE_BITS + INDEX_BITS * i));
  return zext(concat(slice(shifted, INDEX_BITS + widened - 1, 0), constant(3, 0)), 64);
}

/** The address that a leaf makes of another: page number from the entry, offset from the address. */
export function translated(translation: Translation, entry: Expr, level: Expr, address: Expr): Expr {
  const ones = (bits: number): bigint => (1n << BigInt(bits)) - 1n;
  const page = byLevel(level, 64, (i) => ones(PAGE_BITS + INDEX_BITS * i));
  const offset = mux(fieldOf(translation, entry, 'N'), constant(64, ones(NAPOT_BITS)), page);
  return or(and(tableOf(translation, entry), not(offset)), and(address, offset));
}

/** An entry with what an access leaves in it: A, and for a store D. */
export function touched(translation: Translation, entry: Expr, stores: Expr): Expr {
  const at = (name: string): number => translation.fields.find((f) => f.name === name)?.bits.low ?? 0;
  const bits = mux(stores, constant(64, (1n << BigInt(at('A'))) | (1n << BigInt(at('D')))), constant(64, 1n << BigInt(at('A'))));
  return or(entry, bits);
}

/** The level of a scheme's root, three bits; Bare has none and yields 0. */
export function rootLevel({ schemes }: Translation, mode: Expr): Expr {
  return select(mode, schemes.map((s) => ({ keys: [s.mode], value: constant(3, s.levels - 1) })), constant(3, 0));
}

/** One bit: the address has no bits where the scheme has none. */
export function isCanonical({ schemes }: Translation, { above, widened }: TranslationStage, mode: Expr, address: Expr): Expr {
  const width = (levels: number): number => PAGE_BITS + INDEX_BITS * levels + widened;
  // A sign-extended address has copies of its highest bit above it: with that bit they are all zero or all one.
  const shift = (levels: number): number => (above === 'sign' ? width(levels) - 1 : width(levels));
  const amount = select(mode, schemes.map((s) => ({ keys: [s.mode], value: constant(6, shift(s.levels)) })), constant(6, 0));
  const rest = binary(above === 'sign' ? 'shrs' : 'shru', address, amount);
  const zero = eqConst(rest, 0);
  return above === 'sign' ? or(zero, eqConst(rest, (1n << 64n) - 1n)) : zero;
}

