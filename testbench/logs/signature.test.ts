import { describe, expect, it } from 'vitest';
import { withoutPlus } from './plus-arguments.js';
import { signatureRange, signatureText } from './signature.js';

const MEMORY = { base: 0x8000_0000n, size: 0x10000n };
const symbols = (begin: bigint, end: bigint): ReadonlyMap<string, bigint> => new Map([['begin_signature', begin], ['end_signature', end]]);

describe('a signature', () => {
  it('has its most significant byte first on a line, and zeroes at its end', () => {
    const data = Uint8Array.from({ length: 10 }, (_, i) => i + 1);
    expect(signatureText(data, 4)).toBe('04030201\n08070605\n00000a09\n');
    expect(signatureText(data, 16)).toBe('0000000000000a090807060504030201\n');
    expect(signatureText(new Uint8Array(0), 16)).toBe('');
  });

  it('lies between its symbols', () => {
    expect(signatureRange(symbols(0x8000_1000n, 0x8000_1010n), MEMORY)).toEqual({ ok: true, address: 0x8000_1000n, bytes: 16 });
  });

  it('is refused by name when a symbol is missing, or the range is none', () => {
    const message = (map: ReadonlyMap<string, bigint>): string => {
      const range = signatureRange(map, MEMORY);
      return range.ok ? '' : range.message;
    };
    expect(message(new Map())).toContain('no symbol begin_signature and end_signature');
    expect(message(new Map([['begin_signature', 0n]]))).toContain('no symbol end_signature');
    expect(message(symbols(0x8000_1000n, 0x8000_0000n))).toContain('before');
    expect(message(symbols(0x8000_0000n, 0x8001_0001n))).toContain('not inside the memory');
  });
});

describe('arguments with a plus', () => {
  it('are options of run wherever they stand, and of nothing else', () => {
    expect(withoutPlus(['run', '+signature=a b', 'x.elf', '+signature-granularity=8'])).toEqual(['run', '--signature=a b', 'x.elf', '--signature-granularity=8']);
    expect(withoutPlus(['run', '--', '+signature=a'])).toEqual(['run', '--', '+signature=a']);
    expect(withoutPlus(['asm', '+signature=a'])).toEqual(['asm', '+signature=a']);
  });
});
