/** Who may access which CSR (`Zicsr_access`, `H_cause_virtual_instruction`). */
import { bit, has } from './bits.js';
import type { Hart } from './hart.js';
import { isVirtual } from './modes.js';
import { type Permission, unless } from './permissions.js';
import { STATEEN_ENVCFG, STATEEN_SE, STCE, TM, TVM, VTVM } from './status.js';
import { henvcfgInEffect, type HStateen, hstateenInEffect, type MStateen } from './views.js';

const SENVCFG = 0x10a;
const STIMECMP = 0x14d;
const SATP = 0x180;
const VSTIMECMP = 0x24d;
const HENVCFG = 0x60a;
const HGATP = 0x680;
const SSTATEEN = 0x10c;
const HSTATEEN = 0x60c;

/** Whether the CSR number lies in a read-only range (`Zicsr_rw`). */
const isReadOnly = (csr: number): boolean => csr >> 10 === 3;

/** Lowest privilege of an existing CSR: 0 unprivileged, 1 supervisor, 2 hypervisor, 3 machine. */
const levelOf = (csr: number): number => (csr >> 8) & 3;

/** What else opens a CSR below the level that controls it. */
interface Guard {
  /** M-mode lets HS-mode have it; otherwise the access is HS-qualified nowhere, and illegal. */
  readonly machine: (hart: Hart) => boolean;
  /** HS-mode lets VS-mode have it; otherwise a virtual-instruction exception. */
  readonly hypervisor: (hart: Hart) => boolean;
}

/**
 * Both timers need TM and STCE of the machine (`mcounteren_tm_clr`, and `menvcfg_stce_op` as ratified: "an attempt
 * to access stimecmp or vstimecmp"; today's text lost the second name when its chapter was moved).
 */
const hasTimers = ({ csrs: { values } }: Hart): boolean => has(values.mcounteren, TM) && has(values.menvcfg, STCE);

/** `stimecmp`, which is `vstimecmp` to a guest (`henvcfg_stce`, `hcounteren_acc`). */
const STIMECMP_GUARD: Guard = {
  machine: hasTimers,
  hypervisor: (hart) => has(hart.csrs.values.hcounteren, TM) && has(henvcfgInEffect(hart), STCE),
};
/** `vstimecmp` by its own number, which no guest may use. */
const VSTIMECMP_GUARD: Guard = { machine: hasTimers, hypervisor: () => false };

/** What a bit of `mstateen` opens to HS-mode and the same bit of `hstateen` to VS-mode. */
const stateen = (m: MStateen, h: HStateen, mask: bigint): Guard => ({
  machine: (hart) => has(hart.csrs.values[m], mask),
  hypervisor: (hart) => has(hstateenInEffect(hart, h), mask),
});
// mstateen0_envcfg_op, hstateen0_envcfg_op
const ENVCFG_GUARD = stateen('mstateen0', 'hstateen0', STATEEN_ENVCFG);
// mstateen_bit_63_op, hstateen_bit_63_op
const STATEEN_GUARDS: readonly (Guard | undefined)[] = [
  stateen('mstateen0', 'hstateen0', STATEEN_SE), stateen('mstateen1', 'hstateen1', STATEEN_SE),
  stateen('mstateen2', 'hstateen2', STATEEN_SE), stateen('mstateen3', 'hstateen3', STATEEN_SE),
];

function guardOf(hart: Hart, csr: number): Guard | undefined {
  if (csr === STIMECMP) return STIMECMP_GUARD;
  if (csr === VSTIMECMP) return VSTIMECMP_GUARD;
  if (!hart.isa.smstateen) return undefined;
  if (csr === SENVCFG || csr === HENVCFG) return ENVCFG_GUARD;
  return STATEEN_GUARDS[csr - SSTATEEN] ?? STATEEN_GUARDS[csr - HSTATEEN];
}

/**
 * Access to an existing CSR. A write of a read-only CSR is never valid in HS-mode, so
 * it is illegal in every mode (`Zicsr_illegal_acc`).
 */
export function csrPermission(hart: Hart, csr: number, writes: boolean): Permission {
  if (writes && isReadOnly(csr)) return 'illegal';
  if (hart.mode === 'M') return 'permitted';
  const level = levelOf(csr);
  if (level === 0) return counterPermission(hart, csr & 31);
  // Nothing of a supervisor is valid in U-mode, and its guards do not matter there.
  if (level === 3 || hart.mode === 'U') return 'illegal';
  const guard = guardOf(hart, csr);
  if (guard !== undefined && !guard.machine(hart)) return 'illegal';
  return level === 1 ? supervisorCsrPermission(hart, csr, guard) : hypervisorCsrPermission(hart, csr);
}

/** Supervisor CSRs; `satp` is guarded by TVM and VTVM (`H_virtinst_vu_nonhigh_supervisor_allowedhs_tvm0`). */
function supervisorCsrPermission(hart: Hart, csr: number, guard: Guard | undefined): Permission {
  switch (hart.mode) {
    case 'M':
      return 'permitted';
    case 'HS':
      return unless(csr === SATP && has(hart.csrs.values.mstatus, TVM), 'illegal');
    case 'U':
      return 'illegal';
    case 'VS':
      if (guard !== undefined && !guard.hypervisor(hart)) return 'virtual';
      // H_virtinst_vs_sfence_sinval_satp_vtvm1
      return unless(csr === SATP && has(hart.csrs.values.hstatus, VTVM), 'virtual');
    case 'VU':
      return 'virtual';
  }
}

/** Hypervisor and VS CSRs (`H_vscsrs_acc_vs`, `H_vscsrs_acc_u`, `hgatp_tvm_illegal`, `H_virtinst_vu_vs_nonhigh_allowedhs_tvm0`). */
function hypervisorCsrPermission(hart: Hart, csr: number): Permission {
  if (isVirtual(hart.mode)) return 'virtual';
  return unless(hart.mode === 'U' || (csr === HGATP && has(hart.csrs.values.mstatus, TVM)), 'illegal');
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
