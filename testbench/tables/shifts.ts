/** Shifts: the amounts at both ends, which bits of the amount count, and the sign of the W forms' results. */
import { hart, type TableRow } from './row.js';

/** Words with rd=x2, rs1=x1: with the amount in x3, and with it in the instruction from bit 20 on. */
const SHIFTS = {
  sll: { register: 0x0030_9133, immediate: 0x0000_9113, bits: 6 },
  srl: { register: 0x0030_d133, immediate: 0x0000_d113, bits: 6 },
  sra: { register: 0x4030_d133, immediate: 0x4000_d113, bits: 6 },
  sllw: { register: 0x0030_913b, immediate: 0x0000_911b, bits: 5 },
  srlw: { register: 0x0030_d13b, immediate: 0x0000_d11b, bits: 5 },
  sraw: { register: 0x4030_d13b, immediate: 0x4000_d11b, bits: 5 },
} as const;

/** `[shift, value, amount, result]`. */
const RESULTS: readonly (readonly [name: keyof typeof SHIFTS, value: bigint, amount: number, result: bigint])[] = [
  ['sll', 1n, 0, 1n], ['sll', 1n, 31, 0x8000_0000n], ['sll', 1n, 32, 0x1_0000_0000n], ['sll', 1n, 63, 0x8000_0000_0000_0000n],
  ['sll', 0x8000_0000_0000_0000n, 1, 0n], ['sll', 0xffff_ffff_ffff_ffffn, 16, 0xffff_ffff_ffff_0000n], ['sll', 3n, 8, 0x300n],
  ['srl', 0x8000_0000_0000_0000n, 0, 0x8000_0000_0000_0000n], ['srl', 0x8000_0000_0000_0000n, 63, 1n], ['srl', 0x8000_0000_0000_0000n, 32, 0x8000_0000n],
  ['srl', 0xffff_ffff_ffff_ffffn, 4, 0x0fff_ffff_ffff_ffffn], ['srl', 0xffff_ffff_ffff_ffffn, 40, 0xff_ffffn],
  ['sra', 0x8000_0000_0000_0000n, 0, 0x8000_0000_0000_0000n], ['sra', 0x8000_0000_0000_0000n, 63, 0xffff_ffff_ffff_ffffn],
  ['sra', 0x8000_0000_0000_0000n, 32, 0xffff_ffff_8000_0000n], ['sra', 0x7fff_ffff_ffff_ffffn, 62, 1n], ['sra', 0xf000_0000_0000_0000n, 8, 0xfff0_0000_0000_0000n],
  // The W forms look at the low half and extend the sign of the result, for a shift by 0 and to the right, too.
  ['sllw', 0x8000_0000n, 0, 0xffff_ffff_8000_0000n], ['sllw', 0x1_4000_0000n, 1, 0xffff_ffff_8000_0000n], ['sllw', 3n, 31, 0xffff_ffff_8000_0000n],
  ['sllw', 0xffff_ffff_0000_0001n, 4, 0x10n], ['sllw', 1n, 16, 0x1_0000n],
  ['srlw', 0x8000_0000n, 0, 0xffff_ffff_8000_0000n], ['srlw', 0xffff_ffff_8000_0000n, 1, 0x4000_0000n], ['srlw', 0xffff_ffff_8000_0000n, 31, 1n],
  ['srlw', 0x7_0000_0010n, 4, 1n], ['srlw', 0x8000_0000n, 16, 0x8000n],
  ['sraw', 0x8000_0000n, 0, 0xffff_ffff_8000_0000n], ['sraw', 0x8000_0000n, 31, 0xffff_ffff_ffff_ffffn], ['sraw', 0x4000_0000n, 1, 0x2000_0000n],
  ['sraw', 0x1_8000_0000n, 4, 0xffff_ffff_f800_0000n], ['sraw', 0xffff_ffff_7000_0000n, 16, 0x7000n],
];

/** Rule names of the immediate forms: `slli_op`, `slliw_op`. */
const immediateName = (name: string): string => (name.endsWith('w') ? `${name.slice(0, -1)}iw` : `${name}i`);

/** All rows. Higher bits of a register's amount are junk. */
export function shiftRows(): readonly TableRow[] {
  return RESULTS.flatMap(([name, value, amount, result]): TableRow[] => {
    const { register, immediate, bits } = SHIFTS[name];
    const junk = 0xa5a5_a5a5_a5a5_a500n | (1n << BigInt(bits)) | BigInt(amount);
    const id = `${value.toString(16)}-${amount}`;
    return [
      { id: `shifts/${name}-${id}`, rules: [`${name}_op`], arrange: hart({ mode: 'M', words: [register], x: { 1: value, 3: junk } }), expect: { rd: [2, result] } },
      { id: `shifts/${immediateName(name)}-${id}`, rules: [`${immediateName(name)}_op`], arrange: hart({ mode: 'M', words: [immediate | (amount << 20)], x: { 1: value } }), expect: { rd: [2, result] } },
    ];
  });
}
