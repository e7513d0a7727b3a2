/**
 * Instruction words as text, the way `objdump -d -M no-aliases` writes them.
 */
import { extract, unusedBits } from './fields.js';
import { REGISTER_NAMES } from './registers.js';
import type { AssemblyTables, InstructionTable, Operand } from './tables.js';

/** Text of one instruction; with its address, targets are addresses, otherwise distances (`.+8`). */
export type Disassembler = (insn: number, pc?: bigint) => string;

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const word = (insn: number): string => `.word 0x${insn.toString(16).padStart(8, '0')}`;

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
    case 'csr': return (insn) => csrs.get(extract(part, insn)) ?? hex(extract(part, insn));
    case 'set': return (insn) => accessSet(extract(part, insn));
    case 'immediate': return part.signed ? (insn) => `${extract(part, insn)}` : (insn) => hex(extract(part, insn));
    case 'field': return isShort(part) ? (insn) => `${extract(part, insn)}` : (insn) => hex(extract(part, insn));
  }
}

interface Entry {
  readonly match: number;
  readonly mask: number;
  readonly unused: number;
  readonly print: Printer;
}

function entry(instruction: InstructionTable, csrs: ReadonlyMap<number, string>): Entry {
  const parts = instruction.syntax.map((part) => printer(part, csrs));
  const print: Printer = (insn, pc) => {
    let text = parts.length === 0 ? instruction.name : `${instruction.name} `;
    for (const part of parts) text += part(insn, pc);
    return text;
  };
  return { match: instruction.match, mask: instruction.mask, unused: unusedBits(instruction), print };
}

/** Major opcode (bits 6:0) and function (14:12): ten bits that separate most instructions. */
const keyOf = (insn: number): number => ((insn >>> 12) & 7) * 128 + (insn & 127);
const KEY_BITS = 0x707f;

function fixedBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** All instructions by key, narrower encodings first, so that the first match is the instruction. */
function indexOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const sorted = [...entries].sort((a, b) => fixedBits(b.mask) - fixedBits(a.mask));
  return Array.from({ length: 1024 }, (_, key) => {
    const sample = ((key >> 7) << 12) | (key & 127);
    return sorted.filter((e) => ((sample ^ e.match) & e.mask & KEY_BITS) === 0);
  });
}

/**
 * Makes a disassembler.
 *
 * A word in which bits that mean nothing are set is written as data, with the
 * instruction it executes as in a comment; an unknown word is data.
 */
export function createDisassembler(tables: AssemblyTables): Disassembler {
  const csrs = new Map(tables.csrs.map(([name, address]) => [address, name]));
  const index = indexOf(tables.instructions.map((i) => entry(i, csrs)));
  return (insn, pc) => {
    const bits = insn >>> 0;
    for (const e of index[keyOf(bits)] ?? []) {
      if ((bits & e.mask) >>> 0 !== e.match) continue;
      return (bits & e.unused) === 0 ? e.print(bits, pc) : `${word(bits)} # ${e.print(bits, pc)}`;
    }
    return word(bits);
  };
}
