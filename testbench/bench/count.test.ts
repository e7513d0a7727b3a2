import { describe, expect, it } from 'vitest';
import { countingWasm } from './count.js';

/** `run(n)`: stores 7 at address 0 n times and gives 0. */
const LOOP = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f,
  2, 15, 1, 3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2, 0, 1,
  3, 2, 1, 0,
  7, 7, 1, 3, 114, 117, 110, 0, 0,
  10, 29, 1, 27, 0,
  0x03, 0x40, // loop
  0x41, 0, 0x41, 7, 0x36, 2, 0, // i32.store
  0x20, 0, 0x41, 1, 0x6b, 0x22, 0, // n = n - 1
  0x0d, 0, // br_if loop
  0x0b,
  0x41, 0, 0x41, 0, 0x6a, // 0 + 0
  0x0b,
]);

describe('countingWasm', () => {
  it('counts what is executed, and changes nothing', () => {
    const counting = countingWasm(LOOP);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(counting.wasm)), { env: { memory } });
    const { run } = exports;
    if (typeof run !== 'function') throw new Error('no run');
    expect(run(5)).toBe(0);
    expect(new DataView(memory.buffer).getInt32(0, true)).toBe(7);
    // A turn: store, subtraction, branch, and five constants and local accesses. Then an addition and two constants.
    expect(counting.read(exports)).toEqual({ stores: 5, operations: 5 * 3 + 1, instructions: 5 * 8 + 3 });
  });
});
