/**
 * The reference: a plain interpreter of the architecture within the scope of
 * docs/choices.md. It is handed what the outside world showed the hart and
 * computes everything else from the manual's rules by itself.
 */
import type { ArchitecturalState, HomeCsr, Inputs, Mode, Retirement, Subject, Trap } from '../retirement.js';
import { u64 } from './bits.js';
import { decode } from './decode.js';
import { compile, type ExtensionInstruction, type Pattern } from './extension.js';
import { checkedExtension } from './extension-checks.js';
import { type Decoded, type Exception, Hart } from './hart.js';
import { arrangeCsrs, csrState } from './arrange.js';
import { dueInterrupt } from './interrupts.js';
import { Dram, littleEndian } from './memory.js';
import { isVirtual } from './modes.js';
import { CAUSE } from './status.js';
import { takeException, takeInterrupt } from './traps.js';

export type { ExtensionHart, ExtensionInstruction, ExtensionOutcome } from './extension.js';

/** What a user of the reference may choose. */
export interface ReferenceOptions {
  /** Size of DRAM in bytes; 128 MiB if not given. */
  readonly dramBytes?: number;
}

type Lines = Pick<Inputs, 'meip' | 'seip' | 'hgeip'>;

const NO_LINES: Lines = { meip: false, seip: false, hgeip: 0n };
const DECODE_CACHE = 1 << 12;

/** The independent reference interpreter. */
export class Reference implements Subject {
  readonly #hart: Hart;
  #order = 0;
  #lines: Lines = NO_LINES;
  #extensions: readonly Pattern[] = [];
  /** Decoded instructions by a hash of their bits; decoding depends on nothing else. */
  readonly #decoded: (Decoded | undefined)[] = new Array<Decoded | undefined>(DECODE_CACHE).fill(undefined);

  constructor(options: ReferenceOptions = {}) {
    this.#hart = new Hart(options.dramBytes ?? 128 * 1024 * 1024);
  }

  /** Back to the state after reset, with zeroed memory. Cheap: clears only pages that were written. */
  reset(): void {
    this.#hart.reset();
    this.#order = 0;
    this.#lines = NO_LINES;
  }

  /** Writes physical memory before the start; the whole range must be in DRAM. */
  load(address: bigint, data: Uint8Array): void {
    const offset = this.#dramOffset(address, data.length);
    this.#hart.dram.copyIn(offset, data, false);
  }

  setPc(pc: bigint): void {
    this.#hart.pc = u64(pc);
  }

  setX(index: number, value: bigint): void {
    this.#hart.setX(index, value);
  }

  /** A copy of physical memory, which must be in DRAM. */
  readMemory(address: bigint, bytes: number): Uint8Array {
    return this.#hart.dram.copyOut(this.#dramOffset(address, bytes), bytes);
  }

  /** Numbers (within DRAM) of the 4 KiB pages that were written since reset, by anyone. */
  dirtyPages(): Iterable<number> {
    return this.#hart.dram.touchedPages();
  }

  /** Teaches the reference an instruction; it takes precedence over a defined one, a later addition over an earlier one. Throws if it is none. */
  extend(extension: ExtensionInstruction): void {
    this.#extensions = [compile(checkedExtension(extension)), ...this.#extensions];
    this.#decoded.fill(undefined);
  }

  /** Puts the hart into a state; what is not named is as after reset (see {@link Subject}). */
  arrange(state: Parameters<Subject['arrange']>[0]): void {
    this.reset();
    const hart = this.#hart;
    hart.mode = state.mode;
    if (state.pc !== undefined) this.setPc(state.pc);
    for (const [index, value] of Object.entries(state.x ?? {})) hart.setX(Number(index), value);
    arrangeCsrs(hart, state.csrs ?? {});
    for (const { address, bytes, value } of state.memory ?? []) this.load(address, littleEndian(value, bytes));
    const { meip = false, seip = false, hgeip = 0n, mtip = false, msip = false } = state.lines ?? {};
    this.#lines = { meip, seip, hgeip };
    if (mtip) hart.clint.mtimecmp = 0n;
    hart.clint.msip = msip;
  }

  /** Tells which home CSRs are read from now on (but for the counters): what a decision can rest on. Without a listener, none. */
  watchReads(listener?: (csr: HomeCsr) => void): void {
    this.#hart.csrs.watch(listener);
  }

  /** One record with invented inputs: a cycle per record, `mtime` 0 until software writes it, lines as arranged. */
  step(): Retirement {
    return this.stepWith({
      cycle: BigInt(this.#order), mtime: this.#hart.clint.mtime, ...this.#lines, insn: undefined, ioData: undefined,
      hostWrites: [],
    });
  }

  /**
   * One record from the given inputs: the interrupt that they make due, or else the instruction
   * at pc. Instruction bits that this location cannot have shown are not executed: the record
   * then tells the true word in `insn`, which differs from the input.
   *
   * @param injected - An instruction that is handed to the hart instead of being fetched, wherever pc points.
   */
  stepWith(inputs: Inputs, injected?: number): Retirement {
    const hart = this.#hart;
    hart.beginRecord(inputs);
    hart.clint.mtime = inputs.mtime;
    for (const { address, data } of inputs.hostWrites) {
      hart.dram.copyIn(this.#dramOffset(address, data.length), data, true);
    }
    const { pc, mode } = hart;
    const interrupt = dueInterrupt(hart);
    if (interrupt !== undefined) return this.#record(pc, mode, 0, takeInterrupt(hart, interrupt));
    const insn = injected === undefined ? this.#fetch(inputs.insn) : injected >>> 0;
    if (insn === undefined) return this.#record(pc, mode, 0, takeException(hart, fetchFault(hart)));
    const trap = this.#execute(insn);
    return this.#record(pc, mode, insn, trap);
  }

  state(): ArchitecturalState {
    const hart = this.#hart;
    return { x: hart.registers(), pc: hart.pc, mode: hart.mode, csrs: csrState(hart, this.#nextCycle()) };
  }

  /** The cycle that the next record belongs to at the earliest. */
  #nextCycle(): bigint {
    return this.#order === 0 ? 0n : this.#hart.counters.cycle + 1n;
  }

  /**
   * The instruction at pc: 4 bytes, which must lie in DRAM; undefined is an access fault. Stale bits
   * are accepted when the location held them at some time since the last FENCE.I (`fence_i_op`).
   */
  #fetch(fetched: number | undefined): number | undefined {
    const { dram, pc } = this.#hart;
    const offset = Dram.offsetOf(pc);
    if (!dram.holds(offset, 4)) return undefined;
    const word = dram.word(offset);
    if (fetched === undefined || fetched >>> 0 === word) return word;
    return dram.heldSinceFence(offset, fetched >>> 0) ? fetched >>> 0 : word;
  }

  /** Executes one instruction and takes the exception it may raise. */
  #execute(insn: number): Trap | undefined {
    const hart = this.#hart;
    hart.nextPc = u64(hart.pc + 4n);
    const inhibited = hart.csrs.inhibitsInstret;
    const decoded = this.#decode(insn);
    const exception = decoded.execute(hart, decoded);
    if (exception !== undefined) return takeException(hart, exception);
    hart.counters.retire(inhibited);
    return undefined;
  }

  #decode(insn: number): Decoded {
    const index = (insn ^ (insn >>> 12) ^ (insn >>> 22)) & (DECODE_CACHE - 1);
    const cached = this.#decoded[index];
    if (cached !== undefined && cached.insn === insn) return cached;
    const extension = this.#extensions.find(({ mask, value }) => (insn & mask) >>> 0 === value);
    const decoded = extension === undefined ? decode(insn) : { ...decode(insn), execute: extension.execute };
    this.#decoded[index] = decoded;
    return decoded;
  }

  /** Closes the record and moves on to the next instruction. */
  #record(pc: bigint, mode: Mode, insn: number, trap: Trap | undefined): Retirement {
    const hart = this.#hart;
    hart.pc = hart.nextPc;
    const order = this.#order;
    this.#order = order + 1;
    return {
      order,
      pc_rdata: pc,
      pc_wdata: hart.nextPc,
      insn,
      mode,
      next_mode: hart.mode,
      rd_addr: hart.rdAddr,
      rd_wdata: hart.x(hart.rdAddr),
      mem_addr: hart.memAddr,
      mem_rmask: hart.memRmask,
      mem_wmask: hart.memWmask,
      mem_rdata: hart.memRdata,
      mem_wdata: hart.memWdata,
      csrs: hart.csrs.takeChanges(),
      trap,
    };
  }

  /** Offset of a range that must be in DRAM; anything else is a mistake of the caller. */
  #dramOffset(address: bigint, bytes: number): number {
    const offset = Dram.offsetOf(address);
    if (!this.#hart.dram.holds(offset, bytes)) throw new RangeError(`not in DRAM: 0x${address.toString(16)}, ${bytes} bytes`);
    return offset;
  }
}

/** An instruction access fault at pc (`ia_fault_exc_on_target`: it belongs to the target, not to the jump). */
const fetchFault = (hart: Hart): Exception => ({
  cause: CAUSE.instructionAccessFault, tval: hart.pc, gva: isVirtual(hart.mode), tinst: 0n,
});
