/**
 * Instructions that put a constant into a register.
 *
 * The expansions are texts, so that the instructions themselves come from the
 * specs like any other.
 */
import { highPart, lowPart } from './expression.js';

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

/** How many low bits are zero; of a nonzero value. */
function trailingZeros(value: bigint): bigint {
  let count = 0n;
  while (((value >> count) & 1n) === 0n) count++;
  return count;
}

function leadingZeros(value: bigint): bigint {
  return BigInt(64 - BigInt.asUintN(64, value).toString(2).length);
}

/** Upwards from the most significant part: each step shifts and adds twelve bits. */
function build(value: bigint): string[] {
  if (value === lowPart(value)) return [`addi {rd}, zero, ${value}`];
  const low = lowPart(value);
  if (value === BigInt.asIntN(32, value)) {
    const upper = `lui {rd}, 0x${highPart(value).toString(16)}`;
    return low === 0n ? [upper] : [upper, `addiw {rd}, {rd}, ${low}`];
  }
  const rest = signed(value - low);
  const zeros = trailingZeros(rest);
  const add = low === 0n ? [] : [`addi {rd}, {rd}, ${low}`];
  // Shifting all zeros out gives the smallest rest; leaving twelve of them may give one that a single `lui` builds.
  const shifts = zeros > 12n ? [zeros, zeros - 12n] : [zeros];
  return shortest(shifts.map((shift) => [...build(rest >> shift), `slli {rd}, {rd}, ${shift}`, ...add]));
}

/** From a value that begins with ones, shifted down so that zeros come in. */
function buildFromAbove(value: bigint): string[][] {
  const zeros = leadingZeros(value);
  if (value <= 0n || zeros === 0n) return [];
  const shifted = value << zeros;
  const ones = (1n << zeros) - 1n;
  return [shifted, shifted | ones].map((start) => [...build(signed(start)), `srli {rd}, {rd}, ${zeros}`]);
}

function shortest(candidates: readonly string[][]): string[] {
  return candidates.reduce((best, c) => (c.length < best.length ? c : best));
}

/** Instructions that set `{rd}` to a value, at most eight of them. */
export function constantSequence(value: bigint): string[] {
  return shortest([build(signed(value)), ...buildFromAbove(signed(value))]);
}
