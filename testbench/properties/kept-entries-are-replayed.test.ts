/**
 * What a core keeps of page-table entries follows from what was asked: its
 * caches behind the first level, replayed from the questions of its walks, give
 * the same answers and take new entries to the same places. A core that is not
 * as its file says is noticed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TranslationCaches } from '../../model/spec/isa.js';
import { KeptEntries } from '../scoreboard/kept-entries.js';
import { tries } from './effort.js';
import { images, replayOf } from './kept-entries.js';
import { built, randomPrograms } from './random-programs.js';
import { CYCLES, stories, told } from './table-edits.js';
import { exactCore, recordsOf, shippedCore } from './timing.js';

describe.each([['tiny', () => shippedCore('tiny')], ['five-stage', () => shippedCore('five-stage')]] as const)('the caches of a %s core', (_, coreOf) => {
  const timed = coreOf();

  it('answer as replayed to programs that edit their tables', () => {
    const count = { asked: 0, hits: 0, kept: 0 };
    fc.assert(fc.property(stories, fc.boolean(), (story, fenced) => {
      const replay = replayOf(timed, timed.uarch);
      expect(replay.firstMistake(recordsOf(timed.core, told(story, fenced), CYCLES))).toBeUndefined();
      count.asked += replay.count.asked;
      count.hits += replay.count.hits;
      count.kept += replay.count.kept;
    }), tries(150));
    expect(count.asked).toBeGreaterThan(2000);
    expect(count.hits).toBeGreaterThan(300);
    expect(count.kept).toBeGreaterThan(500);
  });

  it('and to random ones', () => {
    fc.assert(fc.property(randomPrograms(), (plan) => {
      expect(replayOf(timed, timed.uarch).firstMistake(recordsOf(timed.core, built(plan)))).toBeUndefined();
    }), tries(150));
  });

  it('would be noticed if they were not as the file says', () => {
    const lies: readonly ((caches: TranslationCaches) => Partial<TranslationCaches>)[] = [
      ...(['shared', 'second', 'pointers'] as const).map((name) => (caches: TranslationCaches) => ({ [name]: { entries: caches[name].entries / 2, ways: 1 } })),
      ({ flushes }) => ({ flushes: new Map([...flushes].filter(([fence]) => fence !== 'sfence.vma')) }),
      ({ flushes }) => ({ flushes: new Map([...flushes].filter(([fence]) => fence !== 'hfence.gvma')) }),
    ];
    const unnoticed = lies.filter((lie) => {
      const { translation } = timed.uarch;
      if (translation === undefined) throw new Error('the core keeps nothing');
      const lying = { ...timed.uarch, translation: { ...translation, ...lie(translation) } };
      return images.every((image) => replayOf(timed, lying).firstMistake(recordsOf(timed.core, image, CYCLES)) === undefined);
    });
    expect(unnoticed.map(String)).toEqual([]);
  });
});

it('the entries that an exact fence leaves are not replayed', () => {
  const exact = exactCore();
  expect(KeptEntries.of(exact.specs.isa, exact.uarch)).toBeUndefined();
});
