import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterIdle, idleCycles, type IdleState } from './idle.js';
import { NEVER } from './protocol.js';

const state: IdleState = { cycle: 100n, mtime: 10n, until: 20n, prescale: 3n, mcycle: 90n, counting: true };

/** One idle cycle, the way the hardware does it. */
function step(s: IdleState, cyclesPerTick: bigint): IdleState {
  const wraps = s.prescale === cyclesPerTick - 1n;
  return { ...s, cycle: s.cycle + 1n, prescale: wraps ? 0n : s.prescale + 1n, mtime: wraps ? s.mtime + 1n : s.mtime, mcycle: s.counting ? s.mcycle + 1n : s.mcycle };
}

const arbitraryState = fc.record({
  cycle: fc.bigInt({ min: 0n, max: 1000n }), mtime: fc.bigInt({ min: 0n, max: 30n }), until: fc.bigInt({ min: 0n, max: 60n }),
  prescale: fc.constant(0n), mcycle: fc.bigInt({ min: 0n, max: 1000n }), counting: fc.boolean(),
});
const arbitraryCase = fc.bigInt({ min: 1n, max: 12n }).chain((perTick) => fc.tuple(fc.constant(perTick), fc.bigInt({ min: 0n, max: perTick - 1n }), arbitraryState));

describe('idle cycles', () => {
  it('equal as many executed cycles', () => {
    fc.assert(fc.property(arbitraryCase, fc.nat(200), ([perTick, prescale, base], n) => {
      let slow: IdleState = { ...base, prescale };
      const fast = afterIdle(slow, BigInt(n), perTick);
      for (let i = 0; i < n; i++) slow = step(slow, perTick);
      expect(fast).toEqual(slow);
    }));
  });

  it('end in the last cycle before the timer fires', () => {
    fc.assert(fc.property(arbitraryCase, ([perTick, prescale, base]) => {
      const start: IdleState = { ...base, prescale };
      const cycles = idleCycles(start, perTick, undefined);
      if (cycles === 'forever') throw new Error('the timer fires');
      const end = afterIdle(start, cycles, perTick);
      if (start.mtime >= start.until) expect(cycles).toBe(0n);
      else {
        expect(end.mtime < end.until).toBe(true);
        expect(step(end, perTick).mtime >= end.until).toBe(true);
      }
    }));
  });

  it('end at the next host effect if that comes first', () => {
    expect(idleCycles(state, 10n, 105n)).toBe(5n);
    expect(idleCycles(state, 10n, 1_000_000n)).toBe(96n);
    expect(idleCycles(state, 10n, 90n)).toBe(0n);
  });

  it('never end if nothing can happen', () => {
    expect(idleCycles({ ...state, until: NEVER }, 1n, undefined)).toBe('forever');
    expect(idleCycles({ ...state, until: 1n << 63n }, 10n, undefined)).toBe('forever');
    expect(idleCycles({ ...state, until: NEVER }, 10n, 200n)).toBe(100n);
  });
});
