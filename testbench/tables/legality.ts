/**
 * What is legal, illegal and virtual where: the hypervisor chapter's list of
 * virtual-instruction exceptions and everything around it, for every mode.
 */
import type { Mode } from '../retirement.js';
import type { Demand, Extension } from './extensions.js';
import { ALL_MODES, CSR, DATA, EPC, WORD, bits, csrrc, csrrci, csrrs, csrrsi, csrrw, csrrwi, hart, type Expectation, type Setup, type TableRow } from './row.js';

/** Executes, illegal-instruction exception, virtual-instruction exception. */
export type Outcome = 'ok' | 'ill' | 'vir';
export type ByMode = Readonly<Record<Mode, Outcome>>;

/** Exception codes. */
const CAUSE: Readonly<Record<Exclude<Outcome, 'ok'>, number>> = { ill: 2, vir: 22 };

/** One row per mode for an instruction; `ok` says what else is expected of it where it executes. */
export function perMode(
  name: string, rules: readonly string[], word: number, outcomes: ByMode,
  setup: Omit<Setup, 'mode' | 'words'> | ((mode: Mode) => Omit<Setup, 'mode' | 'words'>) = {},
  ok: Expectation | ((mode: Mode) => Expectation) = {}, demand: Demand = {},
): TableRow[] {
  return ALL_MODES.map((mode) => {
    const outcome = outcomes[mode];
    return {
      ...demand, id: `legality/${name}-${mode}`, rules,
      arrange: hart({ ...(typeof setup === 'function' ? setup(mode) : setup), mode, words: [word] }),
      expect: outcome === 'ok'
        ? typeof ok === 'function' ? ok(mode) : ok
        : { trap: { to: 'M', cause: CAUSE[outcome], tval: bits(word) } },
    };
  });
}

/** The same outcome in every mode. */
export const all = (outcome: Outcome): ByMode => ({ M: outcome, HS: outcome, U: outcome, VS: outcome, VU: outcome });

/* ------------------------------------------------------------------ WFI, SRET, fences */

/** `[mstatus.TW, hstatus.VTW, outcome]`; the time limit is 0, and with TW=1 nothing below M may wait. */
const WFI: readonly (readonly [tw: number, vtw: number, outcomes: ByMode])[] = [
  [0, 0, { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' }],
  [0, 1, { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' }],
  [1, 0, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }],
  [1, 1, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }],
];

/** A pending interrupt that wakes the mode but, globally disabled, is not taken; U and VU never wait. */
const WAKE: Readonly<Record<Mode, Omit<Setup, 'mode' | 'words'>>> = {
  M: { csrs: { mie: 0x8n }, lines: { msip: true } },
  HS: { csrs: { mie: 0x2n, mip: 0x2n, mideleg: 0x1446n } },
  VS: { csrs: { mie: 0x4n, hvip: 0x4n, hideleg: 0x4n } },
  U: {},
  VU: {},
};

function wfi(): TableRow[] {
  return WFI.flatMap(([tw, vtw, outcomes]) => perMode(
    `wfi-tw${tw}-vtw${vtw}`, ['mstatus_tw_op', 'mstatus_tw_umode_op', 'hstatus_vtw_op', 'H_virtinst_vu_wfi_tw0', 'H_virtinst_wfi_vtw1_tw0'],
    WORD.wfi, outcomes, (mode) => ({ ...WAKE[mode], mstatus: { TW: tw }, hstatus: { VTW: vtw } }),
  ));
}

/** `[mstatus.TSR, hstatus.VTSR, outcome]`. */
const SRET: readonly (readonly [tsr: number, vtsr: number, outcomes: ByMode])[] = [
  [0, 0, { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' }],
  [0, 1, { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' }],
  [1, 0, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ok', VU: 'vir' }],
  [1, 1, { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' }],
];

/** Where an SRET that executes goes when SPV, SPP and vsstatus.SPP are 0. */
const SRET_TO: Readonly<Partial<Record<Mode, Expectation>>> = {
  M: { nextMode: 'U', nextPc: EPC.HS, fields: { mstatus: { SPIE: 1 } } },
  HS: { nextMode: 'U', nextPc: EPC.HS, fields: { mstatus: { SPIE: 1 } } },
  VS: { nextMode: 'VU', nextPc: EPC.VS, fields: { vsstatus: { SPIE: 1 } } },
};

function sret(): TableRow[] {
  return SRET.flatMap(([tsr, vtsr, outcomes]) => perMode(
    `sret-tsr${tsr}-vtsr${vtsr}`, ['mstatus_tsr_op', 'hstatus_vtsr_op', 'sret_in_U_mode', 'H_virtinst_vu_sret_sfence', 'H_virtinst_vs_sret_vtsr1'],
    WORD.sret, outcomes, { mstatus: { TSR: tsr }, hstatus: { VTSR: vtsr } }, (mode) => SRET_TO[mode] ?? {},
  ));
}

/** `[mstatus.TVM, hstatus.VTVM]` and what each instruction and CSR they guard does. */
const TVM: readonly {
  readonly tvm: number; readonly vtvm: number;
  readonly sfence: ByMode; readonly satp: ByMode; readonly hfenceVvma: ByMode; readonly hfenceGvma: ByMode; readonly hgatp: ByMode; readonly vsatp: ByMode;
}[] = [
  {
    tvm: 0, vtvm: 0,
    sfence: { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' },
    satp: { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' },
    hfenceVvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    hfenceGvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    hgatp: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    vsatp: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
  },
  {
    tvm: 1, vtvm: 0,
    sfence: { M: 'ok', HS: 'ill', U: 'ill', VS: 'ok', VU: 'vir' },
    satp: { M: 'ok', HS: 'ill', U: 'ill', VS: 'ok', VU: 'vir' },
    hfenceVvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    hfenceGvma: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
    hgatp: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
    vsatp: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
  },
  {
    tvm: 0, vtvm: 1,
    sfence: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    satp: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    hfenceVvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    hfenceGvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    hgatp: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    vsatp: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
  },
  {
    tvm: 1, vtvm: 1,
    sfence: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
    satp: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
    hfenceVvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    hfenceGvma: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
    hgatp: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
    vsatp: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
  },
];

function fences(): TableRow[] {
  return TVM.flatMap((line) => {
    const setup = { mstatus: { TVM: line.tvm }, hstatus: { VTVM: line.vtvm, HU: 1 } };
    const name = (what: string): string => `${what}-tvm${line.tvm}-vtvm${line.vtvm}`;
    const sfenceRules = ['mstatus_tvm_op', 'hstatus_vtvm_op', 'H_virtinst_vu_sret_sfence', 'H_virtinst_vs_sfence_sinval_satp_vtvm1'];
    const hfenceRules = ['hfence-vvma_hfence-gvma_exceptions', 'hfence-vvma_mode', 'hfence-vvma_tvm', 'hfence-gvma_op', 'mstatus_tvm_hs', 'H_virtinst_vu_vs_hinst'];
    return [
      ...perMode(name('sfence'), sfenceRules, WORD.sfence, line.sfence, setup),
      ...perMode(name('sfence-x1-x2'), sfenceRules, WORD.sfenceX1X2, line.sfence, setup),
      ...perMode(name('hfence.vvma'), hfenceRules, WORD.hfenceVvma, line.hfenceVvma, setup),
      ...perMode(name('hfence.vvma-x1-x2'), hfenceRules, WORD.hfenceVvmaX1X2, line.hfenceVvma, setup),
      ...perMode(name('hfence.gvma'), hfenceRules, WORD.hfenceGvma, line.hfenceGvma, setup),
      ...perMode(name('hfence.gvma-x1-x2'), hfenceRules, WORD.hfenceGvmaX1X2, line.hfenceGvma, setup),
      ...perMode(name('satp-read'), ['mstatus_tvm_op', 'hstatus_vtvm_op', 'H_virtinst_vs_sfence_sinval_satp_vtvm1'], csrrs(CSR.satp, 2, 0), line.satp, setup, { rd: [2, 0n] }),
      ...perMode(name('satp-write'), ['mstatus_tvm_op', 'hstatus_vtvm_op', 'H_virtinst_vs_sfence_sinval_satp_vtvm1'], csrrw(CSR.satp, 0, 1), line.satp, setup),
      ...perMode(name('hgatp-read'), ['hgatp_tvm_illegal', 'mstatus_tvm_hs', 'H_virtinst_vu_vs_nonhigh_allowedhs_tvm0'], csrrs(CSR.hgatp, 2, 0), line.hgatp, setup, { rd: [2, 0n] }),
      ...perMode(name('hgatp-write'), ['hgatp_tvm_illegal', 'mstatus_tvm_hs', 'H_virtinst_vu_vs_nonhigh_allowedhs_tvm0'], csrrw(CSR.hgatp, 0, 1), line.hgatp, setup),
      ...perMode(name('vsatp-read'), ['mstatus_tvm_hs', 'H_vscsrs_acc_vs'], csrrs(CSR.vsatp, 2, 0), line.vsatp, setup, { rd: [2, 0n] }),
      ...perMode(name('vsatp-write'), ['mstatus_tvm_hs', 'H_vscsrs_acc_vs'], csrrw(CSR.vsatp, 0, 1), line.vsatp, setup),
    ];
  });
}

/* ------------------------------------------------------------------ HLV, HLVX, HSV */

/** Loads of `DATA`, where 0x8182838485868788 is, into x2: instruction word, bytes read, what they hold, what x2 gets. */
const HYPERVISOR_LOADS: readonly (readonly [name: string, word: number, rmask: number, rdata: bigint, x2: bigint])[] = [
  ['hlv.b', 0x6000_c173, 0x01, 0x88n, 0xffff_ffff_ffff_ff88n],
  ['hlv.bu', 0x6010_c173, 0x01, 0x88n, 0x88n],
  ['hlv.h', 0x6400_c173, 0x03, 0x8788n, 0xffff_ffff_ffff_8788n],
  ['hlv.hu', 0x6410_c173, 0x03, 0x8788n, 0x8788n],
  ['hlvx.hu', 0x6430_c173, 0x03, 0x8788n, 0x8788n],
  ['hlv.w', 0x6800_c173, 0x0f, 0x8586_8788n, 0xffff_ffff_8586_8788n],
  ['hlv.wu', 0x6810_c173, 0x0f, 0x8586_8788n, 0x8586_8788n],
  ['hlvx.wu', 0x6830_c173, 0x0f, 0x8586_8788n, 0x8586_8788n],
  ['hlv.d', 0x6c00_c173, 0xff, 0x8182_8384_8586_8788n, 0x8182_8384_8586_8788n],
];

/** Stores of x3 = 0x9192939495969798 to `DATA`. */
const HYPERVISOR_STORES: readonly (readonly [name: string, word: number, wmask: number, wdata: bigint])[] = [
  ['hsv.b', 0x6230_c073, 0x01, 0x98n],
  ['hsv.h', 0x6630_c073, 0x03, 0x9798n],
  ['hsv.w', 0x6a30_c073, 0x0f, 0x9596_9798n],
  ['hsv.d', 0x6e30_c073, 0xff, 0x9192_9394_9596_9798n],
];

/** HU=0 and HU=1: only U-mode differs. */
const HU: readonly (readonly [hu: number, outcomes: ByMode])[] = [
  [0, { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' }],
  [1, { M: 'ok', HS: 'ok', U: 'ok', VS: 'vir', VU: 'vir' }],
];

function hypervisorAccesses(): TableRow[] {
  const rules = ['hlsv_mode', 'hlsv_op', 'hlsv_virtinst', 'hlsv_illegalinst', 'hstatus_hu_op', 'H_virtinst_vu_vs_hinst'];
  const memory = [{ address: DATA, bytes: 8 as const, value: 0x8182_8384_8586_8788n }];
  return HU.flatMap(([hu, outcomes]) => [
    ...HYPERVISOR_LOADS.flatMap(([name, word, rmask, rdata, x2]) => perMode(
      `${name}-hu${hu}`, rules, word, outcomes, { x: { 1: DATA }, memory, hstatus: { HU: hu, SPVP: hu } }, { rd: [2, x2], mem: { addr: DATA, rmask, rdata } },
    )),
    ...HYPERVISOR_STORES.flatMap(([name, word, wmask, wdata]) => perMode(
      `${name}-hu${hu}`, rules, word, outcomes, { x: { 1: DATA, 3: 0x9192_9394_9596_9798n }, memory, hstatus: { HU: hu } }, { mem: { addr: DATA, wmask, wdata } },
    )),
  ]);
}

/* ------------------------------------------------------------------ counters */

/**
 * A counter by its bit in mcounteren, hcounteren and scounteren:
 * mcounteren 0 is illegal everywhere below M; then hcounteren counts when V=1
 * and scounteren for U (illegal) and VU (virtual).
 */
const COUNTEREN: readonly (readonly [m: number, h: number, s: number, outcomes: ByMode])[] = [
  [0, 0, 0, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }],
  [0, 0, 1, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }],
  [0, 1, 0, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }],
  [0, 1, 1, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }],
  [1, 0, 0, { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' }],
  [1, 0, 1, { M: 'ok', HS: 'ok', U: 'ok', VS: 'vir', VU: 'vir' }],
  [1, 1, 0, { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' }],
  [1, 1, 1, { M: 'ok', HS: 'ok', U: 'ok', VS: 'ok', VU: 'ok' }],
];

/** `[name, address, counteren bit alone, the other six bits]`. */
const COUNTERS: readonly (readonly [name: string, csr: number, bit: bigint, others: bigint])[] = [
  ['cycle', CSR.cycle, 0x01n, 0x7en], ['time', CSR.time, 0x02n, 0x7dn], ['instret', CSR.instret, 0x04n, 0x7bn],
  ['hpmcounter3', CSR.hpmcounter3, 0x08n, 0x77n], ['hpmcounter4', CSR.hpmcounter4, 0x10n, 0x6fn],
  ['hpmcounter5', CSR.hpmcounter5, 0x20n, 0x5fn], ['hpmcounter6', CSR.hpmcounter6, 0x40n, 0x3fn],
];

function counters(): TableRow[] {
  const rules = ['mcounteren_clr_ill_inst_exc', 'mcounteren_set_nxt_priv', 'scounteren_op', 'hcounteren_op', 'H_virtinst_vs_nonhighctr_h0_m1', 'H_virtinst_vu_nonhighctr_h0_s0_m1'];
  const rows: TableRow[] = [];
  for (const [name, csr, bit, others] of COUNTERS) {
    for (const [m, h, s, outcomes] of COUNTEREN) {
      // A clear bit comes with the other six set, so that using a neighbour's bit shows.
      const csrs = { mcounteren: m ? bit : others, hcounteren: h ? bit : others, scounteren: s ? bit : others };
      rows.push(...perMode(`${name}-m${m}h${h}s${s}`, rules, csrrs(csr, 2, 0), outcomes, { csrs }, { rd: 'any' }));
    }
    const open = { csrs: { mcounteren: 0x7fn, hcounteren: 0x7fn, scounteren: 0x7fn } };
    const closed = { csrs: { mcounteren: 0x7fn, hcounteren: 0n, scounteren: 0n } };
    // A write of a read-only CSR is not HS-qualified: illegal in every mode, even where a read would be virtual.
    rows.push(
      ...perMode(`${name}-csrrw`, ['Zicsr_illegal_acc'], csrrw(csr, 0, 1), all('ill'), open),
      ...perMode(`${name}-csrrs`, ['Zicsr_illegal_acc', 'zicsr_rs1_x0'], csrrs(csr, 2, 1), all('ill'), open),
      ...perMode(`${name}-csrrci`, ['Zicsr_illegal_acc', 'zicsr_uimm_zero'], csrrci(csr, 2, 1), all('ill'), open),
      ...perMode(`${name}-csrrwi-0`, ['Zicsr_illegal_acc', 'csrrwi_op'], csrrwi(csr, 0, 0), all('ill'), open),
      ...perMode(`${name}-csrrsi-0`, ['zicsr_uimm_zero'], csrrsi(csr, 2, 0), all('ok'), open, { rd: 'any' }),
      ...perMode(`${name}-csrrc-x0`, ['zicsr_rs1_x0'], csrrc(csr, 2, 0), all('ok'), open, { rd: 'any' }),
      ...perMode(`${name}-csrrs-x0-x0`, ['zicsr_rs1_x0'], csrrs(csr, 0, 0), all('ok'), open),
      ...perMode(`${name}-write-hcounteren-0`, ['Zicsr_illegal_acc', 'H_cause_virtual_instruction'], csrrw(csr, 0, 1), all('ill'), closed),
    );
  }
  for (const [name, csr] of [['hpmcounter7', CSR.hpmcounter7], ['hpmcounter31', CSR.hpmcounter31]] as const) {
    // Bits 7 to 31 of mcounteren are read-only 0.
    rows.push(...perMode(
      name, ['mcounteren_clr_ill_inst_exc', 'MCOUNTEREN_HPM_N_RDONLY0'], csrrs(csr, 2, 0), { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' },
      { csrs: { mcounteren: 0x7fn, hcounteren: 0x7fn, scounteren: 0x7fn } }, { rd: [2, 0n] },
    ));
    rows.push(...perMode(`${name}-write`, ['Zicsr_illegal_acc'], csrrw(csr, 0, 1), all('ill')));
  }
  return rows;
}

/* ------------------------------------------------------------------ CSRs by level */

const SUPERVISOR_CSR: ByMode = { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' };
const HYPERVISOR_CSR: ByMode = { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' };
const MACHINE_CSR: ByMode = { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' };

/** Read/write CSRs by level; `satp`, `hgatp` and `vsatp` are with TVM above. */
const LEVELS: readonly { readonly outcomes: ByMode; readonly rules: readonly string[]; readonly names: readonly (keyof typeof CSR)[] }[] = [
  {
    outcomes: SUPERVISOR_CSR, rules: ['Zicsr_access', 'Zicsr_illegal_mode', 'H_virtinst_vu_nonhigh_supervisor_allowedhs_tvm0', 'H_scsrs_nomatch'],
    names: ['sstatus', 'sie', 'stvec', 'scounteren', 'senvcfg', 'sscratch', 'sepc', 'scause', 'stval', 'sip'],
  },
  {
    outcomes: HYPERVISOR_CSR, rules: ['Zicsr_access', 'H_csrs_hs_not_vs', 'H_virtinst_vu_vs_nonhigh_allowedhs_tvm0'],
    names: ['hstatus', 'hedeleg', 'hideleg', 'hie', 'htimedelta', 'hcounteren', 'hgeie', 'henvcfg', 'htval', 'hip', 'hvip', 'htinst'],
  },
  {
    outcomes: HYPERVISOR_CSR, rules: ['H_vscsrs_acc_vs', 'H_vscsrs_acc_u', 'H_vscsrs_acc_m_hs', 'H_virtinst_vu_vs_nonhigh_allowedhs_tvm0'],
    names: ['vsstatus', 'vsie', 'vstvec', 'vsscratch', 'vsepc', 'vscause', 'vstval', 'vsip'],
  },
  {
    outcomes: MACHINE_CSR, rules: ['Zicsr_access', 'Zicsr_illegal_mode', 'M_access_all_lower_priv_CSRs'],
    names: [
      'mstatus', 'misa', 'medeleg', 'mideleg', 'mie', 'mtvec', 'mcounteren', 'menvcfg', 'mcountinhibit',
      'mhpmevent3', 'mhpmevent4', 'mhpmevent5', 'mhpmevent6', 'mhpmevent7', 'mhpmevent31',
      'mscratch', 'mepc', 'mcause', 'mtval', 'mip', 'mtinst', 'mtval2', 'mcycle', 'minstret',
      'mhpmcounter3', 'mhpmcounter4', 'mhpmcounter5', 'mhpmcounter6', 'mhpmcounter7', 'mhpmcounter31',
    ],
  },
];

/** Read-only CSRs: a read by level, a write illegal everywhere because HS-mode may not write either. */
const READ_ONLY: readonly (readonly [name: keyof typeof CSR, outcomes: ByMode])[] = [
  ['mvendorid', MACHINE_CSR], ['marchid', MACHINE_CSR], ['mimpid', MACHINE_CSR], ['mhartid', MACHINE_CSR], ['mconfigptr', MACHINE_CSR],
  ['hgeip', HYPERVISOR_CSR],
];

function csrs(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { outcomes, rules, names } of LEVELS) {
    for (const name of names) {
      rows.push(...perMode(`${name}-read`, rules, csrrs(CSR[name], 2, 0), outcomes, {}, { rd: 'any' }));
      // x1 is 0: a write, but one that sets no bit.
      rows.push(...perMode(`${name}-write`, rules, csrrs(CSR[name], 0, 1), outcomes));
    }
  }
  for (const [name, outcomes] of READ_ONLY) {
    rows.push(...perMode(`${name}-read`, ['Zicsr_access', 'Zicsr_rw'], csrrs(CSR[name], 2, 0), outcomes, {}, { rd: [2, 0n] }));
    rows.push(...perMode(`${name}-write`, ['Zicsr_illegal_acc', 'H_virtinst_vu_vs_nonhigh_allowedhs_tvm0'], csrrw(CSR[name], 0, 1), all('ill')));
    rows.push(...perMode(`${name}-csrrsi`, ['Zicsr_illegal_acc', 'zicsr_uimm_zero'], csrrsi(CSR[name], 2, 1), all('ill')));
  }
  return rows;
}

/**
 * CSRs that do not exist here: RV32's high halves, other extensions', reserved
 * ones. Never HS-qualified, so illegal in every mode. Some exist with an
 * extension.
 */
const NONEXISTENT: readonly (readonly [name: string, csr: number, unless?: Extension])[] = [
  ['ustatus', 0x000], ['fflags', 0x001], ['frm', 0x002], ['fcsr', 0x003], ['vstart', 0x008], ['ssp', 0x011], ['seed', 0x015], ['jvt', 0x017],
  ['sedeleg', 0x102], ['sideleg', 0x103], ['sstateen0', 0x10c, 'smstateen'], ['scountinhibit', 0x120], ['stimecmp', 0x14d, 'sstc'], ['sctrctl', 0x14e],
  ['siselect', 0x150], ['stopei', 0x15c], ['stimecmph', 0x15d], ['srmcfg', 0x181], ['reserved-s', 0x1ff],
  ['vscounteren', 0x206], ['vsenvcfg', 0x20a], ['vstimecmp', 0x24d, 'sstc'], ['vsiselect', 0x250], ['reserved-vs', 0x2ff],
  ['mstateen0', 0x30c, 'smstateen'], ['mstatush', 0x310], ['medelegh', 0x312], ['menvcfgh', 0x31a], ['mcyclecfg', 0x321], ['minstretcfg', 0x322],
  ['miselect', 0x350], ['mtopei', 0x35c], ['pmpcfg0', 0x3a0, 'pmp'], ['pmpcfg2', 0x3a2, 'pmp'], ['pmpaddr0', 0x3b0, 'pmp'], ['pmpaddr63', 0x3ef],
  ['scontext', 0x5a8], ['custom-s', 0x5c0], ['hstateen0', 0x60c, 'smstateen'], ['hedelegh', 0x612], ['htimedeltah', 0x615], ['henvcfgh', 0x61a],
  ['hcontext', 0x6a8], ['mhpmevent3h', 0x723], ['mhpmevent6h', 0x726], ['mnstatus', 0x744], ['mseccfg', 0x747], ['tselect', 0x7a0], ['mcontext', 0x7a8],
  ['dcsr', 0x7b0], ['custom-u', 0x800], ['mcyclecfg-gap', 0xb01], ['mcycleh', 0xb80], ['mhpmcounter3h', 0xb83], ['mhpmcounter6h', 0xb86], ['vl', 0xc20], ['cycleh', 0xc80], ['timeh', 0xc81],
  ['instreth', 0xc82], ['hpmcounter3h', 0xc83], ['hpmcounter6h', 0xc86], ['scountovf', 0xda0], ['stopi', 0xdb0], ['reserved-hro', 0xe00], ['vstopi', 0xeb0],
  ['reserved-mro', 0xf10], ['mtopi', 0xfb0],
];

function nonexistent(): TableRow[] {
  const open = { csrs: { mcounteren: 0x7fn, hcounteren: 0x7fn, scounteren: 0x7fn } };
  return NONEXISTENT.flatMap(([name, csr, unless]) => perMode(
    `no-${name}`, ['H_illegal_high_half', 'H_cause_virtual_instruction', 'choices:csrs'], csrrs(csr, 2, 0), all('ill'), open, {}, unless === undefined ? {} : { without: [unless] },
  ));
}

/* ------------------------------------------------------------------ encodings */

/** SYSTEM and MISC-MEM encodings that are nothing here, and instructions of extensions that are absent: illegal in every mode. */
const NOTHING: readonly (readonly [name: string, word: number, unless?: Extension])[] = [
  ['ecall-rd', 0x0000_00f3], ['ecall-rs1', 0x0000_8073], ['ebreak-rd', 0x0010_00f3], ['uret', 0x0020_0073], ['system-3', 0x0030_0073],
  ['sret-rs1', 0x1020_8073], ['sret-rd', 0x1020_00f3], ['sret-rs2', 0x1030_0073], ['mret-rs1', 0x3020_8073], ['mret-rd', 0x3020_00f3],
  ['mret-rs2', 0x3000_0073], ['hret', 0x2020_0073], ['mnret', 0x7020_0073], ['dret', 0x7b20_0073], ['sctrclr', 0x1040_0073],
  ['wfi-rs1', 0x1050_8073], ['wfi-rd', 0x1050_00f3],
  ['sfence-rd', 0x1200_00f3], ['hfence.vvma-rd', 0x2200_00f3], ['hfence.gvma-rd', 0x6200_00f3], ['sfence.vm', 0x1040_8073],
  ['sinval.vma', 0x1600_0073, 'svinval'], ['sfence.w.inval', 0x1800_0073, 'svinval'], ['sfence.inval.ir', 0x1810_0073, 'svinval'], ['hinval.vvma', 0x2600_0073, 'svinval'], ['hinval.gvma', 0x6600_0073, 'svinval'],
  ['hlv-b-rs2-2', 0x6020_c173], ['hlvx-b', 0x6030_c173], ['hlv-h-rs2-2', 0x6420_c173], ['hlv-w-rs2-2', 0x6820_c173], ['hlv-d-u', 0x6c10_c173],
  ['hlvx-d', 0x6c30_c173], ['hsv.b-rd', 0x6230_c0f3], ['hsv.h-rd', 0x6630_c0f3], ['hsv.w-rd', 0x6a30_c0f3], ['hsv.d-rd', 0x6e30_c0f3],
  ['system-funct3-4', 0x0000_c173], ['mop.r.0', 0x81c0_4073],
  ['cbo.inval', 0x0000_a00f, 'zicbom'], ['cbo.clean', 0x0010_a00f, 'zicbom'], ['cbo.zero', 0x0040_a00f, 'zicboz'], ['misc-mem-3', 0x0000_300f], ['misc-mem-7', 0x0000_700f],
  ['lr.w', 0x1000_a12f, 'a'], ['amoadd.d', 0x0030_b12f, 'a'], ['lr.w-rs2', 0x1010_a12f], ['amoadd.b', 0x0030_812f], ['amoadd.q', 0x0030_c12f], ['amocas.w', 0x2830_a12f], ['flw', 0x0000_a107], ['fsd', 0x0000_b027], ['fadd.s', 0x0031_0153], ['vadd', 0x0220_8157],
  ['custom-0', 0x0000_000b], ['load-7', 0x0000_f103], ['store-4', 0x0030_c023], ['branch-2', 0x0000_2063], ['jalr-1', 0x0000_9167],
  ['op-funct7-2', 0x0430_8133], ['sub-funct3-1', 0x4030_9133], ['opw-funct3-1-m', 0x0230_913b], ['slliw-shamt-32', 0x0200_911b], ['slli-bit-26', 0x0400_9113],
];

/** FENCE and FENCE.I with anything in their unused fields execute in every mode, and write no register even when rd is not x0. */
const FENCES: readonly (readonly [name: string, word: number])[] = [
  ['fence', 0x0ff0_000f], ['fence.tso', 0x8330_000f], ['pause', 0x0100_000f], ['fence-reserved', 0xffff_8f8f], ['fence.i', 0x0000_100f], ['fence.i-reserved', 0xffff_9f8f],
];

function encodings(): TableRow[] {
  return [
    ...NOTHING.flatMap(([name, word, unless]) => perMode(
      `nothing-${name}`, ['H_cause_virtual_instruction', 'choices:encodings'], word, all('ill'), { hstatus: { HU: 1 }, x: { 1: DATA } }, {}, unless === undefined ? {} : { without: [unless] },
    )),
    ...FENCES.flatMap(([name, word]) => perMode(name, ['fence_unused_flds_rsv', 'fence_i_rsv', 'pause_op'], word, all('ok'))),
  ];
}

/** All rows of the illegal/virtual tables. */
export function legalityRows(): readonly TableRow[] {
  return [...wfi(), ...sret(), ...fences(), ...hypervisorAccesses(), ...counters(), ...csrs(), ...nonexistent(), ...encodings()];
}
