/** Results of Zba, Zbb, Zbs and Zicond with operands at their corners, and the waits and hints that do nothing. */
import type { Extension } from './extensions.js';
import { ALL_MODES, hart, type TableRow } from './row.js';

const MIN64 = 0x8000_0000_0000_0000n;
const MAX64 = 0x7fff_ffff_ffff_ffffn;
const ONES = 0xffff_ffff_ffff_ffffn;
const DIGITS = 0x0123_4567_89ab_cdefn;

/** rd = x2, rs1 = x1, rs2 = x3; and without rs2. */
const R = 0x0030_8100;
const I = 0x0000_8100;

/** Instructions of two registers, their operands left out. */
const BINARY = {
  'add.uw': [0x0800_003b, 'zba', 'add_uw_op'], sh1add: [0x2000_2033, 'zba', 'sh1add_op'], sh2add: [0x2000_4033, 'zba', 'sh2add_op'], sh3add: [0x2000_6033, 'zba', 'sh3add_op'],
  'sh1add.uw': [0x2000_203b, 'zba', 'sh1add_uw_op'], 'sh2add.uw': [0x2000_403b, 'zba', 'sh2add_uw_op'], 'sh3add.uw': [0x2000_603b, 'zba', 'sh3add_uw_op'],
  andn: [0x4000_7033, 'zbb', 'andn_op'], orn: [0x4000_6033, 'zbb', 'orn_op'], xnor: [0x4000_4033, 'zbb', 'xnor_op'],
  max: [0x0a00_6033, 'zbb', 'max_op'], maxu: [0x0a00_7033, 'zbb', 'maxu_op'], min: [0x0a00_4033, 'zbb', 'min_op'], minu: [0x0a00_5033, 'zbb', 'minu_op'],
  rol: [0x6000_1033, 'zbb', 'rol_op'], ror: [0x6000_5033, 'zbb', 'ror_op'], rolw: [0x6000_103b, 'zbb', 'rolw_op'], rorw: [0x6000_503b, 'zbb', 'rorw_op'],
  bclr: [0x4800_1033, 'zbs', 'bclr_op'], bext: [0x4800_5033, 'zbs', 'bext_op'], binv: [0x6800_1033, 'zbs', 'binv_op'], bset: [0x2800_1033, 'zbs', 'bset_op'],
  'czero.eqz': [0x0e00_5033, 'zicond', 'czero-eqz_op'], 'czero.nez': [0x0e00_7033, 'zicond', 'czero-nez_op'],
} as const satisfies Record<string, readonly [word: number, extension: Extension, rule: string]>;

/** `[instruction, rs1, rs2, rd]`. */
const BINARY_RESULTS: readonly (readonly [name: keyof typeof BINARY, a: bigint, b: bigint, result: bigint])[] = [
  // Zba: rs1 is what is shifted; the sum wraps. .uw takes the low word of rs1, zero-extended, and all of rs2.
  ['sh1add', 0x1234_5678_9abc_def0n, 1n, 0x2468_acf1_3579_bde1n], ['sh2add', 0x1234_5678_9abc_def0n, 1n, 0x48d1_59e2_6af3_7bc1n], ['sh3add', 0x1234_5678_9abc_def0n, 1n, 0x91a2_b3c4_d5e6_f781n],
  ['sh1add', 1n, ONES, 1n], ['sh2add', 1n, ONES, 3n], ['sh3add', 1n, ONES, 7n],
  ['sh1add', MIN64, 5n, 5n], ['sh2add', 0x4000_0000_0000_0000n, 5n, 5n], ['sh3add', 0x2000_0000_0000_0000n, 5n, 5n],
  ['sh1add', 0n, MIN64, MIN64], ['sh1add', 0xffff_ffffn, 0n, 0x1_ffff_fffen],
  ['add.uw', ONES, 1n, 0x1_0000_0000n], ['add.uw', 0xaaaa_aaaa_8000_0000n, 0x8000_0000n, 0x1_0000_0000n], ['add.uw', 0xffff_ffff_0000_0000n, 0x1111_2222_3333_4444n, 0x1111_2222_3333_4444n], ['add.uw', 1n, ONES, 0n],
  ['sh1add.uw', ONES, 0n, 0x1_ffff_fffen], ['sh2add.uw', ONES, 0n, 0x3_ffff_fffcn], ['sh3add.uw', ONES, 0n, 0x7_ffff_fff8n],
  ['sh1add.uw', 0xaaaa_aaaa_8000_0000n, 1n, 0x1_0000_0001n], ['sh2add.uw', 0xaaaa_aaaa_8000_0000n, 1n, 0x2_0000_0001n], ['sh3add.uw', 0xaaaa_aaaa_8000_0000n, 1n, 0x4_0000_0001n],
  ['sh1add.uw', 1n, ONES, 1n], ['sh2add.uw', 1n, ONES, 3n], ['sh3add.uw', 1n, ONES, 7n], ['sh3add.uw', 0xffff_ffff_0000_0000n, MIN64, MIN64],
  // The inverted operand is rs2.
  ['andn', 0xff00_ff00_ff00_ff00n, 0x0ff0_0ff0_0ff0_0ff0n, 0xf000_f000_f000_f000n], ['orn', 0xff00_ff00_ff00_ff00n, 0x0ff0_0ff0_0ff0_0ff0n, 0xff0f_ff0f_ff0f_ff0fn], ['xnor', 0xff00_ff00_ff00_ff00n, 0x0ff0_0ff0_0ff0_0ff0n, 0x0f0f_0f0f_0f0f_0f0fn],
  ['andn', 0n, 0n, 0n], ['orn', 0n, 0n, ONES], ['xnor', 0n, 0n, ONES], ['andn', ONES, 0n, ONES], ['orn', 0n, ONES, 0n], ['xnor', ONES, 0n, 0n], ['andn', ONES, ONES, 0n], ['orn', ONES, ONES, ONES], ['xnor', ONES, ONES, ONES], ['andn', 0n, ONES, 0n],
  ['max', MIN64, MAX64, MAX64], ['max', MAX64, MIN64, MAX64], ['max', ONES, 0n, 0n], ['max', 0n, ONES, 0n], ['max', 5n, 5n, 5n], ['max', 0xffff_ffffn, 1n, 0xffff_ffffn],
  ['min', MIN64, MAX64, MIN64], ['min', MAX64, MIN64, MIN64], ['min', ONES, 0n, ONES], ['min', 0n, ONES, ONES], ['min', 5n, 5n, 5n], ['min', 0xffff_ffffn, 1n, 1n],
  ['maxu', MIN64, MAX64, MIN64], ['maxu', MAX64, MIN64, MIN64], ['maxu', ONES, 0n, ONES], ['maxu', 0n, ONES, ONES], ['maxu', 0xffff_ffffn, 1n, 0xffff_ffffn],
  ['minu', MIN64, MAX64, MAX64], ['minu', MAX64, MIN64, MAX64], ['minu', ONES, 0n, 0n], ['minu', 0n, ONES, 0n], ['minu', 0xffff_ffffn, 1n, 1n],
  // Rotations: 6 bits of the amount count, 5 in the W forms, whose result is sign-extended and whose operand is the low word.
  ['rol', 0x8000_0000_0000_0001n, 1n, 3n], ['rol', 0x8000_0000_0000_0001n, 63n, 0xc000_0000_0000_0000n], ['rol', DIGITS, 0n, DIGITS], ['rol', DIGITS, 32n, 0x89ab_cdef_0123_4567n], ['rol', DIGITS, 4n, 0x1234_5678_9abc_def0n], ['rol', DIGITS, 64n, DIGITS], ['rol', DIGITS, 0xffff_ffff_ffff_ffc4n, 0x1234_5678_9abc_def0n],
  ['ror', 0x8000_0000_0000_0001n, 1n, 0xc000_0000_0000_0000n], ['ror', 1n, 1n, MIN64], ['ror', 1n, 63n, 2n], ['ror', DIGITS, 0n, DIGITS], ['ror', DIGITS, 32n, 0x89ab_cdef_0123_4567n], ['ror', DIGITS, 4n, 0xf012_3456_789a_bcden], ['ror', DIGITS, 64n, DIGITS], ['ror', DIGITS, 0xffff_ffff_ffff_ffc4n, 0xf012_3456_789a_bcden],
  ['rolw', 0xaaaa_aaaa_8000_0001n, 1n, 3n], ['rolw', 0x8000_0001n, 31n, 0xffff_ffff_c000_0000n], ['rolw', 0x8000_0001n, 0n, 0xffff_ffff_8000_0001n], ['rolw', 0xffff_ffff_0000_0001n, 32n, 1n], ['rolw', 0x0123_4567n, 4n, 0x1234_5670n], ['rolw', 0x0123_4567n, 0xffff_ffff_ffff_ffe8n, 0x2345_6701n],
  ['rorw', 1n, 1n, 0xffff_ffff_8000_0000n], ['rorw', 0xaaaa_aaaa_0123_4567n, 4n, 0x7012_3456n], ['rorw', 0x0123_4567n, 16n, 0x4567_0123n], ['rorw', 0xffff_ffff_0000_0001n, 32n, 1n], ['rorw', 0x8000_0000n, 0n, 0xffff_ffff_8000_0000n], ['rorw', 0x0123_456fn, 0xffff_ffff_ffff_ffe4n, 0xffff_ffff_f012_3456n],
  // Single bits: 6 bits of the index count.
  ['bset', 0n, 0n, 1n], ['bset', 0n, 63n, MIN64], ['bset', 0n, 64n, 1n], ['bset', ONES, 7n, ONES], ['bset', 0n, 31n, 0x8000_0000n], ['bset', 0n, 0xffff_ffff_ffff_ffe0n, 0x1_0000_0000n],
  ['bclr', ONES, 0n, 0xffff_ffff_ffff_fffen], ['bclr', ONES, 63n, MAX64], ['bclr', ONES, 64n, 0xffff_ffff_ffff_fffen], ['bclr', 0n, 7n, 0n], ['bclr', ONES, 32n, 0xffff_fffe_ffff_ffffn],
  ['binv', 0n, 31n, 0x8000_0000n], ['binv', 0x8000_0000n, 31n, 0n], ['binv', ONES, 63n, MAX64], ['binv', 0n, 64n, 1n], ['binv', 1n, 128n, 0n],
  ['bext', MIN64, 63n, 1n], ['bext', MIN64, 62n, 0n], ['bext', 1n, 64n, 1n], ['bext', 0xffff_ffff_0000_0000n, 31n, 0n], ['bext', 0xffff_ffff_0000_0000n, 32n, 1n], ['bext', 0n, 0n, 0n],
  // The condition is the whole of rs2.
  ['czero.eqz', 0x1234n, 0n, 0n], ['czero.eqz', 0x1234n, 1n, 0x1234n], ['czero.eqz', ONES, MIN64, ONES], ['czero.eqz', ONES, 0x1_0000_0000n, ONES], ['czero.eqz', 0n, 1n, 0n], ['czero.eqz', MIN64, 0n, 0n],
  ['czero.nez', 0x1234n, 0n, 0x1234n], ['czero.nez', 0x1234n, 1n, 0n], ['czero.nez', ONES, MIN64, 0n], ['czero.nez', ONES, 0x1_0000_0000n, 0n], ['czero.nez', 0n, 0n, 0n], ['czero.nez', ONES, 0n, ONES],
];

/** Instructions of one register, or one and an immediate that is part of the word here. */
const UNARY = {
  clz: [0x6000_1013, 'zbb', 'clz_op'], ctz: [0x6010_1013, 'zbb', 'ctz_op'], cpop: [0x6020_1013, 'zbb', 'cpop_op'],
  clzw: [0x6000_101b, 'zbb', 'clzw_op'], ctzw: [0x6010_101b, 'zbb', 'ctzw_op'], cpopw: [0x6020_101b, 'zbb', 'cpopw_op'],
  'sext.b': [0x6040_1013, 'zbb', 'sext_b_op'], 'sext.h': [0x6050_1013, 'zbb', 'sext_h_op'], 'zext.h': [0x0800_403b, 'zbb', 'zext_h_op'],
  'orc.b': [0x2870_5013, 'zbb', 'orc_b_op'], rev8: [0x6b80_5013, 'zbb', 'rev8_op'],
} as const satisfies Record<string, readonly [word: number, extension: Extension, rule: string]>;

/** `[instruction, rs1, rd]`. */
const UNARY_RESULTS: readonly (readonly [name: keyof typeof UNARY, a: bigint, result: bigint])[] = [
  ['clz', 0n, 64n], ['clz', 1n, 63n], ['clz', MIN64, 0n], ['clz', ONES, 0n], ['clz', 0xffff_ffffn, 32n], ['clz', 0x1_0000_0000n, 31n], ['clz', 0x0000_8000_0000_0000n, 16n],
  ['ctz', 0n, 64n], ['ctz', 1n, 0n], ['ctz', MIN64, 63n], ['ctz', ONES, 0n], ['ctz', 0x1_0000_0000n, 32n], ['ctz', 0x10n, 4n], ['ctz', 0xfff0_0000n, 20n],
  ['cpop', 0n, 0n], ['cpop', ONES, 64n], ['cpop', MIN64, 1n], ['cpop', 0x5555_5555_5555_5555n, 32n], ['cpop', DIGITS, 32n], ['cpop', 0xffff_ffffn, 32n], ['cpop', 0x8000_0001_0000_0001n, 3n],
  ['clzw', 0n, 32n], ['clzw', 0xffff_ffff_0000_0000n, 32n], ['clzw', 1n, 31n], ['clzw', 0x8000_0000n, 0n], ['clzw', 0xffff_ffff_0001_0000n, 15n],
  ['ctzw', 0n, 32n], ['ctzw', 0xffff_ffff_0000_0000n, 32n], ['ctzw', 0x8000_0000n, 31n], ['ctzw', 1n, 0n], ['ctzw', 0xffff_ffff_0000_0100n, 8n],
  ['cpopw', 0xffff_ffff_0000_0000n, 0n], ['cpopw', ONES, 32n], ['cpopw', 0xaaaa_aaaa_0000_0003n, 2n], ['cpopw', 0x8000_0000n, 1n],
  ['sext.b', 0x7fn, 0x7fn], ['sext.b', 0x80n, 0xffff_ffff_ffff_ff80n], ['sext.b', 0xffff_ffff_ffff_ff00n, 0n], ['sext.b', 0x1234_5678_9abc_deffn, ONES],
  ['sext.h', 0x7fffn, 0x7fffn], ['sext.h', 0x8000n, 0xffff_ffff_ffff_8000n], ['sext.h', 0xffff_ffff_ffff_0000n, 0n], ['sext.h', 0x1234_5678_9abc_8001n, 0xffff_ffff_ffff_8001n],
  ['zext.h', ONES, 0xffffn], ['zext.h', 0x1234_5678_9abc_8001n, 0x8001n], ['zext.h', 0xffff_0000n, 0n],
  ['orc.b', 0n, 0n], ['orc.b', ONES, ONES], ['orc.b', 0x0100_0000_0000_0080n, 0xff00_0000_0000_00ffn], ['orc.b', 0x8040_2010_0804_0201n, ONES], ['orc.b', 0x0010_0020_0040_0001n, 0x00ff_00ff_00ff_00ffn],
  ['rev8', DIGITS, 0xefcd_ab89_6745_2301n], ['rev8', 0xffn, 0xff00_0000_0000_0000n], ['rev8', 0n, 0n],
];

/** Instructions with an amount in bits 25:20 (RORIW: 24:20). */
const IMMEDIATE = {
  'slli.uw': [0x0800_101b, 'zba', 'slli_uw_op'], rori: [0x6000_5013, 'zbb', 'rori_op'], roriw: [0x6000_501b, 'zbb', 'roriw_op'],
  bclri: [0x4800_1013, 'zbs', 'bclri_op'], bexti: [0x4800_5013, 'zbs', 'bexti_op'], binvi: [0x6800_1013, 'zbs', 'binvi_op'], bseti: [0x2800_1013, 'zbs', 'bseti_op'],
} as const satisfies Record<string, readonly [word: number, extension: Extension, rule: string]>;

/** `[instruction, rs1, amount, rd]`. */
const IMMEDIATE_RESULTS: readonly (readonly [name: keyof typeof IMMEDIATE, a: bigint, amount: number, result: bigint])[] = [
  ['slli.uw', ONES, 0, 0xffff_ffffn], ['slli.uw', ONES, 4, 0xf_ffff_fff0n], ['slli.uw', ONES, 32, 0xffff_ffff_0000_0000n], ['slli.uw', ONES, 63, MIN64], ['slli.uw', 0xaaaa_aaaa_8000_0000n, 1, 0x1_0000_0000n], ['slli.uw', 0xffff_ffff_0000_0000n, 5, 0n],
  ['rori', DIGITS, 0, DIGITS], ['rori', DIGITS, 4, 0xf012_3456_789a_bcden], ['rori', DIGITS, 32, 0x89ab_cdef_0123_4567n], ['rori', 1n, 63, 2n], ['rori', 1n, 1, MIN64],
  ['roriw', 1n, 1, 0xffff_ffff_8000_0000n], ['roriw', 0xaaaa_aaaa_0123_4567n, 4, 0x7012_3456n], ['roriw', 0x8000_0000n, 0, 0xffff_ffff_8000_0000n], ['roriw', 0x8000_0000n, 31, 1n], ['roriw', 0xffff_ffff_0000_0000n, 7, 0n],
  ['bseti', 0n, 0, 1n], ['bseti', 0n, 63, MIN64], ['bseti', 0n, 32, 0x1_0000_0000n], ['bclri', ONES, 0, 0xffff_ffff_ffff_fffen], ['bclri', ONES, 63, MAX64], ['bclri', ONES, 31, 0xffff_ffff_7fff_ffffn],
  ['binvi', 0n, 31, 0x8000_0000n], ['binvi', ONES, 63, MAX64], ['binvi', 1n, 0, 0n], ['bexti', MIN64, 63, 1n], ['bexti', MIN64, 62, 0n], ['bexti', 0x8000_0000n, 31, 1n], ['bexti', 0x1_0000_0000n, 32, 1n], ['bexti', 1n, 32, 0n],
];

function results(): TableRow[] {
  return [
    ...BINARY_RESULTS.map(([name, a, b, result]): TableRow => {
      const [word, extension, rule] = BINARY[name];
      return { extensions: [extension], id: `bitmanip/${name}-${a.toString(16)}-${b.toString(16)}`, rules: [rule], arrange: hart({ mode: 'U', words: [word | R], x: { 1: a, 3: b } }), expect: { rd: [2, result] } };
    }),
    ...UNARY_RESULTS.map(([name, a, result]): TableRow => {
      const [word, extension, rule] = UNARY[name];
      return { extensions: [extension], id: `bitmanip/${name}-${a.toString(16)}`, rules: [rule], arrange: hart({ mode: 'VU', words: [word | I], x: { 1: a } }), expect: { rd: [2, result] } };
    }),
    ...IMMEDIATE_RESULTS.map(([name, a, amount, result]): TableRow => {
      const [word, extension, rule] = IMMEDIATE[name];
      return { extensions: [extension], id: `bitmanip/${name}-${a.toString(16)}-${amount}`, rules: [rule], arrange: hart({ mode: 'HS', words: [word | I | (amount << 20)], x: { 1: a } }), expect: { rd: [2, result] } };
    }),
    // zext.w is add.uw with x0, a move under a condition may name x0.
    { extensions: ['zba'], id: 'bitmanip/zext.w', rules: ['add_uw_op'], arrange: hart({ mode: 'U', words: [0x0800_813b], x: { 1: ONES } }), expect: { rd: [2, 0xffff_ffffn] } },
    { extensions: ['zicond'], id: 'bitmanip/czero.eqz-x0', rules: ['czero-eqz_op'], arrange: hart({ mode: 'U', words: [0x0e00_d133], x: { 1: ONES } }), expect: { rd: [2, 0n] } },
    { extensions: ['zicond'], id: 'bitmanip/czero.nez-x0', rules: ['czero-nez_op'], arrange: hart({ mode: 'U', words: [0x0e00_f133], x: { 1: ONES } }), expect: { rd: [2, ONES] } },
  ];
}

/** WRS.NTO and WRS.STO end at once in every mode, whatever TW and VTW say (choices); PAUSE is a FENCE that does nothing. */
function waits(): TableRow[] {
  const rules = ['Zawrs_priv_illegal_instr_excp', 'Zawrs_virtual_instr_excp', 'choices:zawrs'];
  return ALL_MODES.flatMap((mode): TableRow[] => [
    ...([['wrs.nto', 0x00d0_0073], ['wrs.sto', 0x01d0_0073]] as const).flatMap(([name, word]) => [0, 1].map((tw): TableRow => ({
      extensions: ['zawrs'], id: `bitmanip/${name}-${mode}-tw${tw}`, rules, arrange: hart({ mode, words: [word], mstatus: { TW: tw }, hstatus: { VTW: tw } }), expect: {},
    }))),
    { extensions: ['zihintpause'], id: `bitmanip/pause-${mode}`, rules: ['pause_op'], arrange: hart({ mode, words: [0x0100_000f], mstatus: { TW: 1 }, hstatus: { VTW: 1 } }), expect: {} },
    // With a reservation, too.
    { extensions: ['a', 'zawrs'], id: `bitmanip/lr-wrs.nto-${mode}`, rules, arrange: hart({ mode, words: [0x1000_a12f, 0x00d0_0073], x: { 1: 0x8000_4000n }, mstatus: { TW: 1 } }), steps: 2, expect: {} },
  ]);
}

/** All rows of the bit-manipulation tables. */
export const bitmanipRows = (): readonly TableRow[] => [...results(), ...waits()];
