/**
 * What a core keeps of page-table entries follows from what was asked: its
 * caches behind the first level, replayed from the questions of its walks, give
 * the same answers and take new entries to the same places. A core that finds
 * or keeps otherwise is noticed, and one that is not as its file says.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TranslationCaches, Uarch } from '../../model/spec/isa.js';
import { structureMutants } from '../mutants/structures.js';
import { KeptEntries } from '../scoreboard/kept-entries.js';
import { tries } from './effort.js';
import { built, randomPrograms } from './random-programs.js';
import { stories, told, WINDOW, withTables } from './table-edits.js';
import { exactCore, hardwareOf, modernCore, recordsOf, shippedCore, type TimedCore } from './timing.js';

const CYCLES = 8000;

/** A replay that has to be there. */
function replayOf({ specs }: TimedCore, uarch: Uarch): KeptEntries {
  const replay = KeptEntries.of(specs.isa, uarch);
  if (replay === undefined) throw new Error(`${uarch.name} keeps nothing that is replayed`);
  return replay;
}

/** The second stage alone, before and behind its fence: nothing takes the place of what it keeps. Of two fences one at least leaves it to the generation. */
const BELOW = [`li a1, ${WINDOW}`, 'csrw vsatp, zero', 'hlv.d a0, (a1)', 'hfence.gvma', 'hlv.d a0, (a1)', 'hfence.gvma', 'hlv.d a0, (a1)'];

/** Programs that fence and that do not, drawn once. */
const images = [...fc.sample(fc.tuple(stories, fc.boolean()), { numRuns: 600, seed: 1 }).map(([story, fenced]) => told(story, fenced)), withTables('HS', BELOW)];

describe.each([['tiny', () => shippedCore('tiny')], ['large', modernCore]] as const)('the caches of a %s core', (_, coreOf) => {
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

it('the entries that an exact fence leaves are not replayed', () => {
  const exact = exactCore();
  expect(KeptEntries.of(exact.specs.isa, exact.uarch)).toBeUndefined();
});
