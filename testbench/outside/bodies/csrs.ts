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
}

export const MSTATUS_BITS = 0x0e_01aan | 0x20_0000n; // SIE MIE SPIE MPIE SPP, MPRV SUM MXR, TW
export const MSTATUS_HOST = 0x50_0000n; // TVM TSR
const MSTATUS_GUEST = 0xc0_0000_0000n; // GVA MPV
export const SSTATUS_BITS = 0xc_0122n;
export const HSTATUS_BITS = 0x70_0380n; // VTSR VTW VTVM HU SPVP SPV
export const MIE_BITS = 0xeeen;
export const MEDELEG_BITS = 0xf0_b1ffn;
export const HEDELEG_BITS = 0xb1bbn;
const ILLEGAL_AND_VIRTUAL = 0x40_0004n;
export const ALL = U64;

const use = (number: number, mask: bigint, swap = true, blind = false): CsrUse => ({ number, mask, swap, blind });

/** CSRs of every body. */
export const CSRS: readonly CsrUse[] = [
  use(0x300, MSTATUS_BITS, false), // mstatus
  use(0x301, 0n, false), // misa
  use(0x302, MEDELEG_BITS), use(0x303, 0x222n), use(0x304, MIE_BITS), use(0x306, 7n), use(0x30a, 1n),
  use(0x340, ALL), use(0x342, ALL, true, true), use(0x343, ALL), use(0x34a, ALL), use(0x34b, ALL),
  use(0x100, SSTATUS_BITS, false), use(0x104, 0x222n, true, true), use(0x106, 7n), use(0x10a, 1n), use(0x140, ALL),
  use(0x142, ALL, true, true), use(0x143, ALL),
  use(0x600, HSTATUS_BITS & ~0x80n, false, true), use(0x602, HEDELEG_BITS), use(0x603, 0x444n), use(0x604, 0x444n),
  use(0x605, ALL), use(0x606, 7n), use(0x60a, 1n), use(0x643, ALL), use(0x64a, 0n, false),
  use(0xe12, 0n, false), // hgeip
  use(0x200, SSTATUS_BITS, false, true), use(0x204, 0x222n), use(0x240, ALL), use(0x242, ALL, true, true), use(0x243, ALL),
  use(0x280, 0x0fff_ffff_ffff_ffffn), // vsatp
  use(0xc00, 0n, false, true), use(0xc01, 0n, false, true), use(0xc02, 0n, false, true), // cycle time instret: who may
  use(0xf11, 0n, false), use(0xf12, 0n, false, true), use(0xf14, 0n, false), // mvendorid marchid mhartid
  use(0x7c0, ALL, true), use(0x9c0, ALL, true), use(0xfff, 0n, false), // nobody has these
];

/** In bodies that can reach a guest: mstatus and hstatus once more, with the bits that lead there, and hgatp (MODE stays Bare). */
export const GUEST_CSRS: readonly CsrUse[] = [
  use(0x300, MSTATUS_GUEST, false), use(0x600, HSTATUS_BITS, false, true), use(0x600, 0x80n, false, true), use(0x680, 0x03ff_ffff_ffff_fffcn),
];
/** In the others: mstatus with the bits that QEMU applies to guests too (7), and satp (MODE stays Bare). */
export const HOST_CSRS: readonly CsrUse[] = [use(0x300, MSTATUS_HOST, false), use(0x180, 0x0fff_ffff_ffff_ffffn)];

/** A kind of interrupt that a body can raise: the registers where its pending bit can be written, and at the start. */
export interface Interrupt {
  readonly csrs: readonly CsrUse[];
  readonly mip: bigint;
  readonly hvip: bigint;
  /** Only where no guest is: sip is somebody else's there. */
  readonly hostOnly?: boolean;
}

const mipBit = (bit: bigint): Interrupt =>
  ({ csrs: [use(0x344, bit, false), use(0x144, 0n, false, true), use(0x244, 0n, false), use(0x644, 0n, false)], mip: bit, hvip: 0n });
export const INTERRUPTS: readonly Interrupt[] = [
  mipBit(0x2n), mipBit(0x20n), mipBit(0x200n),
  { csrs: [use(0x144, 2n, false, true), use(0x344, 2n, false)], mip: 2n, hvip: 0n, hostOnly: true },
  { csrs: [use(0x344, 4n, false), use(0x244, 2n, false), use(0x644, 4n, false), use(0x645, 4n, false)], mip: 0n, hvip: 4n },
];

/** medeleg bits 2 and 22 together, and no CALL from HS or VS (the driver's way out). */
export const pairVirtual = (value: bigint): bigint =>
  value & ILLEGAL_AND_VIRTUAL ? value | ILLEGAL_AND_VIRTUAL : value;
