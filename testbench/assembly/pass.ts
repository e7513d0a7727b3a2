/**
 * One pass over a program: sections grow, symbols get addresses.
 *
 * There is no linker and there are no relocations. Every pass knows the whole
 * layout of the pass before it; when a pass ends with the layout it began
 * with, all its addresses are right. The first pass guesses: what it does not
 * know yet lies here.
 */
import { nearest } from '../../model/spec/nearest.js';
import type { Cursor } from './cursor.js';
import type { Lookup } from './lookup.js';
import type { OperandContext } from './operands.js';
import { kindByName, placeSections, Section, type SectionKind } from './sections.js';
import { Mistake, type Statement } from './source.js';

/** A named value. */
export interface SymbolValue {
  readonly value: bigint;
  /** The section a label stands in; absent for `.equ`. */
  readonly section?: string;
  readonly line: number;
}

/** What a pass learns and the next one starts from. */
export interface Layout {
  readonly symbols: ReadonlyMap<string, SymbolValue>;
  /** All definitions of each local label, in order. */
  readonly locals: ReadonlyMap<string, readonly bigint[]>;
  /** What each `%pcrel_hi` stood for, by the address of its instruction. */
  readonly distances: ReadonlyMap<bigint, bigint>;
  readonly bases: ReadonlyMap<string, bigint>;
}

/** Where sections lie while nothing is known: far enough apart. */
const GUESSED_GAP = 0x100_0000n;

export class Pass implements OperandContext {
  readonly sections = new Map<string, Section>();
  readonly symbols = new Map<string, SymbolValue>();
  readonly locals = new Map<string, bigint[]>();
  readonly distances = new Map<bigint, bigint>();
  readonly globals = new Set<string>();
  /** Address and line of every instruction. */
  readonly lines: { readonly address: bigint; readonly line: number }[] = [];
  /** Where the next byte goes. */
  section: Section;
  private previous: Section;

  constructor(readonly lookup: Lookup, readonly base: bigint, private readonly before: Layout | undefined) {
    this.section = this.enter('.text');
    this.previous = this.section;
  }

  get here(): bigint {
    return this.section.here;
  }

  /** Continues a section, begun at its first mention. */
  enter(name: string, kind: SectionKind = kindByName(name)): Section {
    let section = this.sections.get(name);
    if (section === undefined) {
      const guess = this.base + GUESSED_GAP * BigInt(this.sections.size);
      section = new Section(name, kind, this.before?.bases.get(name) ?? guess);
      this.sections.set(name, section);
    }
    this.previous = this.section;
    this.section = section;
    return section;
  }

  /** Back to the section before this one (`.previous`). */
  leave(): void {
    [this.section, this.previous] = [this.previous, this.section];
  }

  /** A label stands here. */
  label(statement: Statement): void {
    const { text: name, line } = statement;
    if (/^\d+$/.test(name)) {
      this.locals.set(name, [...(this.locals.get(name) ?? []), this.here]);
      return;
    }
    const other = this.symbols.get(name);
    if (other !== undefined) throw new Mistake(`'${name}' is already defined in line ${other.line}`, 'Give one of them another name, or use a local label: 1: with 1b and 1f.');
    this.symbols.set(name, { value: this.here, section: this.section.name, line });
  }

  /** `.equ`, `.set`, `=`: may be assigned again. */
  assign(name: string, value: bigint, line: number): void {
    if (this.symbols.get(name)?.section !== undefined) throw new Mistake(`'${name}' is already a label`, 'Use another name.');
    this.symbols.set(name, { value, line });
  }

  isDefined(name: string): boolean {
    return this.symbols.has(name);
  }

  isSymbol(name: string): boolean {
    return this.symbols.has(name) || (this.before?.symbols.has(name) ?? true);
  }

  symbol(name: string, cursor: Cursor, start: number): bigint {
    const known = this.symbols.get(name) ?? this.before?.symbols.get(name);
    if (known !== undefined) return known.value;
    if (this.before === undefined) return this.here;
    const meant = nearest(name, this.before.symbols.keys());
    throw cursor.mistake(`there is no symbol '${name}'`, meant === undefined ? `Define it: a label ${name}: or .equ ${name}, VALUE.` : `Did you mean ${meant}?`, start, start + name.length);
  }

  local(number: string, direction: 'b' | 'f', cursor: Cursor, start: number): bigint {
    const passed = this.locals.get(number) ?? [];
    const known = direction === 'b' ? passed.at(-1) : this.before?.locals.get(number)?.[passed.length];
    if (known !== undefined) return known;
    if (this.before === undefined && direction === 'f') return this.here;
    throw cursor.mistake(
      `no label ${number}: ${direction === 'b' ? 'stands before' : 'follows'}`, `Write ${number}${direction === 'b' ? 'f' : 'b'} for the other direction, or define ${number}: there.`,
      start, start + number.length + 1,
    );
  }

  distanceAt(address: bigint, cursor: Cursor, start: number): bigint {
    const known = this.distances.get(address) ?? this.before?.distances.get(address);
    if (known !== undefined) return known;
    if (this.before === undefined) return 0n;
    throw cursor.mistake('there is no %pcrel_hi at this label', 'The argument of %pcrel_lo is the label of the auipc with the %pcrel_hi.', start, cursor.position - 1);
  }

  noteDistance(distance: bigint): void {
    this.distances.set(this.here, distance);
  }

  csr(name: string): number | undefined {
    return this.lookup.csrs.get(name);
  }

  csrNames(): Iterable<string> {
    return this.lookup.csrs.keys();
  }

  /** Appends an instruction of so many bytes. */
  instruction(word: number, bytes: 2 | 4, line: number): void {
    const { alignment } = this.lookup;
    if (this.here % BigInt(alignment) !== 0n) throw new Mistake(`an instruction at 0x${this.here.toString(16)}, which is no multiple of ${alignment}`, `Write .balign ${alignment} before it.`);
    this.lines.push({ address: this.here, line });
    this.data(BigInt(word), bytes);
  }

  /** Appends a number of so many bytes. */
  data(value: bigint, bytes: number): void {
    if (this.section.kind === 'zeros' && value !== 0n) throw new Mistake(`${this.section.name} holds zeros, not ${value}`, 'Put it into .data.');
    this.section.append(value, bytes);
  }

  /** What the next pass starts from. */
  layout(): Layout {
    return { symbols: this.symbols, locals: this.locals, distances: this.distances, bases: placeSections(this.sections.values(), this.base) };
  }

  /** Whether everything lies where this pass believed it to lie. */
  settled(): boolean {
    const { before } = this;
    if (before === undefined) return false;
    const now = this.layout();
    const same = <T>(a: ReadonlyMap<unknown, T>, b: ReadonlyMap<unknown, T>, equal: (x: T, y: T) => boolean): boolean =>
      a.size === b.size && [...a].every(([key, value]) => {
        const other = b.get(key);
        return other !== undefined && equal(value, other);
      });
    return same(now.bases, before.bases, (a, b) => a === b)
      && same(now.symbols, before.symbols, (a, b) => a.value === b.value)
      && same(now.locals, before.locals, (a, b) => a.length === b.length && a.every((x, i) => x === b[i]))
      && same(now.distances, before.distances, (a, b) => a === b);
  }
}
