/**
 * One wrong bit: every word that differs from an instruction in one of its
 * fixed bits, and is no other instruction, is an illegal instruction.
 *
 * The opcode listings of the manual, as match and mask. What this hart has not
 * (choices: C, F, D, V, Zicbo, Svinval and the rest) is not in the list.
 */
import { DATA, bits, hart, type TableRow } from './row.js';

/** `[name, fixed bits, which bits are fixed]`. */
type Encoding = readonly [name: string, match: number, mask: number];

/** Opcode and funct3; funct3 and funct7; funct3 and funct6; funct7, rs2 and funct3; funct7, funct3 and rd; all. */
const [F3, F73, F63, LOAD_H, STORE_H, ALL] = [0x0000_707f, 0xfe00_707f, 0xfc00_707f, 0xfff0_707f, 0xfe00_7fff, 0xffff_ffff];
/** Of A, where aq and rl are free: funct5 and funct3; LR's rs2 too. */
const [F53, F53_LR] = [0xf800_707f, 0xf9f0_707f];

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
  // A
  ['lr.w', 0x1000_202f, F53_LR], ['lr.d', 0x1000_302f, F53_LR], ['sc.w', 0x1800_202f, F53], ['sc.d', 0x1800_302f, F53],
  ...([['add', 0x00], ['swap', 0x08], ['xor', 0x20], ['or', 0x40], ['and', 0x60], ['min', 0x80], ['max', 0xa0], ['minu', 0xc0], ['maxu', 0xe0]] as const)
    .flatMap(([name, top]): Encoding[] => [[`amo${name}.w`, top * 2 ** 24 + 0x202f, F53], [`amo${name}.d`, top * 2 ** 24 + 0x302f, F53]]),
  // Zba
  ['add.uw', 0x0800_003b, F73], ['sh1add', 0x2000_2033, F73], ['sh2add', 0x2000_4033, F73], ['sh3add', 0x2000_6033, F73],
  ['sh1add.uw', 0x2000_203b, F73], ['sh2add.uw', 0x2000_403b, F73], ['sh3add.uw', 0x2000_603b, F73], ['slli.uw', 0x0800_101b, F63],
  // Zbb; of one source operand, all but rd and rs1 is fixed
  ['andn', 0x4000_7033, F73], ['orn', 0x4000_6033, F73], ['xnor', 0x4000_4033, F73],
  ['clz', 0x6000_1013, LOAD_H], ['ctz', 0x6010_1013, LOAD_H], ['cpop', 0x6020_1013, LOAD_H], ['sext.b', 0x6040_1013, LOAD_H], ['sext.h', 0x6050_1013, LOAD_H],
  ['clzw', 0x6000_101b, LOAD_H], ['ctzw', 0x6010_101b, LOAD_H], ['cpopw', 0x6020_101b, LOAD_H], ['zext.h', 0x0800_403b, LOAD_H],
  ['orc.b', 0x2870_5013, LOAD_H], ['rev8', 0x6b80_5013, LOAD_H],
  ['min', 0x0a00_4033, F73], ['minu', 0x0a00_5033, F73], ['max', 0x0a00_6033, F73], ['maxu', 0x0a00_7033, F73],
  ['rol', 0x6000_1033, F73], ['ror', 0x6000_5033, F73], ['rori', 0x6000_5013, F63], ['rolw', 0x6000_103b, F73], ['rorw', 0x6000_503b, F73], ['roriw', 0x6000_501b, F73],
  // Zbs
  ['bclr', 0x4800_1033, F73], ['bext', 0x4800_5033, F73], ['binv', 0x6800_1033, F73], ['bset', 0x2800_1033, F73],
  ['bclri', 0x4800_1013, F63], ['bexti', 0x4800_5013, F63], ['binvi', 0x6800_1013, F63], ['bseti', 0x2800_1013, F63],
  // Zicond
  ['czero.eqz', 0x0e00_5033, F73], ['czero.nez', 0x0e00_7033, F73],
  // Zawrs
  ['wrs.nto', 0x00d0_0073, ALL], ['wrs.sto', 0x01d0_0073, ALL],
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
];

/** Operands for the bits that are not fixed: rd x2, rs1 x1, rs2 x3; CSR instructions name mscratch. */
const OPERANDS = (2 << 7) | (1 << 15) | (3 << 20);
const CSR_OPERANDS = (2 << 7) | (1 << 15) | (0x340 << 20);

const isCsr = (name: string): boolean => name.startsWith('csr');
const isInstruction = (word: number): boolean => LISTING.some(([, match, mask]) => ((word & mask) >>> 0) === match);

/** All rows. The two lowest bits are left out: without C they would be the length of the instruction. */
export function encodingRows(): readonly TableRow[] {
  return LISTING.flatMap(([name, match, mask]) => {
    const word = (match | ((isCsr(name) ? CSR_OPERANDS : OPERANDS) & ~mask)) >>> 0;
    return Array.from({ length: 30 }, (_, i) => i + 2)
      .filter((bit) => (mask >>> bit) % 2 === 1)
      .map((bit): readonly [number, number] => [bit, (word ^ (1 << bit)) >>> 0])
      .filter(([, wrong]) => !isInstruction(wrong))
      .map(([bit, wrong]): TableRow => ({
        id: `encodings/${name}-bit-${bit}`, rules: ['choices:encodings'],
        arrange: hart({ mode: 'M', words: [wrong], x: { 1: DATA } }),
        expect: { trap: { to: 'M', cause: 2, tval: bits(wrong) } },
      }));
  });
}
