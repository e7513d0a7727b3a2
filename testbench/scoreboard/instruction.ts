/**
 * What docs/timing.md asks about an instruction word: registers, which unit it
 * occupies, whether it is slow.
 */
import { expanderOf, lengthOf, type Expander } from '../../model/spec/compressed.js';
import type { BitRange, Format, Instruction, InstructionClass, Isa } from '../../model/spec/isa.js';

/** An instruction word as the timing rules see it. */
export interface Timed {
  /** Undefined: no encoding matches. */
  readonly instruction: Instruction | undefined;
  /** The instruction of 32 bits, expanded if it was fetched as 16. */
  readonly word: number;
  /** As it was fetched, in bytes. */
  readonly length: 2 | 4;
  /** Registers read, without register 0. */
  readonly sources: readonly number[];
  /** Register written, 0 for none. */
  readonly destination: number;
  readonly unit: 'load' | 'store' | 'multiply' | 'divide' | 'branch' | 'jump' | 'wait' | 'zero' | 'other';
  /** Slow by what it is; a fast one may still trap or reach I/O. */
  readonly slow: boolean;
  /** Width of the memory access in bytes, 0 for none. */
  readonly bytes: number;
}

const FAST: ReadonlySet<InstructionClass> = new Set(['alu', 'multiply', 'muldiv', 'branch', 'jump', 'load', 'store']);

/** Bits of a word. */
export const bitsOf = (word: number, { high, low }: BitRange): number => (word >>> low) % 2 ** (high - low + 1);

const DIVISION = /[/%][su]/;

function unitOf({ class: kind, result, block }: Instruction): Timed['unit'] {
  switch (kind) {
    case 'lr':
    case 'amo':
      return 'load';
    case 'sc':
      return 'store';
    case 'load':
    case 'store':
    case 'branch':
    case 'jump':
    case 'wait':
      return kind;
    case 'cbo':
      return block?.zero === true ? 'zero' : 'other';
    case 'multiply':
    case 'muldiv':
      return DIVISION.test(result?.text ?? '') ? 'divide' : 'multiply';
    default:
      return 'other';
  }
}

function register(format: Format, name: 'rd' | 'rs1' | 'rs2', word: number): number {
  const range = format.registers[name];
  return range === undefined ? 0 : bitsOf(word, range);
}

/** Where a match has 0 or 1, and the bits there. */
interface Pattern {
  readonly instruction: Instruction;
  readonly care: number;
  readonly mask: number;
  readonly bits: number;
}

const asWord = (match: string, ones: string): number => [...match].reduce((word, c) => word * 2 + (ones.includes(c) ? 1 : 0), 0);

function patternOf(instruction: Instruction): Pattern {
  const { match } = instruction;
  return { instruction, care: [...match].filter((c) => c !== '-').length, mask: asWord(match, '01'), bits: asWord(match, '1') };
}

/** Words to instructions, by the encodings of the specs; the narrower wins. */
export class InstructionTimer {
  readonly #patterns: readonly Pattern[];
  readonly #known = new Map<number, Timed>();
  readonly #expand: Expander;

  constructor(isa: Pick<Isa, 'instructions' | 'compressed'>) {
    this.#expand = expanderOf(isa.compressed);
    this.#patterns = isa.instructions.map(patternOf).sort((a, b) => b.care - a.care);
  }

  /** @param insn - 32 bits, of which a 16-bit instruction is the low half; 0 for a word that could not be fetched. */
  of(insn: number): Timed {
    const length = lengthOf(insn);
    const bits = length === 2 ? insn & 0xffff : insn;
    const known = this.#known.get(bits);
    if (known !== undefined) return known;
    const timed = { ...this.#describe(this.#expand(bits) ?? 0), length };
    this.#known.set(bits, timed);
    return timed;
  }

  #describe(word: number): Omit<Timed, 'length'> {
    const instruction = this.#patterns.find(({ mask, bits }) => (word & mask) >>> 0 === bits)?.instruction;
    if (instruction === undefined) return { instruction, word, sources: [], destination: 0, unit: 'other', slow: true, bytes: 0 };
    const { format, class: kind, permit, memory } = instruction;
    return {
      instruction,
      word,
      sources: [register(format, 'rs1', word), register(format, 'rs2', word)].filter((r) => r !== 0),
      destination: register(format, 'rd', word),
      unit: unitOf(instruction),
      slow: !FAST.has(kind) || permit !== undefined,
      bytes: memory?.bytes ?? 0,
    };
  }
}
