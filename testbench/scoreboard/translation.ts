/**
 * What translation costs: the rules under "Translation" in docs/timing.md. What
 * was kept, and so how many entries a walk has read, is taken from the trace;
 * how long it took for that is not.
 */
import type { Translated, Walk } from '../lockstep/trails.js';
import type { Timed } from './instruction.js';
import type { Shape } from './shape.js';

/** Cycles from the one in which a walk is asked for to the one in which it is done. */
function duration({ roots, seconds, read, kept }: Walk, { ask, entry }: NonNullable<Shape['walker']>): number {
  return 1 + ask + roots + seconds + read * entry + kept;
}

/** The cycle in which an instruction can enter the second stage by what opened its page, or by its own walks. */
export function openFrom(translated: Translated | undefined): number {
  const { fetch } = translated ?? {};
  return fetch === undefined ? 0 : fetch.cycle + (fetch.byItself ? 1 : 2);
}

/** The walk that opened a page took another time than its entries say; one for a single instruction waits for memory besides. */
export function walkMistimed(translated: Translated | undefined, { walker }: Shape): boolean {
  const { fetch } = translated ?? {};
  if (fetch === undefined || walker === undefined || fetch.byItself) return false;
  return fetch.cycle !== fetch.walk.began + duration(fetch.walk, walker);
}

/** An access that the walker translates. */
export interface WalkedAccess {
  readonly timed: Timed;
  readonly address: bigint;
  readonly device: boolean;
}

/** Cycles from entering commit to retirement but for those of a device; undefined: not promised, a walk has written. */
export function accessCycles(walks: readonly Walk[], { timed: { unit, bytes }, address, device }: WalkedAccess, { walker }: Shape): number | undefined {
  if (walker === undefined || walks.some(({ wrote }) => wrote)) return undefined;
  const walked = walks.reduce((sum, walk) => sum + duration(walk, walker), 0);
  const split = Number(address & 7n) + bytes > 8;
  if (device || bytes === 0) return walked;
  if (split) return walked + (unit === 'load' ? 2 : 3);
  return walked + (unit === 'load' ? 1 : 0);
}
