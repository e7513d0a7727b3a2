/** The hook for instructions that a user teaches the reference. */
import type { Mode } from '../retirement.js';
import type { Decoded, Execute, Hart } from './hart.js';
import { forbidden } from './permissions.js';

/** What an added instruction may look at. */
export interface ExtensionHart {
  readonly mode: Mode;
  readonly pc: bigint;
  /** The instruction bits and their R-format fields. */
  readonly insn: number;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  /** A register's value, unsigned. */
  x(index: number): bigint;
}

/** How an added instruction ends: a value for rd (or none), or an exception instead. */
export type ExtensionOutcome =
  | { readonly kind: 'retired'; readonly rd?: bigint }
  | { readonly kind: 'illegal' }
  | { readonly kind: 'virtual' };

/** An added instruction. */
export interface ExtensionInstruction {
  /** 32 characters, most significant bit first: 0 and 1 must match, - may be either. Underscores are ignored. */
  readonly match: string;
  execute(hart: ExtensionHart): ExtensionOutcome;
}

/** An added instruction with its pattern as mask and value. */
export interface Pattern {
  readonly mask: number;
  readonly value: number;
  readonly execute: Execute;
}

/** Reads a pattern; a malformed one is a mistake of the caller. */
export function compile(extension: ExtensionInstruction): Pattern {
  const match = extension.match.replaceAll('_', '');
  if (!/^[01-]{32}$/.test(match)) throw new RangeError(`not a 32-bit pattern: ${extension.match}. Write 32 characters, most significant bit first: 0, 1, and - for either.`);
  const mask = parseInt(match.replaceAll('0', '1').replaceAll('-', '0'), 2);
  const value = parseInt(match.replaceAll('-', '0'), 2);
  return { mask, value, execute: executeOf(extension) };
}

const executeOf =
  (extension: ExtensionInstruction): Execute =>
  (hart, decoded) => {
    const outcome = extension.execute(viewOf(hart, decoded));
    if (outcome.kind !== 'retired') return forbidden(outcome.kind, decoded.insn);
    if (outcome.rd !== undefined) hart.writeRd(decoded.rd, outcome.rd);
    return undefined;
  };

function viewOf(hart: Hart, { insn, rd, rs1, rs2 }: Decoded): ExtensionHart {
  return { mode: hart.mode, pc: hart.pc, insn, rd, rs1, rs2, x: (index) => hart.x(index) };
}
