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

/** Waits for a timer of HS or of a guest, whose time is shifted; its interrupt is never taken. */
const lowerWait = fc.tuple(fc.integer({ min: 1, max: 120 }), fc.constantFrom({ csr: 'stimecmp', bit: 0x20 }, { csr: 'vstimecmp', bit: 0x40 }), fc.constantFrom(0, 1000, -1000, -3))
  .map(([ticks, { csr, bit }, delta]) => `csrci mstatus, 8\n li t5, -1\n slli t5, t5, 63\n csrs menvcfg, t5\n csrs henvcfg, t5\n li t5, ${delta}\n csrw htimedelta, t5
    ld t6, (s2)\n ${csr === 'vstimecmp' ? 'add t6, t6, t5' : 'nop'}\n addi t6, t6, ${ticks}\n csrw ${csr}, t6\n li t5, ${bit}\n csrw mie, t5\n wfi\n csrwi mie, 0\n rdtime a0\n csrr a1, mcycle\n csrr a2, mip`);
const anyWait = fc.oneof(wait, lowerWait);
const waiting = fc.tuple(anyWait, anyBody, anyWait, fc.boolean())
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
