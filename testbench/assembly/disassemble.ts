/**
 * Instruction words as text, the way `objdump -d -M no-aliases` writes them.
 */
import { isCompressed, lengthOf } from '../../model/spec/compressed.js';
import { extract, unusedBits } from './fields.js';
import { REGISTER_NAMES } from './registers.js';
import type { AssemblyTables, InstructionTable, Operand } from './tables.js';

/** Text of one instruction; with its address, targets are addresses, otherwise distances (`.+8`). */
export type Disassembler = (insn: number, pc?: bigint) => string;

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const word = (insn: number): string => (isCompressed(insn) ? `.half 0x${insn.toString(16).padStart(4, '0')}` : `.word 0x${insn.toString(16).padStart(8, '0')}`);

function target(offset: number, pc: bigint | undefined): string {
  if (pc === undefined) return offset < 0 ? `.-${-offset}` : `.+${offset}`;
  return hex(BigInt.asUintN(64, pc + BigInt(offset)));
}

const accessSet = (value: number): string => ['i', 'o', 'r', 'w'].filter((_, i) => (value >> (3 - i)) & 1).join('') || '0';

/** Small fields are counts and flags, long ones patterns. */
const isShort = (operand: Operand): boolean => operand.bits.every(([high, low]) => high - low < 5);

type Printer = (insn: number, pc: bigint | undefined) => string;

function printer(part: Operand | string, csrs: ReadonlyMap<number, string>): Printer {
  if (typeof part === 'string') return () => part;
  switch (part.kind) {
    case 'register': return (insn) => REGISTER_NAMES[extract(part, insn)] ?? '?';
    case 'target': return (insn, pc) => target(extract(part, insn), pc);
    case 'upper': return (insn) => hex(extract(part, insn) & 0xf_ffff);
    case 'csr': return (insn) => csrs.get(extract(part, insn)) ?? hex(extract(part, insn));
    case 'set': return (insn) => accessSet(extract(part, insn));
    // Counts of bits are patterns; multiples are distances.
    case 'immediate': return part.signed || part.scale > 0 ? (insn) => `${extract(part, insn)}` : (insn) => hex(extract(part, insn));
    case 'field': return isShort(part) ? (insn) => `${extract(part, insn)}` : (insn) => hex(extract(part, insn));
  }
}

interface Entry {
  readonly match: number;
  readonly mask: number;
  readonly unused: number;
  readonly excludes: InstructionTable['excludes'];
  readonly print: Printer;
}

function entry(instruction: InstructionTable, csrs: ReadonlyMap<number, string>): Entry {
  const parts = instruction.syntax.map((part) => printer(part, csrs));
  const print: Printer = (insn, pc) => {
    let text = parts.length === 0 ? instruction.name : `${instruction.name} `;
    for (const part of parts) text += part(insn, pc);
    return text;
  };
  return { match: instruction.match, mask: instruction.mask, unused: unusedBits(instruction), excludes: instruction.excludes, print };
}

/** Bits that separate most instructions, of one length: the first `low`, and three more from `from` on. */
interface Key {
  readonly low: number;
  readonly from: number;
}

/** Major opcode and function; of 16-bit instructions the quadrant and the function. */
const KEYS: Readonly<Record<2 | 4, Key>> = { 4: { low: 7, from: 12 }, 2: { low: 2, from: 13 } };

const keyOf = (insn: number, { low, from }: Key): number => (((insn >>> from) & 7) << low) | (insn & ((1 << low) - 1));

function fixedBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** All instructions by key, narrower encodings first, so that the first match is the instruction. */
function indexOf(entries: readonly Entry[], { low, from }: Key): readonly (readonly Entry[])[] {
  const sorted = [...entries].sort((a, b) => fixedBits(b.mask) - fixedBits(a.mask));
  const ones = (1 << low) - 1;
  return Array.from({ length: 8 << low }, (_, key) => {
    const sample = ((key >> low) << from) | (key & ones);
    return sorted.filter((e) => ((sample ^ e.match) & e.mask & ((7 << from) | ones)) === 0);
  });
}

/**
 * Makes a disassembler; what lies above a 16-bit instruction is not looked at.
 *
 * A word in which bits that mean nothing are set is written as data, with the
 * instruction it executes as in a comment; an unknown word is data.
 */
export function createDisassembler(tables: AssemblyTables): Disassembler {
  const csrs = new Map(tables.csrs.map(([name, address]) => [address, name]));
  const of = (bytes: 2 | 4): readonly (readonly Entry[])[] => indexOf(tables.instructions.filter((i) => i.bytes === bytes).map((i) => entry(i, csrs)), KEYS[bytes]);
  const indexes = { 2: of(2), 4: of(4) };
  return (insn, pc) => {
    const bytes = lengthOf(insn);
    const bits = bytes === 2 ? insn & 0xffff : insn >>> 0;
    for (const e of indexes[bytes][keyOf(bits, KEYS[bytes])] ?? []) {
      if ((bits & e.mask) >>> 0 !== e.match) continue;
      if (e.excludes?.some(({ mask, match }) => (bits & mask) === match) === true) return word(bits);
      return (bits & e.unused) === 0 ? e.print(bits, pc) : `${word(bits)} # ${e.print(bits, pc)}`;
    }
    return word(bits);
  };
}
