/**
 * Points of transitions between modes: exceptions, interrupts and trap
 * returns, each by where it comes from and where it goes; and the cases that
 * trap returns tell apart.
 */
import type { Isa } from '../../model/spec/isa.js';
import { exceptionCells, interruptCells, returnCells } from '../coverage/cells.js';
import { MODES } from '../retirement.js';
import { ofMode } from './permit-points.js';
import type { Cell, Namings, PointTable } from './points.js';

const transition = (cell: string): string => `transition ${cell}`;
const named = (which: string) => (cell: Cell): readonly string[] => [transition(`${cell(which)} ${cell('from')} -> ${cell('to')}`)];
const caseName = (name: string, mode: string): string => `case ${name} in ${mode}`;

/** Names transitions and cases. */
export function trapPoints(isa: Isa, table: PointTable): Namings {
  for (const cells of [exceptionCells(isa), interruptCells(isa), returnCells(isa)]) {
    for (const cell of cells.reachable) table.add(transition(cell));
    for (const { cell, reason } of cells.unreachable) table.add(transition(cell), reason);
  }
  for (const { name, class: of, cases } of isa.instructions) {
    if (of !== 'xret') continue;
    for (const c of cases) {
      for (const mode of MODES) {
        const excludes = c.when.terms.some(({ variable, values }) => {
          const value = ofMode(mode)(variable);
          return value !== undefined && !values.includes(value);
        });
        const arrives = returnCells(isa).reachable.some((cell) => cell.startsWith(`${name} ${mode} `));
        table.add(caseName(`${name}.${c.name}`, mode), excludes ? `the case is not about ${mode}` : arrives ? undefined : `${name} is not allowed in ${mode}`);
      }
    }
  }
  return {
    exception: named('exception'), interrupt: named('interrupt'), return: named('instruction'),
    case: (cell) => [caseName(cell('case'), cell('mode'))],
  };
}
