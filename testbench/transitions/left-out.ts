/**
 * What the matrix has no cells for, by name and with the reason: causes that
 * nothing raises, bits that decisions read but that have one value only, and
 * values of computed bits that no state shows together.
 */
import type { Isa } from '../../model/spec/isa.js';
import { type Mode, MODES } from '../retirement.js';
import { type Assignment, fixedBits } from './atoms.js';
import { impossibleValues, type Matrix, supportNames } from './cells.js';
import { happensIn, type Pruned, type TransitionEvent } from './event.js';
import { type CellFilter, concerns } from './session.js';
import { StateNames } from './state-names.js';
import { supportOn } from './support-of-specs.js';

/** A bit with one value, though decisions rest on it. */
export interface FixedBit {
  readonly bit: string;
  readonly value: number;
  readonly reason: string;
  /** The modes in which decisions would read it. */
  readonly modes: readonly Mode[];
  /** How many: events in a mode. */
  readonly decisions: number;
}

/** Values that exclude each other. */
export interface Impossible {
  readonly mode: Mode;
  readonly event: string;
  readonly values: Assignment;
}

/** Everything without cells. */
export interface LeftOut {
  readonly causes: readonly Pruned[];
  readonly bits: readonly FixedBit[];
  readonly impossible: readonly Impossible[];
}

const READ_ONLY = 'it cannot be written';
const PINNED = 'every way into the mode leaves it so, and nothing permitted there writes it';

/** What has no cells, of the events and modes that the filter concerns. */
export function leftOut(matrix: Matrix, filter: CellFilter): LeftOut {
  const concerned = matrix.events.flatMap((event) => MODES.filter((mode) => happensIn(event, mode) && concerns(filter, { event, mode })).map((mode) => ({ event, mode })));
  const constants = constantsOf(matrix.isa);
  const found = new Map<string, FixedBit>();
  for (const { event, mode } of concerned) {
    for (const bit of fixedIn(matrix, event, mode)) {
      const pinned = matrix.pinned[mode].get(bit);
      const value = pinned ?? constants.get(bit);
      if (value === undefined) continue;
      const before = found.get(bit) ?? { bit, value: Number(value), reason: pinned === undefined ? READ_ONLY : PINNED, modes: [], decisions: 0 };
      found.set(bit, { ...before, modes: MODES.filter((m) => m === mode || before.modes.includes(m)), decisions: before.decisions + 1 });
    }
  }
  const impossible = concerned.flatMap(({ event, mode }) =>
    (event.group === 'pair' ? impossibleValues(matrix, event, mode) : []).map((values) => ({ mode, event: event.id, values })));
  return { causes: matrix.pruned, bits: [...found.values()], impossible };
}

/** What the decision would read if everything could change, and does not. */
function fixedIn(matrix: Matrix, event: TransitionEvent, mode: Mode): readonly string[] {
  const { isa } = matrix;
  const varied = new Set(supportNames(matrix, event, mode));
  const names = new StateNames({ isa, mode, given: new Map(), cuts: event.group === 'pair' || event.group === 'interrupt', fixed: true });
  return [...supportOn(event, names)].filter((name) => !varied.has(name));
}

/** The bits of CSRs that cannot be written, with their values. */
const constantsOf = (isa: Isa): ReadonlyMap<string, bigint> =>
  new Map(isa.csrs.flatMap((csr) => csr.fields.flatMap((field) => fixedBits(csr, field).map(({ name, value }) => [name, value] as const))));
