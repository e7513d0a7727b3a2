import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readElf } from './elf-file.js';
import { parseElf } from './elf.js';
import { buildElf } from './testing.js';

const memory = { base: 0x8000_0000n, size: 0x10000n };
const plain = { segments: [{ address: 0x8000_0000n, data: Uint8Array.of(1, 2, 3, 4), memSize: 16n }], symbols: { tohost: 0x8000_1000n, main: 0x8000_0004n } };

/** A good file with some bytes replaced. */
function patched(at: number, ...values: number[]): Uint8Array {
  const bytes = buildElf(plain);
  bytes.set(values, at);
  return bytes;
}

const messageOf = (bytes: Uint8Array, range = memory): string => {
  const result = parseElf(bytes, range);
  return result.ok ? 'accepted' : result.message;
};

describe('parseElf', () => {
  it('gives entry, segments and symbols of an executable', () => {
    const result = parseElf(buildElf(plain), memory);
    if (!result.ok) throw new Error(result.message);
    expect(result.entry).toBe(0x8000_0000n);
    expect(result.segments).toEqual([{ address: 0x8000_0000n, data: Uint8Array.of(1, 2, 3, 4), memSize: 16n }]);
    expect([...result.symbols]).toEqual([['tohost', 0x8000_1000n], ['main', 0x8000_0004n]]);
  });

  it('accepts a view into a larger buffer', () => {
    const bytes = buildElf(plain);
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    expect(parseElf(larger.subarray(3, 3 + bytes.length))).toEqual(parseElf(bytes));
  });

  it.each([
    ['an empty file', new Uint8Array(), 'It is empty.'],
    ['a text file', Buffer.from('hello world, hello world'), 'It is not an ELF file.'],
    ['a cut header', buildElf(plain).subarray(0, 40), 'It is truncated: an ELF header has 64 bytes.'],
    ['a cut magic', buildElf(plain).subarray(0, 3), 'It is truncated: an ELF header has 64 bytes.'],
    ['32 bits', patched(4, 1), 'It is a 32-bit ELF file.'],
    ['big-endian', patched(5, 2), 'It is a big-endian ELF file.'],
    ['x86-64', patched(18, 62), 'It is not for RISC-V (its ELF machine is 62, RISC-V is 243).'],
    ['an object file', patched(16, 1), 'It is a relocatable object, not an executable.'],
    ['a PIE', patched(16, 3), 'It is a position-independent or shared object, not an executable.'],
    ['no segments', buildElf({ segments: [] }), 'It has nothing to load.'],
    ['headers outside', patched(32, 0xff, 0xff), 'Its program header table runs outside the file.'],
    ['data outside', patched(64 + 8, 0, 0, 1), 'The segment at 0x80000000 runs outside the file.'],
    ['64-bit offset', patched(64 + 8, 0, 0, 0, 0, 0, 0, 0, 0xff), 'The segment at 0x80000000 runs outside the file.'],
    ['too little memory size', patched(64 + 40, 2), 'The segment at 0x80000000 has 4 bytes in the file but only 2 in memory.'],
    ['a cut end', buildElf(plain).subarray(0, -10), 'It is truncated: its section header table runs outside the file.'],
    ['an odd entry', patched(24, 1), 'Its entry point, 0x80000001, is odd.'],
    ['an interpreter', patched(64, 3), 'It needs a dynamic linker.'],
  ])('refuses %s in one sentence', (_what, bytes, message) => {
    expect(messageOf(bytes)).toBe(message);
  });

  it('begins with an instruction of 16 bits, too', () => {
    expect(parseElf(patched(24, 2), memory)).toMatchObject({ ok: true, entry: 0x8000_0002n });
  });

  it('refuses a segment outside the memory, naming both ranges', () => {
    const bytes = buildElf({ segments: [{ address: 0x8000_fffcn, data: new Uint8Array(8) }] });
    expect(messageOf(bytes)).toBe('A segment, 0x8000fffc to 0x80010003, lies outside the memory, 0x80000000 to 0x8000ffff.');
  });

  it('refuses a segment that wraps around the address space', () => {
    const bytes = buildElf({ segments: [{ address: (1n << 64n) - 4n, data: new Uint8Array(8) }] });
    const result = parseElf(bytes);
    expect(result.ok ? '' : result.message).toMatch(/beyond the end of the address space/);
  });

  it('never throws, whatever bytes of a good file are replaced', () => {
    const good = buildElf(plain);
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { size: 'max', maxLength: 12 });
    fc.assert(
      fc.property(edits, fc.nat(good.length), (changes, length) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const result = parseElf(bytes.subarray(0, length || bytes.length), memory);
        if (!result.ok) expect(result.message).toMatch(/^[A-Z].*\.$/);
        else for (const s of result.segments) expect(s.memSize).toBeGreaterThanOrEqual(BigInt(s.data.length));
      }),
      { numRuns: 3000 },
    );
  });

  it('never throws on random bytes behind a good beginning', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), (tail) => {
      parseElf(Buffer.concat([buildElf(plain).subarray(0, 20), tail]));
      parseElf(tail);
    }), { numRuns: 1000 });
  });
});

describe('readElf', () => {
  it('says in one sentence why a file cannot be read', () => {
    const directory = mkdtempSync(join(tmpdir(), 'elf-'));
    try {
      writeFileSync(join(directory, 'good.elf'), buildElf(plain));
      expect(readElf(join(directory, 'good.elf')).ok).toBe(true);
      expect(readElf(join(directory, 'none.elf'))).toEqual({ ok: false, message: 'There is no such file.', mend: 'Check the path.' });
      expect(readElf(directory)).toMatchObject({ ok: false, message: 'It is a directory.' });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
