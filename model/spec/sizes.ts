/**
 * Numbers that hardware can have: sizes of caches, and bounds.
 */
import type { z } from 'zod';
import type { Context } from './context.js';
import type { CacheSize } from './isa.js';
import { closed, type Located, small } from './shape.js';

/** The schema of a cache's size. */
export const SIZE = closed({ entries: small, ways: small });

/** The fewest and the most. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Bits of a register that says which entries of a way are valid. */
const MOST_SETS = 64;
const MOST_WAYS = 16;
/** Entries that any cache has at most. */
export const MOST_ENTRIES = MOST_SETS * MOST_WAYS;
/** A number between bounds, or the mistake; `what` it is. */
export function within({ value, span }: Located<number>, { least, most }: Bounds, what: string, context: Context): number {
  if (value < least || value > most) context.report.add(span, `${what} is ${value}`, `Write ${least} to ${most}.`);
  return value;
}

/** Whether bits of an address choose among so many. */
export const isPowerOfTwo = (n: number): boolean => n > 0 && Number.isInteger(Math.log2(n));

/** A power of two between bounds, or the mistake; `why` it is one. */
export function powerWithin(number: Located<number>, bounds: Bounds, what: string, why: string, context: Context): number {
  const value = within(number, bounds, what, context);
  const wrong = value >= bounds.least && value <= bounds.most && !isPowerOfTwo(value);
  if (wrong) context.report.add(number.span, `${what} is ${value}`, `${neighbours(value)} ${why}`);
  return value;
}

/** Powers of two that stand on either side of a number. */
export function neighbours(n: number): string {
  const below = 2 ** Math.floor(Math.log2(n));
  return `Write ${below} or ${below * 2}.`;
}

/** A size that hardware can have: powers of two, not more ways than entries, not too many entries a way. */
export function checkedSize({ entries, ways }: z.output<typeof SIZE>, { least, most }: Bounds, label: string, context: Context): CacheSize {
  const complain = ({ span }: Located<number>, message: string, mend: string): void => context.report.add(span, `${label}: ${message}`, mend);
  const power = 'Numbers of entries and ways are powers of two, so that bits of the address choose among them.';
  const [all, one] = [entries.value, ways.value];
  if (all < least) complain(entries, `${all} entries`, `Write at least ${least}.`);
  else if (all > most) complain(entries, `${all} entries`, `Write at most ${most}.`);
  else if (all > 0 && !isPowerOfTwo(all)) complain(entries, `${all} entries`, `${neighbours(all)} ${power}`);
  else if (one < 1) complain(ways, `${one} ways`, 'Write at least 1: an address has one entry to be in.');
  else if (one > MOST_WAYS) complain(ways, `${one} ways`, `Write at most ${MOST_WAYS}: each is compared in every cycle.`);
  else if (!isPowerOfTwo(one)) complain(ways, `${one} ways`, `${neighbours(one)} ${power}`);
  else if (all > 0 && one > all) complain(ways, `${one} ways of ${all} entries`, `Write at most ${all}.`);
  else if (all > one * MOST_SETS) complain(entries, `${all} entries in ${one} way${one === 1 ? '' : 's'}`, `Write at most ${one * MOST_SETS}: a way has at most ${MOST_SETS} entries.`);
  return { entries: all, ways: one };
}
