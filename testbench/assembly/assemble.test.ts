import { describe, expect, it } from 'vitest';
import { assemble } from './assemble.js';
import { createDisassembler } from './disassemble.js';
import { assembled, sectionBytes, shippedTables, words } from './testing.js';

const disassemble = createDisassembler(shippedTables());
const text = (source: string): string[] => words(assembled(source)).map((word) => disassemble(word));
const data = (source: string): number[] => [...sectionBytes(assembled(`.data\n${source}`), '.data')];
const quads = (source: string): bigint[] => {
  const bytes = Uint8Array.from(data(source));
  return Array.from({ length: bytes.length / 8 }, (_, i) => new DataView(bytes.buffer).getBigInt64(8 * i, true));
};

describe('labels', () => {
  it('reach forwards and backwards', () => {
    expect(text('a: j b\nj a\nb: beqz a0, a')).toEqual(['jal zero,.+8', 'jal zero,.-4', 'beq a0,zero,.-8']);
  });

  it('of digits mean the nearest in the direction given', () => {
    expect(text('1: j 1f\n1: j 1b\nj 1f\n1: nop; 2: j 2b')).toEqual(
      ['jal zero,.+4', 'jal zero,.+0', 'jal zero,.+4', 'addi zero,zero,0', 'jal zero,.+0'],
    );
  });

  it('may share a line with statements and comments', () => {
    expect(text('a: b: nop; nop # j c\n/* j d */ nop // e\n/* two\nlines */ j a')).toEqual([...Array<string>(3).fill('addi zero,zero,0'), 'jal zero,.-12']);
  });

  it('lie in sections one behind the other, each kind on pages of its own', () => {
    const { sections, symbols, entry } = assembled('.bss\nz: .zero 8\n.data\nd: .dword 1\n.rodata\nr: .byte 1\n.text\nnop\n_start: nop\n.section .text.init,"ax"\nnop');
    expect(sections.map(({ name, address, kind }) => [name, address, kind])).toEqual([
      ['.text.init', 0x80000000n, 'code'], ['.text', 0x80000004n, 'code'], ['.rodata', 0x80001000n, 'constants'], ['.data', 0x80002000n, 'data'], ['.bss', 0x80003000n, 'zeros'],
    ]);
    expect(symbols.map(({ name, value }) => [name, value])).toEqual([['z', 0x80003000n], ['d', 0x80002000n], ['r', 0x80001000n], ['_start', 0x80000008n]]);
    expect(entry).toBe(0x80000008n);
  });

  it('may be used where sizes depend on them', () => {
    expect(data('.zero end - start\nstart: .word 1, 2\nend:')).toHaveLength(16);
  });
});

describe('data', () => {
  it.each([
    ['.byte 1, -1, 255, \'a\'', [1, 255, 255, 97]],
    ['.half 0x1234', [0x34, 0x12]],
    ['.word -2', [254, 255, 255, 255]],
    ['.dword 0xfedcba9876543210', [0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe]],
    ['.ascii "a;#", "b"', [97, 59, 35, 98]],
    ['.asciz "\\n\\"\\101\\x42"', [10, 34, 65, 66, 0]],
    ['.string "ä"', [0xc3, 0xa4, 0]],
    ['.zero 3', [0, 0, 0]],
    ['.skip 2, 7', [7, 7]],
    ['.byte 1\n.align 2\n.byte 2', [1, 0, 0, 0, 2]],
    ['.byte 1\n.balign 4, 9\n.byte 2', [1, 9, 9, 9, 2]],
    ['.byte 1\n.p2align 3,,2\n.byte 2', [1, 2]],
    ['.byte 1\n.org 4\n.byte 2', [1, 0, 0, 0, 2]],
    ['.fill 2, 2, 5', [5, 0, 5, 0]],
    ['.equ n, 3\n.set m, n + 1\nk = m * 2\n.byte n, m, k', [3, 4, 8]],
    ['a: .byte . - a, . - a', [0, 1]],
  ])('%s', (source, bytes) => {
    expect(data(source)).toEqual(bytes);
  });

  it('counts with the precedence of GNU as', () => {
    expect(quads('.quad -4>>1, 1+2*3&3, 1|2+4, 7 & 3 << 1, -7/2, -7%3, 1==1, ~0, 5-2-1, !0, 1<<2+1, 6&3|8, 10^3&2, 0b101, 017, (1+2)*3, 2 <> 2, 1 && 0 || 3')).toEqual(
      [0x7ffffffffffffffen, 3n, 7n, 6n, -3n, -1n, -1n, -1n, 2n, 1n, 5n, 10n, 0n, 5n, 15n, 9n, 0n, -1n],
    );
  });

  it('fills gaps in code with nop', () => {
    expect(text('nop\n.align 4\nj .')).toEqual([...Array<string>(4).fill('addi zero,zero,0'), 'jal zero,.+0']);
  });
});

describe('pseudo-instructions', () => {
  it.each([
    ['la a0, x\n.space 0x7f8\nx:', ['auipc a0,0x1', 'addi a0,a0,-2048']],
    ['call x\nx:', ['auipc ra,0x0', 'jalr ra,8(ra)']],
    ['call t0, x\nx:', ['auipc t0,0x0', 'jalr t0,8(t0)']],
    ['tail x\nx:', ['auipc t1,0x0', 'jalr zero,8(t1)']],
    ['lw a0, x\nx:', ['auipc a0,0x0', 'lw a0,8(a0)']],
    ['sd a0, x + 4, t0\nx:', ['auipc t0,0x0', 'sd a0,12(t0)']],
    ['1: auipc a0, %pcrel_hi(x)\nlw a1, %pcrel_lo(1b)(a0)\nx:', ['auipc a0,0x0', 'lw a1,8(a0)']],
    ['lui a0, %hi(0x12345fff)\naddi a0, a0, %lo(0x12345fff)', ['lui a0,0x12346', 'addi a0,a0,-1']],
    ['jal x\nx: jalr a0\nret', ['jal ra,.+4', 'jalr ra,0(a0)', 'jalr zero,0(ra)']],
    ['lw a0, (a1)\nhlv.d a0, 0(a1)\nhlv.d a0, (a1)', ['lw a0,0(a1)', 'hlv.d a0,(a1)', 'hlv.d a0,(a1)']],
    ['csrr t0, mstatus\ncsrw 0x305, t0\ncsrsi sie, 2', ['csrrs t0,mstatus,zero', 'csrrw zero,mtvec,t0', 'csrrsi zero,sie,2']],
    ['fence\nfence rw, w\nsfence.vma\nsfence.vma a0', ['fence iorw,iorw', 'fence rw,w', 'sfence.vma zero,zero', 'sfence.vma a0,zero']],
    ['.insn 0x00150513\nadd x10, fp, x31', ['addi a0,a0,1', 'add a0,s0,t6']],
  ])('%s', (source, expected) => {
    expect(text(source).slice(0, expected.length)).toEqual(expected);
  });
});

describe('macros, repetition, conditions', () => {
  it('put arguments, defaults and running numbers in', () => {
    const source = `
      .macro put reg, value=7, op:req
      l\\@: \\op \\reg, \\reg, \\value
      j l\\@
      .endm
      put a0, 1, addi
      put a1, op=xori`;
    expect(text(source)).toEqual(['addi a0,a0,1', 'jal zero,.-4', 'xori a1,a1,7', 'jal zero,.-4']);
  });

  it('give all that is left to a vararg', () => {
    expect(data('.macro list first, more:vararg\n.byte \\first\n.half \\more\n.endm\nlist 1, 2, 3')).toEqual([1, 2, 0, 3, 0]);
  });

  it('nest', () => {
    expect(data('.macro inner x\n.rept 2\n.byte \\x\n.endr\n.endm\n.macro outer y\ninner \\y\ninner \\y\\()1\n.endm\nouter 5')).toEqual([5, 5, 51, 51]);
  });

  it('repeat', () => {
    expect(data('.rept 3\n.byte 1\n.endr')).toEqual([1, 1, 1]);
    expect(data('i = 0\n.rept 3\n.byte i\ni = i + 1\n.endr')).toEqual([0, 1, 2]);
    expect(data('.irp v, 4, 5\n.byte \\v\n.endr')).toEqual([4, 5]);
  });

  it('choose', () => {
    const choose = (n: number): number[] => data(`.equ n, ${n}\n.if n == 1\n.if 0\n.byte 9\n.endif\n.byte 1\n.elseif n == 2\n.byte 2\n.else\n.byte 3\n.endif`);
    expect([choose(1), choose(2), choose(3)]).toEqual([[1], [2], [3]]);
    expect(data('.ifdef x\n.byte 1\n.else\n.byte 2\n.endif\n.equ x, 0\n.ifndef x\n.byte 3\n.endif\n.byte 4')).toEqual([2, 4]);
  });
});

/** Source, line:column, what is underlined, message, mend. */
const MISTAKES: readonly (readonly [string, string, string, string, string])[] = [
  ['nop\n addi a0, a1, 5000', '2:15', '5000', '5000 does not fit: imm of addi is -2048 to 2047', 'li and a register'],
  ['slli a0, a0, 64', '1:14', '64', '64 does not fit: imm of slli is 0 to 63', 'range'],
  ['csrwi mie, 32', '1:12', '32', '32 does not fit: zimm of csrrwi is 0 to 31', 'range'],
  ['beqz a0, far\n.skip 8192\nfar:', '1:10', 'far', 'far is out of range: it is 8196 bytes from here, beq reaches -4096 to 4094', 'Move it closer'],
  ['j far\n.skip 0x200000\nfar:', '1:3', 'far', 'far is out of range: it is 2097156 bytes from here, jal reaches -1048576 to 1048574', 'Move it closer'],
  ['j . + 1', '1:3', '. + 1', 'target of jal is a multiple of 2, this is 1', 'Align'],
  ['call 0x200000000', '1:6', '0x200000000', '0x200000000 is out of range: it is more than 2 GiB from here', 'li'],
  ['lui a0, %hi(0x80000000)', '1:9', '%hi(0x80000000)', '0x80000000 is more than 2 GiB from zero', 'li'],
  ['add a0, a1, b2', '1:13', 'b2', "rs2 is a register, 'b2' is none", 'Did you mean'],
  ['add a0, a1', '1:11', ' ', "',' is missing before the end of the line", "Write ','"],
  ['add a0, a1, a2, a3', '1:15', ', a3', "', a3' is one too many", 'Remove'],
  ['x: ad a0, a1, a2', '1:4', 'ad', "there is no instruction 'ad'", 'Did you mean add?'],
  ['csrr a0, mstatsu', '1:10', 'mstatsu', "there is no CSR 'mstatsu'", 'Did you mean mstatus?'],
  ['fence wr, r', '1:7', 'wr', "'wr' is no set of accesses", 'in this order'],
  ['beqz a0', '1:1', 'beqz a0', 'beqz does not take 1 operand', 'Write beqz rs, target.'],
  ['li a0', '1:1', 'li a0', 'li does not take 1 operand', 'Write li rd, value.'],
  ['li a0, 0x10000000000000000', '1:8', '0x10000000000000000', '0x10000000000000000 does not fit 64 bits', 'largest'],
  ['j loop\nlop:', '1:3', 'loop', "there is no symbol 'loop'", 'Did you mean lop?'],
  ['j 1f', '1:3', '1f', 'no label 1: follows', 'define 1:'],
  ['j 1b\n1:', '1:3', '1b', 'no label 1: stands before', 'Write 1f'],
  ['a:\nnop\na: nop', '3:1', 'a', "'a' is already defined in line 1", 'another name'],
  ['.word 1 +', '1:10', ' ', 'an expression is missing before the end of the line', 'Write a number'],
  ['.word (1', '1:9', ' ', "')' is missing before the end of the line", "Write ')'"],
  ['.word 1 / 0', '1:7', '1 / 0', 'division by zero', 'divisor'],
  ['.word 12ab', '1:7', '12ab', "'12ab' is no number", 'Numbers are'],
  ['.word 089', '1:7', '089', "'089' is no octal number", 'octal'],
  ['.byte 256', '1:7', '256', '256 does not fit 1 byte', 'wider'],
  ['.word %top(1)', '1:7', '%top', "there is no '%top'", '%hi'],
  ['lw a0, %pcrel_lo(x)(a0)\nx: nop', '1:18', 'x', 'there is no %pcrel_hi at this label', 'label of the auipc'],
  ['.ascii "abc', '1:8', '"abc', 'the string does not end', '"'],
  ['.ascii "\\q"', '1:8', '"\\q"', 'there is no escape \\q', 'Escapes'],
  ['.aling 2', '1:1', '.aling', "there is no directive '.aling'", 'Did you mean .align?'],
  ['.balign 3', '1:9', '3', 'alignment to 3 is not possible', 'power of two'],
  ['nop\n.org 0', '2:6', '0', '.org cannot go from offset 4 to 0', 'only grows'],
  ['.byte 1\nnop', '2:1', 'nop', 'an instruction at 0x80000001, which is no multiple of 2', '.balign 2'],
  ['.bss\n.word 1', '2:1', '.word 1', '.bss holds zeros, not 1', '.data'],
  ['.if 1\nnop', '1:1', '.if 1', '.endif is missing', '.endif'],
  ['.macro m a:req\nnop\n.endm\nm', '4:1', 'm', "m needs an argument for 'a'", 'Write m a.'],
  ['.macro m\nnop\n.endm\nm 1', '4:1', 'm 1', "m takes 0 arguments, '1' is one too many", 'Write m'],
  ['.macro m\nm\n.endm\nm', '2:1', 'm', 'm is nested more than 100 deep', 'calls itself'],
  ['.insn 0x10000', '1:7', '0x10000', '.insn takes an instruction', '.word'],
  ['c.lw t0, 0(a0)', '1:6', 't0', 'rd of c.lw is one of s0, s1, a0 to a5', '32 bits'],
  ['c.addi4spn a0, ra, 8', '1:16', 'ra', 'c.addi4spn has sp here', 'Write sp'],
  ['c.addi4spn a0, sp, 0', '1:1', 'c.addi4spn a0, sp, 0', 'with these operands c.addi4spn is reserved', '32 bits'],
  ['c.mv a0, zero', '1:1', 'c.mv a0, zero', 'with these operands c.mv is the encoding of c.jr', 'Write c.jr'],
];

describe('a mistake', () => {
  it.each(MISTAKES)('in %j stands at %s under %j', (source, place, underlined, message, mend) => {
    const outcome = assemble(source, shippedTables(), { file: 'test.S' });
    const [e] = outcome.ok ? [] : outcome.errors;
    expect(e?.message).toContain(message);
    expect(`${e?.line}:${e?.column}`).toBe(place);
    expect((e?.source ?? '').padEnd(80).slice((e?.column ?? 0) - 1, (e?.column ?? 0) - 1 + (e?.length ?? 0))).toBe(underlined);
    expect(e?.mend).toContain(mend);
  });

  it('in a macro says which use of it', () => {
    const outcome = assemble('.macro m x\n addi a0, a0, \\x\n.endm\nnop\nm 9999', shippedTables());
    expect(outcome.ok ? [] : outcome.errors).toMatchObject([
      { line: 2, message: '9999 does not fit: imm of addi is -2048 to 2047 (in m, used in line 5)', source: 'addi a0, a0, 9999', column: 14 },
    ]);
  });

  it('does not hide the others', () => {
    const outcome = assemble('foo\nj x\nadd a0\n', shippedTables());
    expect(outcome.ok ? [] : outcome.errors.map((e) => e.line)).toEqual([1, 2, 3]);
  });
});
