import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashWords } from './hash.js';

const hashOf = (words: readonly number[]): readonly number[] => {
  const into = new Uint32Array(4);
  hashWords(Int32Array.from(words), into, 1);
  return [...into];
};

const words = fc.array(fc.integer(), { minLength: 1, maxLength: 20 }).map((half) => half.flatMap((n) => [n, ~n]));

describe('the hash of a state', () => {
  it('differs where any bit of it does', () => {
    fc.assert(fc.property(words, fc.nat(), fc.integer({ min: 0, max: 31 }), (state, which, bit) => {
      const at = which % state.length;
      const other = state.map((word, i) => (i === at ? word ^ (1 << bit) : word));
      expect(hashOf(other)).not.toEqual(hashOf(state));
    }));
  });

  it('is two words where it is asked for, and nothing besides', () => {
    // The harness in C++ has the same numbers for no words at all.
    expect(hashOf([])).toEqual([0, 0x811c9dc5, 0x2166136f, 0]);
  });
});
