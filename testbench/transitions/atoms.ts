/**
 * The state that a decision can rest on, in its smallest parts: single bits of
 * CSRs and of the lines into the hart, and the fields whose values the specs
 * restrict (MPP is never 2).
 */
import type { Csr, CsrField, Isa } from '../../model/spec/isa.js';

/** A part of the state that changes as a whole. */
export interface Atom {
  /** `mstatus.TSR`, `medeleg[5]`, `lines.meip`. */
  readonly name: string;
  /** The register: a home CSR, or `lines.meip`. */
  readonly home: string;
  readonly low: number;
  readonly width: number;
  readonly legal: readonly bigint[];
  readonly line: boolean;
}

/** Values of atoms by name; what is absent is 0, or not given. */
export type Assignment = ReadonlyMap<string, bigint>;

/** The lines into the hart and their widths, as the operation language knows them; those of time are the specs'. */
export const LINES: Readonly<Record<string, number>> = { 'lines.msip': 1, 'lines.mtip': 1, 'lines.meip': 1, 'lines.seip': 1, 'lines.hgeip': 9 };

/** A line that time drives by a CSR: low while that holds the largest number, high while it holds 0. */
export interface TimerLine {
  /** `lines.stip`. */
  readonly name: string;
  /** The CSR that time is compared with. */
  readonly compare: string;
}

const HIGH = 0n;
const LOW = (1n << 64n) - 1n;

/** What the compared CSR holds for the line to be so. */
export const compareFor = (line: bigint): bigint => (line === 1n ? HIGH : LOW);

const timers = new WeakMap<Isa, readonly TimerLine[]>();

/** The lines that compare time with a CSR. */
export function timerLines(isa: Isa): readonly TimerLine[] {
  const found = timers.get(isa) ?? isa.traps.timers.filter((t) => isa.csrs.some((c) => c.name === t.compare.text)).map((t) => ({ name: `lines.${t.name}`, compare: t.compare.text }));
  timers.set(isa, found);
  return found;
}

const BIT: readonly bigint[] = [0n, 1n];

/** The name of bit `index` of a stored field. */
export function atomName(csr: Csr, field: CsrField, index: number): string {
  const width = field.bits.high - field.bits.low + 1;
  const restricted = field.source.kind === 'stored' && field.source.legal !== undefined;
  return restricted || width === 1 && field.name !== 'all' ? `${csr.name}.${field.name}` : `${csr.name}[${field.bits.low + index}]`;
}

/** Bit `index` of a stored field can be written. */
export const isWritable = (writable: bigint, index: number): boolean => ((writable >> BigInt(index)) & 1n) === 1n;

const fields = new WeakMap<CsrField, readonly Atom[]>();

/** The atoms that a stored field consists of. */
export function atomsOfField(csr: Csr, field: CsrField): readonly Atom[] {
  const found = fields.get(field) ?? makeField(csr, field);
  fields.set(field, found);
  return found;
}

function makeField(csr: Csr, field: CsrField): readonly Atom[] {
  if (field.source.kind !== 'stored') return [];
  const { legal, writable } = field.source;
  const width = field.bits.high - field.bits.low + 1;
  const home = csr.name;
  if (legal !== undefined) return [{ name: atomName(csr, field, 0), home, low: field.bits.low, width, legal, line: false }];
  return Array.from({ length: width }, (_, i) => i)
    .filter((i) => isWritable(writable, i))
    .map((i) => ({ name: atomName(csr, field, i), home, low: field.bits.low + i, width: 1, legal: BIT, line: false }));
}

/** A bit of a field that has one value. */
export interface FixedAtom {
  readonly name: string;
  /** Within the field. */
  readonly low: number;
  readonly value: bigint;
}

/** The bits of a field that cannot be written. */
export function fixedBits(csr: Csr, field: CsrField): readonly FixedAtom[] {
  const { source, bits: { high, low } } = field;
  const value = source.kind === 'constant' ? source.value : source.kind === 'stored' && source.legal === undefined ? source.reset : undefined;
  if (value === undefined || csr.counts !== undefined) return [];
  return Array.from({ length: high - low + 1 }, (_, i) => i)
    .filter((i) => source.kind === 'constant' || source.kind === 'stored' && !isWritable(source.writable, i))
    .map((i) => ({ name: atomName(csr, field, i), low: i, value: (value >> BigInt(i)) & 1n }));
}

const atomsOfLine = ([home, width]: readonly [string, number]): readonly Atom[] =>
  Array.from({ length: width }, (_, low) => ({ name: width === 1 ? home : `${home}[${low}]`, home, low, width: 1, legal: BIT, line: true }));

/**
 * Every atom of an instruction set by name. Counters that count by themselves
 * are no state to choose; of what time is compared with, only the outcome is.
 */
export function atomsOf(isa: Isa): ReadonlyMap<string, Atom> {
  const found = known.get(isa) ?? makeAtoms(isa);
  known.set(isa, found);
  return found;
}

const known = new WeakMap<Isa, ReadonlyMap<string, Atom>>();

function makeAtoms(isa: Isa): ReadonlyMap<string, Atom> {
  const compared = timerLines(isa).map(({ name, compare }): Atom => ({ name, home: compare, low: 0, width: 1, legal: BIT, line: true }));
  const chosen = isa.csrs.filter((csr) => csr.counts === undefined && !compared.some(({ home }) => home === csr.name));
  const csrs = chosen.flatMap((csr) => csr.fields.flatMap((field) => atomsOfField(csr, field)));
  return new Map([...csrs, ...Object.entries(LINES).flatMap(atomsOfLine), ...compared].map((atom) => [atom.name, atom]));
}
