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

/** The symbol table, read by hand: the section of type 2, entries of 24 bytes, the first of them empty. */
function symbolsOf(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const headers = Array.from({ length: view.getUint16(60, true) }, (_, i) => Number(view.getBigUint64(40, true)) + 64 * i);
  const table = headers.find((h) => view.getUint32(h + 4, true) === 2) ?? 0;
  const [from, bytes] = [Number(view.getBigUint64(table + 24, true)), Number(view.getBigUint64(table + 32, true))];
  return Array.from({ length: bytes / 24 - 1 }, (_, i) => from + 24 * (i + 1)).map((at) => ({
    value: view.getBigUint64(at + 8, true), size: view.getBigUint64(at + 16, true), type: view.getUint8(at + 4) & 15, global: view.getUint8(at + 4) >> 4 === 1,
  }));
}

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

  it('has the mailboxes of HTIF as objects of 64 bits, whatever their labels say', () => {
    const file = writeElf(assembled('.globl tohost\nnop\n.data\ntohost: .dword 0\nfromhost: .dword 0\nother: .dword 0'));
    expect(symbolsOf(file)).toEqual([
      { value: 0x80001008n, size: 8n, type: 1, global: false }, { value: 0x80001010n, size: 0n, type: 0, global: false }, { value: 0x80001000n, size: 8n, type: 1, global: true },
    ]);
  });

  it('of an empty program is still one', () => {
    const file = writeElf(assembled(''));
    expect([...file.slice(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });
});
