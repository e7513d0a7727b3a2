/** A core whose caches of translations find or keep something else than their replay is noticed. */
import { describe, expect, it } from 'vitest';
import { structureMutants } from '../mutants/structures.js';
import { images, replayOf } from './kept-entries.js';
import { CYCLES } from './table-edits.js';
import { hardwareOf, recordsOf, shippedCore } from './timing.js';

describe('a tiny core', () => {
  const tiny = shippedCore('tiny');
  const other = hardwareOf(tiny);
  // Tags, generations and fills: that an entry is valid matters once a generation has come back, for which these programs fence too seldom.
  const mutants = new Map(structureMutants(other.module).flatMap((mutant) => {
    const what = /^structure (tlb\.(?:shared|second|pointers)\.(?:page|tables\.\d|age): not (?:compared|written))/.exec(mutant.id)?.[1];
    return what === undefined ? [] : [[what, mutant] as const];
  }));

  it.each([...mutants])('is noticed with %s', (_, { change }) => {
    if (change.of !== 'hardware') throw new Error('it is no change of the hardware');
    const core = other.with(change.apply);
    expect(images.some((image) => replayOf(tiny, tiny.uarch).firstMistake(recordsOf(core, image, CYCLES)) !== undefined)).toBe(true);
  });
});
