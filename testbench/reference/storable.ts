/** Which bits each home CSR can store (docs/choices.md), and which of them are read-only ones. */
import { bits } from './bits.js';
import type { StoredCsr } from './csr-file.js';
import { GUEST_LINES, H_LEVEL, HSTATUS_WRITABLE, MSTATUS_WRITABLE, S_LEVEL, SSTATUS_WRITABLE, SXL_64, UXL_64, VS_LEVEL, VSXL_64 } from './status.js';

const ALL = bits(63, 0);
/** xepc: bits 1:0 are always zero with IALIGN=32 (`mepc_align`, `sepc_acc`, `VSEPC_WARL`). */
const EPC = bits(63, 2);
/** xtvec: BASE and the low MODE bit (`mtvec_mode_enc`, `STVEC_MODE_WARL`, `VSTVEC_MODE_WARL`). */
const TVEC = bits(63, 2) | 1n;
/** xcounteren: CY, TM and IR (`MCOUNTEREN_FLDS_WARL`, `SCOUNTEREN_WARL`, `HCOUNTEREN_WARL`). */
const COUNTEREN = 7n;
/** xenvcfg: FIOM (`menvcfg_enc`). */
const ENVCFG = 1n;
/** ASID and PPN of `satp` and `vsatp`; MODE is always Bare. */
const ATP = bits(59, 0);

/** The writable bits. What else a field restricts (MPP, VGEIN, an unsupported MODE) is the write's business. */
export const WRITABLE: Readonly<Record<StoredCsr, bigint>> = {
  mstatus: MSTATUS_WRITABLE, medeleg: 0xf0_b7ffn, mideleg: S_LEVEL, mie: 0x1eeen, mip: S_LEVEL, mtvec: TVEC,
  mcounteren: COUNTEREN, menvcfg: ENVCFG, mscratch: ALL, mepc: EPC, mcause: ALL, mtval: ALL, mtval2: ALL, mtinst: ALL,
  mcountinhibit: 5n,
  stvec: TVEC, scounteren: COUNTEREN, senvcfg: ENVCFG, sscratch: ALL, sepc: EPC, scause: ALL, stval: ALL, satp: ATP,
  hstatus: HSTATUS_WRITABLE, hedeleg: 0xb1ffn, hideleg: VS_LEVEL, hvip: VS_LEVEL, hgeie: GUEST_LINES,
  hcounteren: COUNTEREN, henvcfg: ENVCFG, htimedelta: ALL, htval: ALL, htinst: ALL,
  // hgatp_ppn_op: PPN[1:0] reads zero
  hgatp: bits(57, 44) | bits(43, 2),
  vsstatus: SSTATUS_WRITABLE, vstvec: TVEC, vsscratch: ALL, vsepc: EPC, vscause: ALL, vstval: ALL, vsatp: ATP,
};

/** Bits that read as one whatever is written: the XL fields, and delegation of VS-level interrupts (`mideleg_acc_h`). */
export const READ_ONLY_ONES: Readonly<Partial<Record<StoredCsr, bigint>>> = {
  mstatus: SXL_64 | UXL_64, hstatus: VSXL_64, vsstatus: UXL_64, mideleg: H_LEVEL,
};
