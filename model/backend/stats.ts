/** Figures about a compiled module. */

export interface Stats {
  /** Estimated operations by top-level statement and rare function, laziness not counted. */
  readonly operations: ReadonlyMap<string, number>;
  /** Bytes of code by function. */
  readonly functionBytes: ReadonlyMap<string, number>;
  readonly wasmBytes: number;
  readonly stateBytes: number;
}

const CODE_SECTION = 10;

/** Reads LEB128 numbers from wasm. */
class Reader {
  at = 8;

  constructor(readonly bytes: Uint8Array) {}

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
}

/** The sizes of the function bodies, in order of definition. */
export function functionSizes(wasm: Uint8Array): readonly number[] {
  const reader = new Reader(wasm);
  while (reader.at < wasm.length) {
    const section = wasm[reader.at++];
    const length = reader.u32();
    if (section !== CODE_SECTION) {
      reader.at += length;
      continue;
    }
    const sizes: number[] = [];
    for (let count = reader.u32(); count > 0; count--) {
      const size = reader.u32();
      sizes.push(size);
      reader.at += size;
    }
    return sizes;
  }
  return [];
}
