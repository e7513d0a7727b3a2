/** The hook for instructions that a user teaches the reference. */
import type { Mode } from '../retirement.js';
import { type Access, effectiveMode } from './access.js';
import { u64 } from './bits.js';
import type { Decoded, Exception, Execute, Hart } from './hart.js';
import { read, write } from './load-store.js';
import type { Width } from './memory.js';
import { type Pattern, patternOf } from './pattern.js';
import { forbidden } from './permissions.js';

/** A memory access that was refused, with the exception that the instruction raises if it ends with this. */
export interface MemoryFault {
  readonly kind: 'fault';
  readonly exception: Exception;
}

/** What an added instruction may look at, and do. */
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
  /**
   * Reads `width` bytes, little-endian and zero-extended, as a load of this hart would: translated and protected as
   * the current mode or MPRV asks, I/O by the values of the record's inputs. A refusal is an outcome to end with.
   */
  read(address: bigint, width: Width): { readonly kind: 'read'; readonly value: bigint } | MemoryFault;
  /**
   * Writes the low `width` bytes of a value as a store of this hart would; nothing if it is refused. What is written
   * stays, also when the instruction ends with a later fault. The record shows the last read and the last write.
   */
  write(address: bigint, width: Width, value: bigint): { readonly kind: 'written' } | MemoryFault;
}

/** How an added instruction ends: a value for rd (or none), or an exception instead. */
export type ExtensionOutcome =
  | { readonly kind: 'retired'; readonly rd?: bigint }
  | { readonly kind: 'illegal' }
  | { readonly kind: 'virtual' }
  | MemoryFault;

/** An added instruction. */
export interface ExtensionInstruction {
  /** 32 characters, most significant bit first: 0 and 1 must match, - may be either. Blanks and underscores are ignored. */
  readonly match: string;
  execute(hart: ExtensionHart): ExtensionOutcome;
}

/** An added instruction with its pattern read. */
export interface Added extends Pattern {
  readonly execute: Execute;
}

/** Reads a pattern; a malformed one is a mistake of the caller. */
export const compile = (extension: ExtensionInstruction): Added => ({
  ...patternOf(extension.match), execute: executeOf(extension),
});

const executeOf =
  (extension: ExtensionInstruction): Execute =>
  (hart, decoded) => {
    const outcome = extension.execute(viewOf(hart, decoded));
    switch (outcome.kind) {
      case 'retired':
        if (outcome.rd !== undefined) hart.writeRd(decoded.rd, outcome.rd);
        return undefined;
      case 'fault':
        return outcome.exception;
      default:
        return forbidden(outcome.kind, decoded.insn);
    }
  };

function viewOf(hart: Hart, { insn, rd, rs1, rs2 }: Decoded): ExtensionHart {
  return {
    mode: hart.mode, pc: hart.pc, insn, rd, rs1, rs2,
    x: (index) => hart.x(index),
    read(address, width) {
      const result = read(hart, accessOf(hart, 'read', address, width));
      return typeof result === 'bigint' ? { kind: 'read', value: result } : { kind: 'fault', exception: result };
    },
    write(address, width, value) {
      const exception = write(hart, accessOf(hart, 'write', address, width), value);
      return exception === undefined ? { kind: 'written' } : { kind: 'fault', exception };
    },
  };
}

/** An access of an instruction that has no standard transformation: its faults write 0 to tinst (`H_trap_xtinst_val`). */
const accessOf = (hart: Hart, need: 'read' | 'write', address: bigint, width: Width): Access => ({
  need, address: u64(address), width, as: effectiveMode(hart), tinst: 0, atomic: false,
});
