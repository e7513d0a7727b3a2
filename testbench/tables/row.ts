/**
 * The shape of a table row, and the few literals every table needs: bit
 * positions, instruction words, and a hart whose trap registers hold junk.
 *
 * Everything here was typed from the manual. Nothing of the model, the specs or
 * the reference is imported or was read: these tables exist to find a
 * misreading the two sides share.
 */
import type { HomeCsr, Mode, Subject, TrapMode } from '../retirement.js';
import type { Demand } from './extensions.js';

/** What `Subject.arrange` takes. */
export type Arrangement = Parameters<Subject['arrange']>[0];

/** `[lowest bit, width]` of every field the tables name, as drawn in the manual. */
export const FIELDS = {
  mstatus: {
    SIE: [1, 1], MIE: [3, 1], SPIE: [5, 1], MPIE: [7, 1], SPP: [8, 1], MPP: [11, 2], MPRV: [17, 1], SUM: [18, 1],
    MXR: [19, 1], TVM: [20, 1], TW: [21, 1], TSR: [22, 1], GVA: [38, 1], MPV: [39, 1],
  },
  hstatus: {
    GVA: [6, 1], SPV: [7, 1], SPVP: [8, 1], HU: [9, 1], VGEIN: [12, 6], VTVM: [20, 1], VTW: [21, 1], VTSR: [22, 1],
  },
  vsstatus: { SIE: [1, 1], SPIE: [5, 1], SPP: [8, 1], SUM: [18, 1], MXR: [19, 1] },
} as const;

/** A status register whose fields can be named. */
export type StatusName = keyof typeof FIELDS;

/** Values of named fields of one status register. */
export type Fields<R extends StatusName> = Partial<Record<keyof (typeof FIELDS)[R], number>>;

/** Values of named fields, by status register. */
export type StatusFields = { readonly [R in StatusName]?: Fields<R> };

/** The status registers with every writable field 0: SXL, UXL, VSXL read 2. */
export const STATUS_BASE: Readonly<Record<StatusName, bigint>> = {
  mstatus: 0xa_0000_0000n,
  hstatus: 0x2_0000_0000n,
  vsstatus: 0x2_0000_0000n,
};

/** The trap a row expects; whatever is absent is 0 or false, as the manual has it for most traps. */
export interface TrapExpectation {
  readonly to: TrapMode;
  /** Exception code, or interrupt number if `interrupt`. */
  readonly cause: number;
  readonly interrupt?: boolean;
  readonly tval?: bigint;
  /** The guest physical address shifted right by 2, for a guest-page fault. */
  readonly tval2?: bigint;
  readonly tinst?: bigint;
  readonly gva?: boolean;
}

/** A memory access a row expects of a retired instruction. */
export interface MemoryExpectation {
  readonly addr: bigint;
  readonly rmask?: number;
  readonly rdata?: bigint;
  readonly wmask?: number;
  readonly wdata?: bigint;
}

/**
 * What the last step of a row must show.
 *
 * Silence is an expectation too: a home CSR, register or field that is not
 * named must keep its value (mcycle and minstret apart, and apart from the
 * registers the expected trap writes). No row lets mhpmcounter3 to 6 count, so
 * these must keep theirs.
 */
export interface Expectation {
  /** The trap taken; absent: the instruction retires. */
  readonly trap?: TrapExpectation;
  /** Address of the instruction; absent: `arrange.pc` behind the arranged instructions of every earlier step. */
  readonly pc?: bigint;
  /** Instruction bits, 16 or 32; absent: those arranged at `pc`, or 0 where nothing was fetched. */
  readonly insn?: number;
  /** Mode afterwards; absent: unchanged, or the trap's target. */
  readonly nextMode?: Mode;
  /** Next pc; absent: behind the instruction, or the direct vector of the trap's target. */
  readonly nextPc?: bigint;
  /** Register and value written; `any`: some register or none; absent: none. */
  readonly rd?: readonly [register: number, value: bigint] | 'any';
  /** Register written and the inclusive bounds of its value. */
  readonly rdRange?: readonly [register: number, low: bigint, high: bigint];
  /** Home CSRs afterwards, whole. */
  readonly csrs?: Readonly<Partial<Record<HomeCsr, bigint>>>;
  /** Fields of status registers afterwards; the other bits of a register named here are unchanged. */
  readonly fields?: StatusFields;
  /** The memory access; absent: not looked at. */
  readonly mem?: MemoryExpectation;
}

/** One line of one of the manual's tables. */
export interface TableRow extends Demand {
  /** `table/what`, unique over all tables. */
  readonly id: string;
  /** Normative rule names, or `section:`/`choices:` and a word where the manual has no rule. */
  readonly rules: readonly string[];
  readonly arrange: Arrangement;
  /** Records to step through, the last one is compared; absent: 1. */
  readonly steps?: number;
  /** Whether a record before the last may be a trap. */
  readonly trapsBefore?: boolean;
  readonly expect: Expectation;
}

/** Where rows execute unless they say otherwise. */
export const PC = 0x8000_0100n;

/** What `mtvec`, `stvec` and `vstvec` hold (direct) unless a row says otherwise: three places, so the pc tells the target. */
export const VECTOR: Readonly<Record<TrapMode, bigint>> = { M: 0x8000_1000n, HS: 0x8000_2000n, VS: 0x8000_3000n };

/** What `mepc`, `sepc` and `vsepc` hold unless a row says otherwise. */
export const EPC: Readonly<Record<TrapMode, bigint>> = { M: 0x8000_5000n, HS: 0x8000_6000n, VS: 0x8000_7000n };

/** Somewhere in DRAM for data. */
export const DATA = 0x8000_4000n;

/** First address past DRAM: subjects are constructed with the default 128 MiB. */
export const DRAM_END = 0x8800_0000n;

/** An address where nothing is. */
export const NOWHERE = 0x1000n;

/** What x2, the usual destination, holds before. */
export const X2_BEFORE = 0x5a5a_5a5a_5a5a_5a5an;

/** Junk in every register a trap could write, all different, so that a write too many or too few shows. */
const JUNK: Readonly<Partial<Record<HomeCsr, bigint>>> = {
  mideleg: 0x1444n,
  mtvec: VECTOR.M, stvec: VECTOR.HS, vstvec: VECTOR.VS,
  mepc: EPC.M, sepc: EPC.HS, vsepc: EPC.VS,
  mcause: 31n, scause: 30n, vscause: 29n,
  mtval: 0x1111_1111_1111_1111n, stval: 0x5555_5555_5555_5555n, vstval: 0x9999_9999_9999_9999n,
  mtval2: 0x2222_2222_2222_2222n, htval: 0x6666_6666_6666_6666n,
  mtinst: 0x3333_3333_3333_3333n, htinst: 0x7777_7777_7777_7777n,
  mscratch: 0x4444_4444_4444_4444n, sscratch: 0x8888_8888_8888_8888n, vsscratch: 0xaaaa_aaaa_aaaa_aaaan,
};

/** A status register's value: its read-only fields and the named ones. */
export function status<R extends StatusName>(register: R, fields: Fields<R>): bigint {
  const positions = FIELDS[register] as Readonly<Record<string, readonly [number, number]>>;
  let value = STATUS_BASE[register];
  for (const [name, field] of Object.entries(fields as Readonly<Record<string, number>>)) {
    const position = positions[name];
    if (position === undefined) throw new Error(`${register} has no field ${name}`);
    value |= BigInt(field) << BigInt(position[0]);
  }
  return value;
}

/** A state, as a row writes it. */
export interface Setup extends StatusFields {
  readonly mode: Mode;
  readonly pc?: bigint;
  /** Instructions at `pc`, `pc + 4`, ... */
  readonly words?: readonly number[];
  /** 16-bit parcels at `pc`, `pc + 2`, ...: compressed instructions, and the halves of others. Instead of `words`. */
  readonly parcels?: readonly number[];
  readonly x?: Readonly<Record<number, bigint>>;
  readonly csrs?: Readonly<Partial<Record<HomeCsr, bigint>>>;
  readonly memory?: NonNullable<Arrangement['memory']>;
  readonly lines?: NonNullable<Arrangement['lines']>;
}

/** Arranges a hart with junk in its trap registers and the named state on top. */
export function hart(setup: Setup): Arrangement {
  const pc = setup.pc ?? PC;
  const words = (setup.words ?? []).map((word, index) => ({
    address: pc + 4n * BigInt(index), bytes: 4 as const, value: BigInt(word >>> 0),
  }));
  const parcels = aligned(pc, setup.parcels ?? []);
  return {
    mode: setup.mode,
    pc,
    x: { 2: X2_BEFORE, ...setup.x },
    csrs: {
      ...JUNK,
      mstatus: status('mstatus', setup.mstatus ?? {}),
      hstatus: status('hstatus', setup.hstatus ?? {}),
      vsstatus: status('vsstatus', setup.vsstatus ?? {}),
      ...setup.csrs,
    },
    memory: [...words, ...parcels, ...(setup.memory ?? [])],
    ...(setup.lines === undefined ? {} : { lines: setup.lines }),
  };
}

/** Parcels from `pc` on as aligned words of memory; a half that no parcel fills is 0. */
function aligned(pc: bigint, parcels: readonly number[]): NonNullable<Arrangement['memory']> {
  const halves = (pc & 2n) === 0n || parcels.length === 0 ? parcels : [0, ...parcels];
  return Array.from({ length: Math.ceil(halves.length / 2) }, (_, index) => ({
    address: (pc & ~3n) + 4n * BigInt(index), bytes: 4 as const,
    value: BigInt((halves[2 * index] ?? 0) + (halves[2 * index + 1] ?? 0) * 0x1_0000),
  }));
}

/** CSR instructions from their six literal fields. */
function csrInstruction(funct3: number, csr: number, rd: number, rs1: number): number {
  return ((csr << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | 0x73) >>> 0;
}

/** CSRRW rd, csr, rs1. */
export const csrrw = (csr: number, rd: number, rs1: number): number => csrInstruction(1, csr, rd, rs1);
/** CSRRS rd, csr, rs1. */
export const csrrs = (csr: number, rd: number, rs1: number): number => csrInstruction(2, csr, rd, rs1);
/** CSRRC rd, csr, rs1. */
export const csrrc = (csr: number, rd: number, rs1: number): number => csrInstruction(3, csr, rd, rs1);
/** CSRRWI rd, csr, uimm. */
export const csrrwi = (csr: number, rd: number, uimm: number): number => csrInstruction(5, csr, rd, uimm);
/** CSRRSI rd, csr, uimm. */
export const csrrsi = (csr: number, rd: number, uimm: number): number => csrInstruction(6, csr, rd, uimm);
/** CSRRCI rd, csr, uimm. */
export const csrrci = (csr: number, rd: number, uimm: number): number => csrInstruction(7, csr, rd, uimm);

/** Instruction words by hand. */
export const WORD = {
  nop: 0x0000_0013, ecall: 0x0000_0073, ebreak: 0x0010_0073, sret: 0x1020_0073, mret: 0x3020_0073, wfi: 0x1050_0073,
  sfence: 0x1200_0073, sfenceX1X2: 0x1220_8073, hfenceVvma: 0x2200_0073, hfenceVvmaX1X2: 0x2220_8073,
  hfenceGvma: 0x6200_0073, hfenceGvmaX1X2: 0x6220_8073,
  /** Not an instruction in any extension. */
  ones: 0xffff_ffff,
  /** LD x2, 0(x1) and SD x3, 0(x1). */
  ld: 0x0000_b103, sd: 0x0030_b023,
  /** JAL x2, pc + 2. */
  jal2: 0x0020_016f,
} as const;

/** CSR addresses, from the CSR listing. */
export const CSR = {
  cycle: 0xc00, time: 0xc01, instret: 0xc02,
  hpmcounter3: 0xc03, hpmcounter4: 0xc04, hpmcounter5: 0xc05, hpmcounter6: 0xc06, hpmcounter7: 0xc07, hpmcounter31: 0xc1f,
  sstatus: 0x100, sie: 0x104, stvec: 0x105, scounteren: 0x106, senvcfg: 0x10a, sscratch: 0x140, sepc: 0x141,
  scause: 0x142, stval: 0x143, sip: 0x144, satp: 0x180,
  hstatus: 0x600, hedeleg: 0x602, hideleg: 0x603, hie: 0x604, htimedelta: 0x605, hcounteren: 0x606, hgeie: 0x607,
  henvcfg: 0x60a, htval: 0x643, hip: 0x644, hvip: 0x645, htinst: 0x64a, hgatp: 0x680, hgeip: 0xe12,
  vsstatus: 0x200, vsie: 0x204, vstvec: 0x205, vsscratch: 0x240, vsepc: 0x241, vscause: 0x242, vstval: 0x243,
  vsip: 0x244, vsatp: 0x280,
  mvendorid: 0xf11, marchid: 0xf12, mimpid: 0xf13, mhartid: 0xf14, mconfigptr: 0xf15,
  mstatus: 0x300, misa: 0x301, medeleg: 0x302, mideleg: 0x303, mie: 0x304, mtvec: 0x305, mcounteren: 0x306,
  menvcfg: 0x30a, mcountinhibit: 0x320,
  mhpmevent3: 0x323, mhpmevent4: 0x324, mhpmevent5: 0x325, mhpmevent6: 0x326, mhpmevent7: 0x327, mhpmevent31: 0x33f, mscratch: 0x340, mepc: 0x341,
  mcause: 0x342, mtval: 0x343, mip: 0x344, mtinst: 0x34a, mtval2: 0x34b, mcycle: 0xb00, minstret: 0xb02,
  mhpmcounter3: 0xb03, mhpmcounter4: 0xb04, mhpmcounter5: 0xb05, mhpmcounter6: 0xb06, mhpmcounter7: 0xb07, mhpmcounter31: 0xb1f,
  // With extensions.
  stimecmp: 0x14d, vstimecmp: 0x24d,
  sstateen0: 0x10c, sstateen1: 0x10d, sstateen2: 0x10e, sstateen3: 0x10f,
  hstateen0: 0x60c, hstateen1: 0x60d, hstateen2: 0x60e, hstateen3: 0x60f,
  mstateen0: 0x30c, mstateen1: 0x30d, mstateen2: 0x30e, mstateen3: 0x30f,
  pmpcfg0: 0x3a0, pmpcfg1: 0x3a1, pmpcfg2: 0x3a2, pmpcfg3: 0x3a3, pmpcfg4: 0x3a4, pmpcfg14: 0x3ae, pmpcfg15: 0x3af,
  pmpaddr0: 0x3b0, pmpaddr1: 0x3b1, pmpaddr2: 0x3b2, pmpaddr3: 0x3b3, pmpaddr4: 0x3b4, pmpaddr5: 0x3b5, pmpaddr6: 0x3b6, pmpaddr7: 0x3b7,
  pmpaddr8: 0x3b8, pmpaddr9: 0x3b9, pmpaddr10: 0x3ba, pmpaddr11: 0x3bb, pmpaddr12: 0x3bc, pmpaddr13: 0x3bd, pmpaddr14: 0x3be, pmpaddr15: 0x3bf, pmpaddr16: 0x3c0, pmpaddr63: 0x3ef,
} as const;

/** The five modes, typed here once more so that a table's rows do not depend on anybody's list. */
export const ALL_MODES: readonly Mode[] = ['M', 'HS', 'U', 'VS', 'VU'];

/** An unsigned instruction word as the value xtval gets. */
export const bits = (word: number): bigint => BigInt(word >>> 0);
