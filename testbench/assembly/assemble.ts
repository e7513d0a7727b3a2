/**
 * The assembler: GNU syntax in, a placed program out.
 */
import { Execution } from './execute.js';
import { lookupOf } from './lookup.js';
import { Pass, type Layout } from './pass.js';
import { inMemoryOrder, type Section, type SectionKind } from './sections.js';
import { readStatements, type AssemblyError } from './source.js';
import type { AssemblyTables } from './tables.js';

export { formatError, type AssemblyError } from './source.js';
export type { SectionKind } from './sections.js';

export interface AssemblyOptions {
  /** Name of the program in messages. */
  readonly file?: string;
  /** Where the program begins; 0x80000000 unless said otherwise. */
  readonly base?: bigint;
}

/** A part of a program at its place. */
export interface ProgramSection {
  readonly name: string;
  readonly kind: Exclude<SectionKind, 'absent'>;
  readonly address: bigint;
  /** In memory; `bytes` of `zeros` are empty. */
  readonly size: number;
  readonly alignment: bigint;
  readonly bytes: Uint8Array;
}

export interface ProgramSymbol {
  readonly name: string;
  readonly value: bigint;
  /** Absent for numbers (`.equ`). */
  readonly section?: string;
  readonly global: boolean;
}

/** A program ready to be loaded. */
export interface AssembledProgram {
  /** `_start`, or else the beginning. */
  readonly entry: bigint;
  /** In the order of memory, empty ones left out. */
  readonly sections: readonly ProgramSection[];
  readonly symbols: readonly ProgramSymbol[];
  /** Source line of every instruction. */
  readonly lines: readonly { readonly address: bigint; readonly line: number }[];
  readonly arch: string;
}

export type Assembly =
  | { readonly ok: true; readonly program: AssembledProgram }
  | { readonly ok: false; readonly errors: readonly AssemblyError[] };

/** Where programs begin unless told otherwise. */
export const DEFAULT_BASE = 0x8000_0000n;

/** Layouts settle after three passes unless sizes depend on addresses. */
const MOST_PASSES = 20;

const isPresent = (kind: SectionKind): kind is Exclude<SectionKind, 'absent'> => kind !== 'absent';

function sectionsOf(sections: Iterable<Section>): ProgramSection[] {
  return inMemoryOrder(sections).flatMap(({ name, kind, base, size, alignment, bytes }) =>
    (size > 0 && isPresent(kind) ? [{ name, kind, address: base, size, alignment, bytes }] : []));
}

function programOf(pass: Pass, arch: string): AssembledProgram {
  const sections = sectionsOf(pass.sections.values());
  const entry = pass.symbols.get('_start')?.value ?? sections[0]?.address ?? pass.base;
  const symbols = [...pass.symbols].map(([name, { value, section }]) => ({
    name, value: BigInt.asUintN(64, value), global: pass.globals.has(name), ...(section === undefined ? {} : { section }),
  }));
  return { entry, sections, symbols, lines: pass.lines, arch };
}

/**
 * Assembles a program.
 *
 * @param source - Its text, in GNU syntax.
 * @returns The program, or its mistakes in the order of the text.
 */
export function assemble(source: string, tables: AssemblyTables, { file = 'program.S', base = DEFAULT_BASE }: AssemblyOptions = {}): Assembly {
  const statements = readStatements(source);
  const lookup = lookupOf(tables);
  let layout: Layout | undefined;
  for (let n = 0; n < MOST_PASSES; n++) {
    const pass = new Pass(lookup, base, layout);
    const execution = new Execution(pass, file);
    execution.run(statements);
    if (pass.settled()) {
      return execution.errors.length === 0 ? { ok: true, program: programOf(pass, tables.arch) } : { ok: false, errors: execution.errors };
    }
    layout = pass.layout();
  }
  const unsettled: AssemblyError = {
    file, line: 1, column: 1, length: 1, source: source.split('\n')[0] ?? '',
    message: 'the layout does not settle: sizes depend on addresses that depend on sizes',
    mend: 'Look for li, .skip or .if of an address that lies behind it; use la for addresses.',
  };
  return { ok: false, errors: [unsettled] };
}
