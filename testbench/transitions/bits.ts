/**
 * Values of which some bits are known and the others depend on state: what
 * operations yield when only a part of the state is given.
 */

/** A known bit, or the names of the state it depends on. */
export type Bit = 0 | 1 | ReadonlySet<string>;

/** A value of `width` bits. */
export interface Bits {
  readonly width: number;
  /** The known bits; 0 where unknown. */
  readonly value: bigint;
  /** The others, by index. */
  readonly unknown: ReadonlyMap<number, ReadonlySet<string>>;
  /** What it extends with to the width that its context needs; absent, its width is what it is. */
  readonly rest?: Bit;
}

const NOTHING: ReadonlySet<string> = new Set();
const ALL_KNOWN: ReadonlyMap<number, ReadonlySet<string>> = new Map();

/** The names a bit depends on. */
export const namesOf = (bit: Bit): ReadonlySet<string> => (bit === 0 || bit === 1 ? NOTHING : bit);

/** Depends on all that the bits depend on. */
export function either(bits: Iterable<Bit>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const bit of bits) for (const name of namesOf(bit)) names.add(name);
  return names;
}

export const notBit = (a: Bit): Bit => (a === 0 ? 1 : a === 1 ? 0 : a);
export const andBit = (a: Bit, b: Bit): Bit => (a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 ? a : either([a, b]));
export const orBit = (a: Bit, b: Bit): Bit => notBit(andBit(notBit(a), notBit(b)));
export const xorBit = (a: Bit, b: Bit): Bit => (a === 0 ? b : b === 0 ? a : a === 1 ? notBit(b) : b === 1 ? notBit(a) : either([a, b]));

/** A known value of a width; without one, it takes the width of its context. */
export function known(value: bigint, width?: number): Bits {
  if (width === undefined) return { width: value.toString(2).length, value, unknown: ALL_KNOWN, rest: 0 };
  return { width, value: BigInt.asUintN(width, value), unknown: ALL_KNOWN };
}

/** A value from its bits, least significant first. */
export function fromBits(bits: readonly Bit[]): Bits {
  let value = 0n;
  const unknown = new Map<number, ReadonlySet<string>>();
  bits.forEach((bit, i) => {
    if (bit === 1) value |= 1n << BigInt(i);
    else if (bit !== 0) unknown.set(i, bit);
  });
  return { width: bits.length, value, unknown };
}

/** One bit as a value. */
export const single = (bit: Bit): Bits => fromBits([bit]);

/** Every bit unknown, depending on the same. */
export const blurred = (names: ReadonlySet<string>, width: number): Bits => fromBits(new Array<Bit>(width).fill(names));

/** The bit at a position; beyond the end, what the value extends with. */
export function at({ width, value, unknown, rest = 0 }: Bits, index: number): Bit {
  if (index >= width) return rest;
  return unknown.get(index) ?? (((value >> BigInt(index)) & 1n) === 1n ? 1 : 0);
}

/** The value if every bit is known. */
export const valueOf = ({ value, unknown }: Bits): bigint | undefined => (unknown.size === 0 ? value : undefined);

/** Everything that a value depends on. */
export const dependencies = ({ unknown }: Bits): ReadonlySet<string> => either(unknown.values());

/** Exactly `width` bits. */
export function fit(a: Bits, width: number): Bits {
  if (a.width === width) return a.rest === undefined ? a : { width, value: a.value, unknown: a.unknown };
  if (width < a.width) return slice(a, width - 1, 0);
  const { rest = 0 } = a;
  const added = BigInt.asUintN(width, -1n << BigInt(a.width));
  if (rest === 0 || rest === 1) return { width, value: rest === 1 ? a.value | added : a.value, unknown: a.unknown };
  return { width, value: a.value, unknown: new Map([...a.unknown, ...Array.from({ length: width - a.width }, (_, i) => [a.width + i, rest] as const)]) };
}

/** Bits `high` to `low`. */
export function slice(a: Bits, high: number, low: number): Bits {
  const width = high - low + 1;
  if (high >= a.width) return slice(fit(a, high + 1), high, low);
  return moved({ width, value: BigInt.asUintN(width, a.value >> BigInt(low)) }, a, -low);
}

/** Unknown bits of `a` at other positions. */
function moved(whole: Pick<Bits, 'width' | 'value'>, a: Bits, by: number): Bits {
  if (a.unknown.size === 0) return { ...whole, unknown: ALL_KNOWN };
  const unknown = new Map<number, ReadonlySet<string>>();
  for (const [i, names] of a.unknown) if (i + by >= 0 && i + by < whole.width) unknown.set(i + by, names);
  return { ...whole, unknown };
}

/** Shifted left by a constant (right, if negative); zeros come in. */
export function shifted(a: Bits, by: number): Bits {
  const value = by < 0 ? a.value >> BigInt(-by) : BigInt.asUintN(a.width, a.value << BigInt(by));
  return moved({ width: a.width, value }, a, by);
}

/** One above the other, the least significant part first. */
export function joined(parts: readonly Bits[]): Bits {
  let width = 0;
  let value = 0n;
  const unknown = new Map<number, ReadonlySet<string>>();
  for (const part of parts) {
    value |= part.value << BigInt(width);
    for (const [i, names] of part.unknown) unknown.set(i + width, names);
    width += part.width;
  }
  return { width, value, unknown };
}

/** The width of two operands that must be as wide as each other. */
export function commonWidth(a: Bits, b: Bits): number {
  if (a.rest === undefined) return a.width;
  if (b.rest === undefined) return b.width;
  return Math.max(a.width, b.width);
}

/** Bit by bit, by an operation on numbers and the same on single bits; two values that extend yield one that extends. */
export function bitwise(onNumbers: (a: bigint, b: bigint) => bigint, onBits: (a: Bit, b: Bit) => Bit, a: Bits, b: Bits): Bits {
  const width = commonWidth(a, b);
  const [x, y] = [fit(a, width), fit(b, width)];
  let value = BigInt.asUintN(width, onNumbers(x.value, y.value));
  const rest = a.rest !== undefined && b.rest !== undefined ? { rest: onBits(a.rest, b.rest) } : {};
  if (x.unknown.size === 0 && y.unknown.size === 0) return { width, value, unknown: ALL_KNOWN, ...rest };
  const unknown = new Map<number, ReadonlySet<string>>();
  for (const i of new Set([...x.unknown.keys(), ...y.unknown.keys()])) {
    const mask = 1n << BigInt(i);
    const bit = onBits(at(x, i), at(y, i));
    value = bit === 1 ? value | mask : value & ~mask;
    if (bit !== 0 && bit !== 1) unknown.set(i, bit);
  }
  return { width, value, unknown, ...rest };
}

export const and = (a: Bits, b: Bits): Bits => bitwise((x, y) => x & y, andBit, a, b);
export const or = (a: Bits, b: Bits): Bits => bitwise((x, y) => x | y, orBit, a, b);
export const xor = (a: Bits, b: Bits): Bits => bitwise((x, y) => x ^ y, xorBit, a, b);
export const not = (a: Bits): Bits => bitwise((x) => ~x, notBit, a, a);

/** `if condition then a else b`. */
export function mux(condition: Bit, a: Bits, b: Bits): Bits {
  if (condition === 1) return a;
  if (condition === 0) return b;
  const width = commonWidth(a, b);
  return fromBits(Array.from({ length: width }, (_, i) => {
    const [x, y] = [at(a, i), at(b, i)];
    return (x === 0 || x === 1) && x === y ? x : either([condition, x, y]);
  }));
}

/** One bit: the values are equal. */
export function equal(a: Bits, b: Bits): Bit {
  const width = commonWidth(a, b);
  const [x, y] = [fit(a, width), fit(b, width)];
  if (x.unknown.size === 0 && y.unknown.size === 0) return x.value === y.value ? 1 : 0;
  const { value, unknown } = xor(x, y);
  return value !== 0n ? 0 : unknown.size === 0 ? 1 : either(unknown.values());
}
