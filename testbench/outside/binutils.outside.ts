/**
 * The assembler and the disassembler against GNU binutils.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDisassembler } from '../assembly/disassemble.js';
import { writeElf } from '../assembly/elf.js';
import { extract, insert, operandsOf } from '../assembly/fields.js';
import type { InstructionTable } from '../assembly/tables.js';
import { anyWord, assembled, sectionBytes, shippedTables } from '../assembly/testing.js';

const tables = shippedTables();
const disassemble = createDisassembler(tables);
const folder = mkdtempSync(join(tmpdir(), 'ghosthart-binutils-'));
const at = (name: string): string => join(folder, name);

/** Runs a tool of binutils. */
function tool(name: string, ...args: string[]): string {
  return execFileSync(`riscv64-unknown-elf-${name}`, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
}

beforeAll(() => {
  try {
    tool('as', '--version');
  } catch {
    throw new Error('riscv64-unknown-elf-as is not installed, and this comparison needs it: apt-get install binutils-riscv64-unknown-elf');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Debian's binutils 2.40 do not know, by extension: their words are written field by field. */
const UNKNOWN = 'zicond';
const isUnknown = ({ name }: InstructionTable): boolean => name.startsWith('czero.');
/** The ISA string without it. */
const arch = tables.arch.replace(`_${UNKNOWN}`, '');

/** GNU as shortens what it can, unless told not to; then it refuses what is written short. */
const option = (compressed: boolean): string => `.option ${compressed ? 'rvc' : 'norvc'}\n`;

/** The sections that GNU as and ld make of a source, each at the address ours has. */
function gnu(source: string, addresses: Readonly<Record<string, bigint>>, compressed = false): (section: string) => Uint8Array {
  writeFileSync(at('in.S'), option(compressed) + source);
  tool('as', `-march=${arch}`, '-mabi=lp64', '-mno-relax', '-mpriv-spec=1.12', '-o', at('in.o'), at('in.S'));
  const places = Object.entries(addresses).map(([name, address]) => `--section-start=${name}=0x${address.toString(16)}`);
  tool('ld', '--no-relax', '--no-warn-rwx-segments', '-e', '0x80000000', ...places, '-o', at('in.elf'), at('in.o'));
  return (section) => {
    tool('objcopy', '-O', 'binary', '-j', section, at('in.elf'), at('section.bin'));
    return new Uint8Array(readFileSync(at('section.bin')));
  };
}

/** Both make the same bytes of every section that has any. */
function agree(source: string, compressed = false): void {
  const program = assembled(source);
  const addresses = Object.fromEntries(program.sections.map((s) => [s.name, s.address]));
  const theirs = gnu(source, addresses, compressed);
  for (const { name, size, alignment } of program.sections.filter((s) => s.kind !== 'zeros')) {
    const bytes = [...theirs(name)];
    expect(bytes.slice(0, size), name).toEqual([...sectionBytes(program, name)]);
    // GNU as fills the last section of code up to its alignment.
    expect(bytes.length - size).toBeLessThan(Number(alignment));
  }
}

/** CSRs that the specs do not have may have names in binutils. */
const knowsCsr = (instruction: InstructionTable) => (word: number): boolean =>
  operandsOf(instruction).every((operand) => operand.kind !== 'csr' || tables.csrs.some(([, address]) => address === extract(operand, word)));

/** Words of every instruction; of those with a CSR, every CSR of the specs. */
const samples = tables.instructions.filter((i) => !isUnknown(i)).map((instruction) => {
  const random = fc.sample(anyWord(instruction), { numRuns: 40, seed: 7 });
  const csr = operandsOf(instruction).find((operand) => operand.kind === 'csr');
  const csrs = csr === undefined ? [] : tables.csrs.map(([, address]) => instruction.match | insert(csr, BigInt(address)));
  return { instruction, list: [...random.filter(knowsCsr(instruction)), ...csrs.map((word) => word >>> 0)] };
});
/** Binutils cannot write a fence between empty sets, nor a compressed shift by 0. */
const writable = (word: number): boolean => !/^fence (0|\w+,0)|^c\.s[lr][la]i \w+,0x0/.test(disassemble(word));

describe('the assembler agrees with GNU as', () => {
  it.each(samples)('on $instruction.name', ({ instruction: { bytes }, list }) => {
    agree(`.text\n${list.filter(writable).map((word) => disassemble(word)).join('\n')}\n${bytes === 2 ? 'c.nop' : 'nop'}\n`, bytes === 2);
  });

  it('on Zicond, which it takes field by field only', () => {
    expect(() => tool('as', `-march=rv64i_${UNKNOWN}`, '-o', at('none.o'), '/dev/null')).toThrow();
    const words = (source: string): number[] => [...gnu(source, {})('.text')];
    const program = assembled('czero.eqz a0, a1, a2\nczero.nez t3, s4, zero\n');
    expect(words('.insn r 0x33, 5, 7, a0, a1, a2\n.insn r 0x33, 7, 7, t3, s4, zero\n')).toEqual([...sectionBytes(program, '.text')]);
  });

  it('on every pseudo-instruction of the specs', () => {
    const values: Readonly<Record<string, string>> = { rd: 'a0', rs: 'a1', rt: 's2', target: 'back', csr: 'mstatus', imm: '5' };
    const lines = tables.pseudos.map((p) => `${p.name} ${p.operands.map((o) => values[o] ?? '0').join(', ')}`);
    agree(`.text\nback: ${lines.join('\n')}\n`);
  });

  it('on symbols, sections, data and macros', () => {
    agree(`
      .equ COUNT, 3
      .macro save reg, offset=8
      sd \\reg, \\offset(sp)
      .if \\offset > 8
      addi sp, sp, -\\offset
      .else
      nop
      .endif
      .endm
      .text
      .globl _start
_start: la sp, stack
      lla a0, word
      call function
      save ra
      save s0, 16
1:    beqz a0, 1f
      j 1b
1:    lw a1, word
      sw a1, word, t0
      lui a2, %hi(0x12345fff)
      addi a2, a2, %lo(0x12345fff)
2:    auipc a3, %pcrel_hi(word)
      ld a3, %pcrel_lo(2b)(a3)
      li t0, COUNT * 4 + 1
      li t1, 0x12345678
      li t2, -2048
      tail function
      .align 4
function:
      .rept COUNT
      addi a0, a0, 1
      .endr
      .balign 32
      ret
      .section .rodata
text: .asciz "a\\tb;# \\"c\\" \\101"
      .string "d", "e"
      .byte 'x', -1, 255, COUNT << 2 | 1, ~0 & 7 + 1
      .data
word: .word 1, -2, end - word
      .p2align 3, 0xaa
      .dword _start, word + 8, -4 >> 1, 7 / -2, 7 % -2, 1 == 1
      .half 0x1234
      .irp n, 1, 2, 3
      .byte \\n
      .endr
      .org 100
      .byte 1
end:  .bss
      .balign 16
      .zero 64
stack:
    `);
  });

  const programs = fileURLToPath(new URL('../programs', import.meta.url));
  it.each(readdirSync(programs).filter((f) => f.endsWith('.S')))('on programs/%s', (name) => {
    agree(readFileSync(join(programs, name), 'utf8'));
  });
});

/** What objdump says of each word of an ELF's `.text`. */
function objdump(elf: Uint8Array): string[] {
  writeFileSync(at('ours.elf'), elf);
  const listing = tool('objdump', '-D', '-j', '.text', '-M', 'no-aliases', '-M', 'priv-spec=1.12', at('ours.elf'));
  return [...listing.matchAll(/^\s*[0-9a-f]+:\t[0-9a-f ]+\t(.*)$/gm)].map(([, text = '']) => text);
}

/** Their spelling in ours: no comments, no symbols, addresses with 0x; a compressed shift by 0 has no name of its own any more, and c.nop has one. */
function ours(text: string): string {
  return text.replace(/\s*#.*$/, '').replace('\t', ' ').replace(/\b([0-9a-f]+) <.*>$/, '0x$1').replaceAll('unknown', '0').replace(/^(c\.s[lr][la]i)64 (\w+)$/, '$1 $2,0x0').replace(/^c\.addi zero,0$/, 'c.nop').trim();
}

describe('the disassembler agrees with objdump', () => {
  it.each(samples)('on $instruction.name', ({ instruction, list }) => {
    const program = assembled(`.globl _start\n_start:\n${list.map((word) => `.insn ${word}`).join('\n')}`);
    const expected = list.map((word, i) => disassemble(word, 0x8000_0000n + BigInt(instruction.bytes * i)));
    const unimp = assembled('unimp').sections[0]?.bytes.join();
    const found = objdump(writeElf(program)).map(ours);
    expect(found, instruction.name).toHaveLength(list.length);
    expect(found.filter((text) => text !== 'unimp')).toEqual(expected.filter((_, i) => found[i] !== 'unimp'));
    expect(unimp).toBe('115,16,0,192');
  });
});

describe('GNU tools read our ELF', () => {
  it('with its sections, segments, symbols and entry', () => {
    writeFileSync(at('ours.elf'), writeElf(assembled('.globl _start\nnop\n_start: j _start\n.data\nd: .dword 1\n.bss\nb: .zero 9')));
    const listing = tool('readelf', '-hlSsW', at('ours.elf'));
    expect(listing).toMatch(/Entry point address:\s+0x80000004/);
    expect(listing).toMatch(/\.text\s+PROGBITS\s+0000000080000000 001000 000008 00 {2}AX/);
    expect(listing).toMatch(/\.bss\s+NOBITS\s+0000000080002000 \w+ 000009 00 {2}WA/);
    expect(listing).toMatch(/LOAD\s+0x002000 0x0000000080001000 0x0000000080001000 0x000008 0x000008 RW/);
    expect(listing).toMatch(/0000000080000004\s+0 NOTYPE\s+GLOBAL DEFAULT\s+1 _start/);
    expect(tool('readelf', '-A', at('ours.elf'))).toContain(tables.arch);
  });
});
