/** Encodings for the tests, written down from the manual's instruction formats. */

const OPCODE = { load: 0x03, opImm: 0x13, store: 0x23, op: 0x33, branch: 0x63, jalr: 0x67, jal: 0x6f, system: 0x73 } as const;

export const rType = (opcode: number, funct7: number, funct3: number, rd: number, rs1: number, rs2: number): number =>
  ((funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;
export const iType = (opcode: number, funct3: number, rd: number, rs1: number, imm: number): number =>
  (((imm & 0xfff) << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;

export const addi = (rd: number, rs1: number, imm: number): number => iType(OPCODE.opImm, 0, rd, rs1, imm);
export const loadInsn = (funct3: number, rd: number, rs1: number, imm: number): number =>
  iType(OPCODE.load, funct3, rd, rs1, imm);
export const storeInsn = (funct3: number, rs2: number, rs1: number, imm: number): number =>
  (((imm >> 5) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | ((imm & 31) << 7) | OPCODE.store) >>> 0;
export const op = (funct7: number, funct3: number): number => rType(OPCODE.op, funct7, funct3, 3, 1, 2);
export const opW = (funct7: number, funct3: number): number => rType(0x3b, funct7, funct3, 3, 1, 2);
/** beq x0, x0, offset: always taken, offset a multiple of two below 2 KiB. */
export const branchAlways = (offset: number): number =>
  ((((offset >> 5) & 0x3f) << 25) | (((offset >> 1) & 15) << 8) | OPCODE.branch) >>> 0;
export const jalr = (rd: number, rs1: number, imm: number): number => iType(OPCODE.jalr, 0, rd, rs1, imm);
export const csrrw = (rd: number, csr: number, rs1: number): number => iType(OPCODE.system, 1, rd, rs1, csr);
export const csrrs = (rd: number, csr: number, rs1: number): number => iType(OPCODE.system, 2, rd, rs1, csr);
export const csrrc = (rd: number, csr: number, rs1: number): number => iType(OPCODE.system, 3, rd, rs1, csr);

export const ECALL = 0x0000_0073;
export const EBREAK = 0x0010_0073;
export const SRET = 0x1020_0073;
export const MRET = 0x3020_0073;
export const WFI = 0x1050_0073;
export const FENCE_I = 0x0000_100f;
export const SFENCE_VMA = 0x1200_0073;
export const HFENCE_VVMA = 0x2200_0073;
export const HFENCE_GVMA = 0x6200_0073;
/** hlv.d x3, (x1); hlvx.wu x3, (x1); hsv.w x2, (x1) */
export const HLV_D = rType(OPCODE.system, 0b0110110, 4, 3, 1, 0);
export const HLVX_WU = rType(OPCODE.system, 0b0110100, 4, 3, 1, 3);
export const HSV_W = rType(OPCODE.system, 0b0110101, 4, 0, 1, 2);
