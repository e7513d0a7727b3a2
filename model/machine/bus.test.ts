import { expect, it } from 'vitest';
import { DeviceBus } from './bus.js';
import { finish } from './finisher.js';
import { TEST_MACHINE } from './testing.js';

const store = (bus: DeviceBus, address: bigint, bytes: number, data: bigint): bigint => bus.access({ address, bytes, write: true, data });
const load = (bus: DeviceBus, address: bigint, bytes: number): bigint => bus.access({ address, bytes, write: false, data: 0n });

it('ends the run as the finisher is told', () => {
  expect(finish(0, 0x5555n)).toEqual({ kind: 'exited', code: 0 });
  expect(finish(0, 0x0007_3333n)).toEqual({ kind: 'exited', code: 7 });
  expect(finish(0, 0x7777n)).toEqual({ kind: 'reset' });
  expect(finish(0, 0x1234n)).toBeUndefined();
  expect(finish(4, 0x5555n)).toBeUndefined();
});

it('leads an access to the device of its region', () => {
  const sent: number[] = [];
  const bus = new DeviceBus(TEST_MACHINE.regions, (byte) => sent.push(byte));
  store(bus, 0x1000_0000n, 1, 0x41n);
  expect(sent).toEqual([0x41]);
  expect(load(bus, 0x1000_0005n, 1)).toBe(0x60n);
  expect(bus.takeFinish()).toBeUndefined();
  store(bus, 0x10_0000n, 4, 0x3_3333n);
  expect(bus.takeFinish()).toEqual({ kind: 'exited', code: 3 });
  expect(bus.takeFinish()).toBeUndefined();
});

it('ignores bits above the width of a store', () => {
  const bus = new DeviceBus(TEST_MACHINE.regions, () => undefined);
  store(bus, 0x10_0000n, 1, 0x5555n);
  expect(bus.takeFinish()).toBeUndefined();
});

it('reads zero and ignores stores where there is no device', () => {
  const bus = new DeviceBus(TEST_MACHINE.regions, () => undefined);
  store(bus, 0x2000_0000n, 8, 5n);
  expect([load(bus, 0x2000_0000n, 8), load(bus, 0x1000_00ffn, 1), load(bus, 0x10_0000n, 4)]).toEqual([0n, 0n, 0n]);
});

it('raises the line of a context for a device whose interrupt is enabled there', () => {
  const bus = new DeviceBus(TEST_MACHINE.regions, () => undefined);
  const plic = (offset: bigint): bigint => 0xc00_0000n + offset;
  store(bus, plic(4n * 10n), 4, 1n);
  store(bus, plic(0x2080n), 4, 1n << 10n);
  store(bus, 0x1000_0001n, 1, 1n);
  expect([...bus.lines()]).toEqual([]);
  bus.uart.receive([0x41]);
  expect([...bus.lines()]).toEqual(['seip']);
  expect(load(bus, plic(0x20_1004n), 4)).toBe(10n);
  expect([...bus.lines()]).toEqual([]);
  expect(load(bus, 0x1000_0000n, 1)).toBe(0x41n);
  store(bus, plic(0x20_1004n), 4, 10n);
  expect([...bus.lines()]).toEqual([]);
});
