/**
 * Kinds of records that a pipeline treats differently: classes of
 * instructions, where an access goes, which way a branch goes, exceptions and
 * interrupts.
 */
import { lengthOf } from '../../model/spec/compressed.js';
import type { Instruction, InstructionClass, Isa } from '../../model/spec/isa.js';
import type { Retirement } from '../retirement.js';

const ACCESS_KINDS = ['', ' across 8 bytes', ' of a device', ' of a guest'] as const;
const ACCESSES = ['load', 'store'] as const;
const CSR_KINDS = ['csr read', 'csr write'] as const;
const SC_KINDS = ['sc', 'sc failed'] as const;
const BRANCH_KINDS = ['branch taken', 'branch not taken'] as const;

/** Kinds for a class of instructions that retire. */
export function kindsOf(of: InstructionClass): readonly string[] {
  switch (of) {
    case 'branch': return BRANCH_KINDS;
    case 'csr': return CSR_KINDS;
    case 'sc': return SC_KINDS;
    case 'load': case 'store': return ACCESS_KINDS.map((kind) => `${of}${kind}`);
    case 'trap': return [];
    default: return [of];
  }
}

/** Instructions whose result others can wait for. */
export const yields = (of: InstructionClass): boolean => !['branch', 'store', 'fence', 'xret', 'trap', 'wait', 'cbo'].includes(of);

export const INTERRUPT = 'interrupt';
const WORD = 8n;

/** No kind: a record that the specs cannot name. */
export const NO_KIND = -1;

/** Finds kinds by number. */
export class Kinds {
  readonly names: readonly string[];
  /** Those of records that retire. */
  readonly retired: readonly string[];
  /** Exceptions that can occur, and interrupts. */
  readonly traps: readonly string[];
  readonly #number: ReadonlyMap<string, number>;
  readonly #exceptions: ReadonlyMap<number, number>;
  readonly #inDram: (address: bigint) => boolean;

  constructor(isa: Isa) {
    const exceptions = isa.traps.exceptions.filter((e) => e.source !== 'none');
    this.retired = [...new Set(isa.instructions.map((i) => i.class))].flatMap(kindsOf);
    this.traps = [...exceptions.map((e) => e.name), INTERRUPT];
    this.names = [...this.retired, ...this.traps];
    this.#number = new Map(this.names.map((kind, i) => [kind, i]));
    this.#exceptions = new Map(exceptions.map((e) => [e.code, this.#of(e.name)]));
    const memory = isa.hart.regions.filter((r) => r.kind === 'memory');
    this.#inDram = (address) => memory.some((r) => address >= r.base && address < r.base + r.size);
  }

  #of(kind: string): number {
    return this.#number.get(kind) ?? NO_KIND;
  }

  /** The kind of a record. */
  of(retirement: Retirement, instruction: Instruction | undefined): number {
    const { trap } = retirement;
    if (trap !== undefined) return trap.interrupt ? this.names.length - 1 : this.#exceptions.get(trap.cause) ?? NO_KIND;
    if (instruction === undefined) return NO_KIND;
    switch (instruction.class) {
      case 'branch':
        return this.#of(BRANCH_KINDS[retirement.pc_wdata === BigInt.asUintN(64, retirement.pc_rdata + BigInt(lengthOf(retirement.insn))) ? 1 : 0]);
      case 'csr':
        return this.#of(CSR_KINDS[retirement.csrs.length > 0 ? 1 : 0]);
      case 'sc':
        return this.#of(SC_KINDS[retirement.mem_wmask === 0 ? 1 : 0]);
      case 'load': case 'store':
        return this.#of(`${ACCESSES[instruction.class === 'load' ? 0 : 1]}${ACCESS_KINDS[this.#accessKind(retirement.mem_addr, instruction.memory?.bytes ?? 1, instruction.memory?.as === 'self')]}`);
      default:
        return this.#of(instruction.class);
    }
  }

  #accessKind(address: bigint, bytes: number, own: boolean): 0 | 1 | 2 | 3 {
    if (!this.#inDram(address)) return 2;
    if (!own) return 3;
    return Number(address % WORD) + bytes > Number(WORD) ? 1 : 0;
  }
}
