/** The pending and enable CSRs of every level. */
import { has, merge } from './bits.js';
import type { Csr } from './csr.js';
import type { Hart } from './hart.js';
import { hasSupervisorTimer, pendingInterrupts } from './interrupts.js';
import { H_LEVEL, S_LEVEL, SSIP, STIP, VS_LEVEL, VSSIP } from './status.js';

/** Writes VSSIP, which `mip`, `hip` and `vsip` alias and `hvip` stores (`hip_vssip_vssie_op`, `mip_mie_alias`). */
function writeVssip(hart: Hart, pending: boolean): void {
  hart.csrs.set('hvip', merge(hart.csrs.values.hvip, pending ? VSSIP : 0n, VSSIP));
}

/** `mip`; the line is no part of SEIP's read-modify-write (`mip_seip_rdcsr`, `mip_seip_wrcsr`). */
export const mip: Csr = {
  read: pendingInterrupts,
  readForModify: (hart) => (hart.csrs.values.mip & S_LEVEL) | (hart.csrs.values.hvip & VSSIP),
  write: (hart, value) => {
    // mip_stip_stimecmp_acc: read-only while stimecmp decides it; what software stored stays
    const writable = hasSupervisorTimer(hart) ? S_LEVEL & ~STIP : S_LEVEL;
    hart.csrs.set('mip', merge(hart.csrs.values.mip, value, writable));
    writeVssip(hart, has(value, VSSIP));
  },
};

/** `mie` as seen through a mask: `sie` shows delegated S-level bits, `hie` the VS-level ones and SGEIE. */
const enableView = (mask: (hart: Hart) => bigint): Csr => ({
  read: (hart) => hart.csrs.values.mie & mask(hart),
  write: (hart, value) => hart.csrs.set('mie', merge(hart.csrs.values.mie, value, mask(hart))),
});

/** Interrupts delegated to HS-mode are visible in `sip` and maskable in `sie`, the others read-only zero. */
const delegatedToS = (hart: Hart): bigint => hart.csrs.values.mideleg & S_LEVEL;
/** What `hip` and `hie` hold (`mideleg_hroz`: zero where `mideleg` is). */
const hypervisorLevel = (hart: Hart): bigint => hart.csrs.values.mideleg & H_LEVEL;
/** What `hideleg` delegates to VS-mode; elsewhere `vsip` and `vsie` are read-only zero (`vsip_vsie_sei`, `_sti`, `_ssi`). */
const delegatedToVs = (hart: Hart): bigint => hart.csrs.values.hideleg & VS_LEVEL;

/** `sip`: only SSIP is writable (`sip_seip_acc`, `sip_stip_acc`, `sip_ssip_acc`). */
export const sip: Csr = {
  read: (hart) => pendingInterrupts(hart) & delegatedToS(hart),
  write: (hart, value) => hart.csrs.set('mip', merge(hart.csrs.values.mip, value, SSIP & delegatedToS(hart))),
};

/** `hip`: only VSSIP is writable (`hip_vssip_vssie_op`). */
export const hip: Csr = {
  read: (hart) => pendingInterrupts(hart) & hypervisorLevel(hart),
  write: (hart, value) => writeVssip(hart, has(value, VSSIP)),
};

/** `vsip`: the VS-level bits, one position lower; only SSIP is writable, as VSSIP is in `hip`. */
export const vsip: Csr = {
  read: (hart) => (pendingInterrupts(hart) & delegatedToVs(hart)) >> 1n,
  write: (hart, value) => {
    if (has(delegatedToVs(hart), VSSIP)) writeVssip(hart, has(value << 1n, VSSIP));
  },
};

/** `vsie`: the VS-level enables of `hie`, one position lower. */
export const vsie: Csr = {
  read: (hart) => (hart.csrs.values.mie & delegatedToVs(hart)) >> 1n,
  write: (hart, value) => hart.csrs.set('mie', merge(hart.csrs.values.mie, value << 1n, delegatedToVs(hart))),
};

/** `sie` and `hie`. */
export const sie = enableView(delegatedToS);
export const hie = enableView(hypervisorLevel);
