import { describe, expect, it } from 'vitest';
import { parseElf } from '../../model/machine/elf.js';
import { writeElf } from './elf.js';
import { assembled } from './testing.js';

const source = `
    .globl _start, tohost
    .text
    nop
_start: j _start
    .data
    .align 6
tohost: .dword 0x1122334455667788
    .bss
buffer: .zero 5000`;

describe('an ELF file', () => {
  it('is what the loader reads', () => {
    const program = parseElf(writeElf(assembled(source)));
    expect(program).toMatchObject({ entry: 0x80000004n });
    expect(JSON.stringify(program, (_, v: unknown) => (typeof v === 'bigint' ? `0x${v.toString(16)}` : v))).toContain('0x80001000');
  });

  it('begins where it is told', () => {
    expect(parseElf(writeElf(assembled(source, { base: 0x8020_0000n })))).toMatchObject({ entry: 0x80200004n });
  });

  it('of an empty program is still one', () => {
    const file = writeElf(assembled(''));
    expect([...file.slice(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });
});
