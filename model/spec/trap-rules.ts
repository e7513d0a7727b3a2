/** What the specs say of traps: exceptions, interrupts, who takes them, and what that changes. */
import type { Condition, Entry, NextState, Operation, Update } from './instruction-set.js';

/** Where in the pipeline an exception arises: the closed list that hardware knows. */
export const TRAP_SOURCES = [
  'fetch-fault', 'illegal', 'virtual', 'load-fault', 'store-fault', 'instruction',
] as const;

/** Why a stage of translation refuses an access: S and VS raise page faults, G guest-page faults. */
export const STAGE_FAULTS = ['page-fault', 'guest-page-fault'] as const;
export type StageFault = (typeof STAGE_FAULTS)[number];

/** The accesses that faults are told apart by: an AMO's are a store's. */
export const FAULTING = ['fetch', 'load', 'store'] as const;
export type Faulting = (typeof FAULTING)[number];

/** Where exceptions arise once there is translation: at each access, for each reason. */
export const TRANSLATION_SOURCES = FAULTING.flatMap((access) => STAGE_FAULTS.map((fault) => `${access}-${fault}` as const));
export type TrapSource = (typeof TRAP_SOURCES)[number] | (typeof TRANSLATION_SOURCES)[number];

export interface Exception extends Entry {
  readonly code: number;
  /** `instruction`: raised by a `raise:`; `none`: nothing raises it. */
  readonly source: TrapSource | 'none';
  /** Why nothing raises it, as a clause: `misaligned loads are done in hardware`. With source `none`, and only then. */
  readonly because?: string;
  /** bits<64>; may use `pc`, `insn`, `address` (of the faulting access), `fetch_address` (of the parcel that could not be fetched). */
  readonly tval: Operation;
  /** bits<64>; may use `guest_address`. Absent: 0. */
  readonly tval2?: Operation;
  /** One bit: tval is a guest virtual address. */
  readonly gva: Operation;
  /** bits<64>; may use `transformed`, `implicit`, `implicit_write`. */
  readonly tinst: Operation;
}

export interface Interrupt extends Entry {
  readonly code: number;
  /** Code written when VS takes it. */
  readonly guestCode?: number;
}

export interface DelegationRow extends Entry {
  readonly when: Condition;
  readonly then: 'M' | 'HS' | 'VS';
}

export interface TrapEntry extends Entry {
  readonly mode: 'M' | 'HS' | 'VS';
  readonly next: NextState;
  readonly update: readonly Update[];
}

export interface InterruptLevel extends Entry {
  readonly mode: 'M' | 'HS' | 'VS';
  /** bits<64>: pending and enabled for this level. */
  readonly pending: Operation;
  /** One bit: this level's interrupts are globally enabled now. */
  readonly enabled: Operation;
  /** Interrupt names, highest priority first. */
  readonly order: readonly string[];
}

/**
 * A line into the hart that time drives: `lines.NAME` is one while `time` is at
 * least `compare`, both unsigned.
 */
export interface Timer extends Entry {
  /** bits<64>. */
  readonly time: Operation;
  /** bits<64>. */
  readonly compare: Operation;
  /** One bit: the line, once it rises, ends a wait. Idle cycles are skipped up to there. */
  readonly wakes: Operation;
}

export interface Traps {
  readonly exceptions: readonly Exception[];
  /** Exception sources (TRAP_SOURCES), highest priority first. */
  readonly priority: readonly TrapSource[];
  readonly interrupts: readonly Interrupt[];
  /** Highest level first. */
  readonly levels: readonly InterruptLevel[];
  readonly delegation: readonly DelegationRow[];
  readonly entry: readonly TrapEntry[];
  readonly timers: readonly Timer[];
  /** One bit: WFI wakes. */
  readonly wake: Operation;
}
