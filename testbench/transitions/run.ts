/**
 * The transition matrix, whole or in part: its cells executed on cores and the
 * reference.
 */
import type { CompiledCore } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import { ObservedCore } from '../lockstep/observed.js';
import { MODES } from '../retirement.js';
import { type Cell, supportKey } from './cells.js';
import { happensIn, type TransitionEvent } from './event.js';
import { CellExecutor, type CellResult } from './execute.js';
import { type LeftOut, leftOut } from './left-out.js';
import { type CellFilter, concerns, prepare, selectedCells, type Session } from './session.js';
import { ReferenceSupports } from './support-of-reference.js';
import { type SupportDifference, supportDifferences } from './supports.js';

export interface TransitionOptions {
  readonly isa: Isa;
  /** Of the same ISA, if there is one already: preparing takes seconds. */
  readonly session?: Session;
  /** Cores in their observed variant. */
  readonly cores: readonly CompiledCore[];
  readonly filter?: CellFilter;
  /** False: the supports of specs and reference are not compared, and cells differ in what the specs read only. */
  readonly supports?: boolean;
  /** Hears of every event whose supports are compared, and of every hundredth cell or so. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a run is. */
export interface Progress {
  /** Name of the core, or `supports` while they are compared. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** The cells on one core. */
export interface CoreResults {
  readonly core: string;
  readonly results: readonly CellResult[];
  readonly seconds: number;
}

/** The matrix executed. */
export interface TransitionResults {
  readonly session: Session;
  readonly cells: readonly Cell[];
  readonly cores: readonly CoreResults[];
  /** What has no cells, of the events and modes executed. */
  readonly leftOut: LeftOut;
  /** Bits that only the specs or only the reference read; undefined if not compared. */
  readonly supportDifferences: readonly SupportDifference[] | undefined;
  readonly seconds: number;
}

/** Cells between two words about progress. */
const PROGRESS_CELLS = 100;

/** Executes the matrix, or the cells that the filter selects. */
export function runTransitions({ isa, session: given, cores, filter = {}, supports = true, onProgress }: TransitionOptions): TransitionResults {
  const began = performance.now();
  const prepared = given ?? prepare(isa);
  const supportDifferences = supports ? compareSupports(prepared, filter, onProgress) : undefined;
  const session = supportDifferences === undefined ? prepared : withBits(prepared, supportDifferences);
  const cells = selectedCells(session.matrix, filter);
  const executed = cores.map((core) => executeOn(session, core, cells, onProgress));
  return { session, cells, cores: executed, leftOut: leftOut(session.matrix, filter), supportDifferences, seconds: secondsSince(began) };
}

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

function executeOn({ matrix, writer }: Session, compiled: CompiledCore, cells: readonly Cell[], onProgress?: (progress: Progress) => void): CoreResults {
  const began = performance.now();
  const { core } = compiled.description;
  const executor = new CellExecutor(matrix, writer, new ObservedCore(compiled));
  const results = cells.map((cell, done) => {
    if (done % PROGRESS_CELLS === 0) onProgress?.({ what: core, done, total: cells.length });
    return executor.execute(cell);
  });
  onProgress?.({ what: core, done: cells.length, total: cells.length });
  return { core, results, seconds: secondsSince(began) };
}

/** The same for events that are decided alike: accesses with the same permit, walked and checked alike. */
function likeness(event: TransitionEvent): string {
  if (event.kind === 'interrupt' || event.walk === undefined) return event.id;
  return [event.instruction?.permit, ...Object.values(event.walk)].join();
}

/** Every difference of the two supports, for the events and modes that the filter concerns; of accesses that are checked alike, one stands for all. */
export function compareSupports({ matrix, filling, arranger }: Session, filter: CellFilter = {}, onProgress?: (progress: Progress) => void): readonly SupportDifference[] {
  const supports = new ReferenceSupports(matrix, filling, arranger);
  const concerned = matrix.events.filter((event) => MODES.some((mode) => concerns(filter, { event, mode })));
  const events = [...new Map([...concerned].reverse().map((event) => [likeness(event), event])).values()].reverse();
  return events.flatMap((event, done) => {
    onProgress?.({ what: 'supports', done, total: events.length });
    return MODES.filter((mode) => happensIn(event, mode) && concerns(filter, { event, mode })).flatMap((mode) => supportDifferences(matrix, supports, event, mode));
  });
}

/** The same session with cells for the bits that only the reference reads. */
function withBits(session: Session, differences: readonly SupportDifference[]): Session {
  const read = differences.filter((d) => d.readBy === 'reference');
  if (read.length === 0) return session;
  const also = new Map<string, string[]>();
  for (const { event, mode, bit } of read) {
    const key = supportKey(event, mode);
    also.set(key, [...(also.get(key) ?? []), bit]);
  }
  return prepare(session.matrix.isa, also);
}
