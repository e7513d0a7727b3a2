/**
 * The reference: a plain interpreter of the architecture within the scope of
 * docs/choices.md. It is handed what the outside world showed the hart and
 * computes everything else from the manual's rules by itself.
 */
import type { ArchitecturalState, HomeCsr, Inputs, Mode, Retirement, Subject, Trap } from '../retirement.js';
import { type Added, compile, type ExtensionInstruction } from './added-instruction.js';
import { arrangeCsrs, csrState } from './arrange.js';
import { u64 } from './bits.js';
import { decode } from './decode.js';
import { DEFAULT_EXTENSIONS, type Extension } from './extensions.js';
import { checkedExtension } from './extension-checks.js';
import { fetch } from './fetch.js';
import { type BlockSizes, type Decoded, Hart } from './hart.js';
import { dueInterrupt } from './interrupts.js';
import { Dram, littleEndian } from './memory.js';
import { matches } from './pattern.js';
import { takeException, takeInterrupt } from './traps.js';

export type { ExtensionHart, ExtensionInstruction, ExtensionOutcome, MemoryFault } from './added-instruction.js';
export type { Exception } from './hart.js';
export type { Width } from './memory.js';
export { DEFAULT_EXTENSIONS, type Extension, EXTENSIONS, isExtension } from './extensions.js';

/** What a user of the reference may choose. */
export interface ReferenceOptions extends BlockSizes {
  /** Size of DRAM in bytes; 128 MiB if not given. */
  readonly dramBytes?: number;
  /** What the hart has beyond RV64IM and H; what the core has if not given. */
  readonly extensions?: readonly Extension[];
}

type Lines = Pick<Inputs, 'meip' | 'seip' | 'hgeip'>;

const NO_LINES: Lines = { meip: false, seip: false, hgeip: 0n };
const DECODE_CACHE = 1 << 12;

/** The independent reference interpreter. */
export class Reference implements Subject {
  readonly #hart: Hart;
  #order = 0;
  #lines: Lines = NO_LINES;
  #added: readonly Added[] = [];
  /** Decoded instructions by a hash of their bits; decoding depends on nothing else. */
  readonly #decoded: (Decoded | undefined)[] = new Array<Decoded | undefined>(DECODE_CACHE).fill(undefined);

  constructor(options: ReferenceOptions = {}) {
    this.#hart = new Hart(options.dramBytes ?? 128 * 1024 * 1024, options.extensions ?? DEFAULT_EXTENSIONS, options);
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

  /**
   * Teaches the reference a 32-bit instruction: what its `execute` returns is how it ends. It takes precedence over a
   * defined one, a later addition over an earlier one. It reaches memory through the hart's own rules, see
   * {@link ExtensionHart}. Throws if it is no instruction.
   */
  extend(extension: ExtensionInstruction): void {
    this.#added = [compile(checkedExtension(extension)), ...this.#added];
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
      this.#breakReservation(Number(address), data.length);
    }
    const { pc, mode } = hart;
    const interrupt = dueInterrupt(hart);
    if (interrupt !== undefined) return this.#record(pc, mode, 0, takeInterrupt(hart, interrupt));
    const insn = injected === undefined ? fetch(hart, inputs.insn) : injected >>> 0;
    if (typeof insn !== 'number') return this.#record(pc, mode, 0, takeException(hart, insn));
    const trap = this.#execute(insn);
    return this.#record(pc, mode, insn, trap);
  }

  state(): ArchitecturalState {
    const hart = this.#hart;
    const { pc, mode, reservation } = hart;
    return {
      x: hart.registers(), pc, mode, csrs: csrState(hart, this.#nextCycle()),
      ...(reservation === undefined ? {} : { reservation: BigInt(reservation) }),
    };
  }

  /** A write by another agent into the reserved bytes invalidates them (`sc_other_device_write_fail`). */
  #breakReservation(address: number, bytes: number): void {
    const { reservation, reservationBytes } = this.#hart;
    if (reservation === undefined) return;
    if (address < reservation + reservationBytes && address + bytes > reservation) this.#hart.reservation = undefined;
  }

  /** The cycle that the next record belongs to at the earliest. */
  #nextCycle(): bigint {
    return this.#order === 0 ? 0n : this.#hart.counters.cycle + 1n;
  }

  /** Executes one instruction and takes the exception it may raise. */
  #execute(insn: number): Trap | undefined {
    const hart = this.#hart;
    const inhibited = hart.csrs.inhibitsInstret;
    const decoded = this.#decode(insn);
    hart.nextPc = u64(hart.pc + (decoded.bytes === 4 ? 4n : 2n));
    const exception = decoded.execute(hart, decoded);
    if (exception !== undefined) return takeException(hart, exception);
    hart.counters.retire(inhibited);
    return undefined;
  }

  #decode(insn: number): Decoded {
    const index = (insn ^ (insn >>> 12) ^ (insn >>> 22)) & (DECODE_CACHE - 1);
    const cached = this.#decoded[index];
    if (cached !== undefined && cached.insn === insn) return cached;
    const added = this.#added.find((pattern) => matches(pattern, insn));
    const defined = decode(insn, this.#hart.isa);
    const decoded = added === undefined ? defined : { ...defined, execute: added.execute };
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
