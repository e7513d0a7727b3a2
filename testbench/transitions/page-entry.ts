/**
 * The page-table entry that an event is about, as state: its fields, and the
 * level at which it stands.
 */
import type { EntryField, Isa, Translation, Variable } from '../../model/spec/isa.js';
import type { Dice } from '../arbitraries/dice.js';
import type { Assignment, Atom } from './atoms.js';
import { at, type Bit, type Bits, blurred, dependencies, fromBits, known, single, valueOf } from './bits.js';
import { evaluate, type Names } from './evaluate.js';

/** What holds the entry's bits, and what holds its level: no registers of a hart. */
export const ENTRY_HOME = 'entry';
export const LEVEL_HOME = 'level';
/** The level, as the rows name it. */
export const LEVEL = 'level';
const LEVEL_BITS = 3;

/** Fields of so few bits have their values as a whole. */
const WHOLE = 2;
/** Bits that each level of tables translates. */
const INDEX_BITS = 9;

const valuesBelow = (end: number): readonly bigint[] => Array.from({ length: end }, (_, i) => BigInt(i));
const byIsa = new WeakMap<Isa, ReadonlyMap<string, Atom>>();

/** The atoms of an entry and of its level, by name; none without translation. */
export function entryAtoms(isa: Isa): ReadonlyMap<string, Atom> {
  const found = byIsa.get(isa) ?? new Map((isa.translation === undefined ? [] : makeAtoms(isa.translation)).map((a) => [a.name, a]));
  byIsa.set(isa, found);
  return found;
}

function makeAtoms({ fields, schemes }: Translation): readonly Atom[] {
  const levels = Math.max(...schemes.map((s) => s.levels));
  const bits = fields.flatMap(({ name, bits: { high, low } }): readonly Atom[] => {
    const width = high - low + 1;
    if (width <= WHOLE) return [{ name: `pte.${name}`, home: ENTRY_HOME, low, width, legal: valuesBelow(2 ** width), line: true }];
    // Of a page number only what the largest page has inside: the rest says where the page is.
    const free = Math.min(width, INDEX_BITS * (levels - 1));
    return Array.from({ length: free }, (_, i) => ({ name: `pte.${name}[${i}]`, home: ENTRY_HOME, low: low + i, width: 1, legal: valuesBelow(2), line: true }));
  });
  return [...bits, { name: LEVEL, home: LEVEL_HOME, low: 0, width: LEVEL_BITS, legal: valuesBelow(levels), line: true }];
}

/** The name belongs to the entry, not to the hart. */
export const isOfEntry = ({ translation }: Isa, name: string): boolean =>
  name === LEVEL || name.startsWith('pte.') || translation?.variables.some((v) => v.name === name) === true;

/** The names of the rows on a partly given entry. Variables that rest on several bits of it stand for themselves. */
export class EntryNames implements Names {
  readonly #translation: Translation | undefined;

  /** @param state - The names that the entry itself does not have. */
  constructor(readonly isa: Isa, readonly given: Assignment, readonly state: (name: string) => Bits | undefined = () => undefined) {
    this.#translation = isa.translation;
  }

  name(name: string): Bits | undefined {
    if (name === LEVEL) return this.#whole(LEVEL, LEVEL_BITS);
    const variable = this.#translation?.variables.find((v) => v.name === name);
    if (variable !== undefined) return this.#variable(variable);
    const field = this.#translation?.fields.find((f) => `pte.${f.name}` === name);
    if (field === undefined) return this.state(name);
    const width = field.bits.high - field.bits.low + 1;
    return width <= WHOLE ? this.#whole(name, width) : fromBits(Array.from({ length: width }, (_, i) => this.#bit(`${name}[${i}]`)));
  }

  register(): undefined {
    return undefined;
  }

  call(name: string) {
    return this.isa.functions.find((f) => f.name === name);
  }

  #whole(name: string, width: number): Bits {
    const value = this.given.get(name);
    return value === undefined ? blurred(new Set([name]), width) : known(value, width);
  }

  #bit(name: string): Bit {
    const value = this.given.get(name);
    if (value !== undefined) return value === 0n ? 0 : 1;
    return entryAtoms(this.isa).has(name) ? new Set([name]) : 0;
  }

  #variable({ name, value }: Variable): Bits {
    const given = this.given.get(name);
    if (given !== undefined) return known(given, 1);
    const found = evaluate(value, this);
    if (valueOf(found) !== undefined) return found;
    return dependencies(found).has(LEVEL) ? single(new Set([LEVEL])) : single(new Set([name]));
  }
}

/** The atoms behind a name of the rows, at a level; those of every level if none is given. */
export function atomsBehindEntry(isa: Isa, name: string, level?: bigint): readonly string[] {
  const variable = isa.translation?.variables.find((v) => v.name === name);
  if (variable === undefined) return [name];
  const levels = level === undefined ? (entryAtoms(isa).get(LEVEL)?.legal ?? []) : [level];
  return [...new Set(levels.flatMap((l) => [...dependencies(evaluate(variable.value, new EntryNames(isa, new Map([[LEVEL, l]]))))]))];
}

/** The bits of an entry put together; what is not given is 0. */
export function entryValue(isa: Isa, given: Assignment): bigint {
  let value = 0n;
  for (const atom of entryAtoms(isa).values()) if (atom.home === ENTRY_HOME) value |= (given.get(atom.name) ?? 0n) << BigInt(atom.low);
  return value;
}

/** A leaf that lets every access of a privilege through. */
export const goodLeaf = (user: boolean): Assignment =>
  new Map([...['V', 'R', 'W', 'X', 'A', 'D', ...(user ? ['U'] : [])].map((flag) => [`pte.${flag}`, 1n] as const)]);

/** The same before its first access. */
export const untouchedLeaf = (user: boolean): Assignment => new Map([...goodLeaf(user)].filter(([name]) => name !== 'pte.A' && name !== 'pte.D'));

/** Atoms enough to see that a field counts, at every level: of wide fields the first bits, and those at the end of an index. */
export function tellingAtoms(isa: Isa): ReadonlyMap<string, Atom> {
  const telling = (name: string): boolean => {
    const [, index] = /\[(\d+)\]$/.exec(name) ?? [];
    const i = Number(index ?? 0);
    return i < FIRST_BITS || i % INDEX_BITS === INDEX_BITS - 1;
  };
  return new Map([...entryAtoms(isa)].filter(([name]) => telling(name)));
}

/** As many bits of a page number say whether 16 pages are one. */
const FIRST_BITS = 4;

/** Entries as programs have them: leaves of users and of supervisors, used or not, with code alone, and a pointer. */
export const usualEntries = (isa: Isa): readonly bigint[] =>
  [...[false, true].flatMap((user) => [goodLeaf(user), untouchedLeaf(user), codeLeaf(user)]), new Map([['pte.V', 1n]])].map((e) => entryValue(isa, e));

/** A leaf for fetches only. */
const codeLeaf = (user: boolean): Assignment => new Map([...goodLeaf(user)].filter(([name]) => name !== 'pte.R' && name !== 'pte.W'));

/** Tries to find bits at which a variable has a value: each is a value that some bits have. */
const TRIES = 1_000;

/** Bits of the entry at which the names of its rows have these values: where several bits make one, some that do. */
export function bitsFor(isa: Isa, wanted: Assignment, dice: Dice): Assignment {
  const level = wanted.get(LEVEL) ?? 0n;
  const found = new Map([...wanted].filter(([name]) => entryAtoms(isa).has(name)));
  for (const variable of isa.translation?.variables ?? []) {
    const value = wanted.get(variable.name);
    if (value === undefined) continue;
    for (const [name, bit] of some(isa, variable, value, level, dice)) found.set(name, bit);
  }
  return found;
}

/** Bits at which a variable has a value. */
function some(isa: Isa, variable: Variable, value: bigint, level: bigint, dice: Dice): Assignment {
  const atoms = atomsBehindEntry(isa, variable.name, level);
  for (let i = 0; i < TRIES; i++) {
    const met = tried(isa, variable, value, level, atoms, dice);
    if (met !== undefined) return met;
  }
  throw new Error(`no entry of level ${level} has ${variable.name}=${value}`);
}

/** Some bits, often a single one, if the variable has the value with them. */
function tried(isa: Isa, { value }: Variable, wanted: bigint, level: bigint, atoms: readonly string[], dice: Dice): Assignment | undefined {
  const one = dice.oneIn(2) ? dice.pick(atoms) : undefined;
  const dense = dice.oneIn(4);
  const bits = new Map(atoms.map((name): readonly [string, bigint] => [name, one === undefined ? (dense && dice.oneIn(2) ? 1n : 0n) : name === one ? 1n : 0n]));
  const found = at(evaluate(value, new EntryNames(isa, new Map([...bits, [LEVEL, level]]))), 0);
  return found === Number(wanted) ? bits : undefined;
}

/** `V R - X U - A - - PPN=0x80003`: an entry as a person reads it. */
export function entryText(fields: readonly EntryField[], value: bigint): string {
  const of = ({ bits: { high, low } }: EntryField): bigint => (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
  const flags = fields.filter((f) => f.bits.high === f.bits.low).map((f) => (of(f) === 0n ? '-' : f.name));
  const others = fields.filter((f) => f.bits.high !== f.bits.low && of(f) !== 0n).map((f) => `${f.name}=0x${of(f).toString(16)}`);
  return [...flags, ...others].join(' ');
}
