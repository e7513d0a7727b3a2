import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantSequence } from './constants.js';
import { assembled, words } from './testing.js';

/** What a sequence leaves in its register. */
function run(lines: readonly string[]): bigint {
  return lines.reduce((value, line) => {
    const [name = '', ...operands] = line.split(/[ ,]+/);
    const n = BigInt((operands.at(-1) ?? '0').replace(/^-/, '')) * (operands.at(-1)?.startsWith('-') ? -1n : 1n);
    const from = operands[1] === 'zero' ? 0n : value;
    switch (name) {
      case 'addi': return BigInt.asIntN(64, from + n);
      case 'addiw': return BigInt.asIntN(32, from + n);
      case 'lui': return BigInt.asIntN(32, n << 12n);
      case 'slli': return BigInt.asIntN(64, from << n);
      case 'srli': return BigInt.asIntN(64, BigInt.asUintN(64, from) >> n);
      default: throw new Error(line);
    }
  }, 0n);
}

const interesting = fc.oneof(
  fc.bigInt(-(1n << 63n), (1n << 64n) - 1n),
  fc.bigInt(-(1n << 32n), 1n << 32n),
  fc.tuple(fc.bigInt(-4096n, 4096n), fc.bigInt(0n, 63n)).map(([v, s]) => v << s),
  fc.tuple(fc.bigInt(0n, 63n), fc.bigInt(-3n, 3n)).map(([s, d]) => (1n << s) + d),
);

describe('li', () => {
  it('yields the value, in at most eight instructions', () => {
    fc.assert(fc.property(interesting, (value) => {
      const lines = constantSequence(value);
      expect(run(lines)).toBe(BigInt.asIntN(64, value));
      expect(lines.length).toBeLessThanOrEqual(8);
    }), { numRuns: 2000 });
  });

  it.each([
    [0n, 1], [-2048n, 1], [2047n, 1], [2048n, 2], [0x1000n, 1], [0x7fffffffn, 2], [-0x80000000n, 1], [0x80000000n, 2], [0xffffffffn, 2],
    [1n << 40n, 2], [0xffff_ffff_ffff_ffffn, 1], [0x7fff_ffff_ffff_ffffn, 2], [0x8000_0000_0000_0000n, 2], [0x12345000_00000000n, 2], [0x0000_ffff_ffff_ffffn, 2],
  ])('of %i takes %i', (value, count) => {
    expect(constantSequence(value)).toHaveLength(count);
    expect(words(assembled(`li a0, ${value}`))).toHaveLength(count);
  });
});
