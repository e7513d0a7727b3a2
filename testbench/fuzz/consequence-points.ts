/**
 * Points of what comes right behind a change of the hart's own state: a CSR
 * that has changed, a trap return that went from one mode to another; and
 * which interrupt cuts in behind what.
 */
import type { Isa } from '../../model/spec/isa.js';
import { edgeCell, possible, returnCells } from '../coverage/cells.js';
import { MODES, type Mode } from '../retirement.js';
import type { KindModes } from './kind-modes.js';
import { NO_KIND, type Kinds } from './kinds.js';
import { riserOf, type Riser } from './pending.js';
import type { Family, Hit, PointTable, Sight } from './points.js';

/** Points by kind of what comes next. */
type ByKind = readonly number[];

/** Behind what an interrupt that does not come by itself can come: where it becomes pending, and where it becomes enabled. */
const BEHIND: Readonly<Record<Exclude<Riser, 'itself'>, readonly string[]>> = { csr: ['csr write', 'xret'], store: ['csr write', 'xret', 'store of a device'] };

/** Why an interrupt cannot come right behind a kind of instruction; undefined if it can. */
function forestalled(riser: Riser, kind: string): string | undefined {
  if (riser === 'itself' || BEHIND[riser].includes(kind)) return undefined;
  return `it becomes pending or enabled only by a ${BEHIND[riser].join(', a ')} or a trap`;
}

/** Counts consequences. */
export class ConsequencePoints implements Family {
  /** Behind a change of a home CSR by an instruction. */
  readonly #csrs: ReadonlyMap<string, ByKind>;
  /** Behind a trap return. */
  readonly #returns: ReadonlyMap<string, ByKind>;
  /** By interrupt as its taker numbers it, and kind of what came before. */
  readonly #interrupts: ReadonlyMap<string, ByKind>;
  #behind: readonly ByKind[] = [];
  #before = NO_KIND;

  constructor(isa: Isa, kinds: Kinds, modes: KindModes, table: PointTable) {
    const behind = (what: string, there: readonly Mode[]): ByKind => kinds.names.map((kind) => table.add(`behind ${what}, ${kind}`, modes.separates(there, kind)));
    const homes = isa.csrs.filter((c) => c.counts === undefined && possible(isa, c.name) !== 0n && c.fields.some((f) => f.source.kind === 'stored'));
    this.#csrs = new Map(homes.map((c) => [c.name, behind(`a write of ${c.name}`, modes.writersOf(c.name))]));
    this.#returns = new Map(returnCells(isa).reachable.map((cell) => [cell, behind(cell, MODES.filter((mode) => cell.endsWith(` -> ${mode}`)))]));
    this.#interrupts = new Map(isa.traps.interrupts.flatMap((interrupt) => {
      const { name, code, guestCode } = interrupt;
      const riser = riserOf(isa, interrupt);
      const points = kinds.retired.map((kind) => table.add(`${name} behind ${kind}`, forestalled(riser, kind)));
      return [[`M ${code}`, points] as const, [`HS ${code}`, points] as const, ...(guestCode === undefined ? [] : [[`VS ${guestCode}`, points] as const])];
    }));
  }

  start(): void {
    this.#behind = [];
    this.#before = NO_KIND;
  }

  see({ retirement, instruction, kind }: Sight, hit: Hit): void {
    const { trap, csrs, mode, next_mode } = retirement;
    if (kind !== NO_KIND) for (const points of this.#behind) reach(points[kind], hit);
    if (trap?.interrupt === true) reach(this.#interrupts.get(`${trap.to} ${trap.cause}`)?.[this.#before], hit);
    this.#before = kind;
    if (trap === undefined && instruction?.class === 'csr') this.#behind = csrs.flatMap(({ csr }) => known(this.#csrs.get(csr)));
    else if (trap === undefined && instruction?.class === 'xret') this.#behind = known(this.#returns.get(edgeCell(instruction.name, mode, next_mode)));
    else this.#behind = [];
  }
}

const known = (points: ByKind | undefined): readonly ByKind[] => (points === undefined ? [] : [points]);

function reach(point: number | undefined, hit: Hit): void {
  if (point !== undefined && point !== NO_KIND) hit(point);
}
