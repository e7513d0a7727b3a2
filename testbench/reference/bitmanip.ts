/** Zba, Zbb, Zbs and Zicond. In register-immediate forms `imm` is the I-immediate; shift amounts are its low 6 or 5 bits. */
import { bit, signedWord, unsignedWord } from './bits.js';
import type { Execute } from './hart.js';
import { registers, signedRegisters } from './operands.js';
import type { Encoding } from './pattern.js';

/** rd from rs1 alone. */
const register = (result: (a: bigint) => bigint): Execute => registers((a) => result(a));
/** rd from rs1 and a shift amount or bit index: `bits` bits of the immediate. */
const shamt =
  (bits: 5 | 6, result: (a: bigint, amount: bigint) => bigint): Execute =>
  (hart, { rd, rs1, imm }) => {
    hart.writeRd(rd, result(hart.x(rs1), BigInt.asUintN(bits, imm)));
    return undefined;
  };

// sh1add_op .. sh3add_uw_op, add_uw_op, slli_uw_op
const shiftAdd = (amount: bigint): Execute => registers((a, b) => (a << amount) + b);
const shiftAddUnsignedWord = (amount: bigint): Execute => registers((a, b) => (unsignedWord(a) << amount) + b);

export const ZBA: readonly Encoding[] = [
  ['0000100 ----- ----- 000 ----- 0111011', shiftAddUnsignedWord(0n)],
  ['0010000 ----- ----- 010 ----- 0110011', shiftAdd(1n)],
  ['0010000 ----- ----- 100 ----- 0110011', shiftAdd(2n)],
  ['0010000 ----- ----- 110 ----- 0110011', shiftAdd(3n)],
  ['0010000 ----- ----- 010 ----- 0111011', shiftAddUnsignedWord(1n)],
  ['0010000 ----- ----- 100 ----- 0111011', shiftAddUnsignedWord(2n)],
  ['0010000 ----- ----- 110 ----- 0111011', shiftAddUnsignedWord(3n)],
  ['000010 ------ ----- 001 ----- 0011011', shamt(6, (a, amount) => unsignedWord(a) << amount)],
];

/** Zeros above the most significant one of the low `width` bits (`clz_op`, `clzw_op`). */
const leadingZeros = (value: bigint, width: number): bigint => {
  const digits = BigInt.asUintN(width, value);
  return BigInt(digits === 0n ? width : width - digits.toString(2).length);
};
/** Zeros below the least significant one (`ctz_op`, `ctzw_op`). */
const trailingZeros = (value: bigint, width: number): bigint => {
  const digits = BigInt.asUintN(width, value);
  // digits & -digits is the lowest one alone.
  return BigInt(digits === 0n ? width : (digits & -digits).toString(2).length - 1);
};
/** Ones among the low `width` bits (`cpop_op`, `cpopw_op`). */
const population = (value: bigint, width: number): bigint =>
  BigInt(BigInt.asUintN(width, value).toString(2).replaceAll('0', '').length);

/** rol_op, ror_op; a rotation by zero shifts the whole value out on the other side. */
const rotateRight = (a: bigint, amount: bigint): bigint => (a >> amount) | (a << (64n - amount));
const rotateLeft = (a: bigint, amount: bigint): bigint => rotateRight(a, -amount & 63n);
/** rolw_op, rorw_op, roriw_op. */
const rotateRightWord = (a: bigint, amount: bigint): bigint =>
  signedWord((unsignedWord(a) >> amount) | (unsignedWord(a) << (32n - amount)));
const rotateLeftWord = (a: bigint, amount: bigint): bigint => rotateRightWord(a, -amount & 31n);

/** A value whose byte i is `byte(i)`. */
const byBytes = (byte: (index: number) => bigint): bigint => {
  let value = 0n;
  for (let i = 0; i < 8; i += 1) value |= byte(i) << BigInt(8 * i);
  return value;
};
const byteOf = (value: bigint, index: number): bigint => (value >> BigInt(8 * index)) & 0xffn;

/** The greater or smaller of two operands (`max_op`, `maxu_op`, `min_op`, `minu_op`). */
const greater = (a: bigint, b: bigint): bigint => (a < b ? b : a);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

export const ZBB: readonly Encoding[] = [
  // andn_op, orn_op, xnor_op
  ['0100000 ----- ----- 111 ----- 0110011', registers((a, b) => a & ~b)],
  ['0100000 ----- ----- 110 ----- 0110011', registers((a, b) => a | ~b)],
  ['0100000 ----- ----- 100 ----- 0110011', registers((a, b) => ~(a ^ b))],
  ['011000000000 ----- 001 ----- 0010011', register((a) => leadingZeros(a, 64))],
  ['011000000000 ----- 001 ----- 0011011', register((a) => leadingZeros(a, 32))],
  ['011000000001 ----- 001 ----- 0010011', register((a) => trailingZeros(a, 64))],
  ['011000000001 ----- 001 ----- 0011011', register((a) => trailingZeros(a, 32))],
  ['011000000010 ----- 001 ----- 0010011', register((a) => population(a, 64))],
  ['011000000010 ----- 001 ----- 0011011', register((a) => population(a, 32))],
  ['0000101 ----- ----- 110 ----- 0110011', signedRegisters(greater)],
  ['0000101 ----- ----- 111 ----- 0110011', registers(greater)],
  ['0000101 ----- ----- 100 ----- 0110011', signedRegisters(smaller)],
  ['0000101 ----- ----- 101 ----- 0110011', registers(smaller)],
  // sext_b_op, sext_h_op, zext_h_op
  ['011000000100 ----- 001 ----- 0010011', register((a) => BigInt.asIntN(8, a))],
  ['011000000101 ----- 001 ----- 0010011', register((a) => BigInt.asIntN(16, a))],
  ['000010000000 ----- 100 ----- 0111011', register((a) => BigInt.asUintN(16, a))],
  ['0110000 ----- ----- 001 ----- 0110011', registers((a, b) => rotateLeft(a, b & 63n))],
  ['0110000 ----- ----- 001 ----- 0111011', registers((a, b) => rotateLeftWord(a, b & 31n))],
  ['0110000 ----- ----- 101 ----- 0110011', registers((a, b) => rotateRight(a, b & 63n))],
  ['0110000 ----- ----- 101 ----- 0111011', registers((a, b) => rotateRightWord(a, b & 31n))],
  ['011000 ------ ----- 101 ----- 0010011', shamt(6, rotateRight)],
  ['0110000 ----- ----- 101 ----- 0011011', shamt(5, rotateRightWord)],
  // orc_b_op: all bits of a byte that has any; rev8_op: the bytes in reverse
  ['001010000111 ----- 101 ----- 0010011', register((a) => byBytes((i) => (byteOf(a, i) === 0n ? 0n : 0xffn)))],
  ['011010111000 ----- 101 ----- 0010011', register((a) => byBytes((i) => byteOf(a, 7 - i)))],
];

/** The bit of an index modulo 64 (`zbs_single_bit_functionality`). */
const single = (index: bigint): bigint => bit(Number(index & 63n));
const bclr = (a: bigint, index: bigint): bigint => a & ~single(index);
const bext = (a: bigint, index: bigint): bigint => (a >> (index & 63n)) & 1n;
const binv = (a: bigint, index: bigint): bigint => a ^ single(index);
const bset = (a: bigint, index: bigint): bigint => a | single(index);

export const ZBS: readonly Encoding[] = [
  ['0100100 ----- ----- 001 ----- 0110011', registers(bclr)],
  ['0100100 ----- ----- 101 ----- 0110011', registers(bext)],
  ['0110100 ----- ----- 001 ----- 0110011', registers(binv)],
  ['0010100 ----- ----- 001 ----- 0110011', registers(bset)],
  ['010010 ------ ----- 001 ----- 0010011', shamt(6, bclr)],
  ['010010 ------ ----- 101 ----- 0010011', shamt(6, bext)],
  ['011010 ------ ----- 001 ----- 0010011', shamt(6, binv)],
  ['001010 ------ ----- 001 ----- 0010011', shamt(6, bset)],
];

export const ZICOND: readonly Encoding[] = [
  // czero-eqz_op, czero-nez_op
  ['0000111 ----- ----- 101 ----- 0110011', registers((a, b) => (b === 0n ? 0n : a))],
  ['0000111 ----- ----- 111 ----- 0110011', registers((a, b) => (b === 0n ? a : 0n))],
];
