/**
 * C on RV64, without floating point: what every encoding expands to, seen by
 * its effect; the reserved ones and the HINTs; links, targets and epc at any
 * even address; fetches of two parcels; traps of 16-bit instructions.
 */
import type { Mode } from '../retirement.js';
import { ALL_MODES, CSR, DATA, DRAM_END, EPC, NOWHERE, PC, VECTOR, WORD, csrrs, csrrw, hart, type Expectation, type Setup, type TableRow } from './row.js';

function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps' | 'trapsBefore'> = {}): TableRow {
  return { extensions: ['c'], id: `compressed/${id}`, rules, arrange: hart(setup), ...more, expect };
}

const ONES = 0xffff_ffff_ffff_ffffn;
const MIN64 = 0x8000_0000_0000_0000n;

/* ------------------------------------------------------------------ computation */

/** `[instruction, word, registers before, register written, value]`. */
const COMPUTED: readonly (readonly [name: string, word: number, x: Readonly<Record<number, bigint>>, rd: number, value: bigint, rule: string])[] = [
  ['c.addi4spn-x8-4', 0x0040, { 2: 0x1000n }, 8, 0x1004n, 'c-addi4spn_op'], ['c.addi4spn-x15-1020', 0x1ffc, { 2: 0x1000n }, 15, 0x13fcn, 'c-addi4spn_op'],
  ['c.addi4spn-x9-8', 0x0024, { 2: 0x1000n }, 9, 0x1008n, 'c-addi4spn_op'], ['c.addi4spn-x9-512', 0x0404, { 2: 0x1000n }, 9, 0x1200n, 'c-addi4spn_op'],
  ['c.addi4spn-wraps', 0x0040, { 2: ONES }, 8, 3n, 'c-addi4spn_op'],
  ['c.addi-1', 0x0285, { 5: 41n }, 5, 42n, 'c-addi_op'], ['c.addi-minus-1', 0x12fd, { 5: 0n }, 5, ONES, 'c-addi_op'], ['c.addi-31', 0x0ffd, { 31: 1n }, 31, 32n, 'c-addi_op'], ['c.addi-minus-32', 0x1f81, { 31: 1n }, 31, 0xffff_ffff_ffff_ffe1n, 'c-addi_op'],
  ['c.addiw-0', 0x2281, { 5: 0x1234_5678_8000_0000n }, 5, 0xffff_ffff_8000_0000n, 'c-addiw_op'], ['c.addiw-1', 0x2285, { 5: 0x7fff_ffffn }, 5, 0xffff_ffff_8000_0000n, 'c-addiw_op'], ['c.addiw-minus-1', 0x32fd, { 5: 0x8000_0000n }, 5, 0x7fff_ffffn, 'c-addiw_op'], ['c.addiw-minus-32', 0x3f81, { 31: 0n }, 31, 0xffff_ffff_ffff_ffe0n, 'c-addiw_op'],
  ['c.li-0', 0x4281, { 5: 7n }, 5, 0n, 'c-li_op'], ['c.li-31', 0x42fd, {}, 5, 31n, 'c-li_op'], ['c.li-minus-32', 0x5f81, {}, 31, 0xffff_ffff_ffff_ffe0n, 'c-li_op'], ['c.li-minus-1', 0x52fd, {}, 5, ONES, 'c-li_op'],
  ['c.lui-1', 0x6285, {}, 5, 0x1000n, 'c-lui_op'], ['c.lui-31', 0x62fd, {}, 5, 0x1_f000n, 'c-lui_op'], ['c.lui-minus-1', 0x7ffd, {}, 31, 0xffff_ffff_ffff_f000n, 'c-lui_op'], ['c.lui-minus-32', 0x7281, {}, 5, 0xffff_ffff_fffe_0000n, 'c-lui_op'],
  ['c.addi16sp-16', 0x6141, { 2: 0x1000n }, 2, 0x1010n, 'c-addi16sp_op'], ['c.addi16sp-32', 0x6105, { 2: 0x1000n }, 2, 0x1020n, 'c-addi16sp_op'], ['c.addi16sp-64', 0x6121, { 2: 0x1000n }, 2, 0x1040n, 'c-addi16sp_op'],
  ['c.addi16sp-128', 0x6109, { 2: 0x1000n }, 2, 0x1080n, 'c-addi16sp_op'], ['c.addi16sp-256', 0x6111, { 2: 0x1000n }, 2, 0x1100n, 'c-addi16sp_op'], ['c.addi16sp-496', 0x617d, { 2: 0x1000n }, 2, 0x11f0n, 'c-addi16sp_op'],
  ['c.addi16sp-minus-16', 0x717d, { 2: 0x1000n }, 2, 0xff0n, 'c-addi16sp_op'], ['c.addi16sp-minus-512', 0x7101, { 2: 0x1000n }, 2, 0xe00n, 'c-addi16sp_op'],
  ['c.srli-1', 0x8005, { 8: MIN64 }, 8, 0x4000_0000_0000_0000n, 'c-srli_op'], ['c.srli-32', 0x9381, { 15: MIN64 }, 15, 0x8000_0000n, 'c-srli_op'], ['c.srli-63', 0x90fd, { 9: MIN64 }, 9, 1n, 'c-srli_op'],
  ['c.srai-1', 0x8405, { 8: MIN64 }, 8, 0xc000_0000_0000_0000n, 'c-srai_op'], ['c.srai-32', 0x9781, { 15: MIN64 }, 15, 0xffff_ffff_8000_0000n, 'c-srai_op'], ['c.srai-63', 0x94fd, { 9: MIN64 }, 9, ONES, 'c-srai_op'],
  ['c.andi-31', 0x887d, { 8: ONES }, 8, 31n, 'c-andi_op'], ['c.andi-minus-32', 0x9b81, { 15: ONES }, 15, 0xffff_ffff_ffff_ffe0n, 'c-andi_op'], ['c.andi-minus-1', 0x98fd, { 9: 0x1234n }, 9, 0x1234n, 'c-andi_op'], ['c.andi-0', 0x8881, { 9: ONES }, 9, 0n, 'c-andi_op'],
  ['c.sub', 0x8c05, { 8: 5n, 9: 7n }, 8, 0xffff_ffff_ffff_fffen, 'c-sub_op'], ['c.xor', 0x8c25, { 8: 0xffn, 9: 0x0f0n }, 8, 0x0fn, 'c-xor_op'], ['c.or', 0x8c45, { 8: 0xf00n, 9: 0x0fn }, 8, 0xf0fn, 'c-or_op'], ['c.and', 0x8c65, { 8: 0xff0n, 9: 0x0ffn }, 8, 0x0f0n, 'c-and_op'],
  ['c.sub-itself', 0x8f9d, { 15: 9n }, 15, 0n, 'c-sub_op'],
  ['c.subw', 0x9c05, { 8: 0x1_0000_0000n, 9: 1n }, 8, ONES, 'c-subw_op'], ['c.subw-min', 0x9c05, { 8: 0x8000_0000n, 9: 1n }, 8, 0x7fff_ffffn, 'c-subw_op'], ['c.addw', 0x9c25, { 8: 0x7fff_ffffn, 9: 1n }, 8, 0xffff_ffff_8000_0000n, 'c-addw_op'], ['c.addw-junk', 0x9c25, { 8: 0xffff_ffff_0000_0001n, 9: 0x1111_1111_0000_0002n }, 8, 3n, 'c-addw_op'],
  ['c.slli-1', 0x0286, { 5: MIN64 | 1n }, 5, 2n, 'c-slli_op'], ['c.slli-32', 0x1f82, { 31: 3n }, 31, 0x3_0000_0000n, 'c-slli_op'], ['c.slli-63', 0x12fe, { 5: 3n }, 5, MIN64, 'c-slli_op'],
  ['c.mv', 0x829a, { 5: 1n, 6: 0x1234n }, 5, 0x1234n, 'c-mv_op'], ['c.mv-high', 0x8ffa, { 30: MIN64 }, 31, MIN64, 'c-mv_op'],
  ['c.add', 0x929a, { 5: 1n, 6: ONES }, 5, 0n, 'c-add_op'], ['c.add-high', 0x9ffa, { 30: 3n, 31: 4n }, 31, 7n, 'c-add_op'], ['c.add-itself', 0x9296, { 5: MIN64 | 1n }, 5, 2n, 'c-add_op'],
];

/** HINTs change nothing. The ones that name a register write it with itself or not at all, so that is looked at by the next instruction. */
const HINTS: readonly (readonly [name: string, word: number, rule: string])[] = [
  ['c.nop', 0x0001, 'c-nop_op'], ['c.nop-1', 0x0005, 'c-nop_hint'], ['c.nop-minus-1', 0x107d, 'c-nop_hint'], ['c.li-x0', 0x4005, 'c-li_hint'], ['c.li-x0-0', 0x4001, 'c-li_hint'], ['c.lui-x0', 0x6005, 'c-lui_hint'], ['c.lui-x0-minus', 0x7005, 'c-lui_hint'],
  ['c.mv-x0', 0x801a, 'c-mv_hint'], ['c.add-x0', 0x901a, 'c-add_hint'], ['c.slli-x0', 0x0006, 'c-slli_hint'], ['c.slli-x0-0', 0x0002, 'c-slli_hint'], ['c.slli-x0-63', 0x107e, 'c-slli_hint'],
];
const SELF_HINTS: readonly (readonly [name: string, word: number, register: 5 | 8, rule: string])[] = [
  ['c.addi-0', 0x0281, 5, 'c-addi_hint'], ['c.slli-0', 0x0282, 5, 'c-slli_hint'], ['c.srli-0', 0x8001, 8, 'c-srli_hint'], ['c.srai-0', 0x8401, 8, 'c-srai_hint'],
];

/** C.MV x9, x5 and C.MV x9, x8. */
const LOOK = { 5: 0x8496, 8: 0x84a2 } as const;

function computed(): TableRow[] {
  return [
    ...COMPUTED.map(([name, word, x, rd, value, rule]) => row(name, [rule], { mode: 'U', parcels: [word], x }, { rd: [rd, value] })),
    ...HINTS.flatMap(([name, word, rule]) => ALL_MODES.map((mode) => row(`hint-${name}-${mode}`, [rule, 'Zca_hints'], { mode, parcels: [word], x: { 6: 0x1234n } }, {}))),
    ...SELF_HINTS.map(([name, word, register, rule]) => row(`hint-${name}`, [rule, 'Zca_hints'], { mode: 'HS', parcels: [word, LOOK[register]], x: { [register]: 0x8123_4567_89ab_cdefn } }, { rd: [9, 0x8123_4567_89ab_cdefn] }, { steps: 2 })),
    // One instruction is one, whatever its length; the next is two bytes on.
    row('minstret', ['minstret_op'], { mode: 'M', parcels: [0x0001, 0x0285, csrrs(CSR.minstret, 2, 0) & 0xffff, csrrs(CSR.minstret, 2, 0) >>> 16], csrs: { minstret: 40n } }, { rd: [2, 42n] }, { steps: 3 }),
  ];
}

/** Reserved code points, and the ones of floating point, which this hart has not. */
const RESERVED: readonly (readonly [name: string, word: number, rule: string])[] = [
  ['zero', 0x0000, 'Zca_illegal'], ['c.addi4spn-0-x9', 0x0004, 'c-addi4spn_rsv'], ['c.addi4spn-0-x15', 0x001c, 'c-addi4spn_rsv'],
  ['c.fld', 0x2000, 'c-fld_op'], ['c.fld-fields', 0x3ffc, 'c-fld_op'], ['quadrant-0-4', 0x8000, 'choices:compressed'], ['quadrant-0-4-fields', 0x9ffc, 'choices:compressed'], ['c.fsd', 0xa000, 'c-fsd_op'], ['c.fsd-fields', 0xbffc, 'c-fsd_op'],
  ['c.addiw-x0', 0x2001, 'c-addiw_rsv'], ['c.addiw-x0-1', 0x2005, 'c-addiw_rsv'], ['c.lui-0', 0x6281, 'c-lui_rsv'], ['c.lui-x0-0', 0x6001, 'c-lui_rsv'], ['c.lui-x1-0', 0x6081, 'c-lui_rsv'], ['c.addi16sp-0', 0x6101, 'c-addi16sp_rsv'],
  ['c.arith-w-2', 0x9c41, 'choices:compressed'], ['c.arith-w-3', 0x9c61, 'choices:compressed'],
  ['c.fldsp', 0x2002, 'c-fldsp_op'], ['c.fldsp-fields', 0x3ffe, 'c-fldsp_op'], ['c.lwsp-x0', 0x4002, 'c-lwsp_rsv'], ['c.lwsp-x0-252', 0x507e, 'c-lwsp_rsv'], ['c.ldsp-x0', 0x6002, 'c-ldsp_rsv'], ['c.ldsp-x0-504', 0x707e, 'c-ldsp_rsv'],
  ['c.jr-x0', 0x8002, 'c-jr_rsv'], ['c.fsdsp', 0xa002, 'c-fsdwsp_op'], ['c.fsdsp-fields', 0xbffe, 'c-fsdwsp_op'],
];

function reserved(): TableRow[] {
  const rows = RESERVED.flatMap(([name, word, rule]) => ALL_MODES.map((mode) => row(
    // The parcel behind is junk that tval must not have.
    `reserved-${name}-${mode}`, [rule, 'mtval_instr_bits'], { mode, parcels: [word, 0xabcd], x: { 2: DATA, 8: DATA, 15: DATA } }, { trap: { to: 'M', cause: 2, tval: BigInt(word) } },
  )));
  // Lengths beyond 32 bits: illegal with 32 bits in tval.
  for (const [name, parcels, tval] of [['48-bit', [0x001f, 0xabcd], 0xabcd_001fn], ['64-bit', [0x003f, 0xabcd], 0xabcd_003fn], ['80-bit', [0x007f, 0x1234], 0x1234_007fn], ['192-bit', [0x7fff, 0x0001], 0x0001_7fffn], ['ones', [0xffff, 0xffff], 0xffff_ffffn]] as const) {
    rows.push(row(`longer-${name}`, ['mtval_instr_bits', 'choices:compressed'], { mode: 'U', parcels }, { trap: { to: 'M', cause: 2, tval } }));
    rows.push(row(`longer-${name}-between`, ['mtval_instr_bits', 'choices:compressed'], { mode: 'U', pc: PC + 2n, parcels }, { trap: { to: 'M', cause: 2, tval } }));
  }
  // A virtual-instruction exception of a 32-bit instruction between two words has all of its bits.
  rows.push(row('virtual-between', ['H_virtinst_xtval'], { mode: 'VS', pc: PC + 2n, parcels: [WORD.hfenceVvma & 0xffff, WORD.hfenceVvma >>> 16] }, { trap: { to: 'M', cause: 22, tval: BigInt(WORD.hfenceVvma) } }));
  return rows;
}

/* ------------------------------------------------------------------ memory */

/** Loads from 0x8182838485868788 at the address: `[name, word, base register, offset, rd]`. */
const LOADS: readonly (readonly [name: string, word: number, base: number, offset: bigint, rd: number, bytes: 4 | 8, rule: string])[] = [
  ['c.lw-0', 0x4004, 8, 0n, 9, 4, 'c-lw_op'], ['c.lw-4', 0x41c8, 11, 4n, 10, 4, 'c-lw_op'], ['c.lw-64', 0x41a8, 11, 64n, 10, 4, 'c-lw_op'], ['c.lw-124', 0x5f7c, 14, 124n, 15, 4, 'c-lw_op'],
  ['c.ld-0', 0x6004, 8, 0n, 9, 8, 'c-ld_op'], ['c.ld-8', 0x6588, 11, 8n, 10, 8, 'c-ld_op'], ['c.ld-64', 0x61a8, 11, 64n, 10, 8, 'c-ld_op'], ['c.ld-248', 0x7f7c, 14, 248n, 15, 8, 'c-ld_op'],
  ['c.lwsp-0', 0x4282, 2, 0n, 5, 4, 'c-lwsp_op'], ['c.lwsp-4', 0x4292, 2, 4n, 5, 4, 'c-lwsp_op'], ['c.lwsp-32', 0x5282, 2, 32n, 5, 4, 'c-lwsp_op'], ['c.lwsp-64', 0x4286, 2, 64n, 5, 4, 'c-lwsp_op'], ['c.lwsp-252', 0x5ffe, 2, 252n, 31, 4, 'c-lwsp_op'],
  ['c.ldsp-0', 0x6282, 2, 0n, 5, 8, 'c-ldsp_op'], ['c.ldsp-8', 0x62a2, 2, 8n, 5, 8, 'c-ldsp_op'], ['c.ldsp-32', 0x7282, 2, 32n, 5, 8, 'c-ldsp_op'], ['c.ldsp-64', 0x6286, 2, 64n, 5, 8, 'c-ldsp_op'], ['c.ldsp-504', 0x7ffe, 2, 504n, 31, 8, 'c-ldsp_op'],
];

/** Stores of the register, which holds 0x9192939495969798. */
const STORES: readonly (readonly [name: string, word: number, base: number, offset: bigint, rs2: number, bytes: 4 | 8, rule: string])[] = [
  ['c.sw-0', 0xc004, 8, 0n, 9, 4, 'c-sw_op'], ['c.sw-4', 0xc1c8, 11, 4n, 10, 4, 'c-sw_op'], ['c.sw-64', 0xc1a8, 11, 64n, 10, 4, 'c-sw_op'], ['c.sw-124', 0xdf7c, 14, 124n, 15, 4, 'c-sw_op'],
  ['c.sd-0', 0xe004, 8, 0n, 9, 8, 'c-sd_op'], ['c.sd-8', 0xe588, 11, 8n, 10, 8, 'c-sd_op'], ['c.sd-64', 0xe1a8, 11, 64n, 10, 8, 'c-sd_op'], ['c.sd-248', 0xff7c, 14, 248n, 15, 8, 'c-sd_op'],
  ['c.swsp-0', 0xc016, 2, 0n, 5, 4, 'c-swsp_op'], ['c.swsp-4', 0xc216, 2, 4n, 5, 4, 'c-swsp_op'], ['c.swsp-64', 0xc096, 2, 64n, 5, 4, 'c-swsp_op'], ['c.swsp-252', 0xdffe, 2, 252n, 31, 4, 'c-swsp_op'],
  ['c.sdsp-0', 0xe016, 2, 0n, 5, 8, 'c-sdsp_op'], ['c.sdsp-8', 0xe416, 2, 8n, 5, 8, 'c-sdsp_op'], ['c.sdsp-64', 0xe096, 2, 64n, 5, 8, 'c-sdsp_op'], ['c.sdsp-504', 0xfffe, 2, 504n, 31, 8, 'c-sdsp_op'],
];

/** `[word, base register, tinst: the expansion transformed, with bit 1 replaced by 0, cause]`. */
const FAULTS: readonly (readonly [name: string, word: number, base: number, tinst: bigint, cause: number])[] = [
  ['c.lw', 0x4004, 8, 0x2481n, 5], ['c.ld', 0x6004, 8, 0x3481n, 5], ['c.lwsp', 0x4282, 2, 0x2281n, 5], ['c.ldsp', 0x6282, 2, 0x3281n, 5],
  ['c.sw', 0xc004, 8, 0x90_2021n, 7], ['c.sd', 0xe004, 8, 0x90_3021n, 7], ['c.swsp', 0xc016, 2, 0x50_2021n, 7], ['c.sdsp', 0xe016, 2, 0x50_3021n, 7],
];

/** Over the end of DRAM: `[word, base, address, tinst with the offset in bits 19:15, cause]`. */
const STRADDLES: readonly (readonly [name: string, word: number, base: number, address: bigint, tinst: bigint, cause: number])[] = [
  ['c.lw-2', 0x4004, 8, 0x87ff_fffen, 0x1_2481n, 5], ['c.ld-4', 0x6004, 8, 0x87ff_fffcn, 0x2_3481n, 5], ['c.ldsp-7', 0x6282, 2, 0x87ff_fff9n, 0x3_b281n, 5], ['c.sw-3', 0xc004, 8, 0x87ff_fffdn, 0x91_a021n, 7], ['c.sdsp-1', 0xe016, 2, 0x87ff_ffffn, 0x50_b021n, 7],
];

const V: Readonly<Record<Mode, boolean>> = { M: false, HS: false, U: false, VS: true, VU: true };

function accesses(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [name, word, base, offset, rd, bytes, rule] of LOADS) {
    const addr = DATA + offset;
    rows.push(row(name, [rule], { mode: 'VU', parcels: [word], x: { [base]: DATA }, memory: [{ address: addr & ~7n, bytes: 8, value: 0x8182_8384_8586_8788n }] }, bytes === 8
      ? { rd: [rd, 0x8182_8384_8586_8788n], mem: { addr, rmask: 0xff, rdata: 0x8182_8384_8586_8788n } }
      : (addr & 4n) === 0n
        ? { rd: [rd, 0xffff_ffff_8586_8788n], mem: { addr, rmask: 0x0f, rdata: 0x8586_8788n } }
        : { rd: [rd, 0xffff_ffff_8182_8384n], mem: { addr, rmask: 0x0f, rdata: 0x8182_8384n } }));
  }
  for (const [name, word, base, offset, rs2, bytes, rule] of STORES) {
    rows.push(row(name, [rule], { mode: 'HS', parcels: [word], x: { [base]: DATA, [rs2]: 0x9192_9394_9596_9798n } }, {
      mem: bytes === 8 ? { addr: DATA + offset, wmask: 0xff, wdata: 0x9192_9394_9596_9798n } : { addr: DATA + offset, wmask: 0x0f, wdata: 0x9596_9798n },
    }));
  }
  const rules = ['H_trap_xtinst', 'H_trap_xtinst_val', 'section:transformed-compressed'];
  for (const [name, word, base, tinst, cause] of FAULTS) {
    for (const mode of ALL_MODES) {
      rows.push(row(`${name}-nowhere-${mode}-to-M`, rules, { mode, parcels: [word], x: { [base]: NOWHERE } }, { trap: { to: 'M', cause, tval: NOWHERE, tinst, gva: V[mode] } }));
      if (mode !== 'M') rows.push(row(`${name}-nowhere-${mode}-to-HS`, rules, { mode, parcels: [word], x: { [base]: NOWHERE }, csrs: { medeleg: 0xa0n } }, { trap: { to: 'HS', cause, tval: NOWHERE, tinst, gva: V[mode] } }));
    }
  }
  for (const [name, word, base, address, tinst, cause] of STRADDLES) {
    rows.push(row(`straddle-${name}`, rules, { mode: 'VS', parcels: [word], x: { [base]: address } }, { trap: { to: 'M', cause, tval: DRAM_END, tinst, gva: true } }));
  }
  return rows;
}

/* ------------------------------------------------------------------ control */

/** Offsets of C.J, each bit of the immediate alone and both ends. */
const JUMPS: readonly (readonly [word: number, offset: bigint])[] = [
  [0xa009, 2n], [0xa011, 4n], [0xa021, 8n], [0xa801, 16n], [0xa005, 32n], [0xa081, 64n], [0xa041, 128n], [0xa201, 256n], [0xa401, 512n], [0xa101, 1024n], [0xb001, -2048n], [0xbffd, -2n], [0xaffd, 2046n],
];

/** C.BEQZ the same way, taken when x8 (x15) is 0; C.BNEZ when it is not. */
const BRANCHES: readonly (readonly [name: 'c.beqz' | 'c.bnez', word: number, register: number, offset: bigint])[] = [
  ['c.beqz', 0xc009, 8, 2n], ['c.beqz', 0xc011, 8, 4n], ['c.beqz', 0xc401, 8, 8n], ['c.beqz', 0xc801, 8, 16n], ['c.beqz', 0xc005, 8, 32n], ['c.beqz', 0xc021, 8, 64n], ['c.beqz', 0xc041, 8, 128n],
  ['c.beqz', 0xd381, 15, -256n], ['c.beqz', 0xcc7d, 8, 254n], ['c.beqz', 0xdc7d, 8, -2n], ['c.bnez', 0xe009, 8, 2n], ['c.bnez', 0xf381, 15, -256n], ['c.bnez', 0xec7d, 8, 254n],
];

function control(): TableRow[] {
  const rows: TableRow[] = [];
  for (const pc of [0x8000_2000n, 0x8000_2002n]) {
    const at = pc === 0x8000_2000n ? 'word' : 'between';
    for (const [word, offset] of JUMPS) rows.push(row(`c.j-${offset}-${at}`, ['c-j_op', 'Zca_offsets_mul2', 'Zca_no_misaligned'], { mode: 'U', pc, parcels: [word] }, { nextPc: pc + offset }));
    for (const [name, word, register, offset] of BRANCHES) {
      const rules = [name === 'c.beqz' ? 'c-beqz_op' : 'c-bnez_op', 'Zca_no_misaligned'];
      for (const [value, label] of [[0n, 'zero'], [1n, 'one'], [MIN64, 'min']] as const) {
        const taken = (value === 0n) === (name === 'c.beqz');
        rows.push(row(`${name}-${offset}-${label}-${at}`, rules, { mode: 'U', pc, parcels: [word], x: { [register]: value } }, { nextPc: taken ? pc + offset : pc + 2n }));
      }
    }
    // Links are behind the instruction; bit 0 of the target is cleared, bit 1 is not.
    rows.push(
      row(`c.jr-${at}`, ['c-jr_op'], { mode: 'VS', pc, parcels: [0x8282], x: { 5: 0x8000_0203n } }, { nextPc: 0x8000_0202n }),
      row(`c.jr-x1-${at}`, ['c-jr_op'], { mode: 'VS', pc, parcels: [0x8082], x: { 1: 0x8000_0200n } }, { nextPc: 0x8000_0200n }),
      row(`c.jalr-${at}`, ['c-jalr_op'], { mode: 'VS', pc, parcels: [0x9282], x: { 5: 0x8000_0202n } }, { nextPc: 0x8000_0202n, rd: [1, pc + 2n] }),
      row(`c.jalr-x1-${at}`, ['c-jalr_op'], { mode: 'VS', pc, parcels: [0x9082], x: { 1: 0x8000_0301n } }, { nextPc: 0x8000_0300n, rd: [1, pc + 2n] }),
      row(`jal-${at}`, ['Zca_no_misaligned', 'Zca_align16'], { mode: 'U', pc, parcels: [0x016f, 0x0020] }, { nextPc: pc + 2n, rd: [2, pc + 4n] }),
      row(`jal-back-${at}`, ['Zca_no_misaligned'], { mode: 'U', pc, parcels: [0xf16f, 0xffff] }, { nextPc: pc - 2n, rd: [2, pc + 4n] }),
      row(`jalr-${at}`, ['Zca_no_misaligned', 'jalr_target'], { mode: 'U', pc, parcels: [0x8167, 0x0000], x: { 1: 0x8000_0203n } }, { nextPc: 0x8000_0202n, rd: [2, pc + 4n] }),
      row(`beq-${at}`, ['Zca_no_misaligned'], { mode: 'U', pc, parcels: [0x0163, 0x0000] }, { nextPc: pc + 2n }),
      row(`bne-untaken-${at}`, ['Zca_no_misaligned'], { mode: 'U', pc, parcels: [0x1163, 0x0000] }, { nextPc: pc + 4n }),
      row(`auipc-${at}`, ['auipc_op'], { mode: 'U', pc, parcels: [0x1117, 0x0000] }, { rd: [2, pc + 0x1000n] }),
      row(`addi-${at}`, ['Zca_align16'], { mode: 'U', pc, parcels: [0x0113, 0x0070] }, { rd: [2, 7n] }),
      row(`jump-between-then-fetch-${at}`, ['Zca_align16'], { mode: 'U', pc, parcels: [0x0001, 0x0113, 0x0070] }, { rd: [2, 7n] }, { steps: 2 }),
      row(`c.ebreak-${at}`, ['c-ebreak_op'], { mode: 'VS', pc, parcels: [0x9002] }, { trap: { to: 'M', cause: 3, tval: pc, gva: true } }),
    );
  }
  return rows;
}

/** Bit 1 of xepc is kept, bit 0 reads 0; an exception nobody can raise has no delegation bit; misa says so. */
function registers(): TableRow[] {
  const written = (csr: keyof typeof CSR, mode: Mode, value: bigint, read: bigint, rule: string, more: Partial<Setup> = {}): TableRow => row(
    `${csr}-${mode}-${value.toString(16)}`, [rule], { ...more, mode, words: [csrrw(CSR[csr], 0, 1), csrrs(CSR[csr], 2, 0)], x: { 1: value } }, { rd: [2, read] }, { steps: 2 },
  );
  return [
    written('mepc', 'M', ONES, 0xffff_ffff_ffff_fffen, 'mepc_align'), written('mepc', 'M', 0x8000_0002n, 0x8000_0002n, 'mepc_align'), written('sepc', 'HS', ONES, 0xffff_ffff_ffff_fffen, 'sepc_op'),
    written('vsepc', 'HS', ONES, 0xffff_ffff_ffff_fffen, 'VSEPC_WARL'), written('sepc', 'VS', ONES, 0xffff_ffff_ffff_fffen, 'VSEPC_WARL'), written('sepc', 'VS', 0x8000_0003n, 0x8000_0002n, 'VSEPC_WARL'),
    written('medeleg', 'M', ONES, 0xf0_b7fen, 'MEDELEG_WARL'), written('medeleg', 'M', 1n, 0n, 'MEDELEG_WARL'), written('hedeleg', 'HS', ONES, 0xb1fen, 'HEDELEG_WARL'), written('hedeleg', 'HS', 1n, 0n, 'HEDELEG_WARL'),
    row('mret-between', ['mret_op', 'mepc_align'], { mode: 'M', words: [WORD.mret], mstatus: { MPP: 3 }, csrs: { mepc: EPC.M + 2n } }, { nextMode: 'M', nextPc: EPC.M + 2n, fields: { mstatus: { MPP: 0, MIE: 0, MPIE: 1, MPV: 0 } } }),
    row('sret-between', ['sret_op', 'sepc_op'], { mode: 'HS', words: [WORD.sret], mstatus: { SPP: 1 }, csrs: { sepc: EPC.HS + 2n } }, { nextMode: 'HS', nextPc: EPC.HS + 2n, fields: { mstatus: { SPP: 0, SIE: 0, SPIE: 1 } } }),
    row('sret-VS-between', ['sret_v1', 'vspec_op'], { mode: 'VS', words: [WORD.sret], vsstatus: { SPP: 1 }, csrs: { vsepc: EPC.VS + 2n } }, { nextMode: 'VS', nextPc: EPC.VS + 2n, fields: { vsstatus: { SPP: 0, SIE: 0, SPIE: 1 } } }),
    // epc of an exception and of an interrupt between two words.
    row('ecall-between', ['mepc_align'], { mode: 'U', pc: PC + 2n, parcels: [0x0073, 0x0000] }, { trap: { to: 'M', cause: 8 } }),
    row('interrupt-between', ['mepc_align', 'H_trap_xtinst_interrupt'], { mode: 'U', pc: PC + 2n, parcels: [0x0001], csrs: { mie: 8n }, lines: { msip: true } }, { trap: { to: 'M', cause: 3, interrupt: true } }),
    row('interrupt-VS-between', ['vspec_op'], { mode: 'VU', pc: PC + 2n, parcels: [0x0001], csrs: { mie: 4n, hvip: 4n, hideleg: 4n } }, { trap: { to: 'VS', cause: 1, interrupt: true } }),
  ];
}

/** misa with all of A, B and C, and without C. */
function misa(): TableRow[] {
  const b = ['a', 'zba', 'zbb', 'zbs'] as const;
  const read = (id: string, written: bigint | undefined, value: bigint, demand: Pick<TableRow, 'extensions' | 'without'>): TableRow => ({
    ...demand, id: `compressed/${id}`, rules: ['misa_enc', 'MISA_WARL', 'misa_b_op'],
    arrange: hart({ mode: 'M', words: [...(written === undefined ? [] : [csrrw(CSR.misa, 0, 1)]), csrrs(CSR.misa, 2, 0)], x: { 1: written ?? 0n } }), steps: written === undefined ? 1 : 2, expect: { rd: [2, value] },
  });
  return [
    read('misa-abc', undefined, 0x8000_0000_0014_1187n, { extensions: [...b, 'c'] }), read('misa-abc-zeros', 0n, 0x8000_0000_0014_1187n, { extensions: [...b, 'c'] }), read('misa-abc-ones', ONES, 0x8000_0000_0014_1187n, { extensions: [...b, 'c'] }),
    read('misa-ab', undefined, 0x8000_0000_0014_1183n, { extensions: b, without: ['c'] }), read('misa-ab-zeros', 0n, 0x8000_0000_0014_1183n, { extensions: b, without: ['c'] }),
  ];
}

/* ------------------------------------------------------------------ fetches */

/** The end of DRAM: a 16-bit instruction fits where the second half of a longer one faults, with its own address in tval. */
function fetches(): TableRow[] {
  const rules = ['mtval_vaddr_wr2', 'choices:parcels'];
  return ALL_MODES.flatMap((mode) => [
    row(`last-parcel-${mode}`, rules, { mode, pc: DRAM_END - 2n, parcels: [0x0001] }, {}),
    row(`past-the-last-parcel-${mode}`, rules, { mode, pc: DRAM_END - 2n, parcels: [0x0001] }, { trap: { to: 'M', cause: 1, tval: DRAM_END, gva: V[mode] } }, { steps: 2 }),
    row(`second-parcel-${mode}`, rules, { mode, pc: DRAM_END - 2n, parcels: [0x0013] }, { trap: { to: 'M', cause: 1, tval: DRAM_END, gva: V[mode] } }),
    row(`second-parcel-longer-${mode}`, rules, { mode, pc: DRAM_END - 2n, parcels: [0x001f] }, { trap: { to: 'M', cause: 1, tval: DRAM_END, gva: V[mode] } }),
    row(`illegal-last-parcel-${mode}`, ['Zca_illegal'], { mode, pc: DRAM_END - 2n, parcels: [0x0000] }, { trap: { to: 'M', cause: 2, tval: 0n } }),
    row(`first-parcel-${mode}`, rules, { mode, pc: 0x7fff_fffen }, { trap: { to: 'M', cause: 1, tval: 0x7fff_fffen, gva: V[mode] } }),
    row(`first-parcel-top-${mode}`, rules, { mode, pc: 0xffff_ffff_ffff_fffen }, { trap: { to: 'M', cause: 1, tval: 0xffff_ffff_ffff_fffen, gva: V[mode] } }),
    ...(mode === 'M' ? [] : [row(`second-parcel-${mode}-to-HS`, rules, { mode, pc: DRAM_END - 2n, parcels: [0x0013], csrs: { medeleg: 2n } }, { trap: { to: 'HS', cause: 1, tval: DRAM_END, gva: V[mode] } })]),
    ...(V[mode] ? [row(`second-parcel-${mode}-to-VS`, rules, { mode, pc: DRAM_END - 2n, parcels: [0x0013], csrs: { medeleg: 2n, hedeleg: 2n } }, { trap: { to: 'VS', cause: 1, tval: DRAM_END } })] : []),
    // A jump there retires; the fetch behind it is its own trap.
    row(`jump-to-the-last-parcel-${mode}`, ['ia_fault_exc_on_target'], { mode, parcels: [0x8282], x: { 5: DRAM_END }, memory: [{ address: VECTOR.M, bytes: 4, value: 0x13n }] }, { pc: DRAM_END, trap: { to: 'M', cause: 1, tval: DRAM_END, gva: V[mode] } }, { steps: 2 }),
  ]);
}

/** All rows of the compressed instructions' tables. */
export const compressedRows = (): readonly TableRow[] => [...computed(), ...reserved(), ...accesses(), ...control(), ...registers(), ...misa(), ...fetches()];
