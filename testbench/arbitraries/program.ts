/**
 * A random program as a value: what shrinks, prints and is built into memory.
 */
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Mode } from '../retirement.js';
import type { ImmediateShape } from './shapes.js';
import type { Tables } from './tables.js';

/** A piece of the body that is kept or deleted as a whole. */
export interface Item {
  /** One or more instructions that run one after the other, each as long as its lowest two bits say. */
  readonly words: readonly number[];
  /** The last word is a branch or jump to the item so many ahead (negative: back); beyond the ends counts as the end. */
  readonly jump?: { readonly items: number; readonly imm: ImmediateShape; /** Added to the distance in bytes. */ readonly skew: number };
}

/** A CSR that the prologue sets. */
export interface Setting {
  readonly csr: number;
  readonly value: bigint;
}

/** How a trap handler goes back. */
export interface Handler {
  /** xtvec.MODE = 1. */
  readonly vectored: boolean;
  /** Interrupt handlers clear the pending bits that software may clear; they always clear the enable bit. */
  readonly clears: boolean;
  /** Bits changed before the return: CSR, bits, set or cleared. */
  readonly before: readonly { readonly csr: number; readonly bits: number; readonly set: boolean }[];
}

/** What a program can do without, unless its body uses it: a handler (then the first trap into its mode ends the program), a register with an address. */
export const PARTS = ['M', 'HS', 'VS', 'end', 'mtimecmp', 'msip', 'mtime', 'body', 'uart', 'wild'] as const;
export type Part = (typeof PARTS)[number];

/** The address space of a guest, among the tables of the program. */
export interface Space {
  readonly vsatp: bigint;
  readonly hgatp: bigint;
  /** Address of the program's first byte as kernel and user know it. */
  readonly kernel: bigint;
  readonly user: bigint;
  /** The hypervisor fences when it switches to a guest. */
  readonly fenced: boolean;
}

/** A guest: what runs in it, and the CSRs that the hypervisor gives it. */
export interface World {
  /** Where it begins. */
  readonly entry: 'VS' | 'VU';
  readonly kernel: readonly Item[];
  readonly user: readonly Item[];
  /** Values of the swapped CSRs at its beginning (system.ts says which); zero where absent. */
  readonly state: readonly Setting[];
  /** Absent: it is not translated. */
  readonly space?: Space;
}

/** A whole program. */
export interface Plan {
  /** Mode in which the body starts. */
  readonly mode: Mode;
  /** mstatus, but for the bits that say where MRET goes. */
  readonly mstatus: bigint;
  readonly settings: readonly Setting[];
  /** Page tables, with the CSRs that say where they are. */
  readonly tables: Tables;
  /** Values of x1 and up. */
  readonly registers: readonly bigint[];
  /** Value of the pointer to somewhere strange. */
  readonly wild: bigint;
  /** mtimecmp, if set. */
  readonly mtimecmp: bigint | undefined;
  /** Whether the prologue sets msip. */
  readonly msip: boolean;
  readonly handlers: Readonly<Record<'M' | 'HS' | 'VS', Handler>>;
  /** Modes (bits of mstatus) to which M's handler returns in turn; empty: to where the trap came from. */
  readonly returns: readonly bigint[];
  /** Traps served before the program ends. */
  readonly budget: number;
  /** Item at which to go on after a fetch that faulted. */
  readonly resume: number;
  /** 64-bit words of the data. */
  readonly data: readonly bigint[];
  readonly body: readonly Item[];
  /** Guests between which the hypervisor switches, which the body enters at its end; none: the program ends there. */
  readonly worlds: readonly World[];
  /** External lines over time. */
  readonly events: readonly InputEvent[];
  /** What is left out; nothing if absent. */
  readonly omits?: readonly Part[];
}

/** Instructions that a person has to read: those of the body and of the guests. */
export const lengthOfPlan = ({ body, worlds }: Plan): number =>
  [body, ...worlds.flatMap(({ kernel, user }) => [kernel, user])].flat().reduce((sum, { words }) => sum + words.length, 0);
