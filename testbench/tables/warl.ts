/** CSR fields as written and read back, and the registers that stand in for others when V=1. */
import type { HomeCsr, Mode } from '../retirement.js';
import type { Demand, Extension } from './extensions.js';
import { CSR, csrrs, csrrw, hart, type Expectation, type Setup, type TableRow } from './row.js';

const ONES = 0xffff_ffff_ffff_ffffn;
type CsrName = keyof typeof CSR;

/** Writes x1 with CSRRW, then reads into x2. */
function writeRead(id: string, rules: readonly string[], csr: CsrName, mode: Mode, written: bigint, read: bigint, setup: Omit<Setup, 'mode' | 'words'> = {}, demand: Demand = {}): TableRow {
  return { ...demand, id: `warl/${id}`, rules, arrange: hart({ ...setup, mode, words: [csrrw(CSR[csr], 0, 1), csrrs(CSR[csr], 2, 0)], x: { 1: written } }), steps: 2, expect: { rd: [2, read] } };
}

/** One step. */
function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, demand: Demand = {}): TableRow {
  return { ...demand, id: `warl/${id}`, rules, arrange: hart(setup), expect };
}

/* ------------------------------------------------------------------ whole registers */

/** Registers whose values here hold only without the extensions that add bits to them. */
const NARROW: Readonly<Partial<Record<CsrName, readonly Extension[]>>> = {
  misa: ['a', 'c', 'zba', 'zbb', 'zbs'],
  menvcfg: ['zicbom', 'zicboz', 'svadu', 'svpbmt', 'sstc'], henvcfg: ['zicbom', 'zicboz', 'svadu', 'svpbmt', 'sstc'], senvcfg: ['zicbom', 'zicboz'],
  mepc: ['c'], sepc: ['c'], vsepc: ['c'],
};

/** What a row of such a register demands. */
const narrow = (csr: CsrName): Demand => {
  const without = NARROW[csr];
  return without === undefined ? {} : { without };
};

/** `[CSR, mode, written, read back]`. Zeros are written over all ones where that matters. */
const WHOLE: readonly (readonly [csr: CsrName, mode: Mode, written: bigint, read: bigint, rule: string])[] = [
  // mstatus: SXL and UXL stay 2; SIE MIE SPIE MPIE SPP MPP MPRV SUM MXR TVM TW TSR GVA MPV.
  ['mstatus', 'M', ONES, 0xca_007e_19aan, 'mstatus_acc'],
  ['mstatus', 'M', 0n, 0xa_0000_0000n, 'mstatus_acc'],
  // UBE, VS, FS, XS, SPELP, SDT, SBE, MBE, MPELP, MDT, SD and the WPRI bits alone.
  ['mstatus', 'M', 0xffff_ff30_ff81_e655n, 0xa_0000_0000n, 'MSTATUS_FS_WARL'],
  ['sstatus', 'HS', ONES, 0x2_000c_0122n, 'sstatus_acc'],
  ['sstatus', 'HS', 0n, 0x2_0000_0000n, 'sstatus_acc'],
  ['sstatus', 'M', ONES, 0x2_000c_0122n, 'sstatus_acc'],
  ['sstatus', 'VS', ONES, 0x2_000c_0122n, 'vsstatus_acc'],
  ['vsstatus', 'HS', ONES, 0x2_000c_0122n, 'vsstatus_acc'],
  ['vsstatus', 'HS', 0n, 0x2_0000_0000n, 'vsstatus_acc'],
  // hstatus: VSXL stays 2, VGEIN=63 is not taken; GVA SPV SPVP HU VTVM VTW VTSR.
  ['hstatus', 'HS', ONES, 0x2_0070_03c0n, 'hstatus_acc'],
  ['hstatus', 'HS', 0n, 0x2_0000_0000n, 'hstatus_acc'],
  ['misa', 'M', 0n, 0x8000_0000_0014_1180n, 'MISA_WARL'],
  ['misa', 'M', ONES, 0x8000_0000_0014_1180n, 'MISA_WARL'],
  // The counter enables: CY TM IR and HPM3 to HPM6.
  ['mcounteren', 'M', ONES, 0x7fn, 'MCOUNTEREN_FLDS_WARL'], ['mcounteren', 'M', 0n, 0n, 'MCOUNTEREN_FLDS_WARL'], ['mcounteren', 'M', 0x2n, 0x2n, 'MCOUNTEREN_FLDS_WARL'],
  ['mcounteren', 'M', 0x8n, 0x8n, 'mcounteren_enc'], ['mcounteren', 'M', 0x10n, 0x10n, 'mcounteren_enc'], ['mcounteren', 'M', 0x20n, 0x20n, 'mcounteren_enc'], ['mcounteren', 'M', 0x40n, 0x40n, 'mcounteren_enc'],
  ['mcounteren', 'M', 0x80n, 0n, 'MCOUNTEREN_HPM_N_RDONLY0'], ['mcounteren', 'M', 0x8000_0000n, 0n, 'MCOUNTEREN_HPM_N_RDONLY0'], ['mcounteren', 'M', 0xffff_ffff_ffff_ff80n, 0n, 'MCOUNTEREN_HPM_N_RDONLY0'],
  ['hcounteren', 'HS', ONES, 0x7fn, 'HCOUNTEREN_WARL'], ['hcounteren', 'M', ONES, 0x7fn, 'HCOUNTEREN_WARL'], ['hcounteren', 'HS', 0n, 0n, 'HCOUNTEREN_WARL'], ['hcounteren', 'HS', 0x4n, 0x4n, 'HCOUNTEREN_WARL'],
  ['hcounteren', 'HS', 0x8n, 0x8n, 'shcounterenw_hpmcounter_hcounteren'], ['hcounteren', 'HS', 0x10n, 0x10n, 'shcounterenw_hpmcounter_hcounteren'],
  ['hcounteren', 'HS', 0x20n, 0x20n, 'shcounterenw_hpmcounter_hcounteren'], ['hcounteren', 'HS', 0x40n, 0x40n, 'shcounterenw_hpmcounter_hcounteren'],
  ['hcounteren', 'HS', 0x80n, 0n, 'HCOUNTEREN_WARL'], ['hcounteren', 'HS', 0x8000_0000n, 0n, 'HCOUNTEREN_WARL'], ['hcounteren', 'HS', 0xffff_ffff_ffff_ff80n, 0n, 'HCOUNTEREN_WARL'],
  ['scounteren', 'HS', ONES, 0x7fn, 'SCOUNTEREN_WARL'], ['scounteren', 'M', ONES, 0x7fn, 'SCOUNTEREN_WARL'], ['scounteren', 'VS', ONES, 0x7fn, 'SCOUNTEREN_WARL'], ['scounteren', 'HS', 0n, 0n, 'SCOUNTEREN_WARL'], ['scounteren', 'VS', 0x1n, 0x1n, 'SCOUNTEREN_WARL'],
  ['scounteren', 'HS', 0x8n, 0x8n, 'sscounterenw_hpmcounter_scounteren'], ['scounteren', 'HS', 0x10n, 0x10n, 'sscounterenw_hpmcounter_scounteren'],
  ['scounteren', 'HS', 0x20n, 0x20n, 'sscounterenw_hpmcounter_scounteren'], ['scounteren', 'HS', 0x40n, 0x40n, 'sscounterenw_hpmcounter_scounteren'], ['scounteren', 'VS', 0x78n, 0x78n, 'sscounterenw_hpmcounter_scounteren'],
  ['scounteren', 'HS', 0x80n, 0n, 'SCOUNTEREN_WARL'], ['scounteren', 'VS', 0x80n, 0n, 'SCOUNTEREN_WARL'], ['scounteren', 'HS', 0x8000_0000n, 0n, 'SCOUNTEREN_WARL'], ['scounteren', 'HS', 0xffff_ffff_ffff_ff80n, 0n, 'SCOUNTEREN_WARL'],
  // The counter inhibits: CY IR and HPM3 to HPM6; bit 1 would be time's.
  ['mcountinhibit', 'M', ONES, 0x7dn, 'MCOUNTINHIBIT_WARL'], ['mcountinhibit', 'M', 0n, 0n, 'MCOUNTINHIBIT_WARL'], ['mcountinhibit', 'M', 0x2n, 0n, 'MCOUNTINHIBIT_WARL'],
  ['mcountinhibit', 'M', 0x1n, 0x1n, 'mcountinhibit_enc'], ['mcountinhibit', 'M', 0x4n, 0x4n, 'mcountinhibit_enc'], ['mcountinhibit', 'M', 0x8n, 0x8n, 'mcountinhibit_enc'],
  ['mcountinhibit', 'M', 0x10n, 0x10n, 'mcountinhibit_enc'], ['mcountinhibit', 'M', 0x20n, 0x20n, 'mcountinhibit_enc'], ['mcountinhibit', 'M', 0x40n, 0x40n, 'mcountinhibit_enc'],
  ['mcountinhibit', 'M', 0x80n, 0n, 'MCOUNTINHIBIT_WARL'], ['mcountinhibit', 'M', 0x8000_0000n, 0n, 'MCOUNTINHIBIT_WARL'], ['mcountinhibit', 'M', 0xffff_ffff_ffff_ff82n, 0n, 'MCOUNTINHIBIT_WARL'],
  ['menvcfg', 'M', ONES, 0x1n, 'menvcfg_acc'], ['henvcfg', 'HS', ONES, 0x1n, 'henvcfg_acc'], ['senvcfg', 'HS', ONES, 0x1n, 'senvcfg_acc'], ['senvcfg', 'VS', ONES, 0x1n, 'senvcfg_acc'],
  // mhpmcounter3 to 6 and their selectors are in hpm.ts, with all of the others that read zero.
  // xtvec: reserved modes lose bit 1; every BASE bit is kept.
  ['mtvec', 'M', ONES, 0xffff_ffff_ffff_fffdn, 'MTVEC_WARL'], ['mtvec', 'M', 0x8000_1004n, 0x8000_1004n, 'MTVEC_WARL'], ['mtvec', 'M', 0x8000_1001n, 0x8000_1001n, 'mtvec_mode_enc'],
  ['mtvec', 'M', 0x8000_1002n, 0x8000_1000n, 'mtvec_mode_enc'], ['mtvec', 'M', 0x8000_1003n, 0x8000_1001n, 'mtvec_mode_enc'],
  ['stvec', 'HS', ONES, 0xffff_ffff_ffff_fffdn, 'STVEC_MODE_WARL'], ['stvec', 'HS', 0x8000_1002n, 0x8000_1000n, 'STVEC_MODE_WARL'], ['stvec', 'HS', 0x8000_1003n, 0x8000_1001n, 'STVEC_MODE_WARL'], ['stvec', 'HS', 0x1n, 0x1n, 'STVEC_BASE_WARL'],
  ['vstvec', 'HS', ONES, 0xffff_ffff_ffff_fffdn, 'VSTVEC_MODE_WARL'], ['vstvec', 'HS', 0x8000_1002n, 0x8000_1000n, 'VSTVEC_MODE_WARL'], ['vstvec', 'HS', 0x8000_1003n, 0x8000_1001n, 'VSTVEC_BASE_WARL'],
  ['stvec', 'VS', ONES, 0xffff_ffff_ffff_fffdn, 'VSTVEC_MODE_WARL'],
  // xepc: IALIGN=32, so bits 1:0 are 0.
  ['mepc', 'M', ONES, 0xffff_ffff_ffff_fffcn, 'mepc_align'], ['mepc', 'M', 0x8000_0002n, 0x8000_0000n, 'mepc_align'],
  ['sepc', 'HS', ONES, 0xffff_ffff_ffff_fffcn, 'sepc_op'], ['vsepc', 'HS', ONES, 0xffff_ffff_ffff_fffcn, 'VSEPC_WARL'], ['sepc', 'VS', ONES, 0xffff_ffff_ffff_fffcn, 'VSEPC_WARL'],
];

/** Registers that hold any 64 bits. */
const PLAIN: readonly (readonly [csr: CsrName, mode: Mode, rule: string])[] = [
  ['mcause', 'M', 'mcause_acc'], ['scause', 'HS', 'scause_acc'], ['vscause', 'HS', 'vscause_acc'], ['mtval', 'M', 'mtval_acc'], ['stval', 'HS', 'stval_acc'],
  ['vstval', 'HS', 'vstval_acc'], ['mtval2', 'M', 'mtval2_acc'], ['htval', 'HS', 'htval_acc'], ['mtinst', 'M', 'mtinst_acc'], ['htinst', 'HS', 'htinst_acc'],
  ['mscratch', 'M', 'mscratch_acc'], ['sscratch', 'HS', 'sscratch_acc'], ['vsscratch', 'HS', 'vsscratch_acc'], ['htimedelta', 'HS', 'htimedelta_acc'],
  ['sscratch', 'VS', 'vsscratch_op'], ['scause', 'VS', 'vscause_op'], ['stval', 'VS', 'vstval_op'],
];

function whole(): TableRow[] {
  return [
    ...WHOLE.map(([csr, mode, written, read, rule]) => writeRead(`${csr}-${mode}-${written.toString(16)}`, [rule], csr, mode, written, read, {}, narrow(csr))),
    ...PLAIN.flatMap(([csr, mode, rule]) => ([ONES, 0n, 0x8123_4567_89ab_cdefn] as const).map((value) => writeRead(`${csr}-${mode}-${value.toString(16)}`, [rule], csr, mode, value, value))),
    ...(['mvendorid', 'marchid', 'mimpid', 'mhartid', 'mconfigptr'] as const).map((csr) => row(csr, ['choices:identity'], { mode: 'M', words: [csrrs(CSR[csr], 2, 0)] }, { rd: [2, 0n] })),
    row('misa', ['misa_enc', 'misa_mxl_enc'], { mode: 'M', words: [csrrs(CSR.misa, 2, 0)] }, { rd: [2, 0x8000_0000_0014_1180n] }, narrow('misa')),
  ];
}

/* ------------------------------------------------------------------ single bits of the status registers */

/** Bits that hold a 1 when it is written alone, and bits that do not (the read-only fields read as ever). */
const STATUS_BITS: readonly { readonly csr: CsrName; readonly base: bigint; readonly held: readonly number[]; readonly zero: readonly number[]; readonly rules: readonly string[] }[] = [
  {
    csr: 'mstatus', base: 0xa_0000_0000n, rules: ['mstatus_acc', 'MSTATUS_TVM_WARL', 'MSTATUS_TW_WARL', 'MSTATUS_TSR_WARL'],
    held: [1, 3, 5, 7, 8, 11, 17, 18, 19, 20, 21, 22, 38, 39],
    zero: [0, 2, 4, 6, 9, 10, 13, 14, 15, 16, 23, 24, 31, 36, 37, 40, 41, 42, 63],
  },
  {
    csr: 'sstatus', base: 0x2_0000_0000n, rules: ['sstatus_acc'],
    held: [1, 5, 8, 18, 19],
    zero: [0, 3, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 34, 35, 36, 37, 38, 39, 63],
  },
  {
    csr: 'vsstatus', base: 0x2_0000_0000n, rules: ['vsstatus_acc'],
    held: [1, 5, 8, 18, 19],
    zero: [0, 3, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 34, 35, 38, 39, 63],
  },
  {
    csr: 'hstatus', base: 0x2_0000_0000n, rules: ['hstatus_acc', 'HSTATUS_VSBE_WARL'],
    held: [6, 7, 8, 9, 12, 13, 14, 15, 20, 21, 22],
    zero: [0, 1, 3, 5, 10, 11, 16, 17, 18, 19, 23, 24, 31, 34, 48, 49, 63],
  },
];

/** UXL, SXL and VSXL: written 0, 1 or 3 they still read 2. */
const XL: readonly (readonly [csr: CsrName, written: bigint, read: bigint, rule: string])[] = [
  ['mstatus', 0xf_0000_0000n, 0xa_0000_0000n, 'MSTATUS_SXL_RDONLY_MXLEN64'], ['mstatus', 0x5_0000_0000n, 0xa_0000_0000n, 'mstatus_uxl_rdonly_mxlen64'],
  ['sstatus', 0x3_0000_0000n, 0x2_0000_0000n, 'SSTATUS_UXL_WARL'], ['sstatus', 0x1_0000_0000n, 0x2_0000_0000n, 'SSTATUS_UXL_WARL'],
  ['vsstatus', 0x3_0000_0000n, 0x2_0000_0000n, 'VSSTATUS_UXL_WARL'], ['vsstatus', 0x1_0000_0000n, 0x2_0000_0000n, 'VSSTATUS_UXL_WARL'],
  ['hstatus', 0x3_0000_0000n, 0x2_0000_0000n, 'VSXL_RO'], ['hstatus', 0x1_0000_0000n, 0x2_0000_0000n, 'VSXL_RO'],
];

/** MPP is WARL: 2 keeps the old value; the rest of the write happens. `[old, written, new]`. */
const MPP: readonly (readonly [old: number, written: bigint, after: number])[] = [
  [0, 0n, 0], [0, 1n, 1], [0, 2n, 0], [0, 3n, 3],
  [1, 0n, 0], [1, 1n, 1], [1, 2n, 1], [1, 3n, 3],
  [3, 0n, 0], [3, 1n, 1], [3, 2n, 3], [3, 3n, 3],
];

/** VGEIN from 5: 0 to 8 are legal, anything above keeps 5. `[written, read]`. */
const VGEIN: readonly (readonly [written: bigint, after: number])[] = [
  [0n, 0], [1n, 1], [2n, 2], [3n, 3], [4n, 4], [5n, 5], [6n, 6], [7n, 7], [8n, 8],
  [9n, 5], [10n, 5], [11n, 5], [12n, 5], [15n, 5], [16n, 5], [17n, 5], [24n, 5], [31n, 5], [32n, 5], [40n, 5], [48n, 5], [62n, 5], [63n, 5],
];

function fields(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { csr, base, held, zero, rules } of STATUS_BITS) {
    const mode: Mode = csr === 'mstatus' ? 'M' : 'HS';
    for (const bit of held) {
      // MPP=2 (bit 12 alone) and VGEIN above 8 (bits 16, 17) are not among these.
      rows.push(writeRead(`${csr}-bit-${bit}`, rules, csr, mode, 1n << BigInt(bit), base | (1n << BigInt(bit))));
    }
    for (const bit of zero) rows.push(writeRead(`${csr}-bit-${bit}`, rules, csr, mode, 1n << BigInt(bit), base));
  }
  for (const [csr, written, read, rule] of XL) rows.push(writeRead(`${csr}-xl-${written.toString(16)}`, [rule], csr, csr === 'mstatus' ? 'M' : 'HS', written, read));
  for (const [old, written, after] of MPP) {
    rows.push(row(`mpp-${old}-to-${written}`, ['MSTATUS_XPP_WARL', 'mstatus_xpp_enc'], {
      mode: 'M', words: [csrrw(CSR.mstatus, 0, 1)], x: { 1: (written << 11n) | 0x20n }, mstatus: { MPP: old, SPP: 1 },
    }, { fields: { mstatus: { MPP: after, SPP: 0, SPIE: 1 } } }));
  }
  for (const [written, after] of VGEIN) {
    rows.push(row(`vgein-${written}`, ['HSTATUS_VGEIN_WLRL', 'hstatus_vgein_op', 'GEILEN'], {
      mode: 'HS', words: [csrrw(CSR.hstatus, 0, 1)], x: { 1: (written << 12n) | 0x80n }, hstatus: { VGEIN: 5, HU: 1 },
    }, { fields: { hstatus: { VGEIN: after, HU: 0, SPV: 1 } } }));
  }
  // A write of sstatus leaves what only mstatus has.
  rows.push(
    row('sstatus-ones-mstatus', ['sstatus_acc'], { mode: 'HS', words: [csrrw(CSR.sstatus, 0, 1)], x: { 1: ONES } }, { csrs: { mstatus: 0xa_000c_0122n } }),
    row('sstatus-zeros-mstatus', ['sstatus_acc'], { mode: 'HS', words: [csrrw(CSR.sstatus, 0, 1)], csrs: { mstatus: 0xca_007e_19aan } }, { csrs: { mstatus: 0xca_0072_1888n } }),
    row('sstatus-read-mstatus', ['sstatus_acc'], { mode: 'HS', words: [csrrs(CSR.sstatus, 2, 0)], csrs: { mstatus: 0xca_007e_19aan } }, { rd: [2, 0x2_000c_0122n] }),
    row('VS-sstatus-ones', ['vsstatus_op', 'H_vscsrs_v1'], { mode: 'VS', words: [csrrw(CSR.sstatus, 2, 1)], x: { 1: ONES }, mstatus: { SPP: 1 } }, { rd: [2, 0x2_0000_0000n], csrs: { vsstatus: 0x2_000c_0122n } }),
  );
  return rows;
}

/* ------------------------------------------------------------------ satp, vsatp, hgatp */

const SATP_OLD = 0x0012_3000_0000_4567n;

/** The extensions that make a MODE of satp, vsatp and hgatp a supported one. */
const PAGED: Readonly<Record<string, Demand>> = { 8: { without: ['sv39'] }, 9: { without: ['sv48'] }, 10: { without: ['sv57'] } };

/** A nonzero MODE in satp (and vsatp) is unsupported: the whole write has no effect. */
const SATP_MODES: readonly bigint[] = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n, 13n, 14n, 15n];

function atp(): TableRow[] {
  const rows: TableRow[] = [];
  const fullFields = 0x0fff_ffff_ffff_ffffn;
  const places: readonly (readonly [name: string, csr: CsrName, mode: Mode, home: HomeCsr, rules: readonly string[]])[] = [
    ['satp-HS', 'satp', 'HS', 'satp', ['satp_mode_op_unsupported']],
    ['satp-M', 'satp', 'M', 'satp', ['satp_mode_op_unsupported']],
    ['satp-VS', 'satp', 'VS', 'vsatp', ['vsatp_mode_unsupported_v1', 'H_vscsrs_sub']],
    ['vsatp-HS', 'vsatp', 'HS', 'vsatp', ['vsatp_mode_unsupported_v0', 'VSATP_MODE_UNSUPPORTED_V0_WARL']],
    ['vsatp-M', 'vsatp', 'M', 'vsatp', ['vsatp_mode_unsupported_v0']],
  ];
  for (const [name, csr, mode, home, rules] of places) {
    const words = [csrrw(CSR[csr], 2, 1)];
    rows.push(row(`${name}-fields`, rules, { mode, words, x: { 1: fullFields }, csrs: { [home]: SATP_OLD } }, { rd: [2, SATP_OLD], csrs: { [home]: fullFields } }));
    rows.push(row(`${name}-zero`, rules, { mode, words, csrs: { [home]: SATP_OLD } }, { rd: [2, SATP_OLD], csrs: { [home]: 0n } }));
    for (const value of SATP_MODES) {
      rows.push(row(`${name}-mode-${value}`, rules, { mode, words, x: { 1: (value << 60n) | 0x0aaa_aaaa_aaaa_aaaan }, csrs: { [home]: SATP_OLD } }, { rd: [2, SATP_OLD] }, PAGED[value.toString()]));
    }
  }
  // hgatp: an unsupported MODE is not a reason to ignore the write; PPN[1:0] and bits 59:58 read 0.
  const hgatp: readonly (readonly [written: bigint, after: bigint])[] = [
    [ONES, 0x03ff_ffff_ffff_fffcn], [fullFields, 0x03ff_ffff_ffff_fffcn], [0n, 0n],
    [0x8000_0000_0000_0000n, 0n], [0x8000_1000_0000_0007n, 0x0000_1000_0000_0004n], [0x9200_0000_0000_0010n, 0x0200_0000_0000_0010n],
    [0xa000_0fff_ffff_ffffn, 0x0000_0fff_ffff_fffcn], [0x1000_3000_0000_0000n, 0x0000_3000_0000_0000n], [0x0c00_0000_0000_0003n, 0n],
  ];
  for (const [written, after] of hgatp) {
    rows.push(row(`hgatp-${written.toString(16)}`, ['HGATP_MODE_WARL', 'HGATP_VMID', 'hgatp_ppn_op'], {
      mode: 'HS', words: [csrrw(CSR.hgatp, 2, 1)], x: { 1: written }, csrs: { hgatp: 0x0123_4000_0000_5678n },
    }, { rd: [2, 0x0123_4000_0000_5678n], csrs: { hgatp: after } }, PAGED[(written >> 60n).toString()]));
  }
  return rows;
}

/* ------------------------------------------------------------------ V=1 */

/**
 * Supervisor CSRs that VS CSRs replace: `[name, home when V=0, home when V=1,
 * value in the former, value in the latter, value written]`. sip and sie are
 * with the interrupt aliases.
 */
const REPLACED: readonly (readonly [name: CsrName, s: HomeCsr, vs: HomeCsr, inS: bigint, inVs: bigint, written: bigint])[] = [
  ['sstatus', 'mstatus', 'vsstatus', 0xa_0004_0000n, 0x2_0008_0020n, 0x2_0000_0100n],
  ['stvec', 'stvec', 'vstvec', 0x8000_2000n, 0x8000_3001n, 0x8000_9000n],
  ['sscratch', 'sscratch', 'vsscratch', 0x1111n, 0x2222n, 0x3333n],
  ['sepc', 'sepc', 'vsepc', 0x1110n, 0x2220n, 0x3330n],
  ['scause', 'scause', 'vscause', 0x5n, 0x8000_0000_0000_0009n, 0x7n],
  ['stval', 'stval', 'vstval', 0x1111n, 0x2222n, 0x3333n],
  ['satp', 'satp', 'vsatp', 0x1000_0000_0001n, 0x2000_0000_0002n, 0x3000_0000_0003n],
];

/** The VS CSR's own name, for M- and HS-mode. */
const OWN_NAME: Readonly<Partial<Record<CsrName, CsrName>>> = { sstatus: 'vsstatus', stvec: 'vstvec', sscratch: 'vsscratch', sepc: 'vsepc', scause: 'vscause', stval: 'vstval', satp: 'vsatp' };

function substitution(): TableRow[] {
  const rows: TableRow[] = [];
  const read: Readonly<Partial<Record<CsrName, bigint>>> = { sstatus: 0x2_0004_0000n };
  for (const [name, s, vs, inS, inVs, written] of REPLACED) {
    const csrs = { [s]: inS, [vs]: inVs };
    const own = OWN_NAME[name] ?? name;
    const rules = ['H_vscsrs_sub', 'H_vscsrs_v1', 'H_vscsrs_v0', 'H_vscsrs_acc_m_hs'];
    const x = { 1: written };
    const afterS = name === 'sstatus' ? 0xa_0000_0100n : written;
    rows.push(
      row(`v1-${name}-read-VS`, rules, { mode: 'VS', words: [csrrs(CSR[name], 2, 0)], csrs }, { rd: [2, inVs] }),
      row(`v1-${name}-write-VS`, rules, { mode: 'VS', words: [csrrw(CSR[name], 2, 1)], csrs, x }, { rd: [2, inVs], csrs: { [vs]: written } }),
      row(`v1-${name}-read-HS`, rules, { mode: 'HS', words: [csrrs(CSR[name], 2, 0)], csrs }, { rd: [2, read[name] ?? inS] }),
      row(`v1-${name}-write-HS`, rules, { mode: 'HS', words: [csrrw(CSR[name], 0, 1)], csrs, x }, { csrs: { [s]: afterS } }),
      row(`v1-${name}-read-M`, rules, { mode: 'M', words: [csrrs(CSR[name], 2, 0)], csrs }, { rd: [2, read[name] ?? inS] }),
      row(`v1-${name}-write-M`, rules, { mode: 'M', words: [csrrw(CSR[name], 0, 1)], csrs, x }, { csrs: { [s]: afterS } }),
    );
    for (const mode of ['M', 'HS'] as const) {
      rows.push(
        row(`v1-${own}-read-${mode}`, rules, { mode, words: [csrrs(CSR[own], 2, 0)], csrs }, { rd: [2, inVs] }),
        row(`v1-${own}-write-${mode}`, rules, { mode, words: [csrrw(CSR[own], 2, 1)], csrs, x }, { rd: [2, inVs], csrs: { [vs]: written } }),
      );
    }
  }
  // senvcfg and scounteren have no VS CSR: VS-mode uses the ones there are.
  rows.push(
    row('v1-senvcfg-read', ['H_scsrs_nomatch'], { mode: 'VS', words: [csrrs(CSR.senvcfg, 2, 0)], csrs: { senvcfg: 1n, henvcfg: 0n } }, { rd: [2, 1n] }),
    row('v1-senvcfg-write', ['H_scsrs_nomatch'], { mode: 'VS', words: [csrrw(CSR.senvcfg, 0, 1)], x: { 1: 1n } }, { csrs: { senvcfg: 1n } }),
    row('v1-scounteren-read', ['H_scsrs_nomatch'], { mode: 'VS', words: [csrrs(CSR.scounteren, 2, 0)], csrs: { scounteren: 5n, hcounteren: 2n } }, { rd: [2, 5n] }),
    row('v1-scounteren-write', ['H_scsrs_nomatch'], { mode: 'VS', words: [csrrw(CSR.scounteren, 0, 1)], x: { 1: 6n } }, { csrs: { scounteren: 6n } }),
  );
  return rows;
}

/** All rows of the CSR field tables. */
export function warlRows(): readonly TableRow[] {
  return [...whole(), ...fields(), ...atp(), ...substitution()];
}
