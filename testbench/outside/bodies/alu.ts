/** Computing instructions of the bodies: RV64IM, Zba, Zbb, Zbs and the compressed ones. */
import { ca, cbAlu, ci, cr, i, r, u } from './encode.js';
import type { Random } from './random.js';

/** x3 holds the handlers' page: never written. */
export const GP_REGISTER = 3;

/** A destination: any register but x3. */
export function destination(random: Random): number {
  const register = random.below(32);
  return register === GP_REGISTER ? 0 : register;
}

const WIDE: readonly (readonly [number, number])[] = [
  [0, 0], [0, 32], [1, 0], [2, 0], [3, 0], [4, 0], [5, 0], [5, 32], [6, 0], [7, 0], // RV64I
  [0, 1], [1, 1], [2, 1], [3, 1], [4, 1], [5, 1], [6, 1], [7, 1], // M
  [2, 0x10], [4, 0x10], [6, 0x10], // sh1add, sh2add, sh3add
  [7, 0x20], [6, 0x20], [4, 0x20], [6, 5], [7, 5], [4, 5], [5, 5], [1, 0x30], [5, 0x30], // andn to ror
  [1, 0x24], [5, 0x24], [1, 0x34], [1, 0x14], // bclr, bext, binv, bset
];

const WORD: readonly (readonly [number, number])[] = [
  [0, 0], [0, 32], [1, 0], [5, 0], [5, 32], [0, 1], [4, 1], [5, 1], [6, 1], [7, 1],
  [0, 4], [2, 0x10], [4, 0x10], [6, 0x10], [1, 0x30], [5, 0x30], // add.uw, sh1add.uw and so on, rolw, rorw
];

/** Opcode, funct3, immediate of what has one source register only. */
const UNARY: readonly (readonly [number, number, number])[] = [
  ...[0x600, 0x601, 0x602, 0x604, 0x605].map((imm) => [0x13, 1, imm] as const), // clz ctz cpop sext.b sext.h
  ...[0x600, 0x602].map((imm) => [0x1b, 1, imm] as const), // clzw cpopw
  [0x13, 5, 0x287], [0x13, 5, 0x6b8], [0x3b, 4, 0x080], // orc.b rev8 zext.h
];

/** Shifts by an immediate: opcode, funct3, the bits above the amount, how many amounts. */
const SHIFTS = [
  [0x13, 1, 0, 64], [0x13, 5, 0, 64], [0x13, 5, 0x400, 64], [0x13, 5, 0x600, 64], [0x13, 1, 0x480, 64], [0x13, 5, 0x480, 64], [0x13, 1, 0x680, 64],
  [0x13, 1, 0x280, 64], [0x1b, 1, 0x080, 64], [0x1b, 1, 0, 32], [0x1b, 5, 0, 32], [0x1b, 5, 0x400, 32], [0x1b, 5, 0x600, 32],
] as const;

/** One of 32 bits. */
export function computing(random: Random): number {
  const [rd, rs1, rs2] = [destination(random), random.below(32), random.below(32)];
  switch (random.below(8)) {
    case 0: return i(0x13, random.pick([0, 2, 3, 4, 6, 7]), rd, rs1, random.word());
    case 1: return u(random.pick([0x37, 0x17]), rd, random.word());
    case 2: return i(0x1b, 0, rd, rs1, random.word());
    case 3: {
      const [opcode, funct3, imm] = random.pick(UNARY);
      return i(opcode, funct3, rd, rs1, imm);
    }
    case 4: {
      const [opcode, funct3, high, amounts] = random.pick(SHIFTS);
      return i(opcode, funct3, rd, rs1, high | random.below(amounts));
    }
    case 5: {
      const [funct3, funct7] = random.pick(WORD);
      return r(0x3b, funct3, funct7, rd, rs1, rs2);
    }
    default: {
      const [funct3, funct7] = random.pick(WIDE);
      return r(0x33, funct3, funct7, rd, rs1, rs2);
    }
  }
}

/** One of 16 bits. */
export function compressed(random: Random): number {
  const register = destination(random);
  const low = random.between(8, 15);
  const imm = random.below(64);
  switch (random.below(9)) {
    case 0: return ci(1, 0, register, imm); // c.addi, c.nop
    case 1: return register === 0 ? 1 : ci(1, 1, register, imm); // c.addiw
    case 2: return ci(1, 2, register, imm); // c.li
    case 3: return register === 2 || imm === 0 ? 1 : ci(1, 3, register, imm); // c.lui
    case 4: return cbAlu(random.below(3), low, imm);
    case 5: return ca(random.below(6), low, random.between(8, 15));
    case 6: return ci(2, 0, register, imm); // c.slli
    case 7: return (random.between(1, 255) << 5) | ((low & 7) << 2); // c.addi4spn
    default: return cr(random.below(2), register, random.between(1, 31)); // c.mv, c.add
  }
}
