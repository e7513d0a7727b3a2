/**
 * Numbers and symbols of assembly programs, with the operators and precedence
 * of GNU as: `* / % << >>` bind tightest, then `| & ^`, then `+ -`, then
 * comparisons, then `&&` and `||`. Values have 64 bits, two's complement.
 */
import type { Cursor } from './cursor.js';

/** What symbols mean at one place of the program. Unknown ones are thrown as mistakes. */
export interface Values {
  /** The address of the statement: `.`. */
  readonly here: bigint;
  symbol(name: string, cursor: Cursor, start: number): bigint;
  /** `1b`, `1f`. */
  local(number: string, direction: 'b' | 'f', cursor: Cursor, start: number): bigint;
  /** The distance that `%pcrel_hi` in the instruction at `address` stood for. */
  distanceAt(address: bigint, cursor: Cursor, start: number): bigint;
  /** `%pcrel_hi` at this place stands for a distance. */
  noteDistance(distance: bigint): void;
}

/** A number, and whether a symbol or `.` is part of it. */
export interface Value {
  readonly value: bigint;
  readonly symbolic: boolean;
}

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const truth = (yes: boolean): bigint => (yes ? -1n : 0n);

type Binary = (a: bigint, b: bigint) => bigint;

const divided = (by: Binary): Binary => (a, b) => {
  if (b === 0n) throw new RangeError('division by zero');
  return by(a, b);
};
const shifted = (by: Binary): Binary => (a, b) => (unsigned(b) >= 64n ? 0n : by(unsigned(a), b));

/** Loosest first; of operators that begin alike, the longer stands first. */
const LEVELS: readonly (readonly (readonly [string, Binary])[])[] = [
  [['||', (a, b) => truth(a !== 0n || b !== 0n)]],
  [['&&', (a, b) => truth(a !== 0n && b !== 0n)]],
  [
    ['==', (a, b) => truth(a === b)], ['!=', (a, b) => truth(a !== b)], ['<>', (a, b) => truth(a !== b)],
    ['<=', (a, b) => truth(a <= b)], ['>=', (a, b) => truth(a >= b)], ['<', (a, b) => truth(a < b)], ['>', (a, b) => truth(a > b)],
  ],
  [['+', (a, b) => a + b], ['-', (a, b) => a - b]],
  [['|', (a, b) => a | b], ['&', (a, b) => a & b], ['^', (a, b) => a ^ b]],
  [['*', (a, b) => a * b], ['/', divided((a, b) => a / b)], ['%', divided((a, b) => a % b)], ['<<', shifted((a, b) => a << b)], ['>>', shifted((a, b) => a >> b)]],
];

/** Operators that are the beginning of another: `|` is not half of `||`. */
const isHalf = (operator: string, rest: string): boolean => operator.length === 1 && /^(\|\||&&|<<|>>|<>|<=|>=)/.test(rest);

/** Upper 20 bits for `lui` and `auipc`, rounded for the signed low 12. */
export const highPart = (value: bigint): bigint => ((value + 0x800n) >> 12n) & 0xfffffn;
/** The signed low 12 bits. */
export const lowPart = (value: bigint): bigint => BigInt.asIntN(12, value);
/** Whether `lui` or `auipc` with a signed low part reach a value. */
export const reaches = (value: bigint): boolean => value >= -0x80000800n && value < 0x7ffff800n;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', 0: '\0' };

/** Reads an expression. */
export function evaluate(cursor: Cursor, values: Values): Value {
  const start = cursor.position;
  try {
    return level(cursor, values, 0);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw cursor.mistake(error.message, 'Check the divisor.', start, cursor.position);
  }
}

function level(cursor: Cursor, values: Values, depth: number): Value {
  const operators = LEVELS[depth];
  if (operators === undefined) return unary(cursor, values);
  let left = level(cursor, values, depth + 1);
  for (;;) {
    const found = operators.find(([op]) => cursor.rest.startsWith(op) && !isHalf(op, cursor.rest));
    if (found === undefined) return left;
    cursor.accept(found[0]);
    const right = level(cursor, values, depth + 1);
    left = { value: wrap(found[1](left.value, right.value)), symbolic: left.symbolic || right.symbolic };
  }
}

function unary(cursor: Cursor, values: Values): Value {
  const sign = cursor.take(/[-+~]|!(?!=)/y);
  if (sign === undefined) return primary(cursor, values);
  const { value, symbolic } = unary(cursor, values);
  const signed = sign === '-' ? -value : sign === '~' ? ~value : sign === '!' ? (value === 0n ? 1n : 0n) : value;
  return { value: wrap(signed), symbolic };
}

function primary(cursor: Cursor, values: Values): Value {
  const start = cursor.position;
  if (cursor.accept('(')) {
    const inside = level(cursor, values, 0);
    cursor.expect(')');
    return inside;
  }
  const relocation = cursor.take(/%[a-z_]+/y);
  if (relocation !== undefined) return part(relocation, cursor, values, start);
  const character = cursor.take(/'(?:\\.|[^\\])'?/y);
  if (character !== undefined) return { value: BigInt(characterCode(character)), symbolic: false };
  const local = cursor.take(/\d+[bf](?![\w.$])/y);
  if (local !== undefined) {
    const direction = local.endsWith('b') ? 'b' : 'f';
    return { value: wrap(values.local(local.slice(0, -1), direction, cursor, start)), symbolic: true };
  }
  const number = cursor.take(/0[xX][0-9a-fA-F]+|0[bB][01]+|\d+/y);
  if (number !== undefined) return literal(number, cursor, start);
  const name = cursor.take(/[A-Za-z_.$][\w.$]*/y);
  if (name === '.') return { value: wrap(values.here), symbolic: true };
  if (name !== undefined) return { value: wrap(values.symbol(name, cursor, start)), symbolic: true };
  const found = cursor.done ? 'the end of the line' : `'${cursor.rest[0] ?? ''}'`;
  throw cursor.mistake(`an expression is missing before ${found}`, 'Write a number, a symbol or an expression of them.');
}

function literal(text: string, cursor: Cursor, start: number): Value {
  const word = /^[\w.$]+/.exec(cursor.text.slice(start))?.[0] ?? text;
  if (word !== text) throw cursor.mistake(`'${word}' is no number`, 'Numbers are 12, 014, 0xc or 0b1100.', start, start + word.length);
  const octal = /^0\d+$/.test(text);
  if (octal && /[89]/.test(text)) throw cursor.mistake(`'${text}' is no octal number`, 'A number that begins with 0 is octal: remove the 0.', start, start + text.length);
  const value = BigInt(octal ? `0o${text.slice(1)}` : text);
  if (value >= 1n << 64n) throw cursor.mistake(`${text} does not fit 64 bits`, 'The largest number is 0xffffffffffffffff.', start, start + text.length);
  return { value: wrap(value), symbolic: false };
}

function characterCode(quoted: string): number {
  const escaped = quoted[1] === '\\' ? quoted[2] ?? '\\' : undefined;
  const character = escaped === undefined ? quoted[1] ?? '' : ESCAPES[escaped] ?? escaped;
  return character.codePointAt(0) ?? 0;
}

/** `%hi(…)` and its like. */
function part(name: string, cursor: Cursor, values: Values, start: number): Value {
  const end = start + name.length;
  cursor.expect('(');
  const inner = cursor.position;
  const { value } = level(cursor, values, 0);
  const innerEnd = cursor.position;
  cursor.expect(')');
  const reachable = (distance: bigint, from: string): bigint => {
    if (reaches(distance)) return distance;
    throw cursor.mistake(`${cursor.text.slice(inner, innerEnd).trim()} is more than 2 GiB from ${from}`, 'Use li for a constant and la for a symbol.', start, cursor.position);
  };
  switch (name) {
    case '%hi': return { value: highPart(reachable(value, 'zero')), symbolic: true };
    case '%lo': return { value: lowPart(value), symbolic: true };
    case '%pcrel_hi': {
      const distance = reachable(wrap(value - values.here), 'here');
      values.noteDistance(distance);
      return { value: highPart(distance), symbolic: true };
    }
    case '%pcrel_lo': return { value: lowPart(values.distanceAt(BigInt.asUintN(64, value), cursor, inner)), symbolic: true };
    default: throw cursor.mistake(`there is no '${name}'`, 'There are %hi, %lo, %pcrel_hi and %pcrel_lo.', start, end);
  }
}
