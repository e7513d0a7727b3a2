/** Zba, Zbb, Zbs and Zicond: results as the manual defines them, worked out by hand. */
import { hart, type TableRow } from './row.js';

/** `rd = x2, rs1 = x1, rs2 = x3`, or the immediate in its place: `[name, word, rule, x1, x3, result]`. */
type Result = readonly [name: string, word: number, rule: string, a: bigint, b: bigint, result: bigint];

const ONES = 0xffff_ffff_ffff_ffffn;
const MIN = 0x8000_0000_0000_0000n;
/** A pattern without symmetry. */
const P = 0x0123_4567_89ab_cdefn;

const ZBA: readonly Result[] = [
  ['add.uw', 0x0830_813b, 'add_uw_op', ONES, 1n, 0x1_0000_0000n],
  ['add.uw-high', 0x0830_813b, 'add_uw_op', 0xabcd_0000_0000_0002n, 3n, 5n],
  ['sh1add', 0x2030_a133, 'sh1add_op', 0x8000_0000_0000_0003n, 1n, 7n],
  ['sh2add', 0x2030_c133, 'sh2add_op', 3n, 1n, 13n],
  ['sh3add', 0x2030_e133, 'sh3add_op', 3n, 1n, 25n],
  ['sh1add.uw', 0x2030_a13b, 'sh1add_uw_op', ONES, 0n, 0x1_ffff_fffen],
  ['sh2add.uw', 0x2030_c13b, 'sh2add_uw_op', 0x1_8000_0000n, 1n, 0x2_0000_0001n],
  ['sh3add.uw', 0x2030_e13b, 'sh3add_uw_op', ONES, 8n, 0x8_0000_0000n],
  ['slli.uw-0', 0x0800_911b, 'slli_uw_op', ONES, 0n, 0xffff_ffffn],
  ['slli.uw-4', 0x0840_911b, 'slli_uw_op', P, 0n, 0x8_9abc_def0n],
  ['slli.uw-63', 0x0bf0_911b, 'slli_uw_op', 3n, 0n, MIN],
];

const ZBB: readonly Result[] = [
  ['andn', 0x4030_f133, 'andn_op', 0b1100n, 0b1010n, 0b0100n],
  ['orn', 0x4030_e133, 'orn_op', 0b1100n, 0b1010n, 0xffff_ffff_ffff_fffdn],
  ['xnor', 0x4030_c133, 'xnor_op', 0b1100n, 0b1010n, 0xffff_ffff_ffff_fff9n],
  ['clz-0', 0x6000_9113, 'clz_op', 0n, 0n, 64n], ['clz-1', 0x6000_9113, 'clz_op', 1n, 0n, 63n], ['clz-P', 0x6000_9113, 'clz_op', P, 0n, 7n], ['clz-min', 0x6000_9113, 'clz_op', MIN, 0n, 0n],
  ['ctz-0', 0x6010_9113, 'ctz_op', 0n, 0n, 64n], ['ctz-1', 0x6010_9113, 'ctz_op', 1n, 0n, 0n], ['ctz-48', 0x6010_9113, 'ctz_op', 0x50n, 0n, 4n], ['ctz-min', 0x6010_9113, 'ctz_op', MIN, 0n, 63n],
  ['cpop-0', 0x6020_9113, 'cpop_op', 0n, 0n, 0n], ['cpop-P', 0x6020_9113, 'cpop_op', P, 0n, 32n], ['cpop-ones', 0x6020_9113, 'cpop_op', ONES, 0n, 64n], ['cpop-7', 0x6020_9113, 'cpop_op', 0x8000_0100_0010_0423n, 0n, 7n],
  ['clzw-0', 0x6000_911b, 'clzw_op', 0xffff_ffff_0000_0000n, 0n, 32n], ['clzw-P', 0x6000_911b, 'clzw_op', 0x00ff_0000_0000_0123n, 0n, 23n], ['clzw-top', 0x6000_911b, 'clzw_op', 0x8000_0000n, 0n, 0n],
  ['ctzw-0', 0x6010_911b, 'ctzw_op', 0xffff_ffff_0000_0000n, 0n, 32n], ['ctzw-8', 0x6010_911b, 'ctzw_op', 0x100n, 0n, 8n], ['ctzw-top', 0x6010_911b, 'ctzw_op', 0x8000_0000n, 0n, 31n],
  ['cpopw', 0x6020_911b, 'cpopw_op', 0xffff_ffff_0000_0011n, 0n, 2n], ['cpopw-ones', 0x6020_911b, 'cpopw_op', ONES, 0n, 32n],
  ['max', 0x0a30_e133, 'max_op', ONES, 1n, 1n], ['maxu', 0x0a30_f133, 'maxu_op', ONES, 1n, ONES], ['min', 0x0a30_c133, 'min_op', ONES, 1n, ONES], ['minu', 0x0a30_d133, 'minu_op', ONES, 1n, 1n],
  ['max-min', 0x0a30_e133, 'max_op', 5n, MIN, 5n], ['maxu-min', 0x0a30_f133, 'maxu_op', 5n, MIN, MIN], ['min-min', 0x0a30_c133, 'min_op', 5n, MIN, MIN], ['minu-min', 0x0a30_d133, 'minu_op', 5n, MIN, 5n],
  ['sext.b', 0x6040_9113, 'sext_b_op', 0x1280n, 0n, 0xffff_ffff_ffff_ff80n], ['sext.b-plus', 0x6040_9113, 'sext_b_op', 0xff7fn, 0n, 0x7fn],
  ['sext.h', 0x6050_9113, 'sext_h_op', 0x12_8000n, 0n, 0xffff_ffff_ffff_8000n], ['sext.h-plus', 0x6050_9113, 'sext_h_op', 0xff_7fffn, 0n, 0x7fffn],
  ['zext.h', 0x0800_c13b, 'zext_h_op', ONES, 0n, 0xffffn],
  ['rol', 0x6030_9133, 'rol_op', P, 4n, 0x1234_5678_9abc_def0n], ['rol-0', 0x6030_9133, 'rol_op', P, 64n, P], ['rol-68', 0x6030_9133, 'rol_op', P, 68n, 0x1234_5678_9abc_def0n],
  ['ror', 0x6030_d133, 'ror_op', P, 4n, 0xf012_3456_789a_bcden], ['ror-0', 0x6030_d133, 'ror_op', P, 0n, P], ['ror-minus-4', 0x6030_d133, 'ror_op', P, 0xffff_ffff_ffff_fffcn, 0x1234_5678_9abc_def0n],
  ['rori-8', 0x6080_d113, 'rori_op', P, 0n, 0xef01_2345_6789_abcdn], ['rori-60', 0x63c0_d113, 'rori_op', P, 0n, 0x1234_5678_9abc_def0n],
  ['rolw', 0x6030_913b, 'rolw_op', 0xffff_ffff_8000_0001n, 1n, 3n], ['rolw-sign', 0x6030_913b, 'rolw_op', 0x4000_0000n, 33n, 0xffff_ffff_8000_0000n],
  ['rorw', 0x6030_d13b, 'rorw_op', 0xaaaa_aaaa_0000_0001n, 1n, 0xffff_ffff_8000_0000n], ['rorw-0', 0x6030_d13b, 'rorw_op', 0x1_8000_0000n, 32n, 0xffff_ffff_8000_0000n],
  ['roriw', 0x6080_d11b, 'roriw_op', P, 0n, 0xffff_ffff_ef89_abcdn],
  ['orc.b', 0x2870_d113, 'orc_b_op', 0x0001_0080_0000_ff10n, 0n, 0x00ff_00ff_0000_ffffn],
  ['rev8', 0x6b80_d113, 'rev8_op', P, 0n, 0xefcd_ab89_6745_2301n],
];

const ZBS: readonly Result[] = [
  ['bclr', 0x4830_9133, 'bclr_op', ONES, 67n, 0xffff_ffff_ffff_fff7n], ['bclr-63', 0x4830_9133, 'bclr_op', MIN, 63n, 0n],
  ['bext', 0x4830_d133, 'bext_op', MIN, 63n, 1n], ['bext-wraps', 0x4830_d133, 'bext_op', 2n, 65n, 1n], ['bext-0', 0x4830_d133, 'bext_op', 2n, 64n, 0n],
  ['binv', 0x6830_9133, 'binv_op', 1n, 64n, 0n], ['binv-63', 0x6830_9133, 'binv_op', 1n, 63n, 0x8000_0000_0000_0001n],
  ['bset', 0x2830_9133, 'bset_op', 1n, 63n, 0x8000_0000_0000_0001n], ['bset-wraps', 0x2830_9133, 'bset_op', 0n, 128n, 1n],
  ['bclri', 0x4a00_9113, 'bclri_op', ONES, 0n, 0xffff_fffe_ffff_ffffn], ['bexti', 0x4a00_d113, 'bexti_op', 0x1_0000_0000n, 0n, 1n],
  ['binvi', 0x6a00_9113, 'binvi_op', 0n, 0n, 0x1_0000_0000n], ['bseti', 0x2a00_9113, 'bseti_op', 0n, 0n, 0x1_0000_0000n],
];

const ZICOND: readonly Result[] = [
  ['czero.eqz-0', 0x0e30_d133, 'czero-eqz_op', P, 0n, 0n], ['czero.eqz', 0x0e30_d133, 'czero-eqz_op', P, MIN, P],
  ['czero.nez-0', 0x0e30_f133, 'czero-nez_op', P, 0n, P], ['czero.nez', 0x0e30_f133, 'czero-nez_op', P, MIN, 0n],
];

/** All rows. */
export function bitRows(): readonly TableRow[] {
  return [...ZBA, ...ZBB, ...ZBS, ...ZICOND].map(([name, word, rule, a, b, result]): TableRow => ({
    id: `bits/${name}`, rules: [rule], arrange: hart({ mode: 'U', words: [word], x: { 1: a, 3: b } }), expect: { rd: [2, result] },
  }));
}
