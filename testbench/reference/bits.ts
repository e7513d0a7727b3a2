/** Small bit operations on 64-bit values held as non-negative bigints. */

/** The value modulo 2^64. */
export const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** The low 32 bits, sign-extended to 64 (`rv64_w_sex`). */
export const signedWord = (value: bigint): bigint => BigInt.asIntN(32, value);

/** The low 32 bits, zero-extended. */
export const unsignedWord = (value: bigint): bigint => BigInt.asUintN(32, value);

/** A mask with exactly bit `index` set. */
export const bit = (index: number): bigint => 1n << BigInt(index);

/** A mask with bits `high` down to `low` set. */
export const bits = (high: number, low: number): bigint => ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);

/** Whether any bit of `mask` is set in `value`. */
export const has = (value: bigint, mask: bigint): boolean => (value & mask) !== 0n;

/** `value` with the bits of `mask` set or cleared. */
export const put = (value: bigint, mask: bigint, on: boolean): bigint => (on ? value | mask : value & ~mask);

/** `old` with the bits of `mask` taken from `value`. */
export const merge = (old: bigint, value: bigint, mask: bigint): bigint => (old & ~mask) | (value & mask);
