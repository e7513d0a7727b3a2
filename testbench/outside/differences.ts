/**
 * What QEMU 7.2 does differently from the manual, in three parts:
 *
 * - `DIFFERENCES`: known differences that programs do meet, as predicates on the class of instruction, the mode, the cause and the field
 *   that differs. Everything else must be equal. An entry that a run of CI never uses fails it.
 * - `CHOICES`: fields that the manual leaves to the implementation and on which the two decided differently. They are counted in the
 *   same way.
 * - `NOT_GENERATED`: what programs keep away from, because the two machines part for good and nothing behind it could be compared.
 *
 * Nothing on our side follows QEMU: each entry names the rule by which the difference was settled.
 */
import { SRET } from './bodies/encode.js';
import { csrOf, type InstructionClass } from './instruction-class.js';
import type { Field, Observation } from './observation.js';

/** One known difference. */
export interface Listed {
  readonly name: string;
  /** The manual's rules that settle it. */
  readonly rules: readonly string[];
  /** What QEMU 7.2 does. */
  readonly theirs: string;
  /** The states of the two part with it, whatever the field. */
  readonly parts?: true;
  /** What may differ at the end of a program once it has been met. */
  readonly leaves?: readonly Field[];
  /** Whether it explains what was seen. */
  readonly matches: (seen: Observation) => boolean;
}

const ILLEGAL = 2n, BREAKPOINT = 3n, LOAD_MISALIGNED = 4n, LOAD_ACCESS = 5n, STORE_MISALIGNED = 6n, STORE_ACCESS = 7n;
const LOAD_PAGE = 13n, STORE_PAGE = 15n, FETCH_GUEST = 20n, LOAD_GUEST = 21n, VIRTUAL = 22n, STORE_GUEST = 23n;
const PAGE_FAULTS: ReadonlySet<bigint> = new Set([LOAD_PAGE, STORE_PAGE, LOAD_GUEST, STORE_GUEST]);
const PAGES: ReadonlySet<bigint> = new Set([LOAD_PAGE, STORE_PAGE]);
const GUEST_FAULTS: ReadonlySet<bigint> = new Set([FETCH_GUEST, LOAD_GUEST, STORE_GUEST]);
const LOAD_CAUSES: ReadonlySet<bigint> = new Set([LOAD_MISALIGNED, LOAD_ACCESS, LOAD_PAGE, LOAD_GUEST]);
const STORE_CAUSES: ReadonlySet<bigint> = new Set([STORE_ACCESS, STORE_PAGE, STORE_GUEST]);
const HYPERVISOR_ACCESSES: ReadonlySet<InstructionClass> = new Set(['hlv', 'hlvx', 'hsv']);
/** Accesses that MXR lets read execute-only pages. */
const READERS: ReadonlySet<InstructionClass> = new Set(['load', 'lr', 'hlv', 'handler']);
const FENCES: ReadonlySet<InstructionClass> = new Set(['sfence', 'hfence']);
const SPVP = 1n << 8n;
const SATP = 0x180, HGATP = 0x680;
/** xtinst of a guest-page fault on a read of the guest's page tables. */
const TABLE_READ = 0x3000n;

/** Both trapped and disagree about the cause, and perhaps therefore about who takes it. */
const otherCause = ({ field }: Observation): boolean => field === 'cause' || field === 'taker';
/** The permission of another page is missing: the two parts of an access that crosses pages, or a page of the guest's tables and what they lead to. */
const elsewhere = ({ field, cause, ours = 0n, theirs = 0n }: Observation): boolean =>
  PAGE_FAULTS.has(cause) && (field === 'tval2' || (field === 'tval' && ours >> 12n !== theirs >> 12n));
/** They disagree about whether it traps, or for which cause, or where. */
const otherwise = (seen: Observation): boolean => otherCause(seen) || seen.field === 'trap' || elsewhere(seen);
const spvp = ({ trap }: Observation): boolean => trap !== undefined && (trap.hstatus & SPVP) !== 0n;
const inGuest = ({ mode }: Observation): boolean => mode === 'VS' || mode === 'VU';
/** Illegal instruction as QEMU reports it: see `hedeleg`. */
const illegal = (cause: bigint | undefined): boolean => cause === ILLEGAL || cause === ILLEGAL - 1n;
/** The handlers' SRETs run in VS like those of programs. */
const isSret = ({ class: kind, trap }: Observation): boolean => kind === 'sret' || (kind === 'handler' && trap?.tval === BigInt(SRET));

/** In the order in which they are asked; at most twelve. */
export const DIFFERENCES: readonly Listed[] = [
  {
    name: 'virtual instruction in VU', rules: ['H_virtinst_vu_sret_sfence', 'H_virtinst_vu_vs_hinst', 'H_virtinst_vu_nonhigh_supervisor_allowedhs_tvm0'],
    theirs: 'SRET, fences and supervisor CSRs in VU are illegal instructions.',
    matches: (seen) => otherCause(seen) && seen.mode === 'VU' && seen.cause === VIRTUAL && illegal(seen.theirCause),
  },
  {
    name: 'hedeleg', rules: ['hedeleg_op', 'H_trap_vs_csrwrites'],
    theirs: 'An illegal instruction that hedeleg passes to VS arrives with cause 1, as if it were an interrupt whose number is shifted.',
    matches: (seen) => seen.field === 'cause' && seen.trap?.taker === 2n && seen.cause === ILLEGAL && seen.theirCause === ILLEGAL - 1n,
  },
  {
    name: 'TVM, TSR, TW, VTVM', rules: ['mstatus_tvm_hs', 'hgatp_tvm_illegal', 'H_virtinst_vs_sfence_sinval_satp_vtvm1', 'mstatus_tsr_op', 'H_virtinst_vs_sret_vtsr1', 'H_virtinst_vu_wfi_tw0'],
    theirs: 'TVM and TSR act on VS, TVM not on hgatp, VTVM not on satp, and TW not on WFI in VU.',
    matches: (seen) => {
      if (!otherwise(seen)) return false;
      if (seen.class === 'wfi') return seen.mode === 'VU' && seen.cause === ILLEGAL && seen.theirCause === VIRTUAL;
      const csr = seen.class === 'csr' ? csrOf(seen.word) : undefined;
      if (seen.theirCause === undefined) return (csr === HGATP && seen.mode === 'HS' && seen.cause === ILLEGAL) || (csr === SATP && seen.mode === 'VS' && seen.cause === VIRTUAL);
      return seen.mode === 'VS' && illegal(seen.theirCause) && (seen.ours === undefined || seen.cause === VIRTUAL) && (isSret(seen) || csr === SATP || seen.class === 'sfence');
    },
  },
  {
    name: 'AMO as a load', rules: ['mcause_exccode_st_sc_amo', 'store_page_fault_no_w'],
    leaves: ['tables', 'accessed'],
    theirs: 'An AMO is first checked as a load: its faults are those of a load, and where the G-stage refuses it the guest\'s page has no D.',
    matches: (seen) => otherCause(seen) && seen.class === 'amo' && STORE_CAUSES.has(seen.cause) && seen.theirCause !== undefined && LOAD_CAUSES.has(seen.theirCause),
  },
  {
    name: 'stale trap values', rules: ['H_virtinst_xtval', 'mtval_ill_instr_exc_in_low_bits', 'MTVAL2_TRAPVAL'],
    theirs: 'tval of a refused HLV, HLVX, HSV or fence holds another instruction or nothing, tval2 of a trap that is no guest-page fault the last one\'s address.',
    matches: ({ field, class: kind, word, cause, ours }) =>
      (field === 'tval' && (HYPERVISOR_ACCESSES.has(kind) || FENCES.has(kind)) && (cause === ILLEGAL || cause === VIRTUAL) && ours === BigInt(word >>> 0)) ||
      (field === 'tval2' && !GUEST_FAULTS.has(cause) && ours === 0n),
  },
  {
    name: 'mstatus.GVA', rules: ['mstatus_gva_op'],
    theirs: 'Every trap out of a guest into M with a tval that is not zero sets mstatus.GVA, an address or not; no access of HLV, HLVX, HSV or MPRV for a guest does.',
    matches: ({ field, trap }) => field === 'gva' && trap?.taker === 3n,
  },
  {
    name: 'page fault of HLV, HLVX, HSV', rules: ['hlsv_trans', 'load_page_fault_no_r', 'store_page_fault_no_w'],
    leaves: ['tables', 'accessed'], // a user page that SPVP reached, see below, may have led to nothing: that looks the same
    theirs: 'It is an access fault while satp is Bare, whatever vsatp and hgatp say.',
    matches: (seen) => otherCause(seen) && HYPERVISOR_ACCESSES.has(seen.class) && PAGE_FAULTS.has(seen.cause) &&
      seen.theirCause === (seen.class === 'hsv' ? STORE_ACCESS : LOAD_ACCESS),
  },
  {
    name: 'execute permission of HLVX', rules: ['hlsv_u_op'], parts: true,
    theirs: 'HLVX is content with R at either stage, and at the G-stage does need it.',
    matches: (seen) => otherwise(seen) && seen.class === 'hlvx' && (seen.cause === LOAD_PAGE || seen.cause === LOAD_GUEST || seen.theirCause === LOAD_GUEST),
  },
  {
    name: 'SUM and MXR of HLV, HLVX, HSV', rules: ['hlsv_priv', 'hlsv_trans', 'hlsv_sstatus_mxr', 'hlsv_vsstatus_mxr'], parts: true,
    theirs: 'With SPVP they reach user pages without vsstatus.SUM, and vsstatus.MXR does not let them read the guest\'s execute-only pages.',
    matches: (seen) => otherwise(seen) && HYPERVISOR_ACCESSES.has(seen.class) &&
      ((PAGES.has(seen.cause) && spvp(seen)) ||
        (seen.theirCause !== undefined && (PAGES.has(seen.theirCause) || (seen.ours === undefined && seen.theirCause === LOAD_ACCESS)))),
  },
  {
    name: 'fault on the guest\'s tables', rules: ['H_vm_gpapriv', 'H_guest_page_fault'],
    theirs: 'It is a load guest-page fault whatever the access was.',
    matches: (seen) => otherCause(seen) && (seen.cause === FETCH_GUEST || seen.cause === STORE_GUEST) && seen.theirCause === LOAD_GUEST && seen.trap?.tinst === TABLE_READ,
  },
  {
    name: 'MXR in two stages', rules: ['sstatus_mxr_vm', 'vsstatus_mxr_vm', 'mstatus_mxr_op'], parts: true,
    theirs: 'vsstatus.MXR takes the place of sstatus.MXR at the G-stage, for reads of the guest\'s page tables, too; sstatus.MXR does not count at the VS-stage.',
    matches: (seen) => otherwise(seen) && (seen.trap?.tinst === TABLE_READ || (READERS.has(seen.class) &&
      (seen.cause === LOAD_GUEST || seen.theirCause === LOAD_GUEST || (elsewhere(seen) && inGuest(seen)) || (seen.theirCause === LOAD_PAGE && (seen.ours === undefined || seen.cause !== LOAD_PAGE) && inGuest(seen))))),
  },
  {
    name: 'tval of a misaligned access', rules: ['mtval_vaddr_wr2'],
    theirs: 'Of an access fault it is the address rounded down, not that of the part that faults.',
    matches: ({ field, cause, ours, theirs }) => field === 'tval' && (cause === LOAD_ACCESS || cause === STORE_ACCESS) &&
      ours !== undefined && theirs !== undefined && theirs < ours && (ours & ~7n) === (theirs & ~7n),
  },
];

/** What the manual leaves open. */
export const CHOICES: readonly Listed[] = [
  {
    name: 'zero in tinst', rules: ['H_trap_xtinst_exception', 'H_trap_xtinst_val'],
    theirs: 'tinst of an instruction is zero; the pseudoinstruction of a fault on the guest\'s tables is there.',
    matches: ({ field, theirs, ours }) => field === 'tinst' && theirs === 0n && ours !== TABLE_READ,
  },
  {
    name: 'tval of EBREAK', rules: ['mtval_vaddr_wr1', 'mtval_other_traps_zero'],
    theirs: 'tval is zero, so GVA is, too.',
    matches: ({ field, cause, theirs }) => cause === BREAKPOINT && (field === 'tval' || field === 'gva') && theirs === 0n,
  },
  {
    name: 'misaligned LR and SC', rules: ['LR_SC_ALIGNMENT', 'MISALIGNED_LDST_EXC_TYPE'],
    theirs: 'They are address-misaligned exceptions.',
    matches: (seen) => otherCause(seen) && ((seen.class === 'lr' && seen.cause === LOAD_ACCESS && seen.theirCause === LOAD_MISALIGNED) ||
      (seen.class === 'sc' && seen.cause === STORE_ACCESS && seen.theirCause === STORE_MISALIGNED)),
  },
  {
    name: 'A of a refused access', rules: ['vs_stage_speculative_a_bit', 'Svadu_hw_update_a_d_bits'],
    theirs: 'A is set on a page that an AMO may read but not write, and on pages of a stage before the one that refuses.',
    matches: ({ field, refused }) => field === 'accessed' && refused,
  },
];

/** What programs keep away from, and what is not compared: the state of the two would part in ways that no entry above could tell. */
export const NOT_GENERATED: readonly Omit<Listed, 'matches' | 'name'>[] = [
  { rules: ['vsip_vsie_sei', 'vsip_vsie_sti', 'hideleg_op'], theirs: 'vsip shows VSSIP only, sie and sip in VS what mideleg passes on: not read into a register.' },
  { rules: ['mip_mie_alias', 'hip_vstip_vstie_op'], theirs: 'mip.VSTIP and mip.VSEIP are writable: writes of mip keep to SSIP, STIP, SEIP and VSSIP.' },
  { rules: ['hstatus_vsxl_op', 'VSSTATUS_UXL_WARL', 'HGATP_VMID'], theirs: 'hstatus, hgatp, vsatp and vsstatus keep bits that do not exist: only defined ones are written, and vsstatus is not read.' },
  { rules: ['MSTATUS_XPP_WARL'], theirs: 'MPP = 2 is stored: MPP is cleared before it is set.' },
  { rules: ['mret_h'], theirs: 'MRET with MPP = M and MPV = 1 leaves V = 1 in M: MPV is cleared first.' },
  { rules: ['mstatus_mprv_clr_mret_sret_less_priv'], theirs: 'MRET and SRET to below M leave MPRV: it is cleared first.' },
  { rules: ['WFI_RESUME_REASON'], theirs: 'WFI waits: it is there where it must trap.' },
  { rules: ['hsint_priority'], theirs: 'Of several pending interrupts the lowest number is taken: one kind a body.' },
  { rules: ['htinst_acc'], theirs: 'htinst ignores writes, those of the handlers, too: neither written nor read into a register.' },
  { rules: ['menvcfg_stce_op', 'hip_vstip_op', 'hvip_op'], theirs: 'vstimecmp counts although henvcfg.STCE is 0, appears in hvip, and with menvcfg.STCE hvip.VSTIP cannot be written: bodies use either the timers, with STCE set, or the bits; hvip.VSTIP is not compared at the end.' },
  { rules: ['hedeleg_op'], theirs: 'Cause 1 in VS may be cause 2 (see hedeleg above): hedeleg bit 1 stays 0, so that handlers can tell them apart.' },
  { rules: ['Svadu_hw_update_a_d_bits'], theirs: 'A and D are always updated, ADUE does not exist: it is set on our side and not compared.' },
  { rules: ['Sv39_pte_future_rsv', 'Svpbmt_leaf_pte_pbmt_reserved_3_fault', 'menvcfg_pbmte_op', 'henvcfg_pbmte_op'], theirs: 'Reserved bits 60 to 54, PBMT = 3, and PBMT without PBMTE are no faults: none of them in a leaf; PBMTE is the same at both stages.' },
  { rules: ['Svnapot_reserved_encoding_fault'], theirs: 'A reserved NAPOT encoding sets A before it faults: such leaves have A and D set.' },
  { rules: ['Sv39_LEVELS'], theirs: 'A table outside memory is a page fault, not an access fault: no entry points there, leaves do.' },
  { rules: ['H_vm_gpapriv', 'H_trap_xtinst_guestpage_rw'], theirs: 'Updates of the guest\'s A and D do not need W at the G-stage: the guest\'s tables have it wherever they are readable.' },
  { rules: ['Svinval_sfence_w_inval_inval_u_mode', 'Svinval_sfence_w_inval_inval_vu_mode'], theirs: 'SFENCE.W.INVAL and SFENCE.INVAL.IR do nothing in U and VU: not there.' },
  { rules: ['ctzw_op'], theirs: 'CTZW of a word of zeros counts on into the upper half of the register: not there.' },
  { rules: ['sc_failed_as_store'], theirs: 'SC without a reservation fails before its address is checked: SC comes behind an LR that did not trap.' },
];
