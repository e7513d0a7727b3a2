/** Programs that fill caches of translations, and the replay of what these keep. */
import fc from 'fast-check';
import type { Uarch } from '../../model/spec/isa.js';
import { KeptEntries } from '../scoreboard/kept-entries.js';
import { stories, told, WINDOW, withTables } from './table-edits.js';
import type { TimedCore } from './timing.js';

/** A replay that has to be there. */
export function replayOf({ specs }: TimedCore, uarch: Uarch): KeptEntries {
  const replay = KeptEntries.of(specs.isa, uarch);
  if (replay === undefined) throw new Error(`${uarch.name} keeps nothing that is replayed`);
  return replay;
}

/** The second stage alone, before and behind its fence: nothing takes the place of what it keeps. Of two fences one at least leaves it to the generation. */
const BELOW = [`li a1, ${WINDOW}`, 'csrw vsatp, zero', 'hlv.d a0, (a1)', 'hfence.gvma', 'hlv.d a0, (a1)', 'hfence.gvma', 'hlv.d a0, (a1)'];

/** Programs that fence and that do not, drawn once. */
export const images = [...fc.sample(fc.tuple(stories, fc.boolean()), { numRuns: 600, seed: 1 }).map(([story, fenced]) => told(story, fenced)), withTables('HS', BELOW)];
