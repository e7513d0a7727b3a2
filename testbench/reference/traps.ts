/** Trap entry, delegation, and the trap-return instructions. */
import type { Mode, Trap, TrapMode } from '../retirement.js';
import { bit, has, put, u64 } from './bits.js';
import type { Exception, Hart } from './hart.js';
import type { DueInterrupt } from './interrupts.js';
import { isVirtual, modeOf, nominalOf } from './modes.js';
import {
  HSTATUS_GVA, MIE, MPIE, MPP, MPRV, MPV, mppOf, MSTATUS_GVA, SIE, SPIE, SPP, SPV, SPVP,
} from './status.js';

const INTERRUPT_BIT = bit(63);

/** The mode that takes a synchronous exception (`H_trap_deleg`, `hedeleg_op`, `trap_never_trans_lower`). */
export function exceptionTarget(hart: Hart, cause: number): TrapMode {
  const { medeleg, hedeleg } = hart.csrs.values;
  if (hart.mode === 'M' || !has(medeleg, bit(cause))) return 'M';
  return isVirtual(hart.mode) && has(hedeleg, bit(cause)) ? 'VS' : 'HS';
}

/** Takes an exception of the instruction at `pc`. */
export function takeException(hart: Hart, exception: Exception): Trap {
  const to = exceptionTarget(hart, exception.cause);
  const { cause, tval, gva, tinst, tval2 = 0n } = exception;
  // A guest knows neither of htval and htinst nor of GVA.
  const seen = to === 'VS' ? { tval2: 0n, tinst: 0n, gva: false } : { tval2, tinst, gva };
  return enter(hart, { cause, interrupt: false, to, tval, ...seen });
}

/**
 * Takes an interrupt before the instruction at `pc`; tval, tval2 and tinst are zero
 * (`mtval_other_traps_zero`, `H_trap_xtinst_interrupt`). VS-mode sees the number of the
 * supervisor interrupt, one lower (`hideleg_trans`).
 */
export function takeInterrupt(hart: Hart, { number, to }: DueInterrupt): Trap {
  const cause = to === 'VS' ? number - 1 : number;
  return enter(hart, { cause, interrupt: true, to, tval: 0n, tval2: 0n, tinst: 0n, gva: false });
}

function enter(hart: Hart, trap: Trap): Trap {
  hart.reservation = undefined;
  switch (trap.to) {
    case 'M':
      enterM(hart, trap);
      break;
    case 'HS':
      enterHS(hart, trap);
      break;
    case 'VS':
      enterVS(hart, trap);
      break;
  }
  hart.mode = trap.to;
  return trap;
}

const causeOf = (trap: Trap): bigint => BigInt(trap.cause) | (trap.interrupt ? INTERRUPT_BIT : 0n);

/** Direct: BASE. Vectored: interrupts go to BASE + 4 x cause (`mtvec_mode_direct_op`, `mtvec_mode_vectored_op`). */
function vector(tvec: bigint, trap: Trap): bigint {
  const base = tvec & ~3n;
  return has(tvec, 1n) && trap.interrupt ? u64(base + 4n * BigInt(trap.cause)) : base;
}

/** A trap into M-mode (`H_trap_m_csrwrites`, `mstatus_mpv_op`, `mstatus_gva_op`). */
function enterM(hart: Hart, trap: Trap): void {
  const { csrs, mode } = hart;
  let status = csrs.values.mstatus;
  status = put(status, MPV, isVirtual(mode));
  status = (status & ~MPP) | (BigInt(nominalOf(mode)) << 11n);
  status = put(status, MSTATUS_GVA, trap.gva);
  status = put(status, MPIE, has(status, MIE));
  csrs.set('mstatus', put(status, MIE, false));
  csrs.set('mepc', hart.pc);
  csrs.set('mcause', causeOf(trap));
  csrs.set('mtval', trap.tval);
  csrs.set('mtval2', trap.tval2);
  csrs.set('mtinst', trap.tinst);
  hart.nextPc = vector(csrs.values.mtvec, trap);
}

/** SPP, SPIE and SIE on a trap, in `sstatus` or `vsstatus` (`sstatus_spp_op`, `sstatus_spie_op`). */
function pushSupervisor(status: bigint, mode: Mode): bigint {
  const previous = put(put(status, SPP, nominalOf(mode) !== 0), SPIE, has(status, SIE));
  return put(previous, SIE, false);
}

/** A trap into HS-mode; SPVP is written only if V was 1 (`H_trap_hs_csrwrites`, `hstatus_spvp_op`, `hstatus_gva_op`). */
function enterHS(hart: Hart, trap: Trap): void {
  const { csrs, mode } = hart;
  csrs.set('mstatus', pushSupervisor(csrs.values.mstatus, mode));
  let status = put(csrs.values.hstatus, SPV, isVirtual(mode));
  if (isVirtual(mode)) status = put(status, SPVP, mode === 'VS');
  csrs.set('hstatus', put(status, HSTATUS_GVA, trap.gva));
  csrs.set('sepc', hart.pc);
  csrs.set('scause', causeOf(trap));
  csrs.set('stval', trap.tval);
  csrs.set('htval', trap.tval2);
  csrs.set('htinst', trap.tinst);
  hart.nextPc = vector(csrs.values.stvec, trap);
}

/** A trap into VS-mode: V stays 1, `hstatus` and `mstatus` are not modified (`H_trap_vs_csrwrites`). */
function enterVS(hart: Hart, trap: Trap): void {
  const { csrs, mode } = hart;
  csrs.set('vsstatus', pushSupervisor(csrs.values.vsstatus, mode));
  csrs.set('vsepc', hart.pc);
  csrs.set('vscause', causeOf(trap));
  csrs.set('vstval', trap.tval);
  hart.nextPc = vector(csrs.values.vstvec, trap);
}

/** MRET (`mret_h`, `mret_op`, `mstatus_mprv_clr_mret_sret_less_priv`). */
export function returnFromM(hart: Hart): void {
  hart.reservation = undefined;
  const { csrs } = hart;
  let status = csrs.values.mstatus;
  const mode = modeOf(mppOf(status), has(status, MPV));
  status = put(put(status, MPV, false), MPP, false);
  status = put(put(status, MIE, has(status, MPIE)), MPIE, true);
  if (mode !== 'M') status = put(status, MPRV, false);
  csrs.set('mstatus', status);
  hart.mode = mode;
  hart.nextPc = csrs.values.mepc;
}

/** SPP=0, SIE=SPIE, SPIE=1, in `sstatus` or `vsstatus`. */
function popSupervisor(status: bigint): bigint {
  return put(put(put(status, SPP, false), SIE, has(status, SPIE)), SPIE, true);
}

/** SRET, whose behavior depends on V (`sret_h`). */
export function returnFromS(hart: Hart): void {
  hart.reservation = undefined;
  if (isVirtual(hart.mode)) returnFromVS(hart);
  else returnFromHS(hart);
  // Every SRET leaves for a mode below M (mstatus_mprv_xret_op).
  hart.csrs.set('mstatus', put(hart.csrs.values.mstatus, MPRV, false));
}

/** SRET with V=0, in M-mode or HS-mode (`sret_v0`, `hstatus_spv_sret`). */
function returnFromHS(hart: Hart): void {
  const { csrs } = hart;
  const { mstatus, hstatus } = csrs.values;
  hart.mode = modeOf(has(mstatus, SPP) ? 1 : 0, has(hstatus, SPV));
  csrs.set('hstatus', put(hstatus, SPV, false));
  csrs.set('mstatus', popSupervisor(mstatus));
  hart.nextPc = csrs.values.sepc;
}

/** SRET with V=1 (`sret_v1`). */
function returnFromVS(hart: Hart): void {
  const { csrs } = hart;
  const { vsstatus } = csrs.values;
  hart.mode = modeOf(has(vsstatus, SPP) ? 1 : 0, true);
  csrs.set('vsstatus', popSupervisor(vsstatus));
  hart.nextPc = csrs.values.vsepc;
}
