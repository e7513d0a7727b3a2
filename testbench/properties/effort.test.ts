import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiplier, testSeed, tries } from './effort.js';

const drawn = (): readonly number[] => fc.sample(fc.integer(), 5);

describe('seeds and amounts', () => {
  it('are those of the environment, or the same every time', () => {
    expect([testSeed(''), testSeed('42')]).toEqual([1, 42]);
    expect(testSeed(String(testSeed('random')))).toBeLessThan(1e9);
    expect(testSeed('999999999')).toBe(999_999_999);
    expect(() => testSeed('1x')).toThrow('GHOSTHART_SEED is 1x. Give a number of at most nine digits, or random.');
    expect([multiplier(''), multiplier('1.5'), multiplier('10')]).toEqual([1, 1.5, 10]);
    for (const text of ['0', '0.5', '-1', 'many']) expect(() => multiplier(text)).toThrow(`GHOSTHART_RUNS is ${text}. Give a number from 1 on`);
  });

  it('reach fast-check in this process', () => {
    expect(fc.readConfigureGlobal()).toMatchObject({ seed: testSeed(), ...tries() });
    expect(drawn()).toEqual(drawn());
  });
});
