/**
 * Who may execute what: every decision between permitted, illegal-instruction
 * and virtual-instruction exception (`H_cause_virtual_instruction`).
 */
import type { Mode } from '../retirement.js';
import { bit, has } from './bits.js';
import type { Exception, Hart } from './hart.js';
import { isVirtual } from './modes.js';
import { CAUSE, HU, TSR, TVM, TW, VTSR, VTVM, VTW } from './status.js';

/** The three answers. */
export type Permission = 'permitted' | 'illegal' | 'virtual';

/** The exception of a forbidden instruction; tval holds its bits (`mtval_instr_bits`, `H_virtinst_xtval`). */
export function forbidden(permission: Exclude<Permission, 'permitted'>, insn: number): Exception {
  const cause = permission === 'virtual' ? CAUSE.virtualInstruction : CAUSE.illegalInstruction;
  return { cause, tval: BigInt(insn), gva: false, tinst: 0n };
}

const unless = (prevented: boolean, otherwise: Exclude<Permission, 'permitted'>): Permission =>
  prevented ? otherwise : 'permitted';

/** MRET: M-mode only, also as seen from V=1, as it is not valid in HS-mode (`mret_in_S_mode`, `mret_in_U_mode`). */
export const mretPermission = (mode: Mode): Permission => unless(mode !== 'M', 'illegal');

/** SRET (`sret_in_M_mode`, `mstatus_tsr_op`, `hstatus_vtsr_op`, `sret_in_U_mode`, `H_virtinst_vu_sret_sfence`). */
export function sretPermission(hart: Hart): Permission {
  switch (hart.mode) {
    case 'M':
      return 'permitted';
    case 'HS':
      return unless(has(hart.csrs.values.mstatus, TSR), 'illegal');
    case 'U':
      return 'illegal';
    case 'VS':
      return unless(has(hart.csrs.values.hstatus, VTSR), 'virtual');
    case 'VU':
      return 'virtual';
  }
}

/** WFI with a time limit of zero (`mstatus_tw_op`, `mstatus_tw_umode_op`, `H_virtinst_vu_wfi_tw0`, `H_virtinst_wfi_vtw1_tw0`). */
export function wfiPermission(hart: Hart): Permission {
  if (hart.mode === 'M') return 'permitted';
  if (hart.mode === 'U' || has(hart.csrs.values.mstatus, TW)) return 'illegal';
  if (hart.mode === 'VU') return 'virtual';
  return unless(hart.mode === 'VS' && has(hart.csrs.values.hstatus, VTW), 'virtual');
}

/** SFENCE.VMA (`mstatus_tvm_op`, `hstatus_vtvm_op`, `H_virtinst_vu_sret_sfence`). */
export function sfenceVmaPermission(hart: Hart): Permission {
  switch (hart.mode) {
    case 'M':
      return 'permitted';
    case 'HS':
      return unless(has(hart.csrs.values.mstatus, TVM), 'illegal');
    case 'U':
      return 'illegal';
    case 'VS':
      return unless(has(hart.csrs.values.hstatus, VTVM), 'virtual');
    case 'VU':
      return 'virtual';
  }
}

/** HFENCE.VVMA; neither TVM nor VTVM matters (`hfence-vvma_mode`, `hfence-vvma_tvm`, `hfence-vvma_hfence-gvma_exceptions`). */
export function hfenceVvmaPermission(mode: Mode): Permission {
  if (isVirtual(mode)) return 'virtual';
  return unless(mode === 'U', 'illegal');
}

/** HFENCE.GVMA; TVM prevents it in HS-mode (`hfence-gvma_op`, `hfence-vvma_hfence-gvma_exceptions`). */
export function hfenceGvmaPermission(hart: Hart): Permission {
  const prevented = hart.mode === 'HS' && has(hart.csrs.values.mstatus, TVM);
  return prevented ? 'illegal' : hfenceVvmaPermission(hart.mode);
}

/** HLV, HLVX, HSV (`hlsv_mode`, `hstatus_hu_op`, `hlsv_virtinst`, `hlsv_illegalinst`). */
export function hypervisorAccessPermission(hart: Hart): Permission {
  if (isVirtual(hart.mode)) return 'virtual';
  return unless(hart.mode === 'U' && !has(hart.csrs.values.hstatus, HU), 'illegal');
}

const SATP = 0x180;
const HGATP = 0x680;

/** Whether the CSR number lies in a read-only range (`Zicsr_rw`). */
const isReadOnly = (csr: number): boolean => csr >> 10 === 3;

/** Lowest privilege of an existing CSR: 0 unprivileged, 1 supervisor, 2 hypervisor, 3 machine (`Zicsr_access`). */
const levelOf = (csr: number): number => (csr >> 8) & 3;

/**
 * Access to an existing CSR. A write of a read-only CSR is never valid in HS-mode, so
 * it is illegal in every mode (`Zicsr_illegal_acc`).
 */
export function csrPermission(hart: Hart, csr: number, writes: boolean): Permission {
  if (writes && isReadOnly(csr)) return 'illegal';
  if (hart.mode === 'M') return 'permitted';
  switch (levelOf(csr)) {
    case 0:
      return counterPermission(hart, csr & 31);
    case 1:
      return supervisorCsrPermission(hart, csr);
    case 2:
      return hypervisorCsrPermission(hart, csr);
    default:
      return 'illegal';
  }
}

/** Supervisor CSRs; `satp` is guarded by TVM and VTVM (`H_virtinst_vu_nonhigh_supervisor_allowedhs_tvm0`). */
function supervisorCsrPermission(hart: Hart, csr: number): Permission {
  switch (hart.mode) {
    case 'M':
      return 'permitted';
    case 'HS':
      return unless(csr === SATP && has(hart.csrs.values.mstatus, TVM), 'illegal');
    case 'U':
      return 'illegal';
    case 'VS':
      // H_virtinst_vs_sfence_sinval_satp_vtvm1
      return unless(csr === SATP && has(hart.csrs.values.hstatus, VTVM), 'virtual');
    case 'VU':
      return 'virtual';
  }
}

/** Hypervisor and VS CSRs (`H_vscsrs_acc_vs`, `H_vscsrs_acc_u`, `hgatp_tvm_illegal`, `H_virtinst_vu_vs_nonhigh_allowedhs_tvm0`). */
function hypervisorCsrPermission(hart: Hart, csr: number): Permission {
  if (isVirtual(hart.mode)) return 'virtual';
  if (hart.mode === 'U') return 'illegal';
  return unless(hart.mode === 'HS' && csr === HGATP && has(hart.csrs.values.mstatus, TVM), 'illegal');
}

/**
 * Reads of `cycle`, `time`, `instret` and `hpmcounter3..31`. `mcounteren` speaks first and
 * always with an illegal-instruction exception (`mcounteren_clr_ill_inst_exc`); then
 * `hcounteren` when V=1 (`hcounteren_op`), then `scounteren` in U and VU (`scounteren_op`).
 */
function counterPermission(hart: Hart, index: number): Permission {
  const { mcounteren, hcounteren, scounteren } = hart.csrs.values;
  const counter = bit(index);
  if (!has(mcounteren, counter)) return 'illegal';
  switch (hart.mode) {
    case 'M':
    case 'HS':
      return 'permitted';
    case 'U':
      return unless(!has(scounteren, counter), 'illegal');
    case 'VS':
      // H_virtinst_vs_nonhighctr_h0_m1
      return unless(!has(hcounteren, counter), 'virtual');
    case 'VU':
      // H_virtinst_vu_nonhighctr_h0_s0_m1
      return unless(!has(hcounteren & scounteren, counter), 'virtual');
  }
}
