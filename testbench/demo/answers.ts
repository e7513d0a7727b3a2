/**
 * What the guests A and C of the demonstration have to print, computed here in
 * TypeScript from what their sources say they compute.
 */
import { gzipSync } from 'node:zlib';
import { WORK, type Work } from './system.js';

/** What A's linear congruential generator begins with. */
const SEED = 20240229;

function sortedWords(count: number): Uint32Array {
  const words = new Uint32Array(count);
  let x = SEED;
  for (let i = 0; i < count; i++) words[i] = x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  return words.sort();
}

function primesBelow(limit: number): readonly number[] {
  const found: number[] = [];
  for (let n = 2; n < limit; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
}

/** CRC-32 as zlib computes it: a gzip file ends with it and the length. */
const crc32 = (bytes: Uint8Array): number => gzipSync(bytes).subarray(-8).readUInt32LE();

/** The line of each guest that computes something. */
export function expectedAnswers(work: Work = WORK): Readonly<Record<'A' | 'C', string>> {
  const bytes = new DataView(new ArrayBuffer(4 * work.A));
  sortedWords(work.A).forEach((word, i) => bytes.setUint32(4 * i, word, true));
  const crc = crc32(new Uint8Array(bytes.buffer)).toString(16).padStart(8, '0');
  const found = primesBelow(work.C);
  return {
    A: `sorted ${work.A} words, their CRC-32 is ${crc}`,
    C: `${found.length} primes below ${work.C}, their sum is ${found.reduce((sum, p) => sum + p, 0)}`,
  };
}
