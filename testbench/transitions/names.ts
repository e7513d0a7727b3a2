/**
 * Cells by name: mode, event and values, as `VS sret hstatus.VTSR=1
 * medeleg[22]=0`. Names stay what they are when the specs change elsewhere;
 * whoever looks for a cell may leave values out.
 */
import { type Mode, MODES } from '../retirement.js';
import type { Cell } from './cells.js';

/** A cell that is looked for. */
export interface CellName {
  readonly mode: Mode;
  /** The event's whole id. */
  readonly event: string;
  /** `hstatus.VTSR=1`, in any order; what is absent may be anything. */
  readonly values: readonly string[];
}

const valuesOf = ({ shown }: Pick<Cell, 'shown'>): readonly string[] => [...shown].map(([name, value]) => `${name}=${value}`);

/** The values that make the cell, as `mstatus.TSR=1 medeleg[2]=0`. */
export const stateText = (cell: Pick<Cell, 'shown'>): string => (cell.shown.size === 0 ? 'any state' : valuesOf(cell).join(' '));

/** The name of a cell. */
export const cellName = (cell: Pick<Cell, 'mode' | 'event' | 'shown'>): string => [cell.mode, cell.event.id, ...valuesOf(cell)].join(' ');

/** Reads a name; undefined if it is none. */
export function parseCellName(text: string): CellName | undefined {
  const [first, ...words] = text.trim().split(/\s+/);
  const mode = MODES.find((m) => m === first);
  const event = words.filter((word) => !word.includes('=')).join(' ');
  return mode === undefined || event === '' ? undefined : { mode, event, values: words.filter((word) => word.includes('=')) };
}

/** The cell has the name, or one with more values. */
export function hasName(cell: Cell, { mode, event, values }: CellName): boolean {
  if (cell.mode !== mode || cell.event.id !== event) return false;
  const own = new Set(valuesOf(cell));
  return values.every((value) => own.has(value));
}

/** Of the cells that have the name, the one that has no other values; else all of them. */
export function bestNamed(cells: readonly Cell[], { values }: CellName): readonly Cell[] {
  const whole = cells.filter((cell) => cell.shown.size === values.length);
  return whole.length === 1 ? whole : cells;
}
