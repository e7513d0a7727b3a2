/** What can happen in a mode: the columns of the transition matrix. */
import type { Access, Faulting, Instruction, Interrupt, OriginName, StageName, TrapSource } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import type { Bits } from './bits.js';

/** What kind of event it is, for filters. */
export const GROUPS = ['exception', 'interrupt', 'pair', 'xret', 'csr', 'permit', 'translation', 'protection'] as const;
export type Group = (typeof GROUPS)[number];

/** One way to write the instruction of an event; all ways decide alike. */
export interface Form {
  readonly word: number;
  /** Names that the instruction brings: `csr`, `csr_writes`, `rd`. */
  readonly locals: Readonly<Record<string, Bits>>;
}

/** What {@link REGISTERS} hold; `translated` is an address that page tables translate, `guarded` one that an entry of memory protection is about. */
export type Operand = 'zero' | 'one' | 'data' | 'misaligned' | 'outside' | 'value' | 'translated' | 'guarded';

/**
 * What the entry translates: the access, or in G the guest's own read or update
 * of its table. Or why there is no entry: the address is beyond the scheme's,
 * or the table lies where there is nothing, or a device.
 */
export const PURPOSES = ['access', 'table', 'update', 'beyond', 'outside', 'device'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** An access whose translation comes to the one entry that the event is about; all others on its way are good. */
export interface TranslatedAccess {
  /** Whose entry it is. */
  readonly stage: StageName;
  readonly purpose: Purpose;
  readonly origin: OriginName;
  readonly access: Access;
  /** How its faults are named. */
  readonly faulting: Faulting;
}

/** An access to where one entry of memory protection decides, or none. */
export interface GuardedAccess {
  readonly origin: OriginName;
  readonly access: Access;
  /** How its faults are named. */
  readonly faulting: Faulting;
  /** The entry can hold a part of it. */
  readonly divisible: boolean;
}

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
  /** The address is translated. */
  readonly walk?: TranslatedAccess;
  /** Memory protection decides about the address. */
  readonly guard?: GuardedAccess;
  /** The modes in which it can happen; absent: all. */
  readonly modes?: readonly Mode[];
}

/** One interrupt alone, or two at once; all others are silent. */
export interface InterruptEvent {
  readonly kind: 'interrupt';
  readonly id: string;
  readonly group: Group;
  readonly interrupts: readonly Interrupt[];
}

export type TransitionEvent = InstructionEvent | InterruptEvent;

/** The walk comes to an entry. */
export const hasEntry = ({ purpose }: TranslatedAccess): boolean => purpose === 'access' || isImplicit(purpose);

/** The walk is one of the guest's tables. */
export const isImplicit = (purpose: Purpose): boolean => purpose === 'table' || purpose === 'update';

/** The walk of an event, if its address is translated. */
export const walkOf = (event: TransitionEvent): TranslatedAccess | undefined => (event.kind === 'instruction' ? event.walk : undefined);

/** The protected access of an event, if it is about one. */
export const guardOf = (event: TransitionEvent): GuardedAccess | undefined => (event.kind === 'instruction' ? event.guard : undefined);

/** The event can happen in the mode. */
export const happensIn = (event: TransitionEvent, mode: Mode): boolean => event.kind === 'interrupt' || event.modes === undefined || event.modes.includes(mode);

/** A cause without cells, and why. */
export interface Pruned {
  readonly name: string;
  readonly reason: string;
}
