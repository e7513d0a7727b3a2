/**
 * Values of which some bits are known and the others depend on state: what
 * operations yield when only a part of the state is given.
 */

/** A known bit, or the names of the state it depends on. */
export type Bit = 0 | 1 | ReadonlySet<string>;

/** A value, least significant bit first. */
export interface Bits {
  readonly bits: readonly Bit[];
  /** What it extends with to the width that its context needs; absent, its width is what it is. */
  readonly rest?: Bit;
}

const NOTHING: ReadonlySet<string> = new Set();

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

const choose = (condition: Bit, a: Bit, b: Bit): Bit => {
  if (condition === 1) return a;
  if (condition === 0) return b;
  return (a === 0 || a === 1) && a === b ? a : either([condition, a, b]);
};

/** One bit as a value. */
export const single = (bit: Bit): Bits => ({ bits: [bit] });

/** A known value of a width; without one, it takes the width of its context. */
export function known(value: bigint, width?: number): Bits {
  const bits: Bit[] = [];
  for (let rest = value; width === undefined ? rest !== 0n : bits.length < width; rest >>= 1n) bits.push((rest & 1n) === 1n ? 1 : 0);
  return width === undefined ? { bits, rest: 0 } : { bits };
}

/** The bit at a position; beyond the end, what the value extends with. */
export const at = ({ bits, rest = 0 }: Bits, index: number): Bit => bits[index] ?? rest;

/** The value if every bit is known. */
export function valueOf({ bits }: Bits): bigint | undefined {
  let value = 0n;
  for (const [i, bit] of bits.entries()) {
    if (bit === 1) value |= 1n << BigInt(i);
    else if (bit !== 0) return undefined;
  }
  return value;
}

/** Exactly `width` bits. */
export const fit = (a: Bits, width: number): Bits => ({ bits: Array.from({ length: width }, (_, i) => at(a, i)) });

/** The width of two operands that must be as wide as each other. */
export function commonWidth(a: Bits, b: Bits): number {
  if (a.rest === undefined) return a.bits.length;
  if (b.rest === undefined) return b.bits.length;
  return Math.max(a.bits.length, b.bits.length, 1);
}

/** Bit by bit; two values that extend yield one that extends. */
export function bitwise(op: (a: Bit, b: Bit) => Bit, a: Bits, b: Bits): Bits {
  const width = commonWidth(a, b);
  const bits = Array.from({ length: width }, (_, i) => op(at(a, i), at(b, i)));
  return a.rest !== undefined && b.rest !== undefined ? { bits, rest: op(a.rest, b.rest) } : { bits };
}

/** `if condition then a else b`. */
export const mux = (condition: Bit, a: Bits, b: Bits): Bits => bitwise((x, y) => choose(condition, x, y), a, b);

/** One bit: the values are equal. */
export function equal(a: Bits, b: Bits): Bit {
  const width = commonWidth(a, b);
  let same: Bit = 1;
  for (let i = 0; i < width; i++) same = andBit(same, notBit(xorBit(at(a, i), at(b, i))));
  return same;
}

/** Every bit unknown, depending on both operands: arithmetic on what is not known. */
export function blurred(a: Bits, b: Bits, width: number): Bits {
  const names = either([...a.bits, ...b.bits]);
  return { bits: new Array<Bit>(width).fill(names) };
}
