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
