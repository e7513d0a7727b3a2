/**
 * One wrong bit: every word that differs from an instruction in one of its
 * fixed bits, and is no other instruction, is an illegal instruction.
 *
 * The opcode listings of the manual, as match and mask. What this hart never
 * has (choices: F, D, V and the rest) is not in the list; what comes with an
 * extension names it.
 */
import type { Extension } from './extensions.js';
import { DATA, bits, hart, type TableRow } from './row.js';

/** `[name, fixed bits, which bits are fixed, the extension it comes with]`. */
type Encoding = readonly [name: string, match: number, mask: number, extension?: Extension];

/** Opcode and funct3; funct3 and funct7; funct3 and funct6; funct7, rs2 and funct3; funct7, funct3 and rd; all. */
const [F3, F73, F63, LOAD_H, STORE_H, ALL] = [0x0000_707f, 0xfe00_707f, 0xfc00_707f, 0xfff0_707f, 0xfe00_7fff, 0xffff_ffff];
/** Atomics: funct5, funct3 and, for LR, rs2 (aq and rl are free); CBO: everything but rs1. */
const [AMO, LR, CBO] = [0xf800_707f, 0xf9f0_707f, 0xfff0_7fff];

const LISTING: readonly Encoding[] = [
  // RV64I
  ['lui', 0x37, 0x7f], ['auipc', 0x17, 0x7f], ['jal', 0x6f, 0x7f], ['jalr', 0x67, F3],
  ['beq', 0x63, F3], ['bne', 0x1063, F3], ['blt', 0x4063, F3], ['bge', 0x5063, F3], ['bltu', 0x6063, F3], ['bgeu', 0x7063, F3],
  ['lb', 0x03, F3], ['lh', 0x1003, F3], ['lw', 0x2003, F3], ['ld', 0x3003, F3], ['lbu', 0x4003, F3], ['lhu', 0x5003, F3], ['lwu', 0x6003, F3],
  ['sb', 0x23, F3], ['sh', 0x1023, F3], ['sw', 0x2023, F3], ['sd', 0x3023, F3],
  ['addi', 0x13, F3], ['slti', 0x2013, F3], ['sltiu', 0x3013, F3], ['xori', 0x4013, F3], ['ori', 0x6013, F3], ['andi', 0x7013, F3],
  ['slli', 0x1013, F63], ['srli', 0x5013, F63], ['srai', 0x4000_5013, F63],
  ['addiw', 0x1b, F3], ['slliw', 0x101b, F73], ['srliw', 0x501b, F73], ['sraiw', 0x4000_501b, F73],
  ['add', 0x33, F73], ['sub', 0x4000_0033, F73], ['sll', 0x1033, F73], ['slt', 0x2033, F73], ['sltu', 0x3033, F73],
  ['xor', 0x4033, F73], ['srl', 0x5033, F73], ['sra', 0x4000_5033, F73], ['or', 0x6033, F73], ['and', 0x7033, F73],
  ['addw', 0x3b, F73], ['subw', 0x4000_003b, F73], ['sllw', 0x103b, F73], ['srlw', 0x503b, F73], ['sraw', 0x4000_503b, F73],
  // Zifencei beside FENCE, of which all fields but opcode and funct3 are ignored
  ['fence', 0x0f, F3], ['fence.i', 0x100f, F3],
  // M
  ['mul', 0x0200_0033, F73], ['mulh', 0x0200_1033, F73], ['mulhsu', 0x0200_2033, F73], ['mulhu', 0x0200_3033, F73],
  ['div', 0x0200_4033, F73], ['divu', 0x0200_5033, F73], ['rem', 0x0200_6033, F73], ['remu', 0x0200_7033, F73],
  ['mulw', 0x0200_003b, F73], ['divw', 0x0200_403b, F73], ['divuw', 0x0200_503b, F73], ['remw', 0x0200_603b, F73], ['remuw', 0x0200_703b, F73],
  // Zicsr
  ['csrrw', 0x1073, F3], ['csrrs', 0x2073, F3], ['csrrc', 0x3073, F3], ['csrrwi', 0x5073, F3], ['csrrsi', 0x6073, F3], ['csrrci', 0x7073, F3],
  // Privileged
  ['ecall', 0x73, ALL], ['ebreak', 0x0010_0073, ALL], ['sret', 0x1020_0073, ALL], ['mret', 0x3020_0073, ALL], ['wfi', 0x1050_0073, ALL],
  ['sfence.vma', 0x1200_0073, STORE_H], ['hfence.vvma', 0x2200_0073, STORE_H], ['hfence.gvma', 0x6200_0073, STORE_H],
  // Hypervisor loads and stores
  ['hlv.b', 0x6000_4073, LOAD_H], ['hlv.bu', 0x6010_4073, LOAD_H], ['hlv.h', 0x6400_4073, LOAD_H], ['hlv.hu', 0x6410_4073, LOAD_H],
  ['hlvx.hu', 0x6430_4073, LOAD_H], ['hlv.w', 0x6800_4073, LOAD_H], ['hlvx.wu', 0x6830_4073, LOAD_H], ['hlv.wu', 0x6810_4073, LOAD_H],
  ['hlv.d', 0x6c00_4073, LOAD_H],
  ['hsv.b', 0x6200_4073, STORE_H], ['hsv.h', 0x6600_4073, STORE_H], ['hsv.w', 0x6a00_4073, STORE_H], ['hsv.d', 0x6e00_4073, STORE_H],
  // A
  ['lr.w', 0x1000_202f, LR, 'a'], ['sc.w', 0x1800_202f, AMO, 'a'], ['amoswap.w', 0x0800_202f, AMO, 'a'], ['amoadd.w', 0x0000_202f, AMO, 'a'],
  ['amoxor.w', 0x2000_202f, AMO, 'a'], ['amoand.w', 0x6000_202f, AMO, 'a'], ['amoor.w', 0x4000_202f, AMO, 'a'], ['amomin.w', 0x8000_202f, AMO, 'a'],
  ['amomax.w', 0xa000_202f, AMO, 'a'], ['amominu.w', 0xc000_202f, AMO, 'a'], ['amomaxu.w', 0xe000_202f, AMO, 'a'],
  ['lr.d', 0x1000_302f, LR, 'a'], ['sc.d', 0x1800_302f, AMO, 'a'], ['amoswap.d', 0x0800_302f, AMO, 'a'], ['amoadd.d', 0x0000_302f, AMO, 'a'],
  ['amoxor.d', 0x2000_302f, AMO, 'a'], ['amoand.d', 0x6000_302f, AMO, 'a'], ['amoor.d', 0x4000_302f, AMO, 'a'], ['amomin.d', 0x8000_302f, AMO, 'a'],
  ['amomax.d', 0xa000_302f, AMO, 'a'], ['amominu.d', 0xc000_302f, AMO, 'a'], ['amomaxu.d', 0xe000_302f, AMO, 'a'],
  // Zba
  ['add.uw', 0x0800_003b, F73, 'zba'], ['sh1add', 0x2000_2033, F73, 'zba'], ['sh2add', 0x2000_4033, F73, 'zba'], ['sh3add', 0x2000_6033, F73, 'zba'],
  ['sh1add.uw', 0x2000_203b, F73, 'zba'], ['sh2add.uw', 0x2000_403b, F73, 'zba'], ['sh3add.uw', 0x2000_603b, F73, 'zba'], ['slli.uw', 0x0800_101b, F63, 'zba'],
  // Zbb
  ['andn', 0x4000_7033, F73, 'zbb'], ['orn', 0x4000_6033, F73, 'zbb'], ['xnor', 0x4000_4033, F73, 'zbb'],
  ['clz', 0x6000_1013, LOAD_H, 'zbb'], ['ctz', 0x6010_1013, LOAD_H, 'zbb'], ['cpop', 0x6020_1013, LOAD_H, 'zbb'],
  ['clzw', 0x6000_101b, LOAD_H, 'zbb'], ['ctzw', 0x6010_101b, LOAD_H, 'zbb'], ['cpopw', 0x6020_101b, LOAD_H, 'zbb'],
  ['max', 0x0a00_6033, F73, 'zbb'], ['maxu', 0x0a00_7033, F73, 'zbb'], ['min', 0x0a00_4033, F73, 'zbb'], ['minu', 0x0a00_5033, F73, 'zbb'],
  ['sext.b', 0x6040_1013, LOAD_H, 'zbb'], ['sext.h', 0x6050_1013, LOAD_H, 'zbb'], ['zext.h', 0x0800_403b, LOAD_H, 'zbb'],
  ['rol', 0x6000_1033, F73, 'zbb'], ['rolw', 0x6000_103b, F73, 'zbb'], ['ror', 0x6000_5033, F73, 'zbb'], ['rorw', 0x6000_503b, F73, 'zbb'],
  ['rori', 0x6000_5013, F63, 'zbb'], ['roriw', 0x6000_501b, F73, 'zbb'], ['orc.b', 0x2870_5013, LOAD_H, 'zbb'], ['rev8', 0x6b80_5013, LOAD_H, 'zbb'],
  // Zbs
  ['bclr', 0x4800_1033, F73, 'zbs'], ['bext', 0x4800_5033, F73, 'zbs'], ['binv', 0x6800_1033, F73, 'zbs'], ['bset', 0x2800_1033, F73, 'zbs'],
  ['bclri', 0x4800_1013, F63, 'zbs'], ['bexti', 0x4800_5013, F63, 'zbs'], ['binvi', 0x6800_1013, F63, 'zbs'], ['bseti', 0x2800_1013, F63, 'zbs'],
  // Zicond, Zawrs, Zicbom, Zicboz
  ['czero.eqz', 0x0e00_5033, F73, 'zicond'], ['czero.nez', 0x0e00_7033, F73, 'zicond'], ['wrs.nto', 0x00d0_0073, ALL, 'zawrs'], ['wrs.sto', 0x01d0_0073, ALL, 'zawrs'],
  ['cbo.inval', 0x0000_200f, CBO, 'zicbom'], ['cbo.clean', 0x0010_200f, CBO, 'zicbom'], ['cbo.flush', 0x0020_200f, CBO, 'zicbom'], ['cbo.zero', 0x0040_200f, CBO, 'zicboz'],
  // Svinval
  ['sinval.vma', 0x1600_0073, STORE_H, 'svinval'], ['sfence.w.inval', 0x1800_0073, ALL, 'svinval'], ['sfence.inval.ir', 0x1810_0073, ALL, 'svinval'],
  ['hinval.vvma', 0x2600_0073, STORE_H, 'svinval'], ['hinval.gvma', 0x6600_0073, STORE_H, 'svinval'],
];

/** Operands for the bits that are not fixed: rd x2, rs1 x1, rs2 x3; CSR instructions name mscratch. */
const OPERANDS = (2 << 7) | (1 << 15) | (3 << 20);
const CSR_OPERANDS = (2 << 7) | (1 << 15) | (0x340 << 20);

const isCsr = (name: string): boolean => name.startsWith('csr');

/** The instructions a word is. */
const instructions = (word: number): readonly Encoding[] => LISTING.filter(([, match, mask]) => ((word & mask) >>> 0) === (match >>> 0));

/** All rows. The two lowest bits are left out: with C they are the length of the instruction. */
export function encodingRows(): readonly TableRow[] {
  return LISTING.flatMap(([name, match, mask, extension]) => {
    const word = (match | ((isCsr(name) ? CSR_OPERANDS : OPERANDS) & ~mask)) >>> 0;
    return Array.from({ length: 30 }, (_, i) => i + 2)
      .filter((bit) => (mask >>> bit) % 2 === 1)
      .map((bit): readonly [number, number] => [bit, (word ^ (1 << bit)) >>> 0])
      // Another instruction that is always there is none of this table's, another extension's only where that is absent.
      .filter(([, wrong]) => instructions(wrong).every(([, , , other]) => other !== undefined && other !== extension))
      .map(([bit, wrong]): TableRow => {
        const without = instructions(wrong).flatMap(([, , , other]) => (other === undefined ? [] : [other]));
        return {
          ...(extension === undefined ? {} : { extensions: [extension] }),
          ...(without.length === 0 ? {} : { without }),
          id: `encodings/${name}-bit-${bit}`, rules: ['choices:encodings'],
          arrange: hart({ mode: 'M', words: [wrong], x: { 1: DATA } }),
          expect: { trap: { to: 'M', cause: 2, tval: bits(wrong) } },
        };
      });
  });
}
