/** Encodings of the bodies' instructions, typed from the manual: nothing here comes from the specs that are under test. */

export const r = (opcode: number, funct3: number, funct7: number, rd: number, rs1: number, rs2: number): number =>
  ((funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;
export const i = (opcode: number, funct3: number, rd: number, rs1: number, imm: number): number =>
  (((imm & 0xfff) << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;
export const s = (funct3: number, rs1: number, rs2: number, imm: number): number =>
  ((((imm >> 5) & 0x7f) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | ((imm & 31) << 7) | 0x23) >>> 0;
export const b = (funct3: number, rs1: number, rs2: number, offset: number): number =>
  ((((offset >> 12) & 1) << 31) | (((offset >> 5) & 0x3f) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) |
    (((offset >> 1) & 15) << 8) | (((offset >> 11) & 1) << 7) | 0x63) >>> 0;
export const u = (opcode: number, rd: number, imm20: number): number => ((imm20 << 12) | (rd << 7) | opcode) >>> 0;
export const j = (rd: number, offset: number): number =>
  ((((offset >> 20) & 1) << 31) | (((offset >> 1) & 0x3ff) << 21) | (((offset >> 11) & 1) << 20) | (((offset >> 12) & 0xff) << 12) |
    (rd << 7) | 0x6f) >>> 0;
export const csr = (funct3: number, rd: number, rs1: number, number: number): number => i(0x73, funct3, rd, rs1, number);

export const addi = (rd: number, rs1: number, imm: number): number => i(0x13, 0, rd, rs1, imm);
export const add = (rd: number, rs1: number, rs2: number): number => r(0x33, 0, 0, rd, rs1, rs2);

/** The closing instruction of every body. */
export const ECALL = 0x73;
export const EBREAK = 0x0010_0073;
export const SRET = 0x1020_0073;
export const MRET = 0x3020_0073;

/** Instructions that put a 64-bit constant into a register. */
export function constant(rd: number, value: bigint): number[] {
  const signed = BigInt.asIntN(64, value);
  if (signed >= -2048n && signed < 2048n) return [addi(rd, 0, Number(signed))];
  const low = Number(BigInt.asIntN(12, signed));
  const rest = signed - BigInt(low);
  if (BigInt.asIntN(32, signed) === signed) {
    const upper = u(0x37, rd, Number((rest >> 12n) & 0xfffffn));
    return low === 0 ? [upper] : [upper, i(0x1b, 0, rd, rd, low)];
  }
  let shift = 12;
  let upper = rest >> 12n;
  while ((upper & 1n) === 0n) {
    upper >>= 1n;
    shift++;
  }
  // After the shift the constant is right modulo 2^64: the bits above fall out.
  const words = [...constant(rd, BigInt.asIntN(64 - shift, upper)), i(0x13, 1, rd, rd, shift)];
  return low === 0 ? words : [...words, addi(rd, rd, low)];
}

/** Whether a word is one of 16 bits. */
export const isCompressed = (word: number): boolean => (word & 3) !== 3;
/** Bytes of an instruction. */
export const sizeOf = (word: number): number => (isCompressed(word) ? 2 : 4);

/** An atomic access: funct5 and aq, rl. */
export const atomic = (funct5: number, order: number, doubleword: boolean, rd: number, rs1: number, rs2: number): number =>
  r(0x2f, doubleword ? 3 : 2, (funct5 << 2) | order, rd, rs1, rs2);
/** binvi, bclri, bseti: one bit of a register. */
export const flipBit = (rd: number, rs1: number, bit: number): number => i(0x13, 1, rd, rs1, 0x680 | bit);
export const clearBit = (rd: number, rs1: number, bit: number): number => i(0x13, 1, rd, rs1, 0x480 | bit);
export const setBit = (rd: number, rs1: number, bit: number): number => i(0x13, 1, rd, rs1, 0x280 | bit);

export const SFENCE_VMA = 0x1200_0073;
export const HFENCE_VVMA = 0x2200_0073;
export const HFENCE_GVMA = 0x6200_0073;
export const WFI = 0x1050_0073;

/** CI format: rd and a six-bit immediate. */
export const ci = (op: number, funct3: number, rd: number, imm: number): number =>
  (funct3 << 13) | (((imm >> 5) & 1) << 12) | (rd << 7) | ((imm & 31) << 2) | op;
/** CB format of c.srli, c.srai, c.andi (`kind` 0, 1, 2) on x8 to x15. */
export const cbAlu = (kind: number, rd: number, imm: number): number =>
  0x8001 | (((imm >> 5) & 1) << 12) | (kind << 10) | ((rd & 7) << 7) | ((imm & 31) << 2);
/** CA format: c.sub, c.xor, c.or, c.and (0 to 3), c.subw, c.addw (4, 5) on x8 to x15. */
export const ca = (kind: number, rd: number, rs2: number): number =>
  0x8c01 | ((kind >> 2) << 12) | ((rd & 7) << 7) | ((kind & 3) << 5) | ((rs2 & 7) << 2);
/** CR format: c.mv (0), c.add (1); with rs2 = 0 c.jr and c.jalr. */
export const cr = (kind: number, rd: number, rs2: number): number => 0x8002 | (kind << 12) | (rd << 7) | (rs2 << 2);
/** c.lw, c.ld, c.sw, c.sd: registers x8 to x15, the offset a multiple of the width. */
export const cMemory = (store: boolean, doubleword: boolean, register: number, base: number, offset: number): number =>
  ((store ? 6 : 2) + (doubleword ? 1 : 0)) << 13 | (((offset >> 3) & 7) << 10) | ((base & 7) << 7) |
  (doubleword ? ((offset >> 6) & 3) << 5 : (((offset >> 2) & 1) << 6) | (((offset >> 6) & 1) << 5)) | ((register & 7) << 2);
/** c.lwsp, c.ldsp, c.swsp, c.sdsp. */
export const cStack = (store: boolean, doubleword: boolean, register: number, offset: number): number => {
  const funct3 = (store ? 6 : 2) + (doubleword ? 1 : 0);
  if (store) {
    const field = doubleword ? (((offset >> 3) & 7) << 3) | ((offset >> 6) & 7) : (((offset >> 2) & 15) << 2) | ((offset >> 6) & 3);
    return (funct3 << 13) | (field << 7) | (register << 2) | 2;
  }
  const low = doubleword ? (((offset >> 3) & 3) << 3) | ((offset >> 6) & 7) : (((offset >> 2) & 7) << 2) | ((offset >> 6) & 3);
  return (funct3 << 13) | (((offset >> 5) & 1) << 12) | (register << 7) | (low << 2) | 2;
};
/** c.j. */
export const cJump = (offset: number): number => {
  const at = (bit: number): number => (offset >> bit) & 1;
  return 0xa001 | (at(11) << 12) | (at(4) << 11) | (((offset >> 8) & 3) << 9) | (at(10) << 8) | (at(6) << 7) | (at(7) << 6) |
    (((offset >> 1) & 7) << 3) | (at(5) << 2);
};
/** c.beqz (`funct3` 6) and c.bnez (7). */
export const cBranch = (funct3: number, rs1: number, offset: number): number =>
  (funct3 << 13) | (((offset >> 8) & 1) << 12) | (((offset >> 3) & 3) << 10) | ((rs1 & 7) << 7) | (((offset >> 6) & 3) << 5) |
  (((offset >> 1) & 3) << 3) | (((offset >> 5) & 1) << 2) | 1;
