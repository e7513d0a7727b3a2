/**
 * Kinds of records that a pipeline treats differently: classes of
 * instructions, where an access goes, which way a branch goes, exceptions and
 * interrupts.
 */
import type { Instruction, InstructionClass, Isa } from '../spec/isa.js';

/** Of loads and stores, by where they go. */
const PLACES = { memory: '', across: ' across 8 bytes', device: ' of a device', guest: ' of a guest' } as const;

/** A device's accesses are one kind, whoever makes them. */
export const deviceKind = (of: 'load' | 'store'): string => `${of}${PLACES.device}`;

/** Kinds of two that a class has: of what is not, and of what is flagged (see {@link flaggedKind}). */
const PAIRS: Partial<Record<InstructionClass, readonly [plain: string, flagged: string]>> = {
  branch: ['branch not taken', 'branch taken'],
  csr: ['csr read', 'csr write'],
  sc: ['sc', 'sc failed'],
};

/** Kinds for a class of instructions that retire. */
export function kindsOf(of: InstructionClass): readonly string[] {
  switch (of) {
    case 'load': case 'store': return Object.values(PLACES).map((place) => `${of}${place}`);
    case 'trap': return [];
    default: return PAIRS[of] ?? [of];
  }
}

/**
 * The kind of an instruction that has retired, in memory if it accesses any.
 *
 * @param flag - It was a taken branch, wrote a CSR, failed to store conditionally, or its access lay in two blocks of 8 bytes.
 */
export function flaggedKind({ class: of, memory }: Instruction, flag: boolean): string | undefined {
  if (of === 'load' || of === 'store') return `${of}${memory?.as !== 'self' ? PLACES.guest : flag ? PLACES.across : PLACES.memory}`;
  if (of === 'trap') return undefined;
  return PAIRS[of]?.[flag ? 1 : 0] ?? of;
}

/** Instructions whose result others can wait for. */
export const yields = (of: InstructionClass): boolean => !['branch', 'store', 'fence', 'xret', 'trap', 'wait', 'cbo'].includes(of);

export const INTERRUPT = 'interrupt';

/** Kinds after which it counts what in particular they have done; they have the lowest numbers. */
const CONSEQUENTIAL = ['csr write', 'xret'];

/** No kind: before the first record. */
export const NO_KIND = 0;

/** Kinds by number. */
export class Kinds {
  /** Those of records that retire. */
  readonly retired: readonly string[];
  /** Exceptions that can occur, and interrupts. */
  readonly traps: readonly string[];
  /** By number; {@link NO_KIND} is called nothing. */
  readonly names: readonly string[];
  /** Bits of a number. */
  readonly width: number;
  /** The first number that is of no consequence. */
  readonly inconsequential = 1 + CONSEQUENTIAL.length;

  constructor(isa: Isa) {
    this.retired = [...new Set(isa.instructions.map((i) => i.class))].flatMap(kindsOf);
    this.traps = [...isa.traps.exceptions.filter((e) => e.source !== 'none').map((e) => e.name), INTERRUPT];
    const others = [...this.retired, ...this.traps].filter((kind) => !CONSEQUENTIAL.includes(kind));
    this.names = ['', ...CONSEQUENTIAL, ...others];
    this.width = Math.ceil(Math.log2(this.names.length));
  }

  /** The number of a kind. */
  of(kind: string | undefined): number {
    return kind === undefined ? NO_KIND : Math.max(NO_KIND, this.names.indexOf(kind));
  }
}
