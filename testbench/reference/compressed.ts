/** Zca for RV64: each 16-bit instruction as the 32-bit instruction that it stands for. */

/** A parcel starts an instruction longer than 16 bits (`Zca_align16`). */
export const isLong = (parcel: number): boolean => (parcel & 3) === 3;

// The 32-bit formats. Immediates are signed; each takes the bits that its format has.
const OPCODE = {
  load: 0x03, opImm: 0x13, opImm32: 0x1b, store: 0x23, op: 0x33, lui: 0x37, op32: 0x3b, branch: 0x63, jalr: 0x67, jal: 0x6f,
} as const;
const EBREAK = 0x0010_0073;
const rType = (opcode: number, funct7: number, funct3: number, rd: number, rs1: number, rs2: number): number =>
  ((funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;
const iType = (opcode: number, funct3: number, rd: number, rs1: number, imm: number): number =>
  rType(opcode, (imm >> 5) & 0x7f, funct3, rd, rs1, imm & 31);
const sType = (funct3: number, rs1: number, rs2: number, imm: number): number =>
  rType(OPCODE.store, (imm >> 5) & 0x7f, funct3, imm & 31, rs1, rs2);
const bType = (funct3: number, rs1: number, offset: number): number =>
  rType(OPCODE.branch, ((offset >> 6) & 0x40) | ((offset >> 5) & 0x3f), funct3, (offset & 0x1e) | ((offset >> 11) & 1), rs1, 0);
const jType = (rd: number, offset: number): number =>
  ((((offset >> 20) & 1) << 31) | (((offset >> 1) & 0x3ff) << 21) | (((offset >> 11) & 1) << 20) | (offset & 0xff000) | (rd << 7) | OPCODE.jal) >>> 0;

/** Bits `from` up to `from + count - 1`, moved to `to`. */
const field = (insn: number, from: number, count: number, to: number): number => ((insn >> from) & ((1 << count) - 1)) << to;
const signed = (value: number, width: number): number => (value << (32 - width)) >> (32 - width);

const SP = 2;
/** rd or rs1 in bits 11:7, rs2 in bits 6:2. */
const full = (insn: number): number => field(insn, 7, 5, 0);
const rs2Of = (insn: number): number => field(insn, 2, 5, 0);
/** The registers x8 .. x15 in three bits, at 9:7 and 4:2 (`Zca_regs8`). */
const upper = (insn: number): number => 8 + field(insn, 7, 3, 0);
const lower = (insn: number): number => 8 + field(insn, 2, 3, 0);

// Immediates, by the bits of the instruction that make them up.
const imm6 = (insn: number): number => signed(field(insn, 12, 1, 5) | field(insn, 2, 5, 0), 6);
const shamt = (insn: number): number => imm6(insn) & 63;
const wordOffset = (insn: number): number => field(insn, 10, 3, 3) | field(insn, 6, 1, 2) | field(insn, 5, 1, 6);
const doubleOffset = (insn: number): number => field(insn, 10, 3, 3) | field(insn, 5, 2, 6);
const jumpOffset = (insn: number): number =>
  signed(
    field(insn, 12, 1, 11) | field(insn, 11, 1, 4) | field(insn, 9, 2, 8) | field(insn, 8, 1, 10) | field(insn, 7, 1, 6) |
      field(insn, 6, 1, 7) | field(insn, 3, 3, 1) | field(insn, 2, 1, 5), 12);
const branchOffset = (insn: number): number =>
  signed(
    field(insn, 12, 1, 8) | field(insn, 10, 2, 3) | field(insn, 5, 2, 6) | field(insn, 3, 2, 1) | field(insn, 2, 1, 5), 9);

/** The 32-bit instruction of a 16-bit one; undefined for reserved and floating-point encodings. */
export function expand(insn: number): number | undefined {
  const funct3 = (insn >> 13) & 7;
  switch (insn & 3) {
    case 0:
      return quadrant0(insn, funct3);
    case 1:
      return quadrant1(insn, funct3);
    case 2:
      return quadrant2(insn, funct3);
    default:
      return undefined;
  }
}

function quadrant0(insn: number, funct3: number): number | undefined {
  switch (funct3) {
    case 0: {
      // c-addi4spn_op; the all-zero instruction is among the reserved ones (c-addi4spn_rsv, Zca_illegal)
      const imm = field(insn, 11, 2, 4) | field(insn, 7, 4, 6) | field(insn, 6, 1, 2) | field(insn, 5, 1, 3);
      return imm === 0 ? undefined : iType(OPCODE.opImm, 0, lower(insn), SP, imm);
    }
    case 2:
      return iType(OPCODE.load, 2, lower(insn), upper(insn), wordOffset(insn)); // c-lw_op
    case 3:
      return iType(OPCODE.load, 3, lower(insn), upper(insn), doubleOffset(insn)); // c-ld_op
    case 6:
      return sType(2, upper(insn), lower(insn), wordOffset(insn)); // c-sw_op
    case 7:
      return sType(3, upper(insn), lower(insn), doubleOffset(insn)); // c-sd_op
    default:
      return undefined;
  }
}

function quadrant1(insn: number, funct3: number): number | undefined {
  const rd = full(insn);
  switch (funct3) {
    case 0:
      return iType(OPCODE.opImm, 0, rd, rd, imm6(insn)); // c-addi_op, c-nop_op and their hints
    case 1:
      return rd === 0 ? undefined : iType(OPCODE.opImm32, 0, rd, rd, imm6(insn)); // c-addiw_op, c-addiw_rsv
    case 2:
      return iType(OPCODE.opImm, 0, rd, 0, imm6(insn)); // c-li_op
    case 3:
      return rd === SP ? addi16sp(insn) : lui(insn, rd);
    case 4:
      return arithmetic(insn, upper(insn));
    case 5:
      return jType(0, jumpOffset(insn)); // c-j_op
    default:
      return bType(funct3 - 6, upper(insn), branchOffset(insn)); // c-beqz_op, c-bnez_op
  }
}

/** c-addi16sp_op, c-addi16sp_rsv */
function addi16sp(insn: number): number | undefined {
  const imm = signed(
    field(insn, 12, 1, 9) | field(insn, 6, 1, 4) | field(insn, 5, 1, 6) | field(insn, 3, 2, 7) | field(insn, 2, 1, 5), 10);
  return imm === 0 ? undefined : iType(OPCODE.opImm, 0, SP, SP, imm);
}

/** c-lui_op, c-lui_rsv */
function lui(insn: number, rd: number): number | undefined {
  const imm = imm6(insn);
  return imm === 0 ? undefined : ((imm << 12) | (rd << 7) | OPCODE.lui) >>> 0;
}

/** C.SRLI .. C.AND on x8 .. x15. */
function arithmetic(insn: number, rd: number): number | undefined {
  switch ((insn >> 10) & 3) {
    case 0:
      return iType(OPCODE.opImm, 5, rd, rd, shamt(insn)); // c-srli_op
    case 1:
      return iType(OPCODE.opImm, 5, rd, rd, 0x400 | shamt(insn)); // c-srai_op
    case 2:
      return iType(OPCODE.opImm, 7, rd, rd, imm6(insn)); // c-andi_op
    default:
      return registers(insn, rd, lower(insn));
  }
}

/** c-sub_op, c-xor_op, c-or_op, c-and_op, c-subw_op, c-addw_op */
function registers(insn: number, rd: number, rs2: number): number | undefined {
  switch (field(insn, 12, 1, 2) | field(insn, 5, 2, 0)) {
    case 0:
      return rType(OPCODE.op, 0x20, 0, rd, rd, rs2);
    case 1:
      return rType(OPCODE.op, 0, 4, rd, rd, rs2);
    case 2:
      return rType(OPCODE.op, 0, 6, rd, rd, rs2);
    case 3:
      return rType(OPCODE.op, 0, 7, rd, rd, rs2);
    case 4:
      return rType(OPCODE.op32, 0x20, 0, rd, rd, rs2);
    case 5:
      return rType(OPCODE.op32, 0, 0, rd, rd, rs2);
    default:
      return undefined;
  }
}

function quadrant2(insn: number, funct3: number): number | undefined {
  const rd = full(insn);
  switch (funct3) {
    case 0:
      return iType(OPCODE.opImm, 1, rd, rd, shamt(insn)); // c-slli_op
    case 2: {
      const offset = field(insn, 12, 1, 5) | field(insn, 4, 3, 2) | field(insn, 2, 2, 6);
      return rd === 0 ? undefined : iType(OPCODE.load, 2, rd, SP, offset); // c-lwsp_op, c-lwsp_rsv
    }
    case 3: {
      const offset = field(insn, 12, 1, 5) | field(insn, 5, 2, 3) | field(insn, 2, 3, 6);
      return rd === 0 ? undefined : iType(OPCODE.load, 3, rd, SP, offset); // c-ldsp_op, c-ldsp_rsv
    }
    case 4:
      return (insn & 0x1000) === 0 ? jumpOrMove(rd, rs2Of(insn)) : jumpOrAdd(rd, rs2Of(insn));
    case 6:
      return sType(2, SP, rs2Of(insn), field(insn, 9, 4, 2) | field(insn, 7, 2, 6)); // c-swsp_op
    case 7:
      return sType(3, SP, rs2Of(insn), field(insn, 10, 3, 3) | field(insn, 7, 3, 6)); // c-sdsp_op
    default:
      return undefined;
  }
}

/** c-jr_op, c-jr_rsv, c-mv_op */
function jumpOrMove(rd: number, rs2: number): number | undefined {
  if (rs2 !== 0) return rType(OPCODE.op, 0, 0, rd, 0, rs2);
  return rd === 0 ? undefined : iType(OPCODE.jalr, 0, 0, rd, 0);
}

/** c-ebreak_op, c-jalr_op, c-add_op */
function jumpOrAdd(rd: number, rs2: number): number {
  if (rs2 !== 0) return rType(OPCODE.op, 0, 0, rd, rd, rs2);
  return rd === 0 ? EBREAK : iType(OPCODE.jalr, 0, 1, rd, 0);
}
