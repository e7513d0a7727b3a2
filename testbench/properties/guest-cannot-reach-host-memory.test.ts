/**
 * A guest reaches its own memory only: whatever it executes in VS and VU, with
 * whatever tables of its own, under any G-stage that leads to its own pages if
 * anywhere. No byte outside these pages changes, but for A and D in the tables
 * of the G-stage where the hart may set them; and nothing outside can be told
 * from what the guest does: with another secret in the host's memory every
 * record is the same, in the same cycle.
 *
 * Each core and the reference are asked alone.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observedCore } from './altered.js';
import { examples, judge, onCore, onReference, supervisorsPage, type Runner, type Seen } from './confinement.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';

const isGuest = ({ record: { mode } }: Seen): boolean => mode === 'VS' || mode === 'VU';

describe.each<readonly [string, () => Runner]>([
  ...CORES.map((name) => [name, () => onCore(observedCore(name))] as const),
  ['the reference', onReference],
])('%s', (_name, open) => {
  it('keeps every guest in its own memory', () => {
    const runner = open();
    const count = { retired: 0, user: 0, guestPageFaults: 0, own: 0, implicit: 0 };
    fc.assert(fc.property(examples, (example) => {
      const { wrong, seen } = judge(runner, example);
      for (const { record: { mode, trap, mem_wmask } } of seen.filter(isGuest)) {
        if (trap === undefined) count.retired++;
        if (mode === 'VU') count.user++;
        if (trap !== undefined && !trap.interrupt && trap.cause >= 20 && trap.cause !== 22) count.guestPageFaults++;
        if (trap?.tinst === 0x3000n || trap?.tinst === 0x3020n) count.implicit++;
        if (mem_wmask !== 0) count.own++;
      }
      expect(wrong).toBeUndefined();
    }), { ...tries(60), examples: [[supervisorsPage()]] });
    // Guests that do nothing would prove nothing.
    expect(count.retired).toBeGreaterThan(2000);
    for (const [what, number] of Object.entries(count)) expect(number, what).toBeGreaterThan(8);
  });
});
