import { describe, expect, it } from 'vitest';
import { rType } from './assembler.fixture.js';
import { Machine, PC } from './machine.fixture.js';

const OP = 0x33;
const OP_32 = 0x3b;
const OP_IMM = 0x13;
const OP_IMM_32 = 0x1b;
const ones = 0xffff_ffff_ffff_ffffn;
const top = 1n << 63n;
const machine = new Machine('zba', 'zbb', 'zbs', 'zicond');

/** x3 from x1 and x2 */
const two = (opcode: number, funct7: number, funct3: number): number => rType(opcode, funct7, funct3, 3, 1, 2);
/** x3 from x1; the rs2 field is part of the encoding or a shift amount. */
const one = (opcode: number, funct7: number, funct3: number, field: number): number =>
  rType(opcode, funct7, funct3, 3, 1, field);

const cases: [string, number, bigint, bigint, bigint][] = [
  ['add.uw drops the upper half of rs1 only', two(OP_32, 0b0000100, 0), ones, top, top + 0xffff_ffffn],
  ['sh1add', two(OP, 0b0010000, 2), 5n, 7n, 17n],
  ['sh2add', two(OP, 0b0010000, 4), 5n, 7n, 27n],
  ['sh3add wraps', two(OP, 0b0010000, 6), ones, 7n, ones],
  ['sh1add.uw', two(OP_32, 0b0010000, 2), ones, 0n, 0x1_ffff_fffen],
  ['sh2add.uw', two(OP_32, 0b0010000, 4), ones, 1n, 0x3_ffff_fffdn],
  ['sh3add.uw', two(OP_32, 0b0010000, 6), 0x1_0000_0001n, 1n, 9n],
  ['slli.uw by 35', one(OP_IMM_32, 0b0000101, 1, 3), ones, 0n, 0xffff_fff8_0000_0000n],
  ['andn', two(OP, 0b0100000, 7), 0xffn, 0x0fn, 0xf0n],
  ['orn', two(OP, 0b0100000, 6), 1n, ones - 6n, 7n],
  ['xnor', two(OP, 0b0100000, 4), 5n, 5n, ones],
  ['clz of 1', one(OP_IMM, 0b0110000, 1, 0), 1n, 0n, 63n],
  ['clz of 0', one(OP_IMM, 0b0110000, 1, 0), 0n, 0n, 64n],
  ['clzw looks at the lower half', one(OP_IMM_32, 0b0110000, 1, 0), 0xf_0000_0001n, 0n, 31n],
  ['ctz of the sign bit', one(OP_IMM, 0b0110000, 1, 1), top, 0n, 63n],
  ['ctz of 0', one(OP_IMM, 0b0110000, 1, 1), 0n, 0n, 64n],
  ['ctzw of a value above it', one(OP_IMM_32, 0b0110000, 1, 1), 1n << 32n, 0n, 32n],
  ['cpop', one(OP_IMM, 0b0110000, 1, 2), ones - 1n, 0n, 63n],
  ['cpopw', one(OP_IMM_32, 0b0110000, 1, 2), ones - 1n, 0n, 31n],
  ['max is signed', two(OP, 0b0000101, 6), ones, 1n, 1n],
  ['maxu', two(OP, 0b0000101, 7), ones, 1n, ones],
  ['min is signed', two(OP, 0b0000101, 4), ones, 1n, ones],
  ['minu', two(OP, 0b0000101, 5), ones, 1n, 1n],
  ['sext.b', one(OP_IMM, 0b0110000, 1, 4), 0x1_80n, 0n, 0xffff_ffff_ffff_ff80n],
  ['sext.h', one(OP_IMM, 0b0110000, 1, 5), 0x1_8000n, 0n, 0xffff_ffff_ffff_8000n],
  ['zext.h', one(OP_32, 0b0000100, 4, 0), ones, 0n, 0xffffn],
  ['rol by 64 + 4', two(OP, 0b0110000, 1), 0xf000_0000_0000_0001n, 68n, 0x1fn],
  ['rol by 0', two(OP, 0b0110000, 1), ones - 5n, 0n, ones - 5n],
  ['rolw by 4, sign-extended', two(OP_32, 0b0110000, 1), 0x7_1800_0000n, 36n, 0xffff_ffff_8000_0001n],
  ['ror', two(OP, 0b0110000, 5), 0x1fn, 4n, 0xf000_0000_0000_0001n],
  ['rorw by 0 sign-extends', two(OP_32, 0b0110000, 5), 0x8000_0000n, 32n, 0xffff_ffff_8000_0000n],
  ['rori by 36', one(OP_IMM, 0b0110001, 5, 4), 1n, 0n, 1n << 28n],
  ['roriw', one(OP_IMM_32, 0b0110000, 5, 1), 1n, 0n, 0xffff_ffff_8000_0000n],
  ['orc.b', one(OP_IMM, 0b0010100, 5, 7), 0x0100_8000_0010_0000n, 0n, 0xff00_ff00_00ff_0000n],
  ['rev8', one(OP_IMM, 0b0110101, 5, 24), 0x0102_0304_0506_0708n, 0n, 0x0807_0605_0403_0201n],
  ['bclr of bit 64 + 3', two(OP, 0b0100100, 1), ones, 67n, ones - 8n],
  ['bext', two(OP, 0b0100100, 5), top, 63n, 1n],
  ['binv', two(OP, 0b0110100, 1), 1n, 0n, 0n],
  ['bset', two(OP, 0b0010100, 1), 0n, 63n, top],
  ['bclri 33', one(OP_IMM, 0b0100101, 1, 1), 1n << 33n, 0n, 0n],
  ['bexti 33', one(OP_IMM, 0b0100101, 5, 1), 1n << 33n, 0n, 1n],
  ['binvi 33', one(OP_IMM, 0b0110101, 1, 1), 0n, 0n, 1n << 33n],
  ['bseti 33', one(OP_IMM, 0b0010101, 1, 1), 0n, 0n, 1n << 33n],
  ['czero.eqz of zero', two(OP, 0b0000111, 5), 7n, 0n, 0n],
  ['czero.eqz of another', two(OP, 0b0000111, 5), 7n, top, 7n],
  ['czero.nez of zero', two(OP, 0b0000111, 7), 7n, 0n, 7n],
  ['czero.nez of another', two(OP, 0b0000111, 7), 7n, top, 0n],
];

describe('bit manipulation', () => {
  it.each(cases)('%s', (_name, insn, a, b, expected) => {
    expect(machine.run(insn, { x: { 1: a, 2: b } })).toMatchObject({ rd_addr: 3, rd_wdata: expected, pc_wdata: PC + 4n });
  });

  it('is illegal without its extension', () => {
    const bare = new Machine();
    expect(cases.map(([, insn]) => bare.run(insn).trap?.cause)).toEqual(cases.map(() => 2));
  });

  it.each([
    ['zext.h with rs2 = x1', one(OP_32, 0b0000100, 4, 1)],
    ['roriw with imm[5]', one(OP_IMM_32, 0b0110001, 5, 1)],
    ['rev8 of RV32', one(OP_IMM, 0b0110100, 5, 24)],
    ['the unary with field 3', one(OP_IMM, 0b0110000, 1, 3)],
  ])('%s is illegal', (_name, insn) => {
    expect(machine.run(insn).trap?.cause).toBe(2);
  });
});
