/**
 * A skipped idle cycle is worth an executed one: random programs that wait
 * leave the same records, with the same cycles and times, the same counters
 * and the same state.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { aroundBody, anyBody } from './hazards.js';
import { programFrom } from './programs.js';
import { machineIn } from './runs.js';

/** Waits for the timer some ticks ahead, interrupts on or off, or for nothing. */
const wait = fc.tuple(fc.integer({ min: 1, max: 120 }), fc.constantFrom('csrsi', 'csrci'), fc.constantFrom('csrs', 'csrs', 'csrs', 'csrc'))
  .map(([ticks, global, timer]) => `ld t5, (s2)\n addi t5, t5, ${ticks}\n sd t5, (s3)\n li t5, 0x80\n ${timer} mie, t5\n ${global} mstatus, 8\n wfi\n rdtime a0\n csrr a1, mcycle`);
const waiting = fc.tuple(wait, anyBody, wait, fc.boolean())
  .map(([first, body, second, inhibit]) => aroundBody([...(inhibit ? ['csrwi mcountinhibit, 1'] : []), first, ...body.slice(0, 8), second]));

describe.each(CORES)('%s', (name) => {
  it('leaves the same records, counters and state with idle cycles skipped and executed', () => {
    const [skipping, executing] = [machineIn('observed', name, { skipIdle: true }), machineIn('observed', name, { skipIdle: false })];
    let skipped = 0n;
    fc.assert(fc.property(waiting, (text) => {
      const image = programFrom(text);
      expect(skipping.see(image, 8_000)).toEqual(executing.see(image, 8_000));
      skipped += skipping.machine.skippedCycles;
      expect(executing.machine.skippedCycles).toBe(0n);
    }), tries(50));
    expect(skipped).toBeGreaterThan(0n);
  });
});
