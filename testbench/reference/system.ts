/** SYSTEM and MISC-MEM instructions: Zicsr, fences, environment calls, trap returns, WFI. */
import { csrPermission } from './csr-permissions.js';
import { csrOf, substituted } from './csrs.js';
import type { Decoded, Execute, Hart, Outcome } from './hart.js';
import { isVirtual } from './modes.js';
import {
  forbidden, hfenceGvmaPermission, hfenceVvmaPermission, invalidationFencePermission, mretPermission, type Permission,
  sfenceVmaPermission, sretPermission, wfiPermission,
} from './permissions.js';
import { addressSpaceFence, type Fence, virtualMachineFence } from './stale.js';
import { CAUSE } from './status.js';
import { returnFromM, returnFromS } from './traps.js';

/** An encoding without meaning; without C also every 16-bit one. */
export const illegal: Execute = (_hart, { insn }) => forbidden('illegal', insn);

/** An instruction that does nothing beyond being permitted. */
const guarded =
  (permission: (hart: Hart) => Permission, effect: (hart: Hart, insn: Decoded) => void): Execute =>
  (hart, insn) => {
    const answer = permission(hart);
    if (answer !== 'permitted') return forbidden(answer, insn.insn);
    effect(hart, insn);
    return undefined;
  };

const nothing = (): void => undefined;

/** FENCE, whatever its fields hold; one hart sees its own accesses in order (`fence_op`, `fence_unused_flds_rsv`). */
export const fence: Execute = () => undefined;

/** FENCE.I (`fence_i_op`, `fence_i_rsv`). */
export const fenceI: Execute = (hart) => {
  hart.dram.synchronizeFetch();
  return undefined;
};

/** A fence of the tables of one stage: from here on no earlier value of what it covers is used. */
const fenceTables = (fenceOf: (hart: Hart, rs1: number, rs2: number) => Fence) =>
  (hart: Hart, { rs1, rs2 }: Decoded): void => hart.dram.history?.order(fenceOf(hart, rs1, rs2));

/** In a guest it is for the guest's tables (`sfence_vma_v0`, `sfence_vma_v1`). */
export const sfenceVma = guarded(sfenceVmaPermission, fenceTables((hart, rs1, rs2) =>
  addressSpaceFence(hart, isVirtual(hart.mode) ? 'vsatp' : 'satp', rs1, rs2)));
export const hfenceVvma = guarded((hart) => hfenceVvmaPermission(hart.mode), fenceTables((hart, rs1, rs2) =>
  addressSpaceFence(hart, 'vsatp', rs1, rs2)));
export const hfenceGvma = guarded(hfenceGvmaPermission, fenceTables(virtualMachineFence));
/** SFENCE.W.INVAL and SFENCE.INVAL.IR. */
export const invalidationFence = guarded((hart) => invalidationFencePermission(hart.mode), nothing);
/** WFI may resume for any reason: as one record it is a no-operation (`WFI_RESUME_REASON`). */
export const wfi = guarded(wfiPermission, nothing);
/** WRS.NTO and WRS.STO end at once, sooner than any trap could be due (`Zawrs_exec_resume_rules`, `Zawrs_priv_illegal_instr_excp`). */
export const wrs: Execute = () => undefined;
export const mret = guarded((hart) => mretPermission(hart.mode), returnFromM);
export const sret = guarded(sretPermission, returnFromS);

function ecallCause(hart: Hart): number {
  switch (hart.mode) {
    case 'M':
      return CAUSE.ecallFromM;
    case 'HS':
      return CAUSE.ecallFromHS;
    case 'VS':
      return CAUSE.ecallFromVS;
    case 'U':
    case 'VU':
      return CAUSE.ecallFromU;
  }
}

/** ECALL: one cause per mode, shared by U and VU (`ecall_op`, `H_cause_ecall`). */
export const ecall: Execute = (hart) => ({ cause: ecallCause(hart), tval: 0n, gva: false, tinst: 0n });

/** EBREAK: tval is the address of the instruction, a guest virtual address if V=1 (`ebreak_op`, `mstatus_gva_op`). */
export const ebreak: Execute = (hart) => ({
  cause: CAUSE.breakpoint, tval: hart.pc, gva: isVirtual(hart.mode), tinst: 0n,
});

/** How a CSR instruction forms the value it writes. */
export type CsrOperation = 'write' | 'set' | 'clear';

/**
 * CSRRW, CSRRS, CSRRC and their immediate forms. CSRRS and CSRRC with rs1=x0 or a zero
 * immediate do not write at all (`csrrw_op`, `csrrs_op`, `csrrc_op`, `zicsr_rs1_x0`, `zicsr_uimm_zero`).
 */
export const csrInstruction =
  (operation: CsrOperation, operandIsImmediate: boolean): Execute =>
  (hart, insn) => {
    const writes = operation === 'write' || insn.rs1 !== 0;
    return accessCsr(hart, insn, operation, writes, operandIsImmediate ? insn.imm : hart.x(insn.rs1));
  };

function accessCsr(hart: Hart, insn: Decoded, operation: CsrOperation, writes: boolean, operand: bigint): Outcome {
  // A CSR that does not exist is not HS-qualified: illegal in every mode.
  if (csrOf(insn.csr, hart.isa) === undefined) return forbidden('illegal', insn.insn);
  const permission = csrPermission(hart, insn.csr, writes);
  if (permission !== 'permitted') return forbidden(permission, insn.insn);
  const csr = csrOf(substituted(insn.csr, isVirtual(hart.mode)), hart.isa);
  if (csr === undefined) return forbidden('illegal', insn.insn);
  // The read returns the state before the instruction (zicsr_order).
  const old = csr.read(hart);
  if (writes) {
    const base = csr.readForModify?.(hart) ?? old;
    csr.write(hart, modified(operation, base, operand));
  }
  hart.writeRd(insn.rd, old);
  return undefined;
}

function modified(operation: CsrOperation, base: bigint, operand: bigint): bigint {
  switch (operation) {
    case 'write':
      return operand;
    case 'set':
      return base | operand;
    case 'clear':
      return base & ~operand;
  }
}
