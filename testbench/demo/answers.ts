/**
 * What the guests A and C of the demonstration have to print, computed here in
 * TypeScript from what their sources say they compute.
 */
import { gzipSync } from 'node:zlib';

/** A: so many words of a linear congruential generator. */
const COUNT = 128;
const SEED = 20240229;
/** C: primes below this. */
const LIMIT = 2200;

function sortedWords(): Uint32Array {
  const words = new Uint32Array(COUNT);
  let x = SEED;
  for (let i = 0; i < COUNT; i++) words[i] = x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  return words.sort();
}

function primes(): readonly number[] {
  const found: number[] = [];
  for (let n = 2; n < LIMIT; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
}

/** CRC-32 as zlib computes it: a gzip file ends with it and the length. */
const crc32 = (bytes: Uint8Array): number => gzipSync(bytes).subarray(-8).readUInt32LE();

/** The line of each guest that computes something. */
export function expectedAnswers(): Readonly<Record<'A' | 'C', string>> {
  const bytes = new DataView(new ArrayBuffer(4 * COUNT));
  sortedWords().forEach((word, i) => bytes.setUint32(4 * i, word, true));
  const crc = crc32(new Uint8Array(bytes.buffer)).toString(16).padStart(8, '0');
  const found = primes();
  return {
    A: `sorted ${COUNT} words, their CRC-32 is ${crc}`,
    C: `${found.length} primes below ${LIMIT}, their sum is ${found.reduce((sum, p) => sum + p, 0)}`,
  };
}
