/**
 * Which registers an instruction word reads, from the specs' own tables.
 */
import { expanderOf } from '../../model/spec/compressed.js';
import type { AssemblyTables } from '../assembly/tables.js';

/** Register numbers; 0 where it reads none. */
export interface SourceRegisters {
  readonly rs1: number;
  readonly rs2: number;
}

/** Finds the source registers of a word. */
export type SourceFinder = (insn: number) => SourceRegisters;

const NONE: SourceRegisters = { rs1: 0, rs2: 0 };

interface Entry {
  readonly match: number;
  readonly mask: number;
  /** Lowest bit of each field; undefined where the instruction has none. */
  readonly rs1: number | undefined;
  readonly rs2: number | undefined;
}

const weight = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

/** A finder for an instruction set; of two encodings that fit, the narrower counts. */
export function sourceFinder(tables: AssemblyTables): SourceFinder {
  const expand = expanderOf(tables.compressed);
  const entries = tables.instructions
    .filter(({ bytes }) => bytes === 4)
    .map(({ match, mask, syntax }): Entry => {
      const low = (name: string): number | undefined => syntax.flatMap((p) => (typeof p === 'object' && p.kind === 'register' && p.name === name ? p.bits : []))[0]?.[1];
      return { match, mask, rs1: low('rs1'), rs2: low('rs2') };
    })
    .sort((a, b) => weight(b.mask) - weight(a.mask));
  return (word) => {
    const insn = expand(word) ?? 0;
    const found = entries.find(({ match, mask }) => (insn & mask) >>> 0 === match);
    if (found === undefined) return NONE;
    const field = (low: number | undefined): number => (low === undefined ? 0 : (insn >>> low) & 31);
    return { rs1: field(found.rs1), rs2: field(found.rs2) };
  };
}
