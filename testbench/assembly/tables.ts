/**
 * What assembler and disassembler know of an instruction set: plain data made
 * from the specs, so that a compiled core carries it without YAML.
 */
import type { Wiring } from '../../model/spec/compressed.js';
import type { BitRange, Compressed, Format, Instruction, Isa } from '../../model/spec/isa.js';
import { registerNumber } from './registers.js';

/**
 * How an operand is written: a register; a number (`immediate`, or another `field`; `upper` is signed but
 * written as 20 bits); a label that the immediate reaches from pc (`target`); a CSR name or number; a set of
 * `i`, `o`, `r`, `w`.
 */
export type OperandKind = 'register' | 'immediate' | 'upper' | 'field' | 'target' | 'csr' | 'set';

/** An operand and where its bits are in the instruction. */
export interface Operand {
  readonly kind: OperandKind;
  /** As in the syntax: `rs1`, `imm`. */
  readonly name: string;
  /** Inclusive ranges `[high, low]`, the operand's most significant bits first. */
  readonly bits: readonly (readonly [high: number, low: number])[];
  /** Zero bits below those of the instruction. */
  readonly scale: number;
  readonly signed: boolean;
  /** What bits of zero stand for, if not for 0: three bits number the registers from 8 on. */
  readonly first?: number;
}

/** Words that an encoding covers but that are not its instruction: another's, or (without a name) reserved. */
export interface Exclusion {
  readonly mask: number;
  readonly match: number;
  readonly name?: string;
}

/** An instruction: where `mask` has ones it equals `match`. */
export interface InstructionTable {
  readonly name: string;
  readonly bytes: 2 | 4;
  readonly match: number;
  readonly mask: number;
  /** Operands, and punctuation one character at a time. */
  readonly syntax: readonly (Operand | string)[];
  readonly access?: 'load' | 'store';
  readonly excludes?: readonly Exclusion[];
}

/** An assembly-only instruction; `expand` has `{rd}` where operands go. */
export interface PseudoTable {
  readonly name: string;
  readonly operands: readonly string[];
  readonly expand: readonly string[];
}

/** Everything the specs say about assembly; survives JSON. */
export interface AssemblyTables {
  /** ISA string for tools that read the ELF: `rv64imh_zicsr_zifencei`. */
  readonly arch: string;
  /** Those of 4 bytes, then those of 2. */
  readonly instructions: readonly InstructionTable[];
  /** What those of 2 bytes stand for. */
  readonly compressed: readonly Wiring[];
  readonly pseudos: readonly PseudoTable[];
  readonly csrs: readonly (readonly [name: string, address: number])[];
}

const pair = ({ high, low }: BitRange): readonly [number, number] => [high, low];

function operand(name: string, format: Format): Operand | undefined {
  const plain = (kind: OperandKind, range: BitRange): Operand => ({ kind, name, bits: [pair(range)], scale: 0, signed: false });
  if (name === 'rd' || name === 'rs1' || name === 'rs2') {
    const range = format.registers[name];
    return range && { ...plain('register', range), ...(range.high - range.low === 2 ? { first: 8 } : {}) };
  }
  const range = Object.hasOwn(format.fields, name) ? format.fields[name] : undefined;
  if (range === undefined && (name === 'imm' || name === 'target' || name === 'upper') && format.immediate) {
    const { bits, scale, signed } = format.immediate;
    return { kind: name === 'imm' ? 'immediate' : name, name, bits: bits.map(pair), scale, signed };
  }
  return range && plain(name === 'csr' ? 'csr' : name === 'pred' || name === 'succ' ? 'set' : 'field', range);
}

function syntaxOf({ name, format, syntax }: Pick<Instruction, 'name' | 'format' | 'syntax'>): (Operand | string)[] {
  return (syntax.match(/[A-Za-z_]\w*|[^\s\w]/g) ?? []).map((part) => {
    if (!/^\w/.test(part)) return part;
    const found = operand(part, format);
    if (found === undefined && registerNumber(part) !== undefined) return part;
    if (found === undefined) throw new Error(`${name}: the format ${format.name} has no operand ${part}; the loader must reject this`);
    return found;
  });
}

/** The bits of a match as a number: those that are `ones` become 1. */
const bitsOf = (match: string, ones: string): number => [...match].reduce((word, c) => ((word << 1) | (ones.includes(c) ? 1 : 0)) >>> 0, 0);

/** One table; of a format with suffixes one for each, which fixes the bits of the field. */
function instructionTables(instruction: Instruction): InstructionTable[] {
  const { name, match, memory, format } = instruction;
  const table: InstructionTable = {
    name, bytes: 4, match: bitsOf(match, '1'), mask: bitsOf(match, '01'), syntax: syntaxOf(instruction),
    ...(memory === undefined || memory.op === 'amo' ? {} : { access: memory.op }),
  };
  const range = format.suffixes && format.fields[format.suffixes.field];
  if (format.suffixes === undefined || range === undefined) return [table];
  const mask = ((2 ** (range.high - range.low + 1) - 1) << range.low) >>> 0;
  return format.suffixes.names.map((suffix, value) => ({
    ...table, name: `${name}${suffix}`, match: (table.match | (value << range.low)) >>> 0, mask: (table.mask | mask) >>> 0,
  }));
}

/** The table of a 16-bit instruction; narrower encodings within its own, and zeros where none may be, are excluded. */
function compressedTable(one: Compressed, all: readonly Compressed[]): InstructionTable {
  const { name, match, nonzero } = one;
  const mask = bitsOf(match, '01');
  const within = all.filter((other) => other !== one && (bitsOf(other.match, '01') & mask) === mask && (bitsOf(other.match, '1') & mask) === bitsOf(match, '1'));
  const excludes: readonly Exclusion[] = [
    ...within.map((other) => ({ name: other.name, mask: bitsOf(other.match, '01'), match: bitsOf(other.match, '1') })),
    ...nonzero.map((ranges) => ({ mask: ranges.reduce((bits, { high, low }) => bits | ((2 ** (high - low + 1) - 1) << low), 0), match: 0 })),
  ];
  return { name, bytes: 2, match: bitsOf(match, '1'), mask, syntax: syntaxOf(one), ...(excludes.length === 0 ? {} : { excludes }) };
}

const LETTERS = 'imafdqcbvh';

/** The extensions that have instructions, in the order that ISA strings have. */
function archOf(isa: Isa): string {
  const names = new Set([...isa.instructions, ...isa.compressed].map((i) => i.extension.replace(/^rv\d+/, '')));
  const letters = [...LETTERS].filter((l) => names.has(l)).join('');
  return [`rv64${letters}`, ...[/^z\w+$/, /^s[mvs]\w+$/].flatMap((kind) => [...names].filter((n) => kind.test(n)).sort())].join('_');
}

/** `jal/1` is `jal` with one operand, as its operand list says anyway. */
const withoutCount = (name: string): string => name.replace(/\/\d+$/, '');

/** The tables for a loaded instruction set. */
export function assemblyTables(isa: Isa): AssemblyTables {
  return {
    arch: archOf(isa),
    instructions: [...isa.instructions.flatMap(instructionTables), ...isa.compressed.map((one) => compressedTable(one, isa.compressed))],
    compressed: isa.compressed.map(({ match, nonzero, bits }) => ({ match, nonzero, bits })),
    pseudos: isa.pseudos.map(({ name, operands, expand }) => ({
      name: withoutCount(name),
      operands: operands.split(',').map((o) => o.trim()).filter((o) => o !== ''),
      expand,
    })),
    csrs: isa.csrs.map(({ name, address }) => [name, address] as const),
  };
}
