/**
 * Page tables around one entry that is given: the walk of an address comes to
 * it at its level, and all other entries let every access through.
 *
 * A stage has one page for its root and all tables on the way to the entry:
 * index 0 leads to the page itself, so that any scheme comes to the same
 * entries. The entry, if it is a pointer, leads to a page that ends the walk
 * where the entry as a leaf would: the low bits of the address are those of
 * the page it is translated to.
 */
import type { Csr, EntryField, Isa, StageName, Translation } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import type { Assignment } from './atoms.js';
import { stageOf } from './entry-decision.js';
import { hasEntry, isImplicit, type TranslatedAccess } from './event.js';
import { AT, BASE } from './map.js';
import { entryValue, goodLeaf, untouchedLeaf } from './page-entry.js';
import { csrsOf } from './state-names.js';

/** A doubleword of a table. */
export interface TableWord {
  readonly address: bigint;
  readonly value: bigint;
  /** What it is, in words. */
  readonly what: string;
}

/** What the tables are made for. */
export interface TableRequest {
  readonly walk: TranslatedAccess;
  readonly mode: Mode;
  /** The entry's bits, and its level. */
  readonly entry: Assignment;
  readonly level: number;
  /** Of the access that is translated: 0 U, 1 S. */
  readonly privilege: bigint;
  /** Chooses among schemes that have the level; the smallest without it. */
  readonly pick?: (schemes: readonly bigint[]) => bigint;
}

export interface PageTables {
  /** By address. */
  readonly words: readonly TableWord[];
  /** How entries are laid out. */
  readonly fields: readonly EntryField[];
  /** The registers of the stages; a stage that is not named is Bare. */
  readonly registers: ReadonlyMap<string, bigint>;
  /** Virtual address of the access. */
  readonly address: bigint;
  /** Where the mode finds the program's first byte. */
  readonly code: bigint;
  /** The entry as it lies in memory. */
  readonly tested: TableWord;
  /** Physical address of what a fetch gets. */
  readonly target: bigint;
}

const PAGE_BITS = 12n;
const INDEX_BITS = 9n;
/** Pages of a range that is one page; it begins at a multiple of so many. */
const NAPOT = 16n;
const GIGA = 1n << 30n;

/** Pages from BASE on. G's root takes four, of which the others stay empty. */
const AT_PAGE = { root: 1n, next: 2n, target: 3n, G: 4n } as const;

/**
 * Indices. The entry has the number of its target page, so that a page of 16
 * comes to the same; `memory` is the gigapage at BASE as it is, `alias` the
 * same for users, `guest` leads to VS's second table.
 */
const INDEX = { self: 0n, alias: 1n, memory: 2n, entry: AT_PAGE.target, guest: 4n } as const;
/** The level of every scheme's first gigabytes, and an address bit that no scheme has. */
const TOP_LEVEL = 2;
const BEYOND = 1n << 62n;
/** Offset in its page of what is accessed. */
const OFFSET = BigInt(AT.target);

const pageAt = (number: bigint): bigint => BASE + (number << PAGE_BITS);
const low = (address: bigint, bits: bigint): bigint => address & ((1n << bits) - 1n);

/** An address that comes to the entry at a level, and as a leaf there is translated to the target page. */
function addressAt(level: bigint): bigint {
  const bits = PAGE_BITS + INDEX_BITS * level;
  return (INDEX.entry << bits) | low(pageAt(AT_PAGE.target), bits);
}

/** Makes tables of an instruction set. */
export class TableMaker {
  readonly #translation: Translation;
  /** What is around entries, by what it depends on: made often, for few different ones. */
  readonly #known = new Map<string, readonly TableWord[]>();

  constructor(readonly isa: Isa) {
    if (isa.translation === undefined) throw new Error('there is no translation, so that there are no tables');
    this.#translation = isa.translation;
  }

  make(request: TableRequest): PageTables {
    const { walk, mode, privilege } = request;
    const level = hasEntry(walk) ? request.level : TOP_LEVEL;
    const user = privilege === 0n;
    const address = addressAt(BigInt(level)) | (walk.purpose === 'beyond' ? BEYOND : 0n);
    const root = walk.stage === 'G' ? AT_PAGE.G : AT_PAGE.root;
    const entry = hasEntry(walk) ? this.#entry(request) : this.#at(this.#pointer(0n), undefined, this.#lost(walk.purpose) >> PAGE_BITS);
    const tested = { address: pageAt(root) + 8n * INDEX.entry, value: entry, what: `the entry, of ${walk.stage}, level ${level}` };
    const paged: [StageName, bigint][] = [[walk.stage, this.#register(walk.stage, root, { ...request, level })]];
    const guest = isImplicit(walk.purpose);
    if (guest) paged.push(['VS', this.#register('VS', AT_PAGE.root, { ...request, level: TOP_LEVEL })]);
    const here = paged.some(([stage]) => stage === (mode === 'VU' ? 'VS' : 'S')) && (mode === 'U' || mode === 'VU');
    return {
      words: [...this.#around(root, walk, address, user), tested].sort((a, b) => Number(a.address - b.address)), tested, fields: this.#translation.fields,
      registers: new Map(this.#translation.stages.map(({ name, register }) => [register, paged.find(([stage]) => stage === name)?.[1] ?? 0n])),
      address: guest ? (INDEX.guest << 30n) | OFFSET : address | OFFSET,
      code: here ? INDEX.alias * GIGA : BASE,
      target: (guest ? BASE : pageAt(AT_PAGE.target)) | OFFSET,
    };
  }

  /** Everything around the entry. */
  #around(root: bigint, { stage, purpose }: TranslatedAccess, address: bigint, user: boolean): readonly TableWord[] {
    const key = [stage, purpose, address, user].join();
    const found = this.#known.get(key) ?? [
      ...this.#root(root, stage),
      ...this.#next(stage === 'G' || user),
      ...(!isImplicit(purpose) ? [] : [...this.#root(AT_PAGE.root, 'VS'), ...this.#guest(address, user, purpose === 'update')]),
    ];
    this.#known.set(key, found);
    return found;
  }

  /** Where no table can be. */
  #lost(purpose: TranslatedAccess['purpose']): bigint {
    return purpose === 'device' ? (this.isa.hart.regions.find((r) => r.kind === 'io')?.base ?? 0n) : 0n;
  }

  /** The entry: as a pointer it leads on, as a leaf to the target page but for what it has wrong in itself. */
  #entry({ entry, level }: TableRequest): bigint {
    const value = entryValue(this.isa, entry);
    const is = (flag: string): boolean => entry.get(`pte.${flag}`) === 1n;
    if (!is('R') && !is('X')) return this.#at(value, AT_PAGE.next);
    const inside = INDEX_BITS * BigInt(level);
    const page = pageAt(AT_PAGE.target) >> PAGE_BITS;
    // The bits of the page number are the entry's as far as rows look at them.
    const free = inside > 0n ? 1n << inside : is('N') ? NAPOT : 1n;
    return this.#at(value, undefined, (page / free) * free, free);
  }

  /** An entry with the number of a page; `free`: low bits of it that stay. */
  #at(value: bigint, page: bigint | undefined, number = (pageAt(page ?? 0n) >> PAGE_BITS), free = 1n): bigint {
    const field = this.#translation.fields.find((f) => f.name === 'PPN')?.bits;
    if (field === undefined) throw new Error('page-table entries have no PPN');
    const shift = BigInt(field.low);
    const all = ((1n << BigInt(field.high - field.low + 1)) - 1n) << shift;
    return (value & ~all) | (number << shift) | (value & ((free - 1n) << shift));
  }

  #leaf(user: boolean, page: bigint): bigint {
    return this.#at(entryValue(this.isa, goodLeaf(user)), page);
  }

  #pointer(page: bigint): bigint {
    return this.#at(entryValue(this.isa, new Map([['pte.V', 1n]])), page);
  }

  /** Of a root: the way down, and memory, for users and for supervisors. */
  #root(page: bigint, stage: StageName): readonly TableWord[] {
    return [
      this.#word(page, INDEX.self, this.#pointer(page), `${stage}: this page, for the next level`),
      this.#word(page, INDEX.alias, this.#leaf(true, 0n), 'memory for users, a gigabyte'),
      this.#word(page, INDEX.memory, this.#leaf(stage === 'G', 0n), 'memory as it is, a gigabyte'),
    ];
  }

  /** Behind the entry: on to the target page, from whichever level. */
  #next(user: boolean): readonly TableWord[] {
    const page = AT_PAGE.next;
    return [
      this.#word(page, INDEX.self, this.#pointer(page), 'behind the entry: this page'),
      this.#word(page, INDEX.memory, this.#pointer(page), 'this page'),
      this.#word(page, INDEX.entry, this.#leaf(user, AT_PAGE.target), 'the target page'),
    ];
  }

  /** VS's way to its second table, which lies where G's walk comes to the entry. */
  #guest(address: bigint, user: boolean, untouched: boolean): readonly TableWord[] {
    const leaf = entryValue(this.isa, untouched ? untouchedLeaf(user) : goodLeaf(user));
    return [
      this.#word(AT_PAGE.root, INDEX.guest, this.#at(entryValue(this.isa, new Map([['pte.V', 1n]])), undefined, address >> PAGE_BITS), 'VS: a table at a guest physical address'),
      this.#word(AT_PAGE.target, 0n, this.#at(leaf, 0n), 'that table: memory as it is, two megabytes'),
    ];
  }

  #word(page: bigint, index: bigint, value: bigint, what: string): TableWord {
    return { address: pageAt(page) + 8n * index, value, what };
  }

  /** What a stage's register holds: a scheme that has the level, and the root. */
  #register(stage: StageName, root: bigint, { level, pick }: TableRequest): bigint {
    const schemes = this.#translation.schemes.filter((s) => s.levels > level).map((s) => s.mode);
    const mode = pick === undefined ? schemes[0] : pick(schemes);
    const csr = csrsOf(this.isa).get(stageOf(this.#translation, stage).register);
    if (mode === undefined || csr === undefined) throw new Error(`no scheme has an entry of level ${level}`);
    return (mode << lowOf(csr, 'MODE')) | ((pageAt(root) >> PAGE_BITS) << lowOf(csr, 'PPN'));
  }
}

function lowOf(csr: Csr, name: string): bigint {
  const field = csr.fields.find((f) => f.name === name);
  if (field === undefined) throw new Error(`${csr.name} has no field ${name}`);
  return BigInt(field.bits.low);
}
