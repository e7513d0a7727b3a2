/**
 * The transition matrix, whole or in part: its cells executed on cores and the
 * reference.
 */
import type { CompiledCore } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import type { Cell } from './cells.js';
import type { CellResult } from './execute.js';
import { type Hand, handOut, OwnHand } from './hands.js';
import { type LeftOut, leftOut } from './left-out.js';
import { type CellFilter, prepare, selectedCells, type Session } from './session.js';
import { comparedEvents, Shares, withBits } from './shares.js';
import type { SupportDifference } from './supports.js';

export interface TransitionOptions {
  readonly isa: Isa;
  /** Cores in their observed variant. */
  readonly cores: readonly CompiledCore[];
  readonly filter?: CellFilter;
  /** False: the supports of specs and reference are not compared, and cells differ in what the specs read only. */
  readonly supports?: boolean;
  /** Who works, all at the same time, on the same specs, cores and filter; default: this process. */
  readonly hands?: readonly Hand[];
  /** Hears of every few events whose supports are compared, and of every hundredth cell or so. */
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
  /** Of all who worked on them together. */
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

/** In a share: so few that nobody has to wait for long at the end. */
const EVENTS = 2;
const CELLS = 200;

/** Executes the matrix, or the cells that the filter selects. */
export async function runTransitions({ isa, cores, filter = {}, supports = true, hands: others, onProgress }: TransitionOptions): Promise<TransitionResults> {
  const began = performance.now();
  const prepared = prepare(isa);
  const hands = others ?? [new OwnHand(new Shares(prepared, cores, filter))];
  const found = supports ? await compareSupports(hands, prepared, filter, onProgress) : undefined;
  const differences = found ?? [];
  const session = withBits(prepared, differences);
  const cells = selectedCells(session.matrix, filter);
  const executed: CoreResults[] = [];
  for (const { description: { core } } of cores) executed.push(await executeOn(core, hands, differences, cells, onProgress));
  return { session, cells, cores: executed, leftOut: leftOut(session.matrix, filter), supportDifferences: found, seconds: (performance.now() - began) / 1000 };
}

function compareSupports(hands: readonly Hand[], { matrix }: Session, filter: CellFilter, onProgress: TransitionOptions['onProgress']): Promise<readonly SupportDifference[]> {
  const total = comparedEvents(matrix, filter).length;
  return handOut(hands, total, EVENTS, (hand, range) => hand.supports(range), (done) => onProgress?.({ what: 'supports', done, total }));
}

async function executeOn(core: string, hands: readonly Hand[], differences: readonly SupportDifference[], cells: readonly Cell[], onProgress: TransitionOptions['onProgress']): Promise<CoreResults> {
  let seconds = 0;
  const outcomes = await handOut(hands, cells.length, CELLS, (hand, range) => hand.cells(core, differences, range), (done, took) => {
    seconds += took;
    onProgress?.({ what: core, done, total: cells.length });
  });
  const results = cells.flatMap((cell, i): CellResult[] => {
    const outcome = outcomes[i];
    return outcome === undefined ? [] : [{ ...outcome, cell }];
  });
  return { core, results, seconds };
}
