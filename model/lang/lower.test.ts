import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant, read } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { lowerOperation } from './lower.js';
import { scopeOf, type Callable } from './scope.js';
import { fn, operation, underlined, valueOf } from './testing.js';

const register = (name: string, width: number): Expr => read({ kind: 'register', name, width, reset: 0n, input: false });

const names: Record<string, Expr> = {
  pc: register('pc', 64), imm: register('imm', 64), mem: register('mem', 32), b: register('b', 8), V: register('V', 1), 'mstatus.SIE': register('SIE', 1),
};
const functions: Callable[] = [
  fn('low', { a: 64 }, 'a[31:0]'),
  fn('pick', { a: 64, c: 1 }, 'if c then a else 0'),
  fn('five', {}, '5'),
  fn('outer', { a: 64 }, 'pick(a + 1, V)'),
  fn('leak', { a: 64 }, 'inner(V)'),
  fn('inner', { c: 1 }, 'if c then a else pc'),
  fn('loop', { a: 64 }, 'spin(a)'),
  fn('spin', { a: 64 }, 'loop(a)'),
  fn('broken', { a: 64 }, 'a +'),
  fn('wrong', { a: 64 }, 'a + mem'),
  fn('reads', {}, 'X[rs1]'),
];
const scope = scopeOf(names, { rs1: register('x', 64), rs2: register('y', 64) }, functions);

function lower(text: string, width: number | undefined = 64): Expr {
  const outcome = lowerOperation(operation(text), scope, width, 'test');
  if (!outcome.ok) throw new Error(`${text}: ${outcome.diagnostics.map((d) => d.message).join('; ')}`);
  return outcome.value;
}

describe('widths', () => {
  it.each([
    ['X[rs1] + 1', 64], ['1 + X[rs1]', 64], ['5', 64], ['-1', 64], ['~0 & 3', 64], ['sext(mem)', 64], ['zext(mem[15:0])', 64],
    ['if V then 1 else 2', 64], ['if V then pc else 0', 64], ['(1 + 2) * pc', 64], ['X[rs1] << X[rs2][5:0]', 64], ['1 << b', 64],
    ['pc >>u 63', 64], ['(pc >>u b)[0]', 1], ['{b, mem, 0:24}', 64], ['{(X[rs1] + imm)[63:1], 0:1}', 64], ['zext(b <u 200)', 64],
    ['sext(mem[31:0] + X[rs2][31:0])', 64], ['V && !mstatus.SIE || pc == 0', 1], ['mulhu(pc, 10)', 64], ['low(pc)', 32], ['pick(pc, V)', 64],
    ['five()', 64], ['five() + b', 8], ['outer(0x10)', 64], ['zext<12>(0)', 12], ['sext<64>(low(imm) /s 3)', 64], ['pc', 64], ['0:1', 1], ['1', 1],
    ['if five() == b then 1 else 0', 1],
  ])('%s yields %i bits', (text, width) => {
    expect(lower(text, width).width).toBe(width);
  });

  it('of any size are fine where none is needed', () => {
    const outcome = lowerOperation(operation('mem'), scope, undefined, 'test');
    expect(outcome.ok && outcome.value.width).toBe(32);
  });

  it('leave names and registers as the scope gives them', () => {
    expect(lower('pc')).toBe(names['pc']);
    expect(lower('X[rs2]')).toMatchObject({ kind: 'read', register: { name: 'y' } });
  });

  it('bind each argument once, so that a value used twice is one node', () => {
    const e = lower('pick(pc + 4, V)');
    expect(e).toMatchObject({ kind: 'mux', condition: { register: { name: 'V' } }, then: { op: 'add' } });
  });
});

/** Text, what is underlined, the message, the mend. */
const MISTAKES: readonly (readonly [string, string, string, string])[] = [
  ['mem', 'mem', 'operation yields bits<32>, 64 are needed', 'Extend it explicitly: sext(mem) or zext(mem).'],
  ['mem + 1', 'mem + 1', 'operation yields bits<32>, 64 are needed', 'Extend it explicitly: sext(mem + 1) or zext(mem + 1).'],
  ['pc == 0', 'pc == 0', 'operation yields bits<1>, 64 are needed', 'Extend it explicitly: sext(pc == 0) or zext(pc == 0).'],
  ['pc + mem', 'pc + mem', "the sides of '+' differ: bits<64> and bits<32>", 'Extend it explicitly: sext(mem) or zext(mem).'],
  ['zext(b == pc)', 'b == pc', "the sides of '==' differ: bits<8> and bits<64>", 'Extend it explicitly: sext(b) or zext(b).'],
  ['mulh(pc, mem)', 'mulh(pc, mem)', "the sides of 'mulh' differ: bits<64> and bits<32>", 'Extend it explicitly: sext(mem) or zext(mem).'],
  ['if V then pc else mem', 'if V then pc else mem', "the arms of 'if' differ: bits<64> and bits<32>", 'Extend it explicitly: sext(mem) or zext(mem).'],
  ['if b then pc else 0', 'b', "the condition of 'if' has bits<8>, 1 bit is needed", 'Compare it, or take one bit: b != 0, b[0].'],
  ['zext(b && V)', 'b', "the left side of '&&' has bits<8>, 1 bit is needed", 'Compare it, or take one bit'],
  ['zext(V || (b))', '(b)', "the right side of '||' has bits<8>, 1 bit is needed", 'Compare it, or take one bit'],
  ['zext(!b)', 'b', "what '!' negates has bits<8>, 1 bit is needed", 'Compare it, or take one bit'],
  ['zext(b + 300)', '300', '300 does not fit 8 bits', 'It has 9 bits: check the number, or the width of what it meets.'],
  ['zext(9:3)', '9:3', '9:3 does not fit 3 bits', 'It has 4 bits'],
  ['zext(1:65)', '1:65', 'a value has 1 to 64 bits, this has 65', 'Use a width from 1 to 64.'],
  ['zext<80>(b)', 'zext<80>(b)', 'a value has 1 to 64 bits, this has 80', 'Use a width from 1 to 64.'],
  ['{mem, 0, mem[30:0]}', '0', 'nothing here gives 0 a width', 'Write its width: 0:N, N bits.'],
  ['{sext(b), mem}', 'sext(b)', 'nothing here says how far sext extends', 'Write the width: sext<N>(b).'],
  ['zext(1 == 2)', '1', 'nothing here gives 1 a width', 'Write its width: 1:N, N bits.'],
  ['zext(5[0])', '5', 'nothing here gives 5 a width', 'Write its width'],
  ['pc << (1 + 2)', '1', 'nothing here gives 1 a width', 'Write its width'],
  ['zext<8>(mem)', 'zext<8>(mem)', 'zext<8> of bits<32> would cut bits off', 'Take a slice: mem[7:0].'],
  ['zext(mem[32:0])', 'mem[32:0]', '[32:0] reaches outside bits<32>', 'Its bits are 31 down to 0.'],
  ['zext(mem[32])', 'mem[32]', '[32] reaches outside bits<32>', 'Its bits are 31 down to 0.'],
  ['zext(mem[0:3])', 'mem[0:3]', '[0:3] is upside down', 'Write the higher bit first: [3:0].'],
  ['{pc, V}', '{pc, V}', 'the concatenation has 65 bits, 64 are the most', 'Concatenate fewer bits.'],
  ['pcc + 4', 'pcc', "there is no 'pcc' here", 'Did you mean pc?'],
  ['zext(mstatus.SEI)', 'mstatus.SEI', "there is no 'mstatus.SEI' here", 'Did you mean mstatus.SIE?'],
  ['nonsense', 'nonsense', "there is no 'nonsense' here", 'The names here: pc, imm, mem, b, V, mstatus.SIE.'],
  ['X[rs3] + 1', 'X[rs3]', "there is no register operand 'rs3' here", "X[…] takes the register operands of the instruction's format"],
  ['mulhs(pc, pc)', 'mulhs(pc, pc)', "there is no function 'mulhs'", 'Did you mean mulh?'],
  ['magic(pc)', 'magic(pc)', "there is no function 'magic'", 'Define it under `functions:`'],
  ['pick(pc)', 'pick(pc)', 'pick takes 2 arguments, this call has 1', 'Write pick(a, c).'],
  ['mulh(pc)', 'mulh(pc)', 'mulh takes 2 arguments, this call has 1', 'Write mulh(a, b).'],
  ['pick(mem, V)', 'mem', "argument 'a' of pick has bits<32>, 64 are needed", 'Extend it explicitly: sext(mem) or zext(mem).'],
];

describe('a mistake', () => {
  it.each(MISTAKES)('in "%s" underlines %s: %s', (text, caret, message, mend) => {
    const outcome = lowerOperation(operation(text), scope, 64, 'hlv.w');
    const found = outcome.ok ? [] : outcome.diagnostics.filter((d) => d.message === `hlv.w: ${message}`);
    expect(found.map((d) => underlined(d))[0]).toBe(caret);
    expect(found[0]?.mend).toContain(mend);
  });

  it('is reported once, whatever surrounds it', () => {
    for (const [text] of MISTAKES) {
      const outcome = lowerOperation(operation(text), scope, 64, 'test');
      // Two numbers without a width, or a mistake next to another, are two mistakes.
      expect(outcome.ok ? 0 : outcome.diagnostics.length, text).toBe(/^(zext\(1 == 2|pc << \(1)/.test(text) ? 2 : 1);
    }
  });

  it('does not hide the others, and they come in the order of the text', () => {
    const outcome = lowerOperation(operation('if b then foo + mem[40:0] else pick(mem, 300:8) + {1, 2}'), scope, 64, 'test');
    const messages = outcome.ok ? [] : outcome.diagnostics.map((d) => underlined(d));
    expect(messages).toEqual(['b', 'foo', 'mem[40:0]', 'mem', '300:8', '1', '2']);
  });

  it('that makes the operation too wide asks for a slice', () => {
    const outcome = lowerOperation(operation('pc + 4'), scope, 32, 'sw');
    expect(outcome.ok ? [] : outcome.diagnostics).toMatchObject([
      { message: 'sw: operation yields bits<64>, 32 are needed', mend: 'Take a slice: (pc + 4)[31:0].' },
    ]);
  });

  it.each([
    ['wrong(pc)', "wrong: the sides of '+' differ: bits<64> and bits<32>", 'a + mem'],
    ['wrong(pc) + wrong(imm)', "wrong: the sides of '+' differ: bits<64> and bits<32>", 'a + mem'],
    ['broken(pc)', 'broken: an operand is missing before the end', '"'],
    ['broken(pc) + broken(pc)', 'broken: an operand is missing before the end', '"'],
    ['reads()', "reads: there is no register operand 'rs1' here", 'X[rs1]'],
    ['leak(pc)', "inner: there is no 'a' here", 'a'],
    ['loop(pc)', 'spin: loop calls itself (loop → spin → loop)', 'loop(a)'],
  ])('in a function is shown once, in the function: %s', (text, message, caret) => {
    const outcome = lowerOperation(operation(text), scope, 64, 'test');
    const found = outcome.ok ? [] : outcome.diagnostics;
    expect(found.map((d) => [d.message, underlined(d), d.span.file.path])).toEqual([[message, caret, 'specs/isa/functions.yaml']]);
  });
});

const value64 = fc.bigInt(0n, (1n << 64n) - 1n);
const signed = (v: bigint): bigint => BigInt.asIntN(64, v);
const wrap = (v: bigint): bigint => BigInt.asUintN(64, v);
const flag = (yes: boolean): bigint => (yes ? 1n : 0n);

/** The language's table of operators, in bigint. */
const MEANING: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  'a + b': (a, b) => wrap(a + b),
  'a - b': (a, b) => wrap(a - b),
  'a * b': (a, b) => wrap(a * b),
  'a /u b': (a, b) => (b === 0n ? wrap(-1n) : a / b),
  'a %u b': (a, b) => (b === 0n ? a : a % b),
  'a /s b': (a, b) => (b === 0n ? wrap(-1n) : wrap(signed(a) / signed(b))),
  'a %s b': (a, b) => (b === 0n ? a : wrap(signed(a) % signed(b))),
  'a & b': (a, b) => a & b,
  'a | b': (a, b) => a | b,
  'a ^ b': (a, b) => a ^ b,
  'a << b[6:0]': (a, b) => wrap(a << (b % 128n)),
  'a >>u b[6:0]': (a, b) => a >> (b % 128n),
  'a >>s b[6:0]': (a, b) => wrap(signed(a) >> (b % 128n)),
  'zext(a == b)': (a, b) => flag(a === b),
  'zext(a != b)': (a, b) => flag(a !== b),
  'zext(a <u b)': (a, b) => flag(a < b),
  'zext(a <s b)': (a, b) => flag(signed(a) < signed(b)),
  'zext(a <=u b)': (a, b) => flag(a <= b),
  'zext(a <=s b)': (a, b) => flag(signed(a) <= signed(b)),
  'zext(a >u b)': (a, b) => flag(a > b),
  'zext(a >s b)': (a, b) => flag(signed(a) > signed(b)),
  'zext(a >=u b)': (a, b) => flag(a >= b),
  'zext(a >=s b)': (a, b) => flag(signed(a) >= signed(b)),
  'zext(a[0] && b[0])': (a, b) => a & b & 1n,
  'zext(a[0] || b[0])': (a, b) => (a | b) & 1n,
  'if !a[0] then ~a else -b': (a, b) => (a & 1n ? wrap(-b) : wrap(~a)),
  'sext(a[31:0])': (a) => wrap(BigInt.asIntN(32, a)),
  'zext({a[7:0], b[15:8]})': (a, b) => ((a & 255n) << 8n) | ((b >> 8n) & 255n),
  'mulh(a, b)': (a, b) => wrap((signed(a) * signed(b)) >> 64n),
  'mulhu(a, b)': (a, b) => (a * b) >> 64n,
  'mulhsu(a, b)': (a, b) => wrap((signed(a) * b) >> 64n),
};

describe('what operations yield', () => {
  it.each(Object.entries(MEANING))('%s is what the table says', (text, meaning) => {
    fc.assert(fc.property(value64, fc.oneof(value64, fc.bigInt(0n, 3n)), (a, b) => {
      const outcome = lowerOperation(operation(text), scopeOf({ a: constant(64, a), b: constant(64, b) }), 64, 'test');
      expect(outcome.ok && valueOf(outcome.value)).toBe(meaning(a, b));
    }), { numRuns: 60 });
  });
});
