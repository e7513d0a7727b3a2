import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTextLane, textLanes, textOf, textValue } from './text.js';
import type { Signal } from '../model/backend/layout.js';

const signal = (name: string, id: string): Signal => ({ name, width: 32, kind: 'register', offset: 0, bytes: 4, id });
const signals = [signal('fetch.pc', '!'), signal('decode.insn', '"'), signal('execute.insn', '#')];
const lanes = textLanes(signals, (name) => name.endsWith('.insn'), (index) => `t${index}`);

it('gives every instruction register a lane beside it with a free identifier', () => {
  expect(lanes).toEqual([
    { signalIndex: 1, signal: { name: 'decode.text', width: 256, id: 't3' } },
    { signalIndex: 2, signal: { name: 'execute.text', width: 256, id: 't4' } },
  ]);
});

it('keeps printable text up to 32 characters', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 32 }), (text) => {
    expect(textOf(textValue(text))).toBe(text.trimEnd());
  }));
  expect(textOf(textValue('x'.repeat(40)))).toBe('x'.repeat(32));
  expect(textOf(textValue('add\tä'))).toBe('add??');
});

it('appends a whole change for a lane and nothing for other registers', () => {
  const memory = { buffer: new ArrayBuffer(4096) };
  const calls: number[] = [];
  const hook = createTextLane((insn) => {
    calls.push(insn);
    return `word ${insn.toString(16)}`;
  }, lanes, memory);
  const end = hook(1, 0xffff_fff3n, 100);
  expect(hook(0, 1n, end)).toBe(end);
  const line = Buffer.from(memory.buffer, 100, end - 100).toString('latin1');
  expect(line).toMatch(/^b[01]{256} t3\n$/);
  expect(textOf(BigInt(`0b${line.slice(1, 257)}`))).toBe('word fffffff3');
  const second = hook(2, 0xffff_fff3n, end);
  expect(Buffer.from(memory.buffer, end, second - end).toString('latin1')).toBe(line.replace('t3', 't4'));
  expect(calls).toEqual([0xffff_fff3]);
});

it('writes into the memory as it is after growth', () => {
  const memory = { buffer: new ArrayBuffer(4096) };
  const hook = createTextLane(() => 'nop', lanes, memory);
  memory.buffer = new ArrayBuffer(8192);
  hook(1, 0n, 5000);
  expect(new Uint8Array(memory.buffer)[5000]).toBe('b'.charCodeAt(0));
});
