/**
 * Points of what comes right behind a change of the hart's own state: a CSR
 * that has changed, a trap return that went from one mode to another; and
 * which interrupt cuts in behind what.
 */
import type { Kinds } from '../../model/pipeline/kinds.js';
import type { Isa } from '../../model/spec/isa.js';
import { possible, returnCells } from '../coverage/cells.js';
import { MODES, type Mode } from '../retirement.js';
import type { KindModes } from './kind-modes.js';
import { riserOf, type Riser } from './pending.js';
import type { Namings, PointTable } from './points.js';

/** Behind what an interrupt that does not come by itself can come: where it becomes pending, and where it becomes enabled. */
const BEHIND: Readonly<Record<Exclude<Riser, 'itself'>, readonly string[]>> = { csr: ['csr write', 'xret'], store: ['csr write', 'xret', 'store of a device'] };

/** Why an interrupt cannot come right behind a kind of instruction; undefined if it can. */
function forestalled(riser: Riser, kind: string): string | undefined {
  if (riser === 'itself' || BEHIND[riser].includes(kind)) return undefined;
  return `it becomes pending or enabled only by a ${BEHIND[riser].join(', a ')} or a trap`;
}

const behindName = (what: string, kind: string): string => `behind ${what}, ${kind}`;
const interruptName = (name: string, kind: string): string => `${name} behind ${kind}`;

/** Names consequences. */
export function consequencePoints(isa: Isa, kinds: Kinds, modes: KindModes, table: PointTable): Namings {
  const behind = (what: string, there: readonly Mode[]): void => {
    for (const kind of [...kinds.retired, ...kinds.traps]) table.add(behindName(what, kind), modes.separates(there, kind));
  };
  const homes = isa.csrs.filter((c) => c.counts === undefined && possible(isa, c.name) !== 0n && c.fields.some((f) => f.source.kind === 'stored'));
  for (const { name } of homes) behind(`a write of ${name}`, modes.writersOf(name));
  for (const cell of returnCells(isa).reachable) behind(cell, MODES.filter((mode) => cell.endsWith(` -> ${mode}`)));
  for (const interrupt of isa.traps.interrupts) {
    const riser = riserOf(isa, interrupt);
    for (const kind of kinds.retired) table.add(interruptName(interrupt.name, kind), forestalled(riser, kind));
  }
  return {
    behind: (cell) => [behindName(cell('what'), cell('younger'))],
    'interrupt behind': (cell) => [interruptName(cell('interrupt'), cell('older'))],
  };
}
