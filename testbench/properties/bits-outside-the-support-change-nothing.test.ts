/**
 * The other half of the support: whatever is not in it may be anything. Every
 * bit outside is flipped, alone under the reference and by handfuls in the
 * cores, and the decision stays.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dice } from '../arbitraries/dice.js';
import { ObservedCore } from '../lockstep/observed.js';
import { CoreSubject } from '../lockstep/subject.js';
import { Reference } from '../reference/reference.js';
import type { Retirement, Subject } from '../retirement.js';
import { atomsFor, type Cell } from '../transitions/cells.js';
import { outcomeText } from '../transitions/decide.js';
import { decisionOf, isAbout } from '../transitions/execute.js';
import { fill } from '../transitions/fill.js';
import { cellName } from '../transitions/names.js';
import { prepare, selectedCells } from '../transitions/session.js';
import { compiledCore, CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';

const { isa } = shippedSpecs();
const { matrix, filling, arranger } = prepare(isa);
const cells = selectedCells(matrix, {}).filter(({ event }) => event.kind === 'interrupt' || event.instruction?.class !== 'wait');
const anyCell = fc.nat({ max: cells.length - 1 }).map((i) => {
  const cell = cells[i];
  if (cell === undefined) throw new Error(`no cell ${i}`);
  return cell;
});

/** Atoms that the decision of a cell must not rest on and that the mode lets vary. */
const outside = ({ mode, event, valuation }: Cell) => [...atomsFor(matrix, event).values()].filter((a) => !valuation.has(a.name) && !matrix.pinned[mode].has(a.name));

/** A state of the cell with every atom given. */
function stateOf(cell: Cell, dice: Dice): Map<string, bigint> {
  const filled = fill(matrix, filling, cell, dice);
  if (filled === undefined) throw new Error(`${cellName(cell)} cannot be filled`);
  const { state, data } = filled;
  for (const atom of matrix.atoms.values()) {
    const whole = data.get(atom.home);
    if (whole !== undefined) state.set(atom.name, (whole >> BigInt(atom.low)) & 1n);
  }
  return state;
}

/** The decision shown, or nothing if another interrupt came first. */
const seen = (cell: Cell, record: Retirement): string | undefined => (isAbout(isa, cell.event, record) ? outcomeText(decisionOf(record)) : undefined);

/** Bits whose flip, each alone, changes the decision. */
function telling(subject: Subject, cell: Cell, state: Map<string, bigint>, names: ReturnType<typeof outside>): readonly string[] {
  return names.filter(({ name, legal }) => {
    const old = state.get(name) ?? 0n;
    const changed = legal.some((value) => {
      if (value === old) return false;
      state.set(name, value);
      const found = seen(cell, arranger.step(subject, cell.event, cell.mode, state));
      return found !== undefined && found !== outcomeText(cell.expected);
    });
    state.set(name, old);
    return changed;
  }).map((a) => a.name);
}

describe('a bit outside the support changes no decision', () => {
  it('of the reference, whichever it is', () => {
    const reference = new Reference();
    fc.assert(fc.property(anyCell, fc.integer(), (cell, seed) => {
      const state = stateOf(cell, new Dice(seed));
      expect(seen(cell, arranger.step(reference, cell.event, cell.mode, state))).toBe(outcomeText(cell.expected));
      expect(telling(reference, cell, state, outside(cell))).toEqual([]);
    }), tries(40));
  });

  it.each(CORES)('of the %s core, a handful at a time', (name) => {
    const core = new CoreSubject(new ObservedCore(compiledCore(name)));
    fc.assert(fc.property(anyCell, fc.integer(), fc.integer({ min: 1, max: 6 }), (cell, seed, share) => {
      const dice = new Dice(seed);
      const state = stateOf(cell, dice);
      const flipped = outside(cell).filter(() => dice.oneIn(2 ** share));
      const after = new Map(state);
      for (const { name: bit, legal } of flipped) after.set(bit, dice.pick(legal));
      const found = seen(cell, arranger.step(core, cell.event, cell.mode, after));
      // One bit of them is to blame: name it.
      const blamed = found === undefined || found === outcomeText(cell.expected) ? [] : [found, ...telling(core, cell, state, flipped)];
      expect(blamed).toEqual([]);
    }), tries(150));
  });
});
