/** Load and store access faults: the transformed instruction, its Address Offset, tval and GVA. */
import type { Mode } from '../retirement.js';
import { ALL_MODES, DATA, DRAM_END, NOWHERE, csrrs, CSR, hart, type Fields, type Setup, type TableRow, type TrapExpectation } from './row.js';

const LOAD = 5;
const STORE = 7;

/** An access: instruction on (x1) with data in x3, and its transformation with Address Offset 0. */
interface Access {
  readonly name: string;
  readonly word: number;
  readonly tinst: bigint;
  readonly cause: number;
}

/** Basic loads keep funct3, rd, opcode; basic stores rs2, funct3, opcode; the immediate goes. */
const BASIC: readonly Access[] = [
  { name: 'lb', word: 0x0000_8103, tinst: 0x0103n, cause: LOAD },
  { name: 'lh', word: 0x0000_9103, tinst: 0x1103n, cause: LOAD },
  { name: 'lw', word: 0x0000_a103, tinst: 0x2103n, cause: LOAD },
  { name: 'ld', word: 0x0000_b103, tinst: 0x3103n, cause: LOAD },
  { name: 'lbu', word: 0x0000_c103, tinst: 0x4103n, cause: LOAD },
  { name: 'lhu', word: 0x0000_d103, tinst: 0x5103n, cause: LOAD },
  { name: 'lwu', word: 0x0000_e103, tinst: 0x6103n, cause: LOAD },
  { name: 'sb', word: 0x0030_8023, tinst: 0x0030_0023n, cause: STORE },
  { name: 'sh', word: 0x0030_9023, tinst: 0x0030_1023n, cause: STORE },
  { name: 'sw', word: 0x0030_a023, tinst: 0x0030_2023n, cause: STORE },
  { name: 'sd', word: 0x0030_b023, tinst: 0x0030_3023n, cause: STORE },
];

/** Virtual-machine accesses keep everything but rs1. HLVX raises load faults. */
const HYPERVISOR: readonly Access[] = [
  { name: 'hlv.b', word: 0x6000_c173, tinst: 0x6000_4173n, cause: LOAD },
  { name: 'hlv.bu', word: 0x6010_c173, tinst: 0x6010_4173n, cause: LOAD },
  { name: 'hlv.h', word: 0x6400_c173, tinst: 0x6400_4173n, cause: LOAD },
  { name: 'hlv.hu', word: 0x6410_c173, tinst: 0x6410_4173n, cause: LOAD },
  { name: 'hlvx.hu', word: 0x6430_c173, tinst: 0x6430_4173n, cause: LOAD },
  { name: 'hlv.w', word: 0x6800_c173, tinst: 0x6800_4173n, cause: LOAD },
  { name: 'hlv.wu', word: 0x6810_c173, tinst: 0x6810_4173n, cause: LOAD },
  { name: 'hlvx.wu', word: 0x6830_c173, tinst: 0x6830_4173n, cause: LOAD },
  { name: 'hlv.d', word: 0x6c00_c173, tinst: 0x6c00_4173n, cause: LOAD },
  { name: 'hsv.b', word: 0x6230_c073, tinst: 0x6230_4073n, cause: STORE },
  { name: 'hsv.h', word: 0x6630_c073, tinst: 0x6630_4073n, cause: STORE },
  { name: 'hsv.w', word: 0x6a30_c073, tinst: 0x6a30_4073n, cause: STORE },
  { name: 'hsv.d', word: 0x6e30_c073, tinst: 0x6e30_4073n, cause: STORE },
];

/** GVA of an ordinary access is V; of HLV, HLVX, HSV it is 1 although V is 0. */
const GVA_BASIC: Readonly<Record<Mode, boolean>> = { M: false, HS: false, U: false, VS: true, VU: true };

const RULES = ['H_trap_xtinst', 'H_trap_xtinst_val', 'H_trap_xtinst_exception', 'mtinst_op', 'mstatus_gva_op', 'mtval_vaddr_wr1'];

function row(name: string, rules: readonly string[], setup: Setup, trap: TrapExpectation, fields: Fields<'mstatus'> | undefined = undefined): TableRow {
  return { id: `tinst/${name}`, rules, arrange: hart(setup), expect: { trap, ...(fields === undefined ? {} : { fields: { mstatus: fields } }) } };
}

/** Every access to an address with nothing, from every mode that may do it, to M and to HS. */
function nowhere(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { name, word, tinst, cause } of BASIC) {
    for (const mode of ALL_MODES) {
      rows.push(row(`${name}-${mode}-to-M`, RULES, { mode, words: [word], x: { 1: NOWHERE, 3: 5n } }, { to: 'M', cause, tval: NOWHERE, tinst, gva: GVA_BASIC[mode] }));
      if (mode === 'M') continue;
      rows.push(row(`${name}-${mode}-to-HS`, [...RULES, 'htinst_op', 'hstatus_gva_op'], { mode, words: [word], x: { 1: NOWHERE, 3: 5n }, csrs: { medeleg: 0xa0n } }, { to: 'HS', cause, tval: NOWHERE, tinst, gva: GVA_BASIC[mode] }));
    }
    for (const mode of ['VS', 'VU'] as const) {
      rows.push(row(`${name}-${mode}-to-VS`, ['H_trap_vs_csrwrites'], { mode, words: [word], x: { 1: NOWHERE, 3: 5n }, csrs: { medeleg: 0xa0n, hedeleg: 0xa0n } }, { to: 'VS', cause, tval: NOWHERE }));
    }
  }
  const rules = [...RULES, 'hlsv_op', 'hstatus_gva_op'];
  for (const { name, word, tinst, cause } of HYPERVISOR) {
    for (const mode of ['M', 'HS', 'U'] as const) {
      const setup: Setup = { mode, words: [word], x: { 1: NOWHERE, 3: 5n }, hstatus: { HU: 1 } };
      rows.push(row(`${name}-${mode}-to-M`, rules, setup, { to: 'M', cause, tval: NOWHERE, tinst, gva: true }));
      if (mode === 'M') continue;
      rows.push(row(`${name}-${mode}-to-HS`, rules, { ...setup, csrs: { medeleg: 0xa0n, hedeleg: 0xa0n } }, { to: 'HS', cause, tval: NOWHERE, tinst, gva: true }));
    }
  }
  return rows;
}

/** Other registers and immediates: `[name, word, value of rs1's x30, address, cause, tinst]`. */
const FIELDS_KEPT: readonly (readonly [name: string, word: number, x30: bigint, address: bigint, cause: number, tinst: bigint])[] = [
  ['lw-x31--4(x30)', 0xffcf_2f83, 0x1004n, 0x1000n, LOAD, 0x2f83n],
  ['sd-x31--8(x30)', 0xffff_3c23, 0x1008n, 0x1000n, STORE, 0x01f0_3023n],
  ['lb-x0-2047(x30)', 0x7fff_0003, 0x1000n, 0x17ffn, LOAD, 0x0003n],
  ['sb-x0-2047(x30)', 0x7e0f_0fa3, 0x1000n, 0x17ffn, STORE, 0x0023n],
];

function fieldsKept(): TableRow[] {
  return FIELDS_KEPT.map(([name, word, x30, address, cause, tinst]) => row(
    `fields-${name}`, [...RULES, 'load_exc_x0'], { mode: 'VS', words: [word], x: { 30: x30 } }, { to: 'M', cause, tval: address, tinst, gva: true },
  ));
}

/**
 * Accesses over the end of DRAM at 0x88000000: the high part faults, tval is
 * the end, and bits 19:15 hold how far that is from the access's address.
 */
const STRADDLE: readonly (readonly [name: string, word: number, address: bigint, cause: number, tinst: bigint])[] = [
  ['ld-7', 0x0000_b103, 0x87ff_fff9n, LOAD, 0x3_b103n],
  ['ld-6', 0x0000_b103, 0x87ff_fffan, LOAD, 0x3_3103n],
  ['ld-5', 0x0000_b103, 0x87ff_fffbn, LOAD, 0x2_b103n],
  ['ld-4', 0x0000_b103, 0x87ff_fffcn, LOAD, 0x2_3103n],
  ['ld-3', 0x0000_b103, 0x87ff_fffdn, LOAD, 0x1_b103n],
  ['ld-2', 0x0000_b103, 0x87ff_fffen, LOAD, 0x1_3103n],
  ['ld-1', 0x0000_b103, 0x87ff_ffffn, LOAD, 0x0_b103n],
  ['lw-3', 0x0000_a103, 0x87ff_fffdn, LOAD, 0x1_a103n],
  ['lw-2', 0x0000_a103, 0x87ff_fffen, LOAD, 0x1_2103n],
  ['lw-1', 0x0000_a103, 0x87ff_ffffn, LOAD, 0x0_a103n],
  ['lwu-3', 0x0000_e103, 0x87ff_fffdn, LOAD, 0x1_e103n],
  ['lh-1', 0x0000_9103, 0x87ff_ffffn, LOAD, 0x0_9103n],
  ['lhu-1', 0x0000_d103, 0x87ff_ffffn, LOAD, 0x0_d103n],
  ['sd-7', 0x0030_b023, 0x87ff_fff9n, STORE, 0x33_b023n],
  ['sd-6', 0x0030_b023, 0x87ff_fffan, STORE, 0x33_3023n],
  ['sd-5', 0x0030_b023, 0x87ff_fffbn, STORE, 0x32_b023n],
  ['sd-4', 0x0030_b023, 0x87ff_fffcn, STORE, 0x32_3023n],
  ['sd-3', 0x0030_b023, 0x87ff_fffdn, STORE, 0x31_b023n],
  ['sd-2', 0x0030_b023, 0x87ff_fffen, STORE, 0x31_3023n],
  ['sd-1', 0x0030_b023, 0x87ff_ffffn, STORE, 0x30_b023n],
  ['sw-3', 0x0030_a023, 0x87ff_fffdn, STORE, 0x31_a023n],
  ['sw-2', 0x0030_a023, 0x87ff_fffen, STORE, 0x31_2023n],
  ['sw-1', 0x0030_a023, 0x87ff_ffffn, STORE, 0x30_a023n],
  ['sh-1', 0x0030_9023, 0x87ff_ffffn, STORE, 0x30_9023n],
];

const STRADDLE_HYPERVISOR: typeof STRADDLE = [
  ['hlv.d-4', 0x6c00_c173, 0x87ff_fffcn, LOAD, 0x6c02_4173n],
  ['hlv.d-7', 0x6c00_c173, 0x87ff_fff9n, LOAD, 0x6c03_c173n],
  ['hlv.w-3', 0x6800_c173, 0x87ff_fffdn, LOAD, 0x6801_c173n],
  ['hlv.wu-2', 0x6810_c173, 0x87ff_fffen, LOAD, 0x6811_4173n],
  ['hlvx.wu-1', 0x6830_c173, 0x87ff_ffffn, LOAD, 0x6830_c173n],
  ['hlv.h-1', 0x6400_c173, 0x87ff_ffffn, LOAD, 0x6400_c173n],
  ['hlv.hu-1', 0x6410_c173, 0x87ff_ffffn, LOAD, 0x6410_c173n],
  ['hlvx.hu-1', 0x6430_c173, 0x87ff_ffffn, LOAD, 0x6430_c173n],
  ['hsv.d-4', 0x6e30_c073, 0x87ff_fffcn, STORE, 0x6e32_4073n],
  ['hsv.w-3', 0x6a30_c073, 0x87ff_fffdn, STORE, 0x6a31_c073n],
  ['hsv.h-1', 0x6630_c073, 0x87ff_ffffn, STORE, 0x6630_c073n],
];

/** Misaligned accesses whose low part faults: tval is the access's address and the offset 0. */
const LOW_PART: readonly (readonly [name: string, word: number, address: bigint, cause: number, tinst: bigint])[] = [
  ['ld-into-dram-4', 0x0000_b103, 0x7fff_fffcn, LOAD, 0x3103n],
  ['ld-into-dram-1', 0x0000_b103, 0x7fff_fff9n, LOAD, 0x3103n],
  ['lw-into-dram', 0x0000_a103, 0x7fff_fffen, LOAD, 0x2103n],
  ['lh-into-dram', 0x0000_9103, 0x7fff_ffffn, LOAD, 0x1103n],
  ['sd-into-dram', 0x0030_b023, 0x7fff_fffbn, STORE, 0x30_3023n],
  ['sw-into-dram', 0x0030_a023, 0x7fff_fffdn, STORE, 0x30_2023n],
  ['ld-past-dram', 0x0000_b103, 0x8800_0001n, LOAD, 0x3103n],
  ['lw-past-dram', 0x0000_a103, 0x8800_0006n, LOAD, 0x2103n],
  ['sd-past-dram', 0x0030_b023, 0x8800_0004n, STORE, 0x30_3023n],
  ['ld-around-the-top', 0x0000_b103, 0xffff_ffff_ffff_fffcn, LOAD, 0x3103n],
  ['ld-bit-56', 0x0000_b103, 0x100_0000_8000_4000n, LOAD, 0x3103n],
  ['ld-bit-63', 0x0000_b103, 0x8000_0000_8000_4000n, LOAD, 0x3103n],
  ['sd-bit-32', 0x0030_b023, 0x1_8000_4000n, STORE, 0x30_3023n],
  ['lw-sign-extended-dram', 0x0000_a103, 0xffff_ffff_8000_4000n, LOAD, 0x2103n],
  // I/O takes naturally aligned accesses only, and CLINT no bytes or halfwords.
  ['lw-clint-misaligned', 0x0000_a103, 0x200_0001n, LOAD, 0x2103n],
  ['lh-uart-misaligned', 0x0000_9103, 0x1000_0001n, LOAD, 0x1103n],
  ['sw-mtimecmp-misaligned', 0x0030_a023, 0x200_4002n, STORE, 0x30_2023n],
  ['lb-clint', 0x0000_8103, 0x200_0000n, LOAD, 0x0103n],
  ['lhu-mtime', 0x0000_d103, 0x200_bff8n, LOAD, 0x5103n],
  ['sb-msip', 0x0030_8023, 0x200_0000n, STORE, 0x30_0023n],
  ['sh-mtimecmp', 0x0030_9023, 0x200_4000n, STORE, 0x30_1023n],
  ['lw-past-finisher', 0x0000_a103, 0x10_1000n, LOAD, 0x2103n],
  ['lw-before-finisher', 0x0000_a103, 0x0f_fffcn, LOAD, 0x2103n],
  ['ld-past-clint', 0x0000_b103, 0x201_0000n, LOAD, 0x3103n],
  ['lb-past-uart', 0x0000_8103, 0x1000_0100n, LOAD, 0x0103n],
];

/** HLVX needs execute permission, which I/O does not have: load access fault where HLV would read. */
const HLVX_IO: readonly (readonly [name: string, word: number, address: bigint, tinst: bigint])[] = [
  ['hlvx.wu-clint', 0x6830_c173, 0x200_0000n, 0x6830_4173n],
  ['hlvx.wu-mtimecmp', 0x6830_c173, 0x200_4000n, 0x6830_4173n],
  ['hlvx.hu-finisher', 0x6430_c173, 0x10_0000n, 0x6430_4173n],
  ['hlvx.hu-uart', 0x6430_c173, 0x1000_0000n, 0x6430_4173n],
];

function addresses(): TableRow[] {
  const rows: TableRow[] = [];
  const rules = [...RULES, 'H_tinst_addr_offset', 'mtval_vaddr_wr2', 'stval_op_load_store_fault'];
  for (const [name, word, address, cause, tinst] of STRADDLE) {
    for (const mode of ['M', 'VS'] as const) {
      rows.push(row(`straddle-${name}-${mode}`, rules, { mode, words: [word], x: { 1: address } }, { to: 'M', cause, tval: DRAM_END, tinst, gva: GVA_BASIC[mode] }));
    }
    rows.push(row(`straddle-${name}-HS-to-HS`, rules, { mode: 'HS', words: [word], x: { 1: address }, csrs: { medeleg: 0xa0n } }, { to: 'HS', cause, tval: DRAM_END, tinst }));
  }
  for (const [name, word, address, cause, tinst] of STRADDLE_HYPERVISOR) {
    rows.push(row(`straddle-${name}-HS`, rules, { mode: 'HS', words: [word], x: { 1: address } }, { to: 'M', cause, tval: DRAM_END, tinst, gva: true }));
  }
  for (const [name, word, address, cause, tinst] of LOW_PART) {
    for (const mode of ['M', 'VU'] as const) {
      rows.push(row(`${name}-${mode}`, rules, { mode, words: [word], x: { 1: address } }, { to: 'M', cause, tval: address, tinst, gva: GVA_BASIC[mode] }));
    }
  }
  for (const [name, word, address, tinst] of HLVX_IO) {
    rows.push(row(name, [...RULES, 'hlsv_u_op'], { mode: 'HS', words: [word], x: { 1: address } }, { to: 'M', cause: LOAD, tval: address, tinst, gva: true }));
  }
  return rows;
}

/**
 * Table "Effect of MPRV": whether an M-mode load's address is a guest virtual
 * address. MPV and MPP of the trap itself say M-mode all the same.
 */
const MPRV: readonly (readonly [mprv: number, mpv: number, mpp: number, gva: boolean])[] = [
  [0, 0, 0, false], [0, 1, 0, false], [0, 1, 1, false], [0, 1, 3, false],
  [1, 0, 0, false], [1, 0, 1, false], [1, 0, 3, false], [1, 1, 3, false],
  [1, 1, 0, true], [1, 1, 1, true],
];

function mprv(): TableRow[] {
  const rules = ['mstatus_gva_op', 'mstatus_mprv_hypervisor', 'mstatus_mprv_hlsv', 'H_trap_m_csrwrites'];
  return MPRV.flatMap(([modify, mpv, mpp, gva]) => {
    const mstatus = { MPRV: modify, MPV: mpv, MPP: mpp };
    const after = (bit: number): Fields<'mstatus'> => ({ MPV: 0, MPP: 3, GVA: bit, MIE: 0, MPIE: 0 });
    const name = `mprv${modify}-mpv${mpv}-mpp${mpp}`;
    return [
      row(`${name}-ld`, rules, { mode: 'M', words: [0x0000_b103], x: { 1: NOWHERE }, mstatus }, { to: 'M', cause: LOAD, tval: NOWHERE, tinst: 0x3103n, gva }, after(gva ? 1 : 0)),
      row(`${name}-sw`, rules, { mode: 'M', words: [0x0030_a023], x: { 1: NOWHERE }, mstatus }, { to: 'M', cause: STORE, tval: NOWHERE, tinst: 0x30_2023n, gva }, after(gva ? 1 : 0)),
      row(`${name}-hlv.w`, rules, { mode: 'M', words: [0x6800_c173], x: { 1: NOWHERE }, mstatus }, { to: 'M', cause: LOAD, tval: NOWHERE, tinst: 0x6800_4173n, gva: true }, after(1)),
    ];
  });
}

/** Accesses that are fine: over the parts' boundary inside DRAM, up to its last byte, and I/O where it is allowed. */
function fine(): TableRow[] {
  const memory = [{ address: DATA, bytes: 8 as const, value: 0x8182_8384_8586_8788n }, { address: DATA + 8n, bytes: 8 as const, value: 0x7172_7374_7576_7778n }];
  const last = [{ address: DRAM_END - 8n, bytes: 8 as const, value: 0x8182_8384_8586_8788n }];
  return [
    { id: 'tinst/fine-ld-misaligned', rules: ['MISALIGNED_LDST_HW_SUPPORT'], arrange: hart({ mode: 'VU', words: [0x0000_b103], x: { 1: DATA + 5n }, memory }), expect: { rd: [2, 0x7475_7677_7881_8283n], mem: { addr: DATA + 5n, rmask: 0xff, rdata: 0x7475_7677_7881_8283n } } },
    { id: 'tinst/fine-lw-misaligned', rules: ['MISALIGNED_LDST_HW_SUPPORT'], arrange: hart({ mode: 'HS', words: [0x0000_a103], x: { 1: DATA + 6n }, memory }), expect: { rd: [2, 0x7778_8182n], mem: { addr: DATA + 6n, rmask: 0xf, rdata: 0x7778_8182n } } },
    { id: 'tinst/fine-ld-last', rules: ['choices:memory'], arrange: hart({ mode: 'M', words: [0x0000_b103], x: { 1: DRAM_END - 8n }, memory: last }), expect: { rd: [2, 0x8182_8384_8586_8788n] } },
    { id: 'tinst/fine-lb-last', rules: ['lb_op'], arrange: hart({ mode: 'M', words: [0x0000_8103], x: { 1: DRAM_END - 1n }, memory: last }), expect: { rd: [2, 0xffff_ffff_ffff_ff81n] } },
    { id: 'tinst/fine-hlv.w-msip', rules: ['hlsv_op'], arrange: hart({ mode: 'HS', words: [0x6800_c173], x: { 1: 0x200_0000n } }), expect: { rd: [2, 0n] } },
    { id: 'tinst/fine-ld-mtimecmp', rules: ['mtimecmp_sz'], arrange: hart({ mode: 'M', words: [0x0000_b103], x: { 1: 0x200_4000n } }), expect: { rd: [2, 0xffff_ffff_ffff_ffffn] } },
    { id: 'tinst/fine-lwu-mtimecmp-high', rules: ['mtimecmp_rv32_wr'], arrange: hart({ mode: 'M', words: [0x0000_e103], x: { 1: 0x200_4004n } }), expect: { rd: [2, 0xffff_ffffn] } },
    { id: 'tinst/fine-lw-clint-rest', rules: ['choices:clint'], arrange: hart({ mode: 'M', words: [0x0000_a103], x: { 1: 0x200_8000n } }), expect: { rd: [2, 0n] } },
  ];
}

/** A store over the end writes nothing: the handler reads the last block back. */
function nothingWritten(): TableRow[] {
  return ([['sd', 0x0030_b023, 0x87ff_fffcn], ['sw', 0x0030_a023, 0x87ff_fffen], ['hsv.d', 0x6e30_c073, 0x87ff_fff9n]] as const).map(([name, word, address]) => ({
    id: `tinst/nothing-written-${name}`, rules: ['choices:straddle'],
    arrange: hart({
      mode: 'M', words: [word], x: { 1: address, 3: 0x1111_1111_1111_1111n, 4: 0x87ff_fff8n },
      // LD x2, 0(x4) at the handler.
      memory: [{ address: 0x87ff_fff8n, bytes: 8, value: 0x8182_8384_8586_8788n }, { address: 0x8000_1000n, bytes: 4, value: 0x0002_3103n }],
    }),
    steps: 2, trapsBefore: true,
    expect: { pc: 0x8000_1000n, nextPc: 0x8000_1004n, rd: [2, 0x8182_8384_8586_8788n] },
  }));
}

/** mtinst as software then reads it: the handler's CSRR. */
function readBack(): TableRow[] {
  const handler = [{ address: 0x8000_1000n, bytes: 4 as const, value: BigInt(csrrs(CSR.mtinst, 2, 0)) }];
  return [
    { id: 'tinst/read-back-ld', rules: ['mtinst_op'], arrange: hart({ mode: 'VS', words: [0x0000_b103], x: { 1: 0x87ff_fffcn }, memory: handler }), steps: 2, trapsBefore: true, expect: { pc: 0x8000_1000n, nextPc: 0x8000_1004n, rd: [2, 0x2_3103n] } },
    { id: 'tinst/read-back-ecall', rules: ['mtinst_op', 'H_trap_xtinst_val'], arrange: hart({ mode: 'VS', words: [0x0000_0073], memory: handler }), steps: 2, trapsBefore: true, expect: { pc: 0x8000_1000n, nextPc: 0x8000_1004n, rd: [2, 0n] } },
  ];
}

/** All rows of the trap-instruction tables. */
export function tinstRows(): readonly TableRow[] {
  return [...nowhere(), ...fieldsKept(), ...addresses(), ...mprv(), ...fine(), ...nothingWritten(), ...readBack()];
}
