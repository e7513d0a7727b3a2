import { describe, expect, it } from 'vitest';
import type { BinaryOp } from './ir.js';
import { applyBinary } from './ops.js';

const MIN64 = 1n << 63n;
const ONES64 = (1n << 64n) - 1n;

/** Operator, width, operands, result: typed by hand from the definition, not computed. */
const EXAMPLES: readonly (readonly [BinaryOp, number, bigint, bigint, bigint])[] = [
  ['add', 7, 127n, 1n, 0n],
  ['add', 64, ONES64, 2n, 1n],
  ['sub', 12, 0n, 1n, 0xfffn],
  ['mul', 33, 0x1_0000_0000n, 2n, 0n],
  ['mulh', 64, MIN64, MIN64, 1n << 62n],
  ['mulh', 64, ONES64, ONES64, 0n],
  ['mulh', 8, 0x80n, 0x7fn, 0xc0n],
  ['mulhu', 64, ONES64, ONES64, ONES64 - 1n],
  ['mulhsu', 64, ONES64, ONES64, ONES64],
  ['mulhsu', 8, 0xffn, 0xffn, 0xffn],
  ['div', 64, 7n, 0n, ONES64],
  ['div', 64, MIN64, ONES64, MIN64],
  ['div', 7, 0x40n, 0x7fn, 0x40n],
  ['div', 32, 0xffff_fff9n, 2n, 0xffff_fffdn],
  ['divu', 5, 9n, 0n, 31n],
  ['divu', 64, ONES64, 2n, MIN64 - 1n],
  ['rem', 64, 7n, 0n, 7n],
  ['rem', 64, MIN64, ONES64, 0n],
  ['rem', 32, 0xffff_fff9n, 2n, 0xffff_ffffn],
  ['remu', 12, 9n, 0n, 9n],
  ['shl', 64, 1n, 64n, 0n],
  ['shl', 8, 0x81n, 1n, 2n],
  ['shl', 32, 1n, 1n << 32n, 0n],
  ['shru', 33, 1n << 32n, 33n, 0n],
  ['shru', 33, 1n << 32n, 32n, 1n],
  ['shrs', 7, 0x40n, 6n, 0x7fn],
  ['shrs', 7, 0x40n, 100n, 0x7fn],
  ['shrs', 64, MIN64, ONES64, ONES64],
  ['lts', 7, 0x40n, 0x3fn, 1n],
  ['lts', 7, 0x3fn, 0x40n, 0n],
  ['lts', 1, 1n, 0n, 1n],
  ['ltu', 7, 0x40n, 0x3fn, 0n],
  ['ges', 64, MIN64, 0n, 0n],
  ['geu', 64, MIN64, 0n, 1n],
  ['eq', 64, 0n, 0n, 1n],
  ['ne', 1, 1n, 0n, 1n],
];

describe('an operator', () => {
  for (const [op, width, a, b, result] of EXAMPLES) {
    it(`${op} of 0x${a.toString(16)} and 0x${b.toString(16)} at ${width} bits is 0x${result.toString(16)}`, () => {
      expect(applyBinary(op, width, a, b)).toBe(result);
    });
  }
});
