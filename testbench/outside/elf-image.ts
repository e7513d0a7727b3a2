/**
 * What an ELF64 file puts into memory: just enough of the format to compare two files, apart from the product's own loader.
 */
import { readFileSync } from 'node:fs';

/** Bytes at an address. */
export interface Segment {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/**
 * The loadable segments of a file in the order of memory, without their zero-filled ends.
 *
 * @param file - A little-endian ELF64 file.
 */
export function segments(file: string): Segment[] {
  const bytes = readFileSync(file);
  const at = Number(bytes.readBigUInt64LE(32));
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => at + 56 * index)
    .filter((header) => bytes.readUInt32LE(header) === 1)
    .map((header) => {
      const offset = Number(bytes.readBigUInt64LE(header + 8));
      return { address: bytes.readBigUInt64LE(header + 24), bytes: bytes.subarray(offset, offset + Number(bytes.readBigUInt64LE(header + 32))) };
    })
    .filter(({ bytes: content }) => content.length > 0)
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

/**
 * The first address where two files put different bytes into memory; memory that only one of them names counts as zero.
 */
export function firstDifferentByte(left: string, right: string): bigint | undefined {
  const image = (file: string): Map<bigint, number> => {
    const memory = new Map<bigint, number>();
    for (const { address, bytes } of segments(file)) bytes.forEach((byte, index) => byte !== 0 && memory.set(address + BigInt(index), byte));
    return memory;
  };
  const [a, b] = [image(left), image(right)];
  const different = [...new Set([...a.keys(), ...b.keys()])].filter((address) => a.get(address) !== b.get(address));
  return different.length === 0 ? undefined : different.reduce((least, address) => (address < least ? address : least));
}
