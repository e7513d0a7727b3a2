/** The cells of an event whose address is translated: one for each path that tells the rows of entries apart. */
import { Dice } from '../arbitraries/dice.js';
import type { Mode } from '../retirement.js';
import type { Assignment } from './atoms.js';
import type { Cell, Matrix } from './cells.js';
import type { InstructionEvent, TranslatedAccess } from './event.js';
import { cellName } from './names.js';
import { bitsFor, isOfEntry } from './page-entry.js';
import { seedOf } from './seed.js';
import { translatedPaths } from './translated.js';

/** All cells of the event in a mode. */
export function* translatedCells({ isa, pinned }: Pick<Matrix, 'isa' | 'pinned'>, event: InstructionEvent, walk: TranslatedAccess, mode: Mode): Generator<Cell> {
  const given = pinned[mode];
  const paths = translatedPaths({ isa, mode, given }, event, walk);
  const through = paths.filter(({ value }) => value.trap === undefined);
  const concrete = (values: Assignment, dice: Dice): Assignment => {
    const [entry, plain] = [true, false].map((of) => new Map([...values].filter(([name]) => isOfEntry(isa, name) === of)));
    return new Map([...(plain ?? []), ...bitsFor(isa, entry ?? new Map(), dice)]);
  };
  for (const { given: found, value: expected } of paths) {
    const shown = new Map([...found].filter(([name]) => !given.has(name)));
    const dice = new Dice(seedOf(cellName({ mode, event, shown })));
    const valuation = concrete(shown, dice);
    const likely = through.length === 0 ? new Map<string, bigint>() : concrete(dice.pick(through).given, dice);
    yield { mode, event, valuation, shown, expected, likely };
  }
}
