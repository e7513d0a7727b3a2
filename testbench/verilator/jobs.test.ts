import { expect, it } from 'vitest';
import { encodeJob } from './jobs.js';

it('a job is numbers of 64 bits, and data padded to them', () => {
  const job = encodeJob({
    cycles: 7,
    segments: [{ address: 0x8000_0000n, data: Uint8Array.of(1, 2, 3) }],
    effects: [{ kind: 'register', cycle: 0n, index: 5, value: 9n }, { kind: 'memory', cycle: 6n, address: 16n, data: Uint8Array.of() }],
  });
  expect(Array.from({ length: job.length / 8 }, (_, i) => job.readBigUInt64LE(8 * i))).toEqual([
    7n, 1n, 0x8000_0000n, 3n, 0x03_0201n, 2n, 0n, 1n, 5n, 9n, 6n, 0n, 16n, 0n,
  ]);
});
