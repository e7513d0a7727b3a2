/** RV64I without loads and stores, and M: one small function per instruction. */
import { signedWord, u64, unsignedWord } from './bits.js';
import type { Decoded, Execute, Hart, Outcome } from './hart.js';
import { isVirtual } from './modes.js';
import { immediate, registers, signedImmediate, signedRegisters } from './operands.js';
import { CAUSE } from './status.js';

const truth = (condition: boolean): bigint => (condition ? 1n : 0n);

/** LUI, AUIPC (`lui_op_rv64i`, `auipc_op_rv64i`). */
export const lui: Execute = (hart, { rd, imm }) => {
  hart.writeRd(rd, imm);
  return undefined;
};
export const auipc: Execute = (hart, { rd, imm }) => {
  hart.writeRd(rd, hart.pc + imm);
  return undefined;
};

// addi_op, slti_op, sltiu_op, xori_op, ori_op, andi_op
export const addi = immediate((a, imm) => a + imm);
export const slti = signedImmediate((a, imm) => truth(a < imm));
export const sltiu = immediate((a, imm) => truth(a < u64(imm)));
export const xori = immediate((a, imm) => a ^ imm);
export const ori = immediate((a, imm) => a | imm);
export const andi = immediate((a, imm) => a & imm);
// slli_op, srli_op, srai_op
export const slli = immediate((a, shamt) => a << shamt);
export const srli = immediate((a, shamt) => a >> shamt);
export const srai = signedImmediate((a, shamt) => a >> shamt);
// addiw_op, slliw_op, srliw_op, sraiw_op
export const addiw = immediate((a, imm) => signedWord(a + imm));
export const slliw = immediate((a, shamt) => signedWord(a << shamt));
export const srliw = immediate((a, shamt) => signedWord(unsignedWord(a) >> shamt));
export const sraiw = immediate((a, shamt) => signedWord(a) >> shamt);

// add_op, sub_op, slt_op, sltu_op, xor_op, or_op, and_op
export const add = registers((a, b) => a + b);
export const sub = registers((a, b) => a - b);
export const slt = signedRegisters((a, b) => truth(a < b));
export const sltu = registers((a, b) => truth(a < b));
export const xor = registers((a, b) => a ^ b);
export const or = registers((a, b) => a | b);
export const and = registers((a, b) => a & b);
// sll_sh_amt_rv64i, srl_sh_amt_rv64i, sra_sh_amt_rv64i
export const sll = registers((a, b) => a << (b & 63n));
export const srl = registers((a, b) => a >> (b & 63n));
export const sra = signedRegisters((a, b) => a >> (b & 63n));
// addw_op, subw_op, sllw_op, srlw_op, sraw_op
export const addw = registers((a, b) => signedWord(a + b));
export const subw = registers((a, b) => signedWord(a - b));
export const sllw = registers((a, b) => signedWord(a << (b & 31n)));
export const srlw = registers((a, b) => signedWord(unsignedWord(a) >> (b & 31n)));
export const sraw = registers((a, b) => signedWord(a) >> (b & 31n));

// mul_op, mulh_op, mulhu_op, mulhsu_op, mulw_op
export const mul = registers((a, b) => a * b);
export const mulh = signedRegisters((a, b) => (a * b) >> 64n);
export const mulhu = registers((a, b) => (a * b) >> 64n);
export const mulhsu: Execute = (hart, { rd, rs1, rs2 }) => {
  hart.writeRd(rd, (hart.sx(rs1) * hart.x(rs2)) >> 64n);
  return undefined;
};
export const mulw = registers((a, b) => signedWord(a * b));

/**
 * Quotient and remainder rounding towards zero (`div_op`, `rem_result_sign`). By zero: all
 * bits set, and the dividend (`div_by_zero`, `rem_by_zero`). The signed overflow needs
 * nothing: -2^(L-1) / -1 is 2^(L-1), which wraps to the dividend, with remainder 0
 * (`signed_div_overflow`).
 */
const quotient = (a: bigint, b: bigint): bigint => (b === 0n ? -1n : a / b);
const remainder = (a: bigint, b: bigint): bigint => (b === 0n ? a : a % b);

// div_op, divu_op, rem_op, remu_op, divw_op, divuw_op, remw_op, remuw_op
export const div = signedRegisters(quotient);
export const divu = registers(quotient);
export const rem = signedRegisters(remainder);
export const remu = registers(remainder);
export const divw = registers((a, b) => signedWord(quotient(signedWord(a), signedWord(b))));
export const divuw = registers((a, b) => signedWord(quotient(unsignedWord(a), unsignedWord(b))));
export const remw = registers((a, b) => signedWord(remainder(signedWord(a), signedWord(b))));
export const remuw = registers((a, b) => signedWord(remainder(unsignedWord(a), unsignedWord(b))));

/**
 * A jump or taken branch. With IALIGN=32 a target off 4 bytes traps at the jump itself
 * (`taken_cti_misaligned_exc`); with C no target is misaligned (`Zca_no_misaligned`).
 */
function jump(hart: Hart, target: bigint): Outcome {
  if (!hart.isa.c && (target & 3n) !== 0n) {
    return { cause: CAUSE.instructionMisaligned, tval: target, gva: isVirtual(hart.mode), tinst: 0n };
  }
  hart.nextPc = target;
  return undefined;
}

/** Jumps and, unless that traps, links to the instruction behind it. */
function jumpAndLink(hart: Hart, rd: number, target: bigint): Outcome {
  const link = hart.nextPc;
  const outcome = jump(hart, target);
  if (outcome === undefined) hart.writeRd(rd, link);
  return outcome;
}

/** JAL, JALR (`jal_op`, `jal_target`, `jalr_op`, `jalr_target`). */
export const jal: Execute = (hart, { rd, imm }) => jumpAndLink(hart, rd, u64(hart.pc + imm));
export const jalr: Execute = (hart, { rd, rs1, imm }) => jumpAndLink(hart, rd, u64(hart.x(rs1) + imm) & ~1n);

const branch =
  (taken: (hart: Hart, insn: Decoded) => boolean): Execute =>
  (hart, insn) =>
    // cond_br_no_ia_misaligned_exc_not_taken
    taken(hart, insn) ? jump(hart, u64(hart.pc + insn.imm)) : undefined;

// beq_op, bne_op, blt_op, bge_op, bltu_op, bgeu_op
export const beq = branch((hart, { rs1, rs2 }) => hart.x(rs1) === hart.x(rs2));
export const bne = branch((hart, { rs1, rs2 }) => hart.x(rs1) !== hart.x(rs2));
export const blt = branch((hart, { rs1, rs2 }) => hart.sx(rs1) < hart.sx(rs2));
export const bge = branch((hart, { rs1, rs2 }) => hart.sx(rs1) >= hart.sx(rs2));
export const bltu = branch((hart, { rs1, rs2 }) => hart.x(rs1) < hart.x(rs2));
export const bgeu = branch((hart, { rs1, rs2 }) => hart.x(rs1) >= hart.x(rs2));
