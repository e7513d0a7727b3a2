/**
 * Strings and numbers of data directives.
 */
import type { Cursor } from './cursor.js';

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, b: 8, f: 12, v: 11, a: 7, '\\': 92, '"': 34, "'": 39 };

/** Reads `"text"` with the escapes of C as bytes (UTF-8). */
export function readString(cursor: Cursor): Uint8Array {
  const start = cursor.position;
  const quoted = cursor.take(/"(?:\\.|[^"\\])*"/y);
  if (quoted === undefined) {
    throw cursor.text[start] === '"'
      ? cursor.mistake('the string does not end', 'Write " at its end.', start, cursor.text.length)
      : cursor.mistake('a string is missing here', 'Write it in double quotes.');
  }
  const bytes: number[] = [];
  for (const [, octal, hex, escape, plain] of quoted.slice(1, -1).matchAll(/\\([0-7]{1,3})|\\x([0-9a-fA-F]+)|\\(.)|([^\\]+)/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 255);
    else if (hex !== undefined) bytes.push(Number.parseInt(hex.slice(-2), 16));
    else if (plain !== undefined) bytes.push(...new TextEncoder().encode(plain));
    else if (escape !== undefined) {
      const code = ESCAPES[escape];
      if (code === undefined) throw cursor.mistake(`there is no escape \\${escape}`, 'Escapes are \\n \\t \\r \\b \\f \\v \\a \\\\ \\" \\123 and \\x41.', start, start + quoted.length);
      bytes.push(code);
    }
  }
  return Uint8Array.from(bytes);
}

/** Checks that a number fits so many bytes, signed or unsigned. */
export function fitsBytes(value: bigint, bytes: number): boolean {
  return bytes >= 8 || (value >= -(1n << BigInt(8 * bytes - 1)) && value < 1n << BigInt(8 * bytes));
}
