/** A small hart that runs single instructions, for the tests. */
import type { HomeCsr, Mode, Retirement, Subject } from '../retirement.js';
import type { Extension } from './extensions.js';
import { Reference } from './reference.js';

/** Where the instruction is. */
export const PC = 0x8000_0000n;
/** Some memory of its own. */
export const DATA = 0x8000_1000n;
export const DRAM_BYTES = 1 << 20;
/** The first address behind DRAM. */
export const DRAM_END = PC + BigInt(DRAM_BYTES);

type Arrangement = Parameters<Subject['arrange']>[0];

/** What is not as after reset when the instruction runs. */
export interface Setting {
  readonly mode?: Mode;
  readonly pc?: bigint;
  readonly x?: Readonly<Record<number, bigint>>;
  readonly csrs?: Readonly<Partial<Record<HomeCsr, bigint>>>;
  readonly lines?: NonNullable<Arrangement['lines']>;
  /** 64-bit words by physical address. */
  readonly memory?: readonly (readonly [address: bigint, value: bigint])[];
}

/** A hart with some extensions. */
export class Machine {
  readonly reference: Reference;

  constructor(...extensions: readonly Extension[]) {
    this.reference = new Reference({ dramBytes: DRAM_BYTES, extensions });
  }

  /** Arranges a state with instructions at physical {@link PC}, one after another, and executes the first. */
  run(instructions: number | readonly number[], setting: Setting = {}): Retirement {
    const program = typeof instructions === 'number' ? [instructions] : instructions;
    const { memory = [], ...state } = setting;
    this.reference.arrange({
      mode: 'M', pc: PC, ...state,
      memory: [
        ...program.map((insn, i) => ({ address: PC + BigInt(4 * i), bytes: 4 as const, value: BigInt(insn) })),
        ...memory.map(([address, value]) => ({ address, bytes: 8 as const, value })),
      ],
    });
    return this.reference.step();
  }

  step(): Retirement {
    return this.reference.step();
  }

  csr(name: HomeCsr): bigint {
    const value = this.reference.state().csrs[name];
    if (value === undefined) throw new Error(`no such CSR: ${name}`);
    return value;
  }

  /** The 64-bit word at a physical address. */
  word(address: bigint): bigint {
    return new DataView(this.reference.readMemory(address, 8).buffer).getBigUint64(0, true);
  }
}
