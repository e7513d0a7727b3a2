import { describe, expect, it } from 'vitest';
import { expanderOf, lengthOf } from './compressed.js';
import { expectMistakes, mistakesIn, specsWith } from './testing.js';

const FILE = 'isa/x.yaml';

/** An instruction with an immediate, formats of 16 bits, and compressed entries. */
const withC = (entries: string): Readonly<Record<string, string>> => ({
  [FILE]: `rules: [first_rule]
formats:
  near: { registers: { rd: 11-7, rs1: 19-15 }, immediate: { bits: [31-20], signed: true }, syntax: "rd, imm(rs1)" }
  far: { registers: { rd: 11-7 }, immediate: { bits: [31-12], scale: 12, signed: true }, syntax: "rd, imm" }
  CS: { registers: { rd: 4-2, rs1: 9-7 }, immediate: { bits: [5, 12-10, 6], scale: 2, signed: false }, syntax: "rd, imm(rs1)" }
  CI: { registers: { rd: 11-7 }, immediate: { bits: [12, 6-2], signed: true }, syntax: "rd, imm" }
instructions:
  take: { match: "-----------------010-----0000011", format: near, class: alu, result: "X[rs1]" }
  high: { match: "-------------------------0110111", format: far, class: alu, result: "imm" }
compressed:
${entries}`,
});
const c = (entry: string): Readonly<Record<string, string>> => withC(`  ${entry}`);
const GOOD = 'c.take: { match: "010-----------00", format: CS, expand: "take rd, imm(rs1)" }';

describe('a compressed instruction', () => {
  const expander = (entry: string): ReturnType<typeof expanderOf> => expanderOf(specsWith(c(entry)).isa.compressed);

  it('stands for one of 32 bits, operand by operand', () => {
    // rd x9, rs1 x10, offset 4 + 64.
    expect(expander(GOOD)(0b010_000_010_11_001_00)).toBe(((4 + 64) << 20) | (10 << 15) | (2 << 12) | (9 << 7) | 0b0000011);
  });

  it('extends a signed immediate by its highest bit, and fills built-in operands', () => {
    const expand = expander('c.get: { match: "011-----------01", format: CI, expand: "take rd, imm(sp)" }');
    expect(expand(0b011_1_00101_11110_01)).toBe(((-2 & 0xfff) << 20 | (2 << 15) | (2 << 12) | (5 << 7) | 0b0000011) >>> 0);
    expect(expand(0b011_0_00101_00010_01)).toBe((2 << 20) | (2 << 15) | (2 << 12) | (5 << 7) | 0b0000011);
  });

  it('is reserved where an operand in nonzero is zero, and unknown where nothing matches', () => {
    const expand = expander('c.get: { match: "011-----------01", format: CI, expand: "take rd, imm(sp)", nonzero: [rd] }');
    expect(expand(0b011_1_00000_11110_01)).toBeUndefined();
    expect(expand(0b111_1_00101_11110_01)).toBeUndefined();
  });

  it('is as long as its lowest two bits say', () => {
    expect([0, 1, 2, 3].map(lengthOf)).toEqual([2, 2, 2, 4]);
    expect(expander(GOOD)(0x0000_0013)).toBe(0x13);
  });

  it('gives way to a narrower one', () => {
    const expand = expanderOf(specsWith(withC(`  ${GOOD}\n  c.one: { match: "0100000000000000", format: none, expand: "take zero, 1(zero)" }`)).isa.compressed);
    expect(expand(0x4000)).toBe((1 << 20) | (2 << 12) | 0b0000011);
  });

  it('has a match of 16 characters that does not end in 11', () => {
    expectMistakes(FILE, c('c.take: { match: "«010---»", format: CS, expand: "take rd, imm(rs1)" }')[FILE] ?? '', { says: 'c.take: the match has 6 characters', mend: 'A match has 16 characters, most significant bit first: 10 missing.' });
    expect(mistakesIn(c('c.take: { match: "010-----------11", format: CS, expand: "take rd, imm(rs1)" }')).map((m) => m.message)).toEqual(['c.take: the match ends in 11']);
  });

  it('expands to an instruction that exists, as that is written', () => {
    const says = (expand: string): readonly string[] => mistakesIn(c(`c.take: { match: "010-----------00", format: CS, expand: "${expand}" }`)).map(({ message }) => message);
    expect(says('takes rd, imm(rs1)')).toEqual(['c.take: there is no instruction takes']);
    expect(says('take rd, imm')).toEqual(['c.take: this is not how take is written']);
    expect(says('take rd, imm(rs2)')).toEqual(['c.take: the format CS has no operand rs2']);
    expect(says('take 32, imm(rs1)')).toEqual(['c.take: rd of the format near cannot hold this']);
    expect(says('high rd, imm')).toEqual(['c.take: imm of the format far cannot hold this']);
    expect(mistakesIn(c('c.take: { match: "010-----------00", format: CS, expand: "take rd, imm(rs1)", nonzero: [rs2] }')).map(({ message }) => message)).toEqual(['c.take: the format CS has no operand rs2']);
  });

  it('overlaps others only if it lies within them', () => {
    expect(mistakesIn(withC(`  ${GOOD}\n  c.take2: { match: "010-----------00", format: CS, expand: "take rd, imm(rs1)" }`)).map(({ message }) => message)).toEqual(['c.take2: c.take and c.take2 have the same encoding']);
  });
});

describe('an instruction of 32 bits', () => {
  it('has no registers of 3 bits', () => {
    const files = withC(`  ${GOOD}`);
    const text = (files[FILE] ?? '').replace('instructions:\n', 'instructions:\n  short: { match: "1111111111111111111---1---0---11", format: CS, class: alu, result: "0" }\n');
    expect(mistakesIn({ ...files, [FILE]: text }).map(({ message }) => message)).toContain('short: rd of the format CS has 3 bits');
  });
});
