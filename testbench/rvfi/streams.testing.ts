/**
 * Instruction streams for RVFI-DII: the specs' instructions with random
 * operands, words that are none, and the few that lead into every mode.
 */
import fc from 'fast-check';
import type { Instruction, Isa } from '../../model/spec/isa.js';

/** Counters of cycles: the two sides have no common clock. */
const CLOCKS = ['mcycle', 'cycle', 'time'];
/** Registers that the prologue sets and that random instructions leave alone, mostly: memory, all ones, values of mstatus. */
const POINTER = 8;
const ONES = 9;
const STATUS = { HS: 10, U: 0, VS: 12, VU: 11 } as const;

const lui = (rd: number, value: number): number => ((value << 12) | (rd << 7) | 0x37) >>> 0;
const addi = (rd: number, rs1: number, value: number): number => ((value << 20) | (rs1 << 15) | (rd << 7) | 0x13) >>> 0;
const slli = (rd: number, by: number): number => ((by << 20) | (rd << 15) | (1 << 12) | (rd << 7) | 0x13) >>> 0;
const csrw = (csr: number, rs1: number): number => ((csr << 20) | (rs1 << 15) | (1 << 12) | 0x73) >>> 0;
const AUIPC_POINTER = ((0x10 << 12) | (POINTER << 7) | 0x17) >>> 0;
const MRET = 0x3020_0073;
const SRET = 0x1020_0073;

type Addresses = (name: string) => number;

/** Registers, trap vectors in memory. */
function prologue(csr: Addresses): readonly number[] {
  const { HS, VS, VU } = STATUS;
  return [
    AUIPC_POINTER, addi(ONES, 0, -1), lui(HS, 1), addi(HS, HS, -2048), addi(VU, 0, 1), slli(VU, 39),
    addi(VS, 0, 1), slli(VS, 28), addi(VS, VS, 1), slli(VS, 11),
    ...['mtvec', 'stvec', 'vstvec'].map((name) => csrw(csr(name), POINTER)),
  ];
}

/** Words that belong together. */
function idioms(csr: Addresses): fc.Arbitrary<readonly number[]> {
  const one = (...words: readonly number[]): readonly number[] => words;
  const enter = (status: number): readonly number[] => one(csrw(csr('mepc'), POINTER), csrw(csr('mstatus'), status), MRET);
  const ones = (...names: readonly string[]): readonly number[] => names.map((name) => csrw(csr(name), ONES));
  return fc.constantFrom(
    ...Object.values(STATUS).map(enter),
    one(csrw(csr('sepc'), POINTER), SRET),
    one(csrw(csr('sepc'), POINTER), csrw(csr('hstatus'), ONES), SRET),
    ones('medeleg'), ones('medeleg', 'hedeleg'), ones('mideleg', 'hideleg'), ones('mie'), ones('mie', 'mip'), ones('hvip', 'vsie'), ones('sstatus'), ones('mstatus'),
    one(csrw(csr('mip'), 0), csrw(csr('hvip'), 0)), one(csrw(csr('medeleg'), 0)), one(csrw(csr('mie'), 0)),
  );
}

/** An instruction with its open bits from a random word. */
function filled({ match, class: kind }: Instruction, random: number, pointed: boolean): number {
  let word = [...match].reduce((bits, c, i) => bits * 2 + (c === '-' ? (random >>> (31 - i)) & 1 : Number(c)), 0) >>> 0;
  if (pointed && (kind === 'load' || kind === 'store' || kind === 'jump')) word = ((word & ~(31 << 15)) | (POINTER << 15)) >>> 0;
  const rd = (word >>> 7) & 31;
  return rd >= 8 && rd < 16 && (random & 15) !== 0 && match[21] === '-' ? (word & ~(1 << 10)) >>> 0 : word;
}

/** Streams of at most some 400 words, from power-on; with or without a prologue. */
export function streams(isa: Isa): fc.Arbitrary<readonly number[]> {
  const csr: Addresses = (name) => isa.csrs.find((c) => c.name === name)?.address ?? 0;
  const vectors = ['mtvec', 'stvec', 'vstvec', 'mepc', 'sepc', 'vsepc'].map(csr);
  const csrs = isa.csrs.filter((c) => !CLOCKS.includes(c.name)).map((c) => c.address);
  const ofSpecs = fc.tuple(fc.constantFrom(...isa.instructions), fc.nat(0xffff_ffff), fc.nat(7), fc.constantFrom(...csrs)).map(([instruction, random, place, address]) => {
    const word = filled(instruction, random, place !== 0);
    if (instruction.class !== 'csr') return [word];
    return [vectors.includes(address) && place !== 0 ? csrw(address, POINTER) : ((word & 0xf_ffff) | (address << 20)) >>> 0];
  });
  const raw = fc.nat(0xffff_ffff).map((word) => [word]);
  const pieces = fc.array(fc.oneof({ weight: 16, arbitrary: ofSpecs }, { weight: 3, arbitrary: idioms(csr) }, { weight: 1, arbitrary: raw }), { size: 'max', maxLength: 300 });
  const begins = fc.oneof({ weight: 1, arbitrary: fc.constant<readonly number[]>([]) }, { weight: 7, arbitrary: fc.constant(prologue(csr)) });
  return fc.tuple(begins, pieces).map(([begin, body]) => [...begin, ...body.flat()]);
}
