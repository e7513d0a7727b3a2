import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Plic, PLIC_SOURCES } from './plic.js';

const [M, S] = [0, 1];
const priority = (source: number): number => 4 * source;
const enable = (context: number): number => 0x2000 + 0x80 * context;
const threshold = (context: number): number => 0x20_0000 + 0x1000 * context;
const claim = (context: number): number => threshold(context) + 4;
const PENDING = 0x1000;

let plic = new Plic(2);
beforeEach(() => { plic = new Plic(2); });

/** Source 5 at priority 3 and 9 at priority 5, both for M. */
function arrange(): void {
  plic.write(priority(5), 3);
  plic.write(priority(9), 5);
  plic.write(enable(M), (1 << 5) | (1 << 9));
}

describe('the interrupt controller', () => {
  it('interrupts a context that has a pending source enabled, and no other', () => {
    arrange();
    plic.drive(5, true);
    expect([plic.interrupts(M), plic.interrupts(S)]).toEqual([true, false]);
  });

  it('never interrupts for priority 0, nor at or below the threshold', () => {
    plic.write(enable(M), 1 << 5);
    plic.drive(5, true);
    expect(plic.interrupts(M)).toBe(false);
    plic.write(priority(5), 3);
    expect(plic.interrupts(M)).toBe(true);
    plic.write(threshold(M), 3);
    expect(plic.interrupts(M)).toBe(false);
    plic.write(threshold(M), 2);
    expect(plic.interrupts(M)).toBe(true);
  });

  it('gives the highest priority first, the lowest number among equals, whatever the threshold', () => {
    arrange();
    plic.write(priority(7), 5);
    plic.write(enable(M), -2);
    plic.write(threshold(M), 7);
    for (const source of [9, 5, 7]) plic.drive(source, true);
    expect([plic.read(claim(M)), plic.read(claim(M)), plic.read(claim(M)), plic.read(claim(M))]).toEqual([7, 9, 5, 0]);
  });

  it('lets a source through again only when it is completed by who has it enabled', () => {
    arrange();
    plic.drive(5, true);
    expect(plic.read(claim(M))).toBe(5);
    expect([plic.interrupts(M), plic.read(PENDING)]).toEqual([false, 0]);
    plic.write(claim(S), 5);
    expect(plic.interrupts(M)).toBe(false);
    plic.write(claim(M), 5);
    expect(plic.interrupts(M)).toBe(true);
  });

  it('keeps a source pending whose line has fallen, until it is claimed', () => {
    arrange();
    plic.drive(9, true);
    plic.drive(9, false);
    expect(plic.read(PENDING)).toBe(1 << 9);
    expect(plic.read(claim(M))).toBe(9);
    plic.write(claim(M), 9);
    expect(plic.interrupts(M)).toBe(false);
  });

  it('keeps three bits of priorities and thresholds, and no source 0', () => {
    for (const [at, value, expected] of [[priority(1), 0xff, 7], [threshold(S), 0x1f, 7], [priority(0), 5, 0], [enable(S), -1, 0xffff_fffe], [priority(PLIC_SOURCES + 1), 5, 0]] as const) {
      plic.write(at, value);
      expect(plic.read(at)).toBe(expected);
    }
  });

  it('reads zero and ignores stores where there is no register', () => {
    fc.assert(fc.property(fc.nat(0x17_ffff).map((n) => 4 * n), fc.nat(), (offset, value) => {
      const known = offset < 0x1004 || [enable(M), enable(S), threshold(M), claim(M), threshold(S), claim(S)].includes(offset);
      fc.pre(!known);
      plic.write(offset, value);
      expect(plic.read(offset)).toBe(0);
    }));
  });

  it('is as new after a reset', () => {
    arrange();
    plic.drive(5, true);
    plic.reset();
    expect([plic.read(PENDING), plic.read(priority(5)), plic.read(enable(M)), plic.interrupts(M)]).toEqual([0, 0, 0, false]);
  });
});
