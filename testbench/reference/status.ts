/** Fields of `mstatus`, `sstatus`, `vsstatus` and `hstatus`, and of the interrupt registers. */
import { bit, bits } from './bits.js';
import type { Nominal } from './modes.js';

export const SIE = bit(1);
export const MIE = bit(3);
export const SPIE = bit(5);
export const MPIE = bit(7);
export const SPP = bit(8);
export const MPP = bits(12, 11);
export const MPRV = bit(17);
export const SUM = bit(18);
export const MXR = bit(19);
export const TVM = bit(20);
export const TW = bit(21);
export const TSR = bit(22);
export const UXL_64 = 2n << 32n;
export const SXL_64 = 2n << 34n;
export const MSTATUS_GVA = bit(38);
export const MPV = bit(39);

/** What an S-level write can change: the same fields in `sstatus` and `vsstatus`. */
export const SSTATUS_WRITABLE = SIE | SPIE | SPP | SUM | MXR;
/** What a read of `sstatus` shows of `mstatus`; the other fields of `sstatus` read 0 here. */
export const SSTATUS_VISIBLE = SSTATUS_WRITABLE | bits(33, 32);
export const MSTATUS_WRITABLE =
  SSTATUS_WRITABLE | MIE | MPIE | MPP | MPRV | TVM | TW | TSR | MSTATUS_GVA | MPV;

export const HSTATUS_GVA = bit(6);
export const SPV = bit(7);
export const SPVP = bit(8);
export const HU = bit(9);
export const VGEIN = bits(17, 12);
export const VTVM = bit(20);
export const VTW = bit(21);
export const VTSR = bit(22);
export const VSXL_64 = 2n << 32n;
export const HSTATUS_WRITABLE = HSTATUS_GVA | SPV | SPVP | HU | VGEIN | VTVM | VTW | VTSR;

// Fields of menvcfg, henvcfg and (the first four) senvcfg (menvcfg_enc).
export const FIOM = bit(0);
export const CBIE = bits(5, 4);
export const CBCFE = bit(6);
export const CBZE = bit(7);
export const ADUE = bit(61);
export const PBMTE = bit(62);
export const STCE = bit(63);

/** TM of the counteren registers. */
export const TM = bit(1);

/** ENVCFG of `mstateen0` and `hstateen0` (`mstateen0_envcfg_op`). */
export const STATEEN_ENVCFG = bit(62);
/** SE0 .. SE3 of `mstateen` and `hstateen` (`mstateen_bit_63_op`). */
export const STATEEN_SE = bit(63);

/** Interrupt numbers (`H_cause`). */
export const INTERRUPT = {
  SSI: 1, VSSI: 2, MSI: 3, STI: 5, VSTI: 6, MTI: 7, SEI: 9, VSEI: 10, MEI: 11, SGEI: 12,
} as const;

/** Exception codes (`H_cause`). */
export const CAUSE = {
  instructionMisaligned: 0,
  instructionAccessFault: 1,
  illegalInstruction: 2,
  breakpoint: 3,
  loadAccessFault: 5,
  storeAccessFault: 7,
  ecallFromU: 8,
  ecallFromHS: 9,
  ecallFromVS: 10,
  ecallFromM: 11,
  instructionPageFault: 12,
  loadPageFault: 13,
  storePageFault: 15,
  instructionGuestPageFault: 20,
  loadGuestPageFault: 21,
  virtualInstruction: 22,
  storeGuestPageFault: 23,
} as const;

/** SSIP, STIP and the software SEIP: the bits that `mip` stores; SSIE, STIE and SEIE in `sie`. */
export const S_LEVEL = 0x222n;
/** VSSIP, VSTIP and VSEIP: the bits that `hvip` stores and `hideleg` may delegate. */
export const VS_LEVEL = 0x444n;
/** The VS-level interrupts and SGEI: what `hip` and `hie` show, read-only one in `mideleg`. */
export const H_LEVEL = 0x1444n;
export const SSIP = bit(INTERRUPT.SSI);
export const STIP = bit(INTERRUPT.STI);
export const VSTIP = bit(INTERRUPT.VSTI);
export const VSSIP = bit(INTERRUPT.VSSI);
/** Implemented guest external interrupts: bits GEILEN..1, with GEILEN = 8. */
export const GUEST_LINES = 0x1fen;

/** `mstatus`.MPP as a privilege; the reserved encoding 2 cannot be stored. */
export function mppOf(mstatus: bigint): Nominal {
  const mpp = (mstatus & MPP) >> 11n;
  return mpp === 3n ? 3 : mpp === 1n ? 1 : 0;
}
