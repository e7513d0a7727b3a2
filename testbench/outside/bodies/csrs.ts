/** CSRs that bodies use, and the bits of them that both sides have. */
import { U64 } from './random.js';

/** How bodies may use a CSR. */
export interface CsrUse {
  readonly number: number;
  /** Bits that may be given in a write. */
  readonly mask: bigint;
  /** CSRRW too (else only CSRRS and CSRRC, which leave the bits outside the mask alone). */
  readonly swap: boolean;
  /** The value read may differ: the destination is x0. */
  readonly blind?: boolean;
  /** What may be written by CSRRW, instead of the bits of the mask. */
  readonly values?: readonly bigint[];
}

export const MSTATUS_BITS = 0x0e_01aan | 0x20_0000n | 0x50_0000n; // SIE MIE SPIE MPIE SPP, MPRV SUM MXR, TW, TVM TSR
const MSTATUS_GUEST = 0xc0_0000_0000n; // GVA MPV
export const SSTATUS_BITS = 0xc_0122n;
export const HSTATUS_BITS = 0x70_0380n; // VTSR VTW VTVM HU SPVP SPV
export const MIE_BITS = 0xeeen;
export const MEDELEG_BITS = 0xf0_b1fen;
export const HEDELEG_BITS = 0xb1fcn;
export const ALL = U64;
/** stimecmp and vstimecmp: long ago, or never; in between the two sides' clocks would decide. */
const TIMES = [0n, U64];

const use = (number: number, mask: bigint, swap = true, blind = false): CsrUse => ({ number, mask, swap, blind });

/** CSRs of every body. */
export const CSRS: readonly CsrUse[] = [
  use(0x300, MSTATUS_BITS, false), // mstatus
  use(0x301, 0n, false, true), // misa
  use(0x302, MEDELEG_BITS), use(0x303, 0x222n), use(0x304, MIE_BITS), use(0x306, 7n), use(0x30a, 1n, false, true),
  use(0x342, ALL, true, true), use(0x343, ALL), use(0x34a, ALL), use(0x34b, ALL),
  use(0x100, SSTATUS_BITS, false), use(0x104, 0x222n, true, true), use(0x106, 7n), use(0x10a, 1n), use(0x140, ALL),
  use(0x142, ALL, true, true), use(0x143, ALL),
  use(0x600, HSTATUS_BITS & ~0x80n, false), use(0x602, HEDELEG_BITS), use(0x603, 0x444n), use(0x604, 0x444n),
  use(0x605, 0xffffn), use(0x606, 7n), use(0x60a, 1n, false, true), use(0x643, ALL), use(0x64a, 0n, false, true),
  use(0xe12, 0n, false), // hgeip
  use(0x200, SSTATUS_BITS, false, true), use(0x204, 0x222n), use(0x240, ALL), use(0x242, ALL, true, true), use(0x243, ALL),
  use(0x141, ~1n & ALL), use(0x241, ~1n & ALL), // sepc vsepc
  use(0xc00, 0n, false, true), use(0xc01, 0n, false, true), use(0xc02, 0n, false, true), // cycle time instret: who may
  use(0xf11, 0n, false), use(0xf12, 0n, false, true), use(0xf14, 0n, false), // mvendorid marchid mhartid
  use(0x14d, 0n), use(0x24d, 0n), // stimecmp vstimecmp: who may
  use(0x7c0, ALL, true), use(0x9c0, ALL, true), use(0xfff, 0n, false), // nobody has these
];

/** In bodies that can reach a guest: mstatus and hstatus once more, with the bits that lead there. */
export const GUEST_CSRS: readonly CsrUse[] = [
  use(0x300, MSTATUS_GUEST, false), use(0x600, HSTATUS_BITS, false), use(0x600, 0x80n, false),
];

/** A kind of interrupt that a body can raise: the registers where its pending bit can be written, and at the start. */
export interface Interrupt {
  readonly csrs: readonly CsrUse[];
  readonly mip: bigint;
  readonly hvip: bigint;
  /** menvcfg.STCE: on for the timers of Sstc, which may be pending from the start; off where software writes hvip.VSTIP or mip.STIP. */
  readonly timers?: boolean;
  /** Only where no guest is: sip is somebody else's there. */
  readonly hostOnly?: boolean;
}

const LOOKS = [use(0x144, 0n, false, true), use(0x244, 0n, false, true), use(0x644, 0n, false)];
const mipBit = (bit: bigint): Interrupt => ({ csrs: [use(0x344, bit, false), ...LOOKS], mip: bit, hvip: 0n });
const hvipBit = (bit: bigint): Interrupt => ({ csrs: [use(0x645, bit, false), ...LOOKS], mip: 0n, hvip: bit });

export const INTERRUPTS: readonly Interrupt[] = [
  mipBit(0x2n), { ...mipBit(0x20n), timers: false }, mipBit(0x200n), { ...hvipBit(0x40n), timers: false }, hvipBit(0x400n),
  { csrs: [use(0x144, 2n, false, true), use(0x344, 2n, false)], mip: 2n, hvip: 0n, hostOnly: true },
  { csrs: [use(0x344, 4n, false), use(0x244, 2n, false, true), use(0x644, 4n, false), use(0x645, 4n, false)], mip: 0n, hvip: 4n },
  { csrs: [{ ...use(0x14d, 0n), values: TIMES }, { ...use(0x24d, 0n), values: TIMES }, ...LOOKS], mip: 0n, hvip: 0n, timers: true },
];

/** Causes that QEMU 7.2 takes one for the other: illegal and virtual instruction, loads and stores. */
const CONFUSED: readonly bigint[] = [0x40_0004n, 0xf0n, 0xa000n, 0xa0_0000n];
/** Delegates them together, so that the same mode takes either. */
export const pairDelegated = (value: bigint): bigint => CONFUSED.reduce((all, pair) => ((all & pair) === 0n ? all : all | pair), value);
