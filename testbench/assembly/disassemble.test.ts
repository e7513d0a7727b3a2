import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOf } from '../../model/spec/compressed.js';
import { createDisassembler } from './disassemble.js';
import { assemblyTables, type AssemblyTables } from './tables.js';
import { anyWord, assembled, shippedTables, words } from './testing.js';

const tables = shippedTables();
const disassemble = createDisassembler(tables);

describe('the disassembler', () => {
  it.each([
    [0x00150513, 'addi a0,a0,1'],
    [0xffc5a503, 'lw a0,-4(a1)'],
    [0x00b53423, 'sd a1,8(a0)'],
    [0x6805c573, 'hlv.w a0,(a1)'],
    [0x6ea5c073, 'hsv.d a0,(a1)'],
    [0x02851513, 'slli a0,a0,0x28'],
    [0x12345537, 'lui a0,0x12345'],
    [0x60002573, 'csrrs a0,hstatus,zero'],
    [0x12359573, 'csrrw a0,0x123,a1'],
    [0x1051d573, 'csrrwi a0,stvec,3'],
    [0x0310000f, 'fence rw,w'],
    [0x0ff0000f, 'fence iorw,iorw'],
    [0x12000073, 'sfence.vma zero,zero'],
    [0x00000073, 'ecall'],
    [0x02c5853b, 'mulw a0,a1,a2'],
    [0x0662ae2f, 'amoadd.w.aqrl t3,t1,(t0)'],
    [0x4501, 'c.li a0,0'],
    [0x75dd, 'c.lui a1,0xffff7'],
    [0x4188, 'c.lw a0,0(a1)'],
    [0xdead_4502, 'c.lwsp a0,0(sp)'],
  ])('writes 0x%s as %s', (insn, text) => {
    expect(disassemble(insn)).toBe(text);
  });

  it('writes targets as addresses where it knows its own, and as distances where not', () => {
    expect(disassemble(0xfeb50ce3, 0x8000_0010n)).toBe('beq a0,a1,0x80000008');
    expect(disassemble(0xfeb50ce3)).toBe('beq a0,a1,.-8');
    expect(disassemble(0x0080006f, 0xffff_ffff_ffff_fffcn)).toBe('jal zero,0x4');
  });

  it('writes what it does not know as data', () => {
    expect(disassemble(0xffffffff)).toBe('.word 0xffffffff');
    expect(disassemble(0)).toBe('.half 0x0000');
    expect(disassemble(0xffff_6101)).toBe('.half 0x6101');
    expect(disassemble(-1)).toBe('.word 0xffffffff');
  });

  it('says what a word with meaningless bits executes as', () => {
    expect(disassemble(0x0ff5100f)).toBe('.word 0x0ff5100f # fence.i');
  });

  it('prefers the narrower of two encodings', () => {
    expect(disassemble(0x0100000f)).toBe('pause');
    expect(disassemble(0x8330000f)).toBe('fence.tso');
  });

  it('works from tables that went through JSON', () => {
    const copy: AssemblyTables = JSON.parse(JSON.stringify(tables));
    expect(copy).toEqual(tables);
    expect(createDisassembler(copy)(0x00150513)).toBe('addi a0,a0,1');
  });

  it('is fast enough for every retired instruction of a wave', () => {
    const start = performance.now();
    for (let i = 0; i < 200_000; i++) disassemble(0x00150513 + ((i & 31) << 7), 0x8000_0000n);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('assembly and disassembly', () => {
  it.each(tables.instructions.map((i) => [i.name, i] as const))('agree on every %s', (_, instruction) => {
    const pc = 0x8000_0000n;
    fc.assert(fc.property(fc.array(anyWord(instruction), { minLength: 1, maxLength: 20 }), (list) => {
      const without = list.map((word) => disassemble(word)).join('\n');
      expect(words(assembled(without))).toEqual(list);
      const at = list.map((word, i) => disassemble(word, pc + BigInt(instruction.bytes * i))).join('\n');
      expect(words(assembled(at, { base: pc }))).toEqual(list);
    }), { numRuns: 15 });
  });

  it('agree on any word', () => {
    const insn = fc.nat(0xffffffff).map((word) => (lengthOf(word) === 2 ? word & 0xffff : word));
    fc.assert(fc.property(fc.array(insn, { minLength: 1, maxLength: 50 }), (list) => {
      expect(words(assembled(list.map((word) => disassemble(word)).join('\n')))).toEqual(list);
    }), { numRuns: 200 });
  });
});

describe('the tables', () => {
  it('name the extensions for tools that read the ELF', () => {
    expect(tables.arch).toMatch(/^rv64im/);
    expect(tables.arch).toContain('_zicsr');
  });

  it('are made from the specs and nothing else', () => {
    expect(assemblyTables).toHaveLength(1);
    expect(tables.instructions.find((i) => i.name === 'beq')?.syntax).toMatchObject([{ name: 'rs1' }, ',', { name: 'rs2' }, ',', { kind: 'target', scale: 1, signed: true }]);
  });
});
