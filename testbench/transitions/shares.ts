/**
 * The work of a run in shares: supports compared event by event, cells
 * executed one by one. What comes of a share does not rest on who does it, nor
 * on what was done before.
 */
import type { CompiledCore } from '../../model/compile.js';
import { ObservedCore } from '../lockstep/observed.js';
import { MODES } from '../retirement.js';
import { type Cell, type Matrix, supportKey } from './cells.js';
import { guardOf, happensIn, type TransitionEvent, walkOf } from './event.js';
import { CellExecutor, type CellOutcome } from './execute.js';
import { type CellFilter, concerns, prepareWith, selectedCells, type Session } from './session.js';
import { ReferenceSupports } from './support-of-reference.js';
import { type SupportDifference, supportDifferences } from './supports.js';

/** Numbers of what is to be done, `to` not included: of {@link comparedEvents}, or of the selected cells. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The same for events that are decided alike: accesses with the same permit, walked or protected and checked alike. */
function likeness(event: TransitionEvent): string {
  const access = walkOf(event) ?? guardOf(event);
  if (event.kind === 'interrupt' || access === undefined) return event.id;
  return [event.group, event.instruction?.permit, ...Object.values(access)].join();
}

/** The events whose supports are compared, of those that the filter concerns; of accesses that are checked alike, one stands for all. */
export function comparedEvents(matrix: Matrix, filter: CellFilter): readonly TransitionEvent[] {
  const single = filter.rule !== undefined || filter.cell !== undefined;
  const events = single ? [...new Set(selectedCells(matrix, filter).map((cell) => cell.event))] : matrix.events;
  const concerned = events.filter((event) => MODES.some((mode) => concerns(filter, { event, mode })));
  return [...new Map([...concerned].reverse().map((event) => [likeness(event), event])).values()].reverse();
}

/** The same session with cells for the bits that only the reference reads. */
export function withBits(session: Session, differences: readonly SupportDifference[]): Session {
  const read = differences.filter((d) => d.readBy === 'reference');
  if (read.length === 0) return session;
  const also = new Map<string, string[]>();
  for (const { event, mode, bit } of read) {
    const key = supportKey(event, mode);
    also.set(key, [...(also.get(key) ?? []), bit]);
  }
  return prepareWith(session.matrix.isa, also);
}

/** A session's cells, and for which differences. */
interface Stock {
  readonly key: string;
  readonly session: Session;
  readonly cells: readonly Cell[];
  readonly executors: Map<string, CellExecutor>;
}

/** Does shares of the work, and keeps what they need. */
export class Shares {
  readonly #supports: ReferenceSupports;
  #stock: Stock | undefined;

  constructor(readonly session: Session, readonly cores: readonly CompiledCore[], readonly filter: CellFilter) {
    const { matrix, filling, arranger } = session;
    this.#supports = new ReferenceSupports(matrix, filling, arranger);
  }

  /** Every difference of the two supports of some events. */
  supports({ from, to }: Range): readonly SupportDifference[] {
    const { matrix } = this.session;
    return comparedEvents(matrix, this.filter).slice(from, to).flatMap((event) =>
      MODES.filter((mode) => happensIn(event, mode) && concerns(this.filter, { event, mode })).flatMap((mode) => supportDifferences(matrix, this.#supports, event, mode)));
  }

  /** What becomes of some cells on a core, those told apart by what `differences` names, too. */
  cells(core: string, differences: readonly SupportDifference[], { from, to }: Range): readonly CellOutcome[] {
    const { session, cells, executors } = this.#stockFor(differences);
    const executor = executors.get(core) ?? this.#executor(core, session);
    executors.set(core, executor);
    return cells.slice(from, to).map((cell) => executor.execute(cell));
  }

  #stockFor(differences: readonly SupportDifference[]): Stock {
    const key = JSON.stringify(differences);
    if (this.#stock?.key === key) return this.#stock;
    const session = withBits(this.session, differences);
    this.#stock = { key, session, cells: selectedCells(session.matrix, this.filter), executors: new Map() };
    return this.#stock;
  }

  #executor(core: string, { matrix, writer }: Session): CellExecutor {
    const compiled = this.cores.find((c) => c.description.core === core);
    if (compiled === undefined) throw new Error(`there is no core ${core}`);
    return new CellExecutor(matrix, writer, new ObservedCore(compiled));
  }
}
