import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeInputLog, encodeInputLog, type InputEvent } from './input-log.js';
import { InputQueue } from './inputs.js';

const effect = fc.oneof(
  fc.record({ kind: fc.constant('uart' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 5 }) }),
  fc.record({ kind: fc.constant('pin' as const), pin: fc.constantFrom('meip' as const, 'seip' as const), value: fc.bigInt({ min: 0n, max: 1n }) }),
  fc.record({ kind: fc.constant('pin' as const), pin: fc.constant('hgeip' as const), value: fc.bigInt({ min: 0n, max: 0x1ffn }) }),
);
const log = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 1n << 40n }), effect), { size: 'max', maxLength: 8 }).map((pairs): InputEvent[] => {
  let cycle = 0n;
  return pairs.map(([gap, e]) => ({ ...e, cycle: (cycle += gap) }));
});

it('reads back every log it wrote', () => {
  fc.assert(fc.property(log, (events) => {
    expect(decodeInputLog(encodeInputLog(events))).toEqual({ ok: true, events });
  }));
});

it('names the line that is no log', () => {
  expect(decodeInputLog('5 uart 41\n6 pin meip 2\n')).toMatchObject({ ok: false, line: 2 });
  expect(decodeInputLog('5 uart 41\n4 pin meip 1\n')).toMatchObject({ ok: false, line: 2, message: 'Line 2 of the input log goes back in time.' });
  expect(decodeInputLog('5 uart 4\n').ok).toBe(false);
});

it('never throws on other text', () => {
  fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => void decodeInputLog(text)));
});

it('gives scheduled effects in their cycle and live ones at once, and records both', () => {
  const queue = new InputQueue([{ cycle: 5n, kind: 'pin', pin: 'meip', value: 1n }]);
  expect(queue.take(4n)).toEqual([]);
  queue.push({ kind: 'pin', pin: 'seip', value: 1n });
  expect(queue.take(4n)).toEqual([{ cycle: 4n, kind: 'pin', pin: 'seip', value: 1n }]);
  queue.schedule({ cycle: 6n, kind: 'pin', pin: 'meip', value: 0n });
  expect(queue.next).toBe(5n);
  expect(queue.take(7n).map((e) => e.cycle)).toEqual([7n, 7n]);
  expect(queue.log.map((e) => e.cycle)).toEqual([4n, 7n, 7n]);
});
