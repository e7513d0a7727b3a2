/** Which bits each home CSR of a hart can store (docs/choices.md), and which of them are read-only ones. */
import { HOME_CSRS, type HomeCsr } from '../retirement.js';
import { bit, bits } from './bits.js';
import { isStored, type StoredCsr } from './csr-file.js';
import type { Isa } from './extensions.js';
import {
  ADUE, CBCFE, CBIE, CBZE, FIOM, GUEST_LINES, H_LEVEL, HSTATUS_WRITABLE, MSTATUS_WRITABLE, PBMTE, S_LEVEL,
  SSTATUS_WRITABLE, STATEEN_ENVCFG, STATEEN_SE, STCE, SXL_64, UXL_64, VS_LEVEL, VSXL_64,
} from './status.js';

const ALL = bits(63, 0);
/** xtvec: BASE and the low MODE bit (`mtvec_mode_enc`, `STVEC_MODE_WARL`, `VSTVEC_MODE_WARL`). */
const TVEC = bits(63, 2) | 1n;
/** xcounteren: CY, TM, IR and HPM3 to HPM6 (`MCOUNTEREN_FLDS_WARL`, `SCOUNTEREN_WARL`, `HCOUNTEREN_WARL`). */
const COUNTEREN = 0x7fn;
/** The number of an event (`mhpmevent_enc`). */
const EVENT = 0xffn;
/** What medeleg can delegate, were it not for C. */
const MEDELEG = 0xf0_b7ffn;
const HEDELEG = 0xb1ffn;
/** Instruction address misaligned: cannot happen with C, whose delegation is then read-only zero (`medeleg_when_rd0`). */
const MISALIGNED = bit(0);
/** MODE of the address-translation CSRs. */
const MODE = bits(63, 60);
/** Eight entries: L, A, X, W and R of each; bits 6:5 are zero (`pmp_entry_structure`). */
const PMPCFG = 0x9f9f_9f9f_9f9f_9f9fn;
/** Bits 55:2 of a physical address (`pmp_addr_encoding`). */
const PMPADDR = bits(53, 0);

/** For each home CSR the bits that it can store. */
export type Writable = Readonly<Record<StoredCsr, bigint>>;

/** The hart translates addresses by some scheme. */
export const isPaged = (isa: Isa): boolean => isa.sv39 || isa.sv48 || isa.sv57;

/** The writable bits. What else a field restricts (MPP, VGEIN, an unsupported MODE) is the write's business. */
export function writableOf(isa: Isa): Writable {
  const only = (present: boolean, mask: bigint): bigint => (present ? mask : 0n);
  // mepc_align, sepc_acc, VSEPC_WARL: even, or multiples of 4 with IALIGN=32
  const epc = isa.c ? bits(63, 1) : bits(63, 2);
  // the fields of senvcfg, which menvcfg and henvcfg have as well
  const senvcfg = FIOM | only(isa.zicbom, CBIE | CBCFE) | only(isa.zicboz, CBZE);
  // menvcfg_enc, henvcfg_op
  const envcfg = senvcfg | only(isa.svadu, ADUE) | only(isa.svpbmt, PBMTE) | only(isa.sstc, STCE);
  const atp = bits(59, 0) | only(isPaged(isa), MODE);
  const stateen = only(isa.smstateen, STATEEN_SE);
  const stateen0 = stateen | only(isa.smstateen, STATEEN_ENVCFG);
  const cfg = only(isa.pmp, PMPCFG);
  const addr = only(isa.pmp, PMPADDR);
  return {
    mstatus: MSTATUS_WRITABLE, medeleg: MEDELEG & ~only(isa.c, MISALIGNED), mideleg: S_LEVEL, mie: 0x1eeen, mip: S_LEVEL,
    mtvec: TVEC, mcounteren: COUNTEREN, menvcfg: envcfg, mscratch: ALL, mepc: epc, mcause: ALL, mtval: ALL, mtval2: ALL,
    mtinst: ALL, mcountinhibit: 0x7dn, mhpmevent3: EVENT, mhpmevent4: EVENT, mhpmevent5: EVENT, mhpmevent6: EVENT,
    stvec: TVEC, scounteren: COUNTEREN, senvcfg, sscratch: ALL, sepc: epc, scause: ALL, stval: ALL, satp: atp,
    hstatus: HSTATUS_WRITABLE, hedeleg: HEDELEG & ~only(isa.c, MISALIGNED), hideleg: VS_LEVEL, hvip: VS_LEVEL,
    hgeie: GUEST_LINES, hcounteren: COUNTEREN, henvcfg: envcfg, htimedelta: ALL, htval: ALL, htinst: ALL,
    // hgatp_ppn_op: PPN[1:0] reads zero
    hgatp: bits(57, 44) | bits(43, 2) | only(isPaged(isa), MODE),
    vsstatus: SSTATUS_WRITABLE, vstvec: TVEC, vsscratch: ALL, vsepc: epc, vscause: ALL, vstval: ALL, vsatp: atp,
    stimecmp: only(isa.sstc, ALL), vstimecmp: only(isa.sstc, ALL),
    mstateen0: stateen0, mstateen1: stateen, mstateen2: stateen, mstateen3: stateen,
    hstateen0: stateen0, hstateen1: stateen, hstateen2: stateen, hstateen3: stateen,
    pmpcfg0: cfg, pmpcfg2: cfg,
    pmpaddr0: addr, pmpaddr1: addr, pmpaddr2: addr, pmpaddr3: addr, pmpaddr4: addr, pmpaddr5: addr, pmpaddr6: addr,
    pmpaddr7: addr, pmpaddr8: addr, pmpaddr9: addr, pmpaddr10: addr, pmpaddr11: addr, pmpaddr12: addr, pmpaddr13: addr,
    pmpaddr14: addr, pmpaddr15: addr,
  };
}

/** Bits that read as one whatever is written: the XL fields, and delegation of VS-level interrupts (`mideleg_acc_h`). */
export const READ_ONLY_ONES: Readonly<Partial<Record<StoredCsr, bigint>>> = {
  mstatus: SXL_64 | UXL_64, hstatus: VSXL_64, vsstatus: UXL_64, mideleg: H_LEVEL,
};

/** The home CSRs that a hart has: a CSR that can store nothing does not exist. */
export function homesOf(writable: Writable): readonly HomeCsr[] {
  return HOME_CSRS.filter((csr) => !isStored(csr) || writable[csr] !== 0n);
}
