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
    expect(program).toMatchObject({ ok: true, entry: 0x80000004n });
    const parts = program.ok ? program.segments.map((s) => [s.address, s.data.length, s.memSize]) : [];
    expect(parts).toEqual([[0x80000000n, 8, 8n], [0x80001000n, 8, 8n], [0x80002000n, 0, 5000n]]);
    expect(program.ok && Object.fromEntries(program.symbols)).toEqual({ _start: 0x80000004n, tohost: 0x80001000n, buffer: 0x80002000n });
    const [, data] = program.ok ? program.segments : [];
    expect([...(data?.data ?? [])]).toEqual([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]);
  });

  it('begins where it is told', () => {
    expect(parseElf(writeElf(assembled(source, { base: 0x8020_0000n })))).toMatchObject({ entry: 0x80200004n });
  });

  it('of an empty program is still one', () => {
    const file = writeElf(assembled(''));
    expect([...file.slice(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });
});
