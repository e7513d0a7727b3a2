/** What kind of instruction a word is, as far as the list of differences asks; typed from the manual. */
import { EBREAK, ECALL, MRET, SFENCE_VMA, SRET, WFI, isCompressed } from './bodies/encode.js';

/** Kinds that the list tells apart; `interrupt` and `end` are moments without an instruction. */
export type InstructionClass =
  | 'load' | 'store' | 'amo' | 'lr' | 'sc' | 'hlv' | 'hlvx' | 'hsv' | 'csr' | 'sret' | 'mret' | 'wfi' | 'sfence' | 'hfence' | 'call'
  | 'jump' | 'other' | 'interrupt' | 'handler' | 'end';

const SYSTEM_OPCODE = 0x73;
/** Words without operands. */
const FIXED: ReadonlyMap<number, InstructionClass> = new Map([
  [SRET, 'sret'], [MRET, 'mret'], [WFI, 'wfi'], [ECALL, 'call'], [EBREAK, 'call'], [0x1800_0073, 'sfence'], [0x1810_0073, 'sfence'],
]);
/** funct7 of fences: of the hart's own tables, and of its guests'. */
const FENCES: ReadonlyMap<number, InstructionClass> = new Map([
  [SFENCE_VMA >>> 25, 'sfence'], [0x0b, 'sfence'], [0x11, 'hfence'], [0x31, 'hfence'], [0x13, 'hfence'], [0x33, 'hfence'],
]);
const OPCODES: ReadonlyMap<number, InstructionClass> = new Map([[0x03, 'load'], [0x23, 'store'], [0x67, 'jump'], [0x6f, 'jump'], [0x63, 'jump']]);
const ATOMICS: ReadonlyMap<number, InstructionClass> = new Map([[2, 'lr'], [3, 'sc']]);

function system(word: number): InstructionClass {
  const fixed = FIXED.get(word >>> 0);
  if (fixed !== undefined) return fixed;
  const [funct3, funct7] = [(word >>> 12) & 7, word >>> 25];
  if (funct3 === 0) return FENCES.get(funct7) ?? 'other';
  if (funct3 !== 4) return 'csr';
  if ((funct7 & 1) === 1) return 'hsv';
  return ((word >>> 20) & 31) === 3 ? 'hlvx' : 'hlv';
}

/** The class of a 16-bit or 32-bit instruction. */
export function classOf(word: number): InstructionClass {
  if (isCompressed(word)) {
    const [op, funct3] = [word & 3, (word >>> 13) & 7];
    if (op === 1 || (funct3 & 3) < 2) return 'other';
    return funct3 < 4 ? 'load' : 'store';
  }
  const opcode = word & 0x7f;
  if (opcode === SYSTEM_OPCODE) return system(word);
  if (opcode === 0x2f) return ATOMICS.get(word >>> 27) ?? 'amo';
  return OPCODES.get(opcode) ?? 'other';
}

/** Number of the CSR that a CSR instruction names. */
export const csrOf = (word: number): number => word >>> 20;
