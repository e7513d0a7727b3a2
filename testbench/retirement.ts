/**
 * The contract between the core, the reference and everything that compares
 * them: one record per retired instruction, trap or interrupt.
 *
 * Names are RVFI's where RVFI has one. This file has no imports: the reference
 * and the tables know nothing else of this project.
 */

/** Privilege modes of a hart with the hypervisor extension, by the manual's names. */
export type Mode = 'M' | 'HS' | 'U' | 'VS' | 'VU';

/** Every mode, most privileged first. */
export const MODES: readonly Mode[] = ['M', 'HS', 'U', 'VS', 'VU'];

/** The modes that take traps. */
export type TrapMode = 'M' | 'HS' | 'VS';

/**
 * What the outside world showed the hart at the commit boundary of a record.
 *
 * These are inputs, never decisions: from them the reference itself computes
 * every pending interrupt and every counter and time value.
 */
export interface Inputs {
  /** Clock cycles since reset when the instruction retired (or the trap was taken). */
  readonly cycle: bigint;
  /** `mtime` when interrupts were sampled for this record. Equals the value the `time` CSR is based on. */
  readonly mtime: bigint;
  /** External interrupt lines when interrupts were sampled. */
  readonly meip: boolean;
  readonly seip: boolean;
  /** Guest external interrupt lines, bit i is guest i (bits 1..8; GEILEN is 8). */
  readonly hgeip: bigint;
  /**
   * Instruction bits fetched at `pc`: 32, or the 16 of a compressed instruction, zero-extended. The first
   * 16 where the second half of a longer one could not be fetched; undefined when nothing was fetched
   * (interrupt, fault of the first parcel).
   */
  readonly insn: number | undefined;
  /** Value that an I/O load returned, zero-extended; undefined for everything else. */
  readonly ioData: bigint | undefined;
  /** Bytes that the host wrote into memory since the previous record. */
  readonly hostWrites: readonly HostWrite[];
  /**
   * Page-table entries that the translations of this record used, in the order of use: of the fetch
   * (of its second parcel only where that is in another page), then of the access, part by part; in
   * two stages each guest's entry behind those that lead to it. A hit of a translation cache tells
   * its fill. Each is accepted if that memory had the value at some time
   * since the last fence that covers it. Absent: the core reads them from memory each time. From the
   * first record on that has them, if only none, the reference remembers what memory had.
   */
  readonly ptes?: readonly UsedPte[];
  /**
   * How often the event that each of `mhpmcounter3` to `mhpmcounter6` selects has happened since reset, in
   * this order, as the record sees it; whether `mcountinhibit` lets the counter count, and what was written
   * into it, changes nothing here. Absent: as in the record before (before the first: never).
   *
   * What it grew by since the record before is added to the counter, before the instruction of this record reads
   * or writes it, unless behind that record `mcountinhibit` inhibited it or its `mhpmevent` was 0, no event.
   */
  readonly events?: readonly [bigint, bigint, bigint, bigint];
}

/** A page-table entry as a translation saw it. */
export interface UsedPte {
  /** Its physical address. */
  readonly address: bigint;
  readonly value: bigint;
}

/** A write to physical memory by the host (the HTIF `fromhost` answer, a loader). */
export interface HostWrite {
  readonly address: bigint;
  readonly data: Uint8Array;
}

/**
 * A change of a CSR's stored value, explicit or implicit.
 *
 * `csr` is the *home*: the register that stores the bits, by its manual name.
 * A write of `sstatus` with V=0 changes `mstatus`, with V=1 `vsstatus`; `sie`,
 * `hie`, `vsie` change `mie`; `sip` changes `mip`; `hip` and `vsip` change
 * `hvip`. Counters (`mcycle`, `minstret`, `mhpmcounter3` to `mhpmcounter6`)
 * never appear.
 */
export interface CsrChange {
  readonly csr: string;
  readonly before: bigint;
  readonly after: bigint;
}

/** A trap as its handler sees it. */
export interface Trap {
  /** Exception code or interrupt number, without the interrupt bit. */
  readonly cause: number;
  readonly interrupt: boolean;
  /** The mode that takes it. */
  readonly to: TrapMode;
  /** Written to mtval, stval or vstval. */
  readonly tval: bigint;
  /** Written to mtval2 or htval; 0 for a trap into VS-mode. */
  readonly tval2: bigint;
  /** Written to mtinst or htinst; 0 for a trap into VS-mode. */
  readonly tinst: bigint;
  /** Written to mstatus.GVA or hstatus.GVA; false for a trap into VS-mode. */
  readonly gva: boolean;
}

/** One retired instruction, trapped instruction, or interrupt. */
export interface Retirement {
  /** Number of the record, from 0. */
  readonly order: number;
  /** Address of the instruction (for an interrupt: of the one that did not execute). */
  readonly pc_rdata: bigint;
  /** Address of the next instruction, after a trap or xRET the target. */
  readonly pc_wdata: bigint;
  /** Instruction bits, 16 or 32, zero-extended; 0 for an interrupt or when the fetch faulted. */
  readonly insn: number;
  /** Mode before the instruction. */
  readonly mode: Mode;
  /** Mode after it. */
  readonly next_mode: Mode;
  /** Integer register written, 0 if none. */
  readonly rd_addr: number;
  /** Its value (0 if none). */
  readonly rd_wdata: bigint;
  /** Virtual address of the memory access (0 if none; also 0 when it trapped). */
  readonly mem_addr: bigint;
  /** Bytes read, written: bit i is byte mem_addr + i (8 bits; 0 if none). Both for an AMO; CBO.ZERO shows the first 8 bytes of its block. */
  readonly mem_rmask: number;
  readonly mem_wmask: number;
  /** Bytes read, written, zero-extended from the access width. */
  readonly mem_rdata: bigint;
  readonly mem_wdata: bigint;
  /** Home CSRs whose stored value this record changed, sorted by name. */
  readonly csrs: readonly CsrChange[];
  /** The trap taken, if any. An interrupt is a record of its own. */
  readonly trap: Trap | undefined;
}

/**
 * All architectural state.
 *
 * `csrs` holds every home CSR that the hart has, by name, as stored. `mip` is its stored bits only
 * (SSIP, STIP and the software SEIP); `hvip` its three bits; `mcycle` and
 * `minstret` their values *after* the record (the next cycle's, for `mcycle`);
 * `mhpmcounter3` to `6` what they are with the events that the record saw and
 * what its instruction wrote.
 */
export interface ArchitecturalState {
  readonly x: readonly bigint[];
  readonly pc: bigint;
  readonly mode: Mode;
  readonly csrs: Readonly<Record<string, bigint>>;
  /** Physical address of the 64 reserved bytes (LR), aligned to 64; absent without a reservation. */
  readonly reservation?: bigint;
}

/**
 * The home CSRs: the ones that store bits. Every other CSR is a constant, a view or an input.
 * Those behind the blank line belong to extensions (Sstc, Smstateen, PMP): a hart without the
 * extension does not have them.
 */
export const HOME_CSRS = [
  'mstatus', 'medeleg', 'mideleg', 'mie', 'mip', 'mtvec', 'mcounteren', 'menvcfg', 'mscratch', 'mepc', 'mcause',
  'mtval', 'mtval2', 'mtinst', 'mcycle', 'minstret', 'mcountinhibit',
  'mhpmcounter3', 'mhpmcounter4', 'mhpmcounter5', 'mhpmcounter6', 'mhpmevent3', 'mhpmevent4', 'mhpmevent5', 'mhpmevent6',
  'stvec', 'scounteren', 'senvcfg', 'sscratch', 'sepc', 'scause', 'stval', 'satp',
  'hstatus', 'hedeleg', 'hideleg', 'hvip', 'hgeie', 'hcounteren', 'henvcfg', 'htimedelta', 'htval', 'htinst', 'hgatp',
  'vsstatus', 'vstvec', 'vsscratch', 'vsepc', 'vscause', 'vstval', 'vsatp',

  'stimecmp', 'vstimecmp',
  'mstateen0', 'mstateen1', 'mstateen2', 'mstateen3', 'hstateen0', 'hstateen1', 'hstateen2', 'hstateen3',
  'pmpcfg0', 'pmpcfg2',
  'pmpaddr0', 'pmpaddr1', 'pmpaddr2', 'pmpaddr3', 'pmpaddr4', 'pmpaddr5', 'pmpaddr6', 'pmpaddr7',
  'pmpaddr8', 'pmpaddr9', 'pmpaddr10', 'pmpaddr11', 'pmpaddr12', 'pmpaddr13', 'pmpaddr14', 'pmpaddr15',
] as const;

export type HomeCsr = (typeof HOME_CSRS)[number];

/** A hart that can be put into a state and stepped: what the literal tables drive, on either side. */
export interface Subject {
  /** Replaces architectural state; what is not named is as after reset. CSR values are stored as given (home CSRs that the hart has). */
  arrange(state: {
    readonly mode: Mode;
    readonly pc?: bigint;
    readonly x?: Readonly<Record<number, bigint>>;
    readonly csrs?: Readonly<Partial<Record<HomeCsr, bigint>>>;
    /** Instruction words and data, by physical address (64-bit little-endian words or 32-bit instructions). */
    readonly memory?: readonly { readonly address: bigint; readonly bytes: 4 | 8; readonly value: bigint }[];
    readonly lines?: { readonly meip?: boolean; readonly seip?: boolean; readonly mtip?: boolean; readonly msip?: boolean; readonly hgeip?: bigint };
  }): void;
  /** Executes until one record exists and returns it. */
  step(): Retirement;
  state(): ArchitecturalState;
}
