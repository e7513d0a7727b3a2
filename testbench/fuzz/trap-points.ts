/**
 * Points of transitions between modes: exceptions, interrupts and trap
 * returns, each by where it comes from and where it goes.
 */
import type { Isa } from '../../model/spec/isa.js';
import { edgeCell, exceptionCells, interruptCells, returnCells, trapCell } from '../coverage/cells.js';
import type { Family, Hit, PointTable, Sight } from './points.js';

const name = (cell: string): string => `transition ${cell}`;

/** Counts transitions. */
export class TrapPoints implements Family {
  readonly #table: PointTable;
  readonly #exceptions: ReadonlyMap<number, string>;
  /** By the mode that takes it, and code. */
  readonly #interrupts: ReadonlyMap<string, string>;

  constructor(isa: Isa, table: PointTable) {
    this.#table = table;
    this.#exceptions = new Map(isa.traps.exceptions.map((e) => [e.code, e.name]));
    this.#interrupts = new Map(isa.traps.interrupts.flatMap((i) => [
      [`M ${i.code}`, i.name], [`HS ${i.code}`, i.name], ...(i.guestCode === undefined ? [] : [[`VS ${i.guestCode}`, i.name] as const]),
    ] as const));
    for (const cells of [exceptionCells(isa), interruptCells(isa), returnCells(isa)]) {
      for (const cell of cells.reachable) table.add(name(cell));
      for (const { cell, reason } of cells.unreachable) table.add(name(cell), reason);
    }
  }

  see({ retirement, instruction }: Sight, hit: Hit): void {
    const { trap, mode, next_mode } = retirement;
    if (trap === undefined && instruction?.class !== 'xret') return;
    const cell = trap === undefined
      ? edgeCell(instruction?.name ?? '', mode, next_mode)
      : trapCell((trap.interrupt ? this.#interrupts.get(`${trap.to} ${trap.cause}`) : this.#exceptions.get(trap.cause)) ?? '', mode, trap.to);
    const point = this.#table.find(name(cell));
    if (point !== undefined) hit(point);
  }
}
