/**
 * Who may execute which instruction: the decision between permitted, illegal-instruction
 * and virtual-instruction exception (`H_cause_virtual_instruction`).
 */
import type { Mode } from '../retirement.js';
import { has } from './bits.js';
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

/** Permitted, unless something prevents it. */
export const unless = (prevented: boolean, otherwise: Exclude<Permission, 'permitted'>): Permission =>
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

/** SFENCE.VMA and SINVAL.VMA (`mstatus_tvm_op`, `hstatus_vtvm_op`, `H_virtinst_vu_sret_sfence`). */
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

/** HFENCE.VVMA and HINVAL.VVMA; neither TVM nor VTVM matters (`hfence-vvma_mode`, `hfence-vvma_tvm`, `hfence-vvma_hfence-gvma_exceptions`). */
export function hfenceVvmaPermission(mode: Mode): Permission {
  if (isVirtual(mode)) return 'virtual';
  return unless(mode === 'U', 'illegal');
}

/** HFENCE.GVMA and HINVAL.GVMA; TVM prevents it in HS-mode (`hfence-gvma_op`, `hfence-vvma_hfence-gvma_exceptions`). */
export function hfenceGvmaPermission(hart: Hart): Permission {
  const prevented = hart.mode === 'HS' && has(hart.csrs.values.mstatus, TVM);
  return prevented ? 'illegal' : hfenceVvmaPermission(hart.mode);
}

/** HLV, HLVX, HSV (`hlsv_mode`, `hstatus_hu_op`, `hlsv_virtinst`, `hlsv_illegalinst`). */
export function hypervisorAccessPermission(hart: Hart): Permission {
  if (isVirtual(hart.mode)) return 'virtual';
  return unless(hart.mode === 'U' && !has(hart.csrs.values.hstatus, HU), 'illegal');
}

/** SFENCE.W.INVAL and SFENCE.INVAL.IR; neither TVM nor VTVM matters (`Svinval_sfence_w_inval_inval_u_mode`, `_vu_mode`, `_s_vs_mode`). */
export function invalidationFencePermission(mode: Mode): Permission {
  if (mode === 'VU') return 'virtual';
  return unless(mode === 'U', 'illegal');
}
