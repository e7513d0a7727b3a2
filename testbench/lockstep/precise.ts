/**
 * What storage must hold if only retired instructions have had effects: the
 * sum of the records. Nothing here knows what an instruction does, and no
 * reference is asked; at a trap, an instruction younger than the trapping one
 * that has left a trace in a register, a CSR or memory makes storage and sum
 * differ.
 */
import type { Segment } from '../../model/machine/elf.js';
import { HOME_CSRS, type ArchitecturalState, type HostWrite, type Mode } from '../retirement.js';
import { EVENT_COUNTERS, type Observation } from './records.js';

/** No record tells what they count. */
const COUNTERS: ReadonlySet<string> = new Set(['mcycle', 'minstret', ...EVENT_COUNTERS]);

const isBlockZero = (insn: number): boolean => (insn & 0xfff0_7fff) === 0x0040_200f;

/** Architectural state as the records tell it. */
export class RecordSum {
  readonly #x: bigint[];
  readonly #csrs: Map<string, bigint>;
  readonly #memory = new Map<bigint, number>();
  #pc: bigint;
  #mode: Mode;

  /** @param reset - State before the first record. */
  constructor(reset: ArchitecturalState, segments: readonly Pick<Segment, 'address' | 'data'>[]) {
    this.#x = [...reset.x];
    this.#csrs = new Map(Object.entries(reset.csrs));
    this.#pc = reset.pc;
    this.#mode = reset.mode;
    for (const segment of segments) this.#write(segment);
  }

  #write({ address, data }: HostWrite): void {
    data.forEach((byte, i) => this.#memory.set(address + BigInt(i), byte));
  }

  /**
   * Adds a record.
   *
   * @returns What is wrong with the record itself, if anything.
   */
  add({ retirement, inputs }: Observation): readonly string[] {
    const { pc_rdata, pc_wdata, mode, next_mode, rd_addr, rd_wdata, mem_addr, mem_wmask, mem_wdata, csrs, trap } = retirement;
    const wrong: string[] = [];
    if (pc_rdata !== this.#pc) wrong.push(`the record is of 0x${pc_rdata.toString(16)}, the one before it led to 0x${this.#pc.toString(16)}`);
    if (mode !== this.#mode) wrong.push(`the record is in ${mode}, the one before it led to ${this.#mode}`);
    if (trap !== undefined && (rd_addr !== 0 || mem_wmask !== 0)) wrong.push('a trapped instruction has written a register or memory');
    for (const write of inputs.hostWrites) this.#write(write);
    if (rd_addr !== 0) this.#x[rd_addr] = rd_wdata;
    // CBO.ZERO shows the first 8 of the 64 bytes that it stores.
    if (isBlockZero(retirement.insn) && trap === undefined) this.#write({ address: mem_addr, data: new Uint8Array(64) });
    if (mem_addr >= 0x8000_0000n) {
      for (let i = 0; i < 8; i++) if (((mem_wmask >> i) & 1) === 1) this.#memory.set(mem_addr + BigInt(i), Number((mem_wdata >> BigInt(8 * i)) & 0xffn));
    }
    for (const { csr, before, after } of csrs) {
      if (this.#csrs.get(csr) !== before) wrong.push(`${csr} was 0x${before.toString(16)} before, but the records make it 0x${(this.#csrs.get(csr) ?? 0n).toString(16)}`);
      this.#csrs.set(csr, after);
    }
    this.#pc = pc_wdata;
    this.#mode = next_mode;
    return wrong;
  }

  /** Where storage holds something else. */
  differences(state: ArchitecturalState): readonly string[] {
    const wrong: string[] = [];
    const check = (what: string, stored: bigint | undefined, told: bigint | undefined): void => {
      if (stored !== told) wrong.push(`${what} holds 0x${(stored ?? 0n).toString(16)}, the records make it 0x${(told ?? 0n).toString(16)}`);
    };
    this.#x.forEach((value, i) => check(`x${i}`, state.x[i], value));
    for (const name of HOME_CSRS) if (!COUNTERS.has(name)) check(name, state.csrs[name], this.#csrs.get(name));
    check('pc', state.pc, this.#pc);
    if (state.mode !== this.#mode) wrong.push(`the mode is ${state.mode}, the records make it ${this.#mode}`);
    return wrong;
  }

  /** Bytes of a page that hold something else; memory that nothing wrote is zero. */
  pageDifferences(address: bigint, page: Uint8Array): readonly string[] {
    const wrong: string[] = [];
    page.forEach((byte, i) => {
      const told = this.#memory.get(address + BigInt(i)) ?? 0;
      if (byte !== told) wrong.push(`memory at 0x${(address + BigInt(i)).toString(16)} holds ${byte}, the records make it ${told}`);
    });
    return wrong;
  }
}
