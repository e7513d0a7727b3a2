/** The state of the hart, and what the record being built has to tell of the running instruction. */
import type { HomeCsr, Inputs, Mode } from '../retirement.js';
import { Counters, CsrFile } from './csr-file.js';
import { Clint } from './devices.js';
import { type Extension, type Isa, isaOf } from './extensions.js';
import { Dram, DRAM_BASE, type Width } from './memory.js';
import { Pmp } from './pmp.js';
import { PteHistory, UsedPtes } from './stale.js';
import { homesOf, isPaged, type Writable, writableOf } from './storable.js';

/** A synchronous exception that an instruction (or its fetch) raises, before it is known who takes it. */
export interface Exception {
  readonly cause: number;
  readonly tval: bigint;
  /** Whether `tval` is a guest virtual address (`mstatus_gva_op`, `hstatus_gva_op`). */
  readonly gva: boolean;
  /** The transformed instruction, or 0 (`H_trap_xtinst_exception`). */
  readonly tinst: bigint;
  /** For `mtval2` and `htval`: the guest physical address of a guest-page fault, shifted right by 2; else absent for 0. */
  readonly tval2?: bigint;
}

/** How an instruction ends: `undefined` when it retires, else the exception it raises. */
export type Outcome = Exception | undefined;

/** An instruction with its operand fields extracted. */
export interface Decoded {
  /** The instruction bits, 16 or 32, unsigned. */
  readonly insn: number;
  /** The 32 bits that it stands for; bit 1 is 0 when it is a compressed one, as in `mtinst` (`H_trap_xtinst_val`). */
  readonly standard: number;
  readonly bytes: 2 | 4;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  /** The sign-extended immediate of its format (shift amount, CSR immediate where it has one). */
  readonly imm: bigint;
  /** The CSR number of a Zicsr instruction. */
  readonly csr: number;
  readonly execute: Execute;
}

/** What one instruction does to the hart. */
export type Execute = (hart: Hart, insn: Decoded) => Outcome;

const NO_INPUTS: Inputs = {
  cycle: 0n, mtime: 0n, meip: false, seip: false, hgeip: 0n, insn: undefined, ioData: undefined, hostWrites: [],
};

/** Sizes of aligned blocks of memory that the manual leaves open, in bytes; powers of two, a page at most. */
export interface BlockSizes {
  /** Of what a cbo instruction works on, at least 16 (`CACHE_BLOCK_SIZE`); 64 if not given. */
  readonly cacheBlockBytes?: number;
  /** Of what a reservation covers, at least 8 (`LR_RESERVATION_SET_SIZE`); 64 if not given. */
  readonly reservationBytes?: number;
}

/** All architectural state, plus the effects of the running instruction. */
export class Hart {
  /** The x registers; stores wrap to 64 bits by themselves. */
  readonly #unsigned = new BigUint64Array(32);
  readonly #signed = new BigInt64Array(this.#unsigned.buffer);
  pc = BigInt(DRAM_BASE);
  mode: Mode = 'M';
  readonly csrs = new CsrFile();
  readonly counters = new Counters();
  readonly dram: Dram;
  readonly clint = new Clint();
  /** Which extensions the hart has. */
  readonly isa: Isa;
  readonly pmp = new Pmp();
  /** Whether it can translate addresses at all. */
  readonly paged: boolean;
  /** The bits that its CSRs can store, and which of the home CSRs it has. */
  readonly writable: Writable;
  readonly homes: readonly HomeCsr[];
  /** Physical address of the reserved bytes, which lie in DRAM. */
  reservation: number | undefined = undefined;

  /** Inputs of the record being executed. */
  inputs: Inputs = NO_INPUTS;
  /** The PTEs that it tells of, until they are used. */
  ptes: UsedPtes | undefined = undefined;
  /** Where the running instruction continues. */
  nextPc = 0n;
  /** Register written by the running instruction, 0 if none. */
  rdAddr = 0;
  /** The completed memory access of the running instruction. */
  memAddr = 0n;
  memRmask = 0;
  memWmask = 0;
  memRdata = 0n;
  memWdata = 0n;

  /** See {@link BlockSizes}. */
  readonly cacheBlockBytes: number;
  readonly reservationBytes: number;

  constructor(dramBytes: number, extensions: readonly Extension[], { cacheBlockBytes = 64, reservationBytes = 64 }: BlockSizes = {}) {
    this.cacheBlockBytes = cacheBlockBytes;
    this.reservationBytes = reservationBytes;
    this.dram = new Dram(dramBytes);
    this.isa = isaOf(extensions);
    this.paged = isPaged(this.isa);
    this.writable = writableOf(this.isa);
    this.homes = homesOf(this.writable);
  }

  /** Reset: M-mode, pc at the reset vector, everything else zero (`M_mode_at_rst`, `pc_rst`, `mcause_rst_zero`). */
  reset(): void {
    this.#unsigned.fill(0n);
    this.pc = BigInt(DRAM_BASE);
    this.mode = 'M';
    this.csrs.reset();
    this.counters.reset();
    this.dram.reset();
    this.clint.reset();
    this.reservation = undefined;
    this.inputs = NO_INPUTS;
    this.beginRecord(NO_INPUTS);
  }

  /** Forgets the effects of the previous record. */
  beginRecord(inputs: Inputs): void {
    this.inputs = inputs;
    this.counters.cycle = inputs.cycle;
    if (inputs.events !== undefined) this.counters.see(inputs.events, (number) => this.csrs.countsEvent(number));
    this.ptes = inputs.ptes && new UsedPtes(inputs.ptes);
    if (this.ptes !== undefined) this.dram.history ??= new PteHistory();
    this.rdAddr = 0;
    this.memAddr = 0n;
    this.memRmask = 0;
    this.memWmask = 0;
    this.memRdata = 0n;
    this.memWdata = 0n;
  }

  /** The running instruction has read memory. */
  recordRead(address: bigint, width: Width, data: bigint): void {
    this.memAddr = address;
    this.memRmask = (1 << width) - 1;
    this.memRdata = data;
  }

  /** The running instruction has written memory. */
  recordWrite(address: bigint, width: Width, data: bigint): void {
    this.memAddr = address;
    this.memWmask = (1 << width) - 1;
    this.memWdata = data;
  }

  /** A register as an unsigned number. */
  x(index: number): bigint {
    return this.#unsigned[index] ?? 0n;
  }

  /** A register as a two's-complement number. */
  sx(index: number): bigint {
    return this.#signed[index] ?? 0n;
  }

  /** Writes a register modulo 2^64; x0 stays zero (`x0eq0`). */
  setX(index: number, value: bigint): void {
    if (index !== 0) this.#unsigned[index] = value;
  }

  /** The running instruction's result. */
  writeRd(index: number, value: bigint): void {
    if (index === 0) return;
    this.#unsigned[index] = value;
    this.rdAddr = index;
  }

  /** All registers. */
  registers(): bigint[] {
    return Array.from(this.#unsigned);
  }

  /** `mcycle` as this cycle's instruction reads it. */
  mcycle(): bigint {
    return this.counters.mcycleIn(this.counters.cycle, this.csrs.inhibitsCycle);
  }
}
