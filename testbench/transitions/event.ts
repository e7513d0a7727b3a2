/** What can happen in a mode: the columns of the transition matrix. */
import type { Instruction, Interrupt, TrapSource } from '../../model/spec/isa.js';
import type { Bits } from './bits.js';

/** What kind of event it is, for filters. */
export const GROUPS = ['exception', 'interrupt', 'pair', 'xret', 'csr', 'permit'] as const;
export type Group = (typeof GROUPS)[number];

/** One way to write the instruction of an event; all ways decide alike. */
export interface Form {
  readonly word: number;
  /** Names that the instruction brings: `csr`, `csr_writes`, `rd`. */
  readonly locals: Readonly<Record<string, Bits>>;
}

/** What {@link REGISTERS} hold. */
export type Operand = 'zero' | 'one' | 'data' | 'misaligned' | 'outside' | 'value';

/** Registers of the event's instruction. */
export const REGISTERS = { rd: 12, rs1: 10, rs2: 11 } as const;

/** An instruction that executes, faults, or is not permitted. */
export interface InstructionEvent {
  readonly kind: 'instruction';
  readonly id: string;
  readonly group: Group;
  /** Absent: the word is no instruction. */
  readonly instruction?: Instruction;
  readonly forms: readonly Form[];
  readonly rs1: Operand;
  readonly rs2: Operand;
  /** What goes wrong if the instruction is permitted. */
  readonly fault?: TrapSource;
  /** The CSR accessed, by the address that the instruction names. */
  readonly csr?: number;
  /** Records before the event's: a jump that leads to a fetch fault. */
  readonly lead: 0 | 1;
}

/** One interrupt alone, or two at once; all others are silent. */
export interface InterruptEvent {
  readonly kind: 'interrupt';
  readonly id: string;
  readonly group: Group;
  readonly interrupts: readonly Interrupt[];
}

export type TransitionEvent = InstructionEvent | InterruptEvent;

/** A cause without cells, and why. */
export interface Pruned {
  readonly name: string;
  readonly reason: string;
}
