/** Patterns of instruction bits. */
import type { Execute } from './hart.js';

/** The 32-bit instructions whose bits under `mask` are `value` (both unsigned). */
export interface Pattern {
  readonly mask: number;
  readonly value: number;
}

/**
 * Reads a pattern of 32 characters, most significant bit first: 0 and 1 must match, - may be
 * either; blanks and underscores are ignored. A malformed one is a mistake of the caller.
 */
export function patternOf(text: string): Pattern {
  const match = text.replaceAll(/[_ ]/g, '');
  if (!/^[01-]{32}$/.test(match)) throw new RangeError(`not a 32-bit pattern: ${text}. Write 32 characters, most significant bit first: 0, 1, and - for either.`);
  const mask = parseInt(match.replaceAll('0', '1').replaceAll('-', '0'), 2);
  return { mask, value: parseInt(match.replaceAll('-', '0'), 2) };
}

export const matches = ({ mask, value }: Pattern, insn: number): boolean => (insn & mask) >>> 0 === value;

/** An encoding, written as the manual draws it, and what it does. */
export type Encoding = readonly [match: string, execute: Execute];
