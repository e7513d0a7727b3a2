/** From instruction bits to operands and the function that executes them (chapter RV32/64G, `_enc` rules). */
import { expand, isLong } from './compressed.js';
import { addedInstruction } from './encodings.js';
import type { Isa } from './extensions.js';
import type { Decoded, Execute } from './hart.js';
import * as integer from './integer.js';
import { hypervisorLoad, hypervisorStore, load, store } from './load-store.js';
import * as system from './system.js';

/** What an encoding means: its immediate and its function. */
interface Meaning {
  readonly imm: number;
  readonly execute: Execute;
}

const ILLEGAL: Meaning = { imm: 0, execute: system.illegal };

const meaning = (execute: Execute | undefined, imm = 0): Meaning =>
  execute === undefined ? ILLEGAL : { imm, execute };

const rdOf = (insn: number): number => (insn >>> 7) & 31;
const funct3Of = (insn: number): number => (insn >>> 12) & 7;
const rs1Of = (insn: number): number => (insn >>> 15) & 31;
const rs2Of = (insn: number): number => (insn >>> 20) & 31;
const funct7Of = (insn: number): number => insn >>> 25;

// The immediates. Arithmetic right shifts of the 32-bit word extend its sign bit 31.
const immI = (insn: number): number => insn >> 20;
const immS = (insn: number): number => ((insn >> 25) << 5) | rdOf(insn);
const immB = (insn: number): number =>
  ((insn >> 31) << 12) | (((insn >>> 7) & 1) << 11) | (((insn >>> 25) & 0x3f) << 5) | (((insn >>> 8) & 15) << 1);
const immU = (insn: number): number => insn & ~0xfff;
const immJ = (insn: number): number =>
  ((insn >> 31) << 20) | (insn & 0xff000) | (((insn >>> 20) & 1) << 11) | (((insn >>> 21) & 0x3ff) << 1);

/** Decodes the bits of an instruction, 16 or 32, for a hart with some extensions. */
export function decode(insn: number, isa: Isa): Decoded {
  if (isLong(insn)) return decodeLong(insn, isa);
  const expansion = isa.c ? expand(insn) : undefined;
  if (expansion === undefined) return { ...decodeLong(insn, isa), bytes: 2, execute: system.illegal };
  return { ...decodeLong(expansion, isa), insn, standard: expansion & ~2, bytes: 2 };
}

function decodeLong(insn: number, isa: Isa): Decoded {
  const base = meaningOf(insn);
  // Nothing that an extension adds has another meaning in the base.
  const { imm, execute } = base === ILLEGAL ? meaning(addedInstruction(insn, isa), immI(insn)) : base;
  return {
    insn: insn >>> 0, standard: insn, bytes: 4, rd: rdOf(insn), rs1: rs1Of(insn), rs2: rs2Of(insn), imm: BigInt(imm),
    csr: insn >>> 20, execute,
  };
}

function meaningOf(insn: number): Meaning {
  const funct3 = funct3Of(insn);
  switch (insn & 0x7f) {
    case 0b0110111:
      return meaning(integer.lui, immU(insn));
    case 0b0010111:
      return meaning(integer.auipc, immU(insn));
    case 0b1101111:
      return meaning(integer.jal, immJ(insn));
    case 0b1100111:
      return funct3 === 0 ? meaning(integer.jalr, immI(insn)) : ILLEGAL;
    case 0b1100011:
      return meaning(BRANCH[funct3], immB(insn));
    case 0b0000011:
      return meaning(LOAD[funct3], immI(insn));
    case 0b0100011:
      return meaning(STORE[funct3], immS(insn));
    case 0b0010011:
      return opImm(insn, funct3);
    case 0b0011011:
      return opImm32(insn, funct3);
    case 0b0110011:
      return meaning(OP.get(funct7Of(insn))?.[funct3]);
    case 0b0111011:
      return meaning(OP_32.get(funct7Of(insn))?.[funct3]);
    case 0b0001111:
      return meaning([system.fence, system.fenceI][funct3]);
    case 0b1110011:
      return systemMeaning(insn, funct3);
    default:
      return ILLEGAL;
  }
}

type Row = readonly (Execute | undefined)[];

const BRANCH: Row = [integer.beq, integer.bne, undefined, undefined, integer.blt, integer.bge, integer.bltu, integer.bgeu];
const LOAD: Row = [
  load(1, 'signed'), load(2, 'signed'), load(4, 'signed'), load(8, 'signed'),
  load(1, 'unsigned'), load(2, 'unsigned'), load(4, 'unsigned'),
];
const STORE: Row = [store(1), store(2), store(4), store(8)];
const OP_IMM: Row = [
  integer.addi, undefined, integer.slti, integer.sltiu, integer.xori, undefined, integer.ori, integer.andi,
];
/** OP by funct7: base, M, and SUB/SRA. */
const OP = new Map<number, Row>([
  [0b0000000, [integer.add, integer.sll, integer.slt, integer.sltu, integer.xor, integer.srl, integer.or, integer.and]],
  [0b0000001, [integer.mul, integer.mulh, integer.mulhsu, integer.mulhu, integer.div, integer.divu, integer.rem, integer.remu]],
  [0b0100000, [integer.sub, undefined, undefined, undefined, undefined, integer.sra]],
]);
const OP_32 = new Map<number, Row>([
  [0b0000000, [integer.addw, integer.sllw, undefined, undefined, undefined, integer.srlw]],
  [0b0000001, [integer.mulw, undefined, undefined, undefined, integer.divw, integer.divuw, integer.remw, integer.remuw]],
  [0b0100000, [integer.subw, undefined, undefined, undefined, undefined, integer.sraw]],
]);

/** OP-IMM: shifts have a 6-bit amount and a 6-bit function code. */
function opImm(insn: number, funct3: number): Meaning {
  const shamt = (insn >>> 20) & 63;
  const funct6 = insn >>> 26;
  if (funct3 === 1) return funct6 === 0 ? meaning(integer.slli, shamt) : ILLEGAL;
  if (funct3 !== 5) return meaning(OP_IMM[funct3], immI(insn));
  if (funct6 === 0) return meaning(integer.srli, shamt);
  return funct6 === 0b010000 ? meaning(integer.srai, shamt) : ILLEGAL;
}

/** OP-IMM-32; shifts with imm[5] set are reserved (`slliw_imm5_rsv`), here illegal. */
function opImm32(insn: number, funct3: number): Meaning {
  const shamt = rs2Of(insn);
  const funct7 = funct7Of(insn);
  if (funct3 === 0) return meaning(integer.addiw, immI(insn));
  if (funct3 === 1 && funct7 === 0) return meaning(integer.slliw, shamt);
  if (funct3 === 5 && funct7 === 0) return meaning(integer.srliw, shamt);
  return funct3 === 5 && funct7 === 0b0100000 ? meaning(integer.sraiw, shamt) : ILLEGAL;
}

/** SYSTEM by funct3: CSRRW, CSRRS, CSRRC at 1..3, their immediate forms at 5..7. */
const ZICSR: Row = [
  undefined,
  system.csrInstruction('write', false), system.csrInstruction('set', false), system.csrInstruction('clear', false),
  undefined,
  system.csrInstruction('write', true), system.csrInstruction('set', true), system.csrInstruction('clear', true),
];

/** PRIV instructions without operands, by all their bits. */
const PRIV = new Map<number, Execute>([
  [0x0000_0073, system.ecall], [0x0010_0073, system.ebreak], [0x1020_0073, system.sret], [0x3020_0073, system.mret],
  [0x1050_0073, system.wfi],
]);
/** Memory-management fences by funct7; rd is zero. */
const PRIV_FENCES = new Map<number, Execute>([
  [0b0001001, system.sfenceVma], [0b0010001, system.hfenceVvma], [0b0110001, system.hfenceGvma],
]);
/** HLV and HLVX by funct7 and the rs2 field. */
const HLV = new Map<number, Row>([
  [0b0110000, [hypervisorLoad(1, 'signed', false), hypervisorLoad(1, 'unsigned', false)]],
  [0b0110010, [hypervisorLoad(2, 'signed', false), hypervisorLoad(2, 'unsigned', false), undefined, hypervisorLoad(2, 'unsigned', true)]],
  [0b0110100, [hypervisorLoad(4, 'signed', false), hypervisorLoad(4, 'unsigned', false), undefined, hypervisorLoad(4, 'unsigned', true)]],
  [0b0110110, [hypervisorLoad(8, 'signed', false)]],
]);
/** HSV by funct7; rd is zero. */
const HSV = new Map<number, Execute>([
  [0b0110001, hypervisorStore(1)], [0b0110011, hypervisorStore(2)], [0b0110101, hypervisorStore(4)],
  [0b0110111, hypervisorStore(8)],
]);

function systemMeaning(insn: number, funct3: number): Meaning {
  const rdIsZero = rdOf(insn) === 0;
  if (funct3 === 0) return meaning(PRIV.get(insn >>> 0) ?? (rdIsZero ? PRIV_FENCES.get(funct7Of(insn)) : undefined));
  if (funct3 !== 4) return meaning(ZICSR[funct3], rs1Of(insn));
  const loads = HLV.get(funct7Of(insn));
  if (loads !== undefined) return meaning(loads[rs2Of(insn)]);
  return meaning(rdIsZero ? HSV.get(funct7Of(insn)) : undefined);
}
