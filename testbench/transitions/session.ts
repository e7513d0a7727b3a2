/** What transitions of one instruction set need, made once. */
import type { Isa } from '../../model/spec/isa.js';
import { MODES, type Mode } from '../retirement.js';
import { Arranger } from './arrangement.js';
import { type Cell, cellsIn, type Matrix, matrixOf, supportNames } from './cells.js';
import { type Group, happensIn } from './event.js';
import { fillingOf, type Filling } from './fill.js';
import { bestNamed, type CellName, hasName } from './names.js';
import { atomsBehind } from './support-of-specs.js';
import { WitnessWriter } from './witness.js';

/** A matrix ready to be executed. */
export interface Session {
  readonly matrix: Matrix;
  readonly filling: Filling;
  readonly arranger: Arranger;
  readonly writer: WitnessWriter;
}

const prepared = new WeakMap<Isa, Session>();

/** Prepares the transitions of an instruction set: that takes seconds, and is done once. */
export function prepare(isa: Isa): Session {
  const found = prepared.get(isa) ?? prepareWith(isa);
  prepared.set(isa, found);
  return found;
}

/** The same with cells that differ in more. `also`: as in {@link Matrix}. */
export function prepareWith(isa: Isa, also?: Matrix['also']): Session {
  const matrix = { ...matrixOf(isa), ...(also && { also }) };
  const homes = controlHomes(matrix);
  const filling = fillingOf(matrix, homes);
  return { matrix, filling, arranger: new Arranger(matrix), writer: new WitnessWriter(matrix, filling) };
}

/** Registers that some decision rests on. */
function controlHomes(matrix: Matrix): ReadonlySet<string> {
  const names = new Set(matrix.events.flatMap((event) => MODES.filter((mode) => happensIn(event, mode)).flatMap((mode) => supportNames(matrix, event, mode))));
  const atoms = [...names].flatMap((name) => atomsBehind(matrix.isa, name));
  return new Set(atoms.flatMap((name) => matrix.atoms.get(name)?.home ?? []));
}

/** Which cells to execute; what is absent does not restrict. */
export interface CellFilter {
  readonly mode?: Mode;
  readonly group?: Group;
  /** Text in the event's name. */
  readonly event?: string;
  /** A rule that decides, by name. */
  readonly rule?: string;
  /** Cells that have this name, or one with more values. */
  readonly cell?: CellName;
  /** Every n-th cell only. */
  readonly every?: number;
}

/** Cells of the event in the mode can pass. */
export function concerns({ mode, group, event, cell }: CellFilter, one: Pick<Cell, 'mode' | 'event'>): boolean {
  return (cell === undefined || one.mode === cell.mode && one.event.id === cell.event)
    && (mode === undefined || one.mode === mode)
    && (group === undefined || one.event.group === group)
    && (event === undefined || one.event.id.includes(event));
}

/** The cell passes. */
function passes(filter: CellFilter, one: Cell, index: number): boolean {
  const { rule, cell, every } = filter;
  return concerns(filter, one)
    && (rule === undefined || one.expected.rules.includes(rule))
    && (cell === undefined || hasName(one, cell))
    && (every === undefined || index % every === 0);
}

/** The cells that pass, in the order of events, modes and values; of those with a name, the one that has no other values, if there is one. */
export function selectedCells(matrix: Matrix, filter: CellFilter): readonly Cell[] {
  // Every n-th is counted among all cells, whatever else the filter says.
  const among = filter.every === undefined ? filter : {};
  const all = matrix.events.flatMap((event) => MODES.filter((mode) => happensIn(event, mode) && concerns(among, { event, mode })).flatMap((mode) => cellsIn(matrix, event, mode)));
  const found = all.filter((cell, index) => passes(filter, cell, index));
  return filter.cell === undefined ? found : bestNamed(found, filter.cell);
}
