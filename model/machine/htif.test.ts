import { expect, it } from 'vitest';
import { serveTohost, type HtifResult } from './htif.js';
import { testMemory } from './testing.js';

const tohost = 0x8000_1000n;
const fromhost = 0x8000_1040n;
const block = 0x8000_2000n;

const word = (value: bigint): Uint8Array => new Uint8Array(new BigUint64Array([BigInt.asUintN(64, value)]).buffer);

function serve(value: bigint, words: readonly bigint[] = []): { result: HtifResult; text: string; at: (address: bigint) => bigint } {
  const memory = testMemory(4);
  memory.write(tohost, word(value));
  words.forEach((w, i) => memory.write(block + 8n * BigInt(i), word(w)));
  memory.write(0x8000_3000n, Buffer.from('hello'));
  let text = '';
  const result = serveTohost(memory, { tohost, fromhost }, (bytes) => (text += Buffer.from(bytes).toString()));
  return { result, text, at: (address) => new DataView((memory.read(address, 8) ?? new Uint8Array(8)).buffer).getBigUint64(0, true) };
}

it('exits with the upper bits of an odd value', () => {
  expect(serve(1n).result).toEqual({ kind: 'exited', code: 0 });
  expect(serve(7n).result).toEqual({ kind: 'exited', code: 3 });
});

it('prints a character for device 1 command 1 and frees the mailbox', () => {
  const { result, text, at } = serve(0x0101_0000_0000_0041n);
  expect([result.kind, text, at(tohost), at(fromhost)]).toEqual(['continue', 'A', 0n, 0n]);
});

it('writes a buffer, returns its length and answers through fromhost', () => {
  const { result, text, at } = serve(block, [64n, 1n, 0x8000_3000n, 5n]);
  expect([result.kind, text, at(block), at(tohost), at(fromhost)]).toEqual(['continue', 'hello', 5n, 0n, 1n]);
});

it('refuses to write to a file that is not open', () => {
  const { result, text, at } = serve(block, [64n, 9n, 0x8000_3000n, 5n]);
  expect([result.kind, text, at(block), at(fromhost)]).toEqual(['continue', '', (1n << 64n) - 9n, 1n]);
});

it.each([
  ['an unknown device', 0x0201_0000_0000_0000n, [], 'HTIF device 2 command 1 is not supported (tohost 0x201000000000000).'],
  ['an unknown command', 0x0100_0000_0000_0000n, [], 'HTIF device 1 command 0 is not supported (tohost 0x100000000000000).'],
  ['an unknown system call', block, [1024n], 'HTIF system call 1024 is not supported (only 64, write).'],
  ['a block outside memory', 0x1000n, [], 'HTIF system call block at 0x1000 lies outside the memory.'],
  ['a buffer outside memory', block, [64n, 1n, 0x8000_3ffen, 5n], 'HTIF write of 5 bytes at 0x80003ffe runs outside the memory.'],
  ['an endless buffer', block, [64n, 1n, 0x8000_3000n, (1n << 64n) - 1n], 'HTIF write of 18446744073709551615 bytes at 0x80003000 runs outside the memory.'],
])('names %s', (_what, value, words, message) => {
  expect(serve(value, words).result).toEqual({ kind: 'htif-error', message });
});

it('does nothing for a zero', () => {
  expect(serve(0n).result).toEqual({ kind: 'continue' });
});
