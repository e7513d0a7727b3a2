/**
 * The benchmark program for any number of iterations.
 *
 * `bench.S` checks its own result against a constant that belongs to its iteration count. Short tests want fewer
 * iterations; this says the same program in TypeScript and so knows the constant for any count.
 */
import { readFileSync } from 'node:fs';
import { programPath } from './build.js';

const GOLDEN = 0x9e3779b97f4a7c15n;
const ELEMENTS = 1024;
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const s64 = (value: bigint): bigint => BigInt.asIntN(64, value);

/**
 * The checksum that `bench.S` must reach.
 *
 * Plain BigInt arithmetic, about a quarter of a microsecond an element.
 *
 * @param iterations - Passes over the array.
 */
export function benchChecksum(iterations: number): bigint {
  const array = Array.from({ length: ELEMENTS }, (_, index) => u64(GOLDEN * BigInt(index + 1)));
  const histogram = new Array<bigint>(256).fill(0n);
  let sum = 0n;
  for (let pass = 0; pass < iterations; pass++) {
    for (let index = 0; index < ELEMENTS; index++) {
      let x = array[index]!;
      x = u64(x ^ (x << 13n));
      x ^= x >> 7n;
      x = u64(x ^ (x << 17n));
      array[index] = x;
      if (x & 1n) sum = u64(sum + x);
      else {
        sum ^= x;
        sum = u64(sum - (s64(sum) >> 3n));
      }
      if ((x & 0x60n) === 0n) {
        const bin = Number((x >> 8n) & 255n);
        histogram[bin] = BigInt.asUintN(32, histogram[bin]! + 1n);
      }
      if ((x & 0x380n) === 0n) {
        const product = u64((sum << 5n) | (sum >> 59n)) * (x | 1n);
        sum = u64(product + (product >> 64n));
      }
      const less = s64(x) < s64(sum) ? 1n : 0n;
      const wordLess = u64(BigInt.asIntN(32, x + sum)) < x ? 1n : 0n;
      sum = u64(sum + less + wordLess);
    }
  }
  return [...array, ...histogram].reduce((hash, value) => u64(hash * 31n + value), sum);
}

/**
 * The text of `bench.S` with another iteration count and the checksum that goes with it.
 *
 * @param iterations - Passes over the array; one is about 29,000 instructions.
 */
export function benchSource(iterations: number): string {
  const equ = (name: string, value: string) => (text: string): string =>
    text.replace(new RegExp(`(\\.equ\\s+${name},\\s*)\\S+`), `$1${value}`);
  const checksum = `0x${benchChecksum(iterations).toString(16)}`;
  return equ('ITERATIONS', String(iterations))(equ('CHECKSUM', checksum)(readFileSync(programPath('bench.S'), 'utf8')));
}
