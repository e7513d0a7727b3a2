import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGE_BYTES, PhysicalMemory } from './memory.js';
import { testMemory } from './testing.js';

const base = 0x8000_0000n;

describe('PhysicalMemory', () => {
  it('reads back what was written and marks exactly its pages', () => {
    const memory = testMemory();
    expect(memory.write(base + 4094n, Uint8Array.of(1, 2, 3, 4))).toBe(true);
    expect(memory.read(base + 4094n, 4)).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect([...memory.dirtyPages()]).toEqual([0, 1]);
  });

  it('refuses what does not lie inside, as a whole', () => {
    const memory = testMemory(1);
    expect(memory.write(base + 4094n, Uint8Array.of(1, 2, 3))).toBe(false);
    expect(memory.read(base - 1n, 2)).toBeUndefined();
    expect(memory.read((1n << 64n) - 1n, 1)).toBeUndefined();
    expect([...memory.dirtyPages()]).toEqual([]);
  });

  it('is all zero after a reset, whatever was written', () => {
    const writes = fc.array(fc.tuple(fc.nat(3 * PAGE_BYTES), fc.uint8Array({ minLength: 1, maxLength: 300 })), { size: 'max', maxLength: 10 });
    fc.assert(
      fc.property(writes, (all) => {
        const memory = testMemory();
        for (const [at, data] of all) memory.write(base + BigInt(at), data);
        memory.reset();
        expect(memory.read(base, 4 * PAGE_BYTES)?.every((byte) => byte === 0)).toBe(true);
        expect([...memory.dirtyPages()]).toEqual([]);
      }),
    );
  });

  it('restores a snapshot exactly', () => {
    const memory = testMemory();
    memory.write(base + 5000n, Uint8Array.of(9));
    const pages = memory.snapshot();
    const before = memory.read(base, 4 * PAGE_BYTES);
    memory.write(base + 5000n, Uint8Array.of(8));
    memory.write(base, Uint8Array.of(7));
    memory.restore(pages);
    expect(memory.read(base, 4 * PAGE_BYTES)).toEqual(before);
    expect(memory.snapshot()).toEqual(pages);
  });

  it('loads segments and zeroes their tails, even over earlier content', () => {
    const memory = testMemory();
    memory.write(base, new Uint8Array(2 * PAGE_BYTES).fill(0xee));
    expect(memory.load([{ address: base + 16n, data: Uint8Array.of(1, 2), memSize: 5000n }])).toBe(true);
    expect(memory.read(base + 15n, 5)).toEqual(Uint8Array.of(0xee, 1, 2, 0, 0));
    expect(memory.read(base + 5015n, 2)).toEqual(Uint8Array.of(0, 0xee));
    expect(memory.load([{ address: base, data: new Uint8Array(), memSize: 1n << 60n }])).toBe(false);
  });

  it('survives growth of the linear memory', () => {
    const linear = { buffer: new ArrayBuffer(8192) };
    const memory = new PhysicalMemory(linear, { dirtyBase: 0, dirtyBytes: 16, dramOffset: 4096, dramBytes: 4096 });
    memory.write(base, Uint8Array.of(5));
    linear.buffer = structuredClone(linear.buffer, { transfer: [linear.buffer] });
    expect(memory.read(base, 1)).toEqual(Uint8Array.of(5));
    expect(memory.write(base + 1n, Uint8Array.of(6))).toBe(true);
  });
});
