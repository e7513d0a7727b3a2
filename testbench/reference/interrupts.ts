/** Pending interrupts, who takes them, and which comes first. */
import type { Mode, TrapMode } from '../retirement.js';
import { bit, has, put, u64 } from './bits.js';
import type { Hart } from './hart.js';
import { GUEST_LINES, INTERRUPT, MIE, S_LEVEL, SIE, STCE, STIP, VGEIN, VS_LEVEL, VSTIP } from './status.js';
import { henvcfgInEffect } from './views.js';

/** `hgeip`: the guest external interrupt lines 8..1 (`hgeip_op`, `GEILEN`). */
export const hgeip = (hart: Hart): bigint => hart.inputs.hgeip & GUEST_LINES;

/** The bit of `hgeip` that `hstatus`.VGEIN selects; VGEIN = 0 selects none (`hstatus_vgein_op`). */
function selectedGuestLine(hart: Hart): boolean {
  const vgein = (hart.csrs.values.hstatus & VGEIN) >> 12n;
  return has(hgeip(hart) >> vgein, 1n);
}

/** `menvcfg`.STCE: `stimecmp` exists for S-mode and decides STIP. */
export const hasSupervisorTimer = (hart: Hart): boolean => has(hart.csrs.values.menvcfg, STCE);

/**
 * STIP is `time` >= `stimecmp`, whatever software stored (`mip_stip_stimecmp_op`); VSTIP also that of
 * `vstimecmp`, with `htimedelta`, if both levels enable it (`hip_vstip_op`, `henvcfg_stce`).
 */
function withTimers(hart: Hart, pending: bigint): bigint {
  if (!hasSupervisorTimer(hart)) return pending;
  const { stimecmp, vstimecmp, htimedelta } = hart.csrs.values;
  const { mtime } = hart.inputs;
  const guest = has(henvcfgInEffect(hart), STCE) && u64(mtime + htimedelta) >= vstimecmp;
  return put(pending, STIP, mtime >= stimecmp) | (guest ? VSTIP : 0n);
}

/** `mip` as a CSR instruction reads it: stored bits, `hvip`, and the lines (`mip_mie_vs`, `mip_mie_alias`). */
export function pendingInterrupts(hart: Hart): bigint {
  const { mip, hvip, hgeie } = hart.csrs.values;
  // intr_sei_op, hip_vssip_vssie_op, hip_vstip_vstie_op
  let pending = (mip & S_LEVEL) | (hvip & VS_LEVEL);
  if (hart.isa.sstc) pending = withTimers(hart, pending);
  if (hart.inputs.seip) pending |= bit(INTERRUPT.SEI);
  if (hart.inputs.meip) pending |= bit(INTERRUPT.MEI);
  if (hart.clint.msip) pending |= bit(INTERRUPT.MSI);
  if (hart.clint.mtip) pending |= bit(INTERRUPT.MTI);
  // hip_vseip_vseie_op: hvip.VSEIP or the guest line of VGEIN, whatever hgeie says (hgeie_op)
  if (selectedGuestLine(hart)) pending |= bit(INTERRUPT.VSEI);
  // hip_sgeip_sgeie_op
  if (has(hgeip(hart), hgeie)) pending |= bit(INTERRUPT.SGEI);
  return pending;
}

/** An interrupt to take. `number` is its number in `mip`. */
export interface DueInterrupt {
  readonly number: number;
  readonly to: TrapMode;
}

/** Decreasing priority of interrupts destined for M-mode (`intr_M_mode_pri`). */
const M_PRIORITY = [INTERRUPT.MEI, INTERRUPT.MSI, INTERRUPT.MTI, INTERRUPT.SEI, INTERRUPT.SSI, INTERRUPT.STI];
/** For HS-mode (`hsint_priority`). */
const HS_PRIORITY = [
  INTERRUPT.SEI, INTERRUPT.SSI, INTERRUPT.STI, INTERRUPT.SGEI, INTERRUPT.VSEI, INTERRUPT.VSSI, INTERRUPT.VSTI,
];
/** For VS-mode: SEI, SSI, STI of the guest (`sip_priority_bit_order` after `hideleg_trans`). */
const VS_PRIORITY = [INTERRUPT.VSEI, INTERRUPT.VSSI, INTERRUPT.VSTI];

/** M-mode interrupts are enabled below M-mode, and in M-mode by MIE (`intr_mip_mie_op`). */
const enabledForM = (mode: Mode, mstatus: bigint): boolean => mode !== 'M' || has(mstatus, MIE);

/** HS-mode interrupts are enabled below HS-mode, in HS-mode by SIE, never in M-mode (`hideleg_hs`). */
const enabledForHS = (mode: Mode, mstatus: bigint): boolean =>
  mode !== 'M' && (mode !== 'HS' || has(mstatus, SIE));

/** VS-mode interrupts are enabled in VU-mode, in VS-mode by `vsstatus`.SIE, and never when V=0 (`mstatus_xie_intr_en_dis`). */
const enabledForVS = (mode: Mode, vsstatus: bigint): boolean =>
  mode === 'VU' || (mode === 'VS' && has(vsstatus, SIE));

/**
 * The interrupt to take before the next instruction. Interrupts to a higher mode come
 * first (`intr_M_mode_highest_pri`, `s_interrupt_priority`); a delegated interrupt is
 * masked in the delegator (`trap_del_intr_priv_lvl`, `hideleg_op`).
 */
export function dueInterrupt(hart: Hart): DueInterrupt | undefined {
  const { mie, mideleg, hideleg, mstatus, vsstatus } = hart.csrs.values;
  if (mie === 0n) return undefined;
  const enabled = pendingInterrupts(hart) & mie;
  if (enabled === 0n) return undefined;
  const forM = enabled & ~mideleg;
  if (forM !== 0n && enabledForM(hart.mode, mstatus)) return highest(forM, M_PRIORITY, 'M');
  const forHS = enabled & mideleg & ~hideleg;
  if (forHS !== 0n && enabledForHS(hart.mode, mstatus)) return highest(forHS, HS_PRIORITY, 'HS');
  const forVS = enabled & mideleg & hideleg;
  if (forVS !== 0n && enabledForVS(hart.mode, vsstatus)) return highest(forVS, VS_PRIORITY, 'VS');
  return undefined;
}

function highest(pending: bigint, priority: readonly number[], to: TrapMode): DueInterrupt | undefined {
  const number = priority.find((candidate) => has(pending, bit(candidate)));
  return number === undefined ? undefined : { number, to };
}
