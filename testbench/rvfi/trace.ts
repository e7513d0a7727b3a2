/**
 * Records as the RISC-V formal interface has them: with the values of the
 * source registers, and an interrupt as a mark on the first instruction of its
 * handler instead of a record of its own.
 */
import type { Retirement } from '../retirement.js';
import type { SourceFinder } from './operands.js';

/** One retired or trapped instruction. */
export interface RvfiRecord {
  /** Number of the instruction since reset, from 0. */
  readonly order: number;
  /** The record; never an interrupt. */
  readonly retirement: Retirement;
  /** Registers read, 0 for none, and their values before the instruction. */
  readonly rs1: number;
  readonly rs2: number;
  readonly rs1Data: bigint;
  readonly rs2Data: bigint;
  /** An interrupt was taken since the previous instruction: this one is its handler's first. */
  readonly interrupted: boolean;
}

/** Follows the registers of a hart from reset on. */
export class RvfiTrace {
  readonly #sources: SourceFinder;
  readonly #x = new BigUint64Array(32);
  #order = 0;
  #interrupted = false;

  constructor(sources: SourceFinder) {
    this.#sources = sources;
  }

  /** All registers zero, nothing executed. */
  reset(): void {
    this.#x.fill(0n);
    this.#order = 0;
    this.#interrupted = false;
  }

  /** The next record of the hart, in order; undefined for an interrupt. */
  follow(retirement: Retirement): RvfiRecord | undefined {
    if (retirement.trap?.interrupt === true) {
      this.#interrupted = true;
      return undefined;
    }
    const { rs1, rs2 } = this.#sources(retirement.insn);
    const record: RvfiRecord = {
      order: this.#order++, retirement, rs1, rs2, rs1Data: this.#x[rs1] ?? 0n, rs2Data: this.#x[rs2] ?? 0n, interrupted: this.#interrupted,
    };
    this.#interrupted = false;
    if (retirement.rd_addr !== 0) this.#x[retirement.rd_addr] = retirement.rd_wdata;
    return record;
  }
}
