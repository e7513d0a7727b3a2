/**
 * A cell executed on a core and on the reference in lockstep, and held
 * against what the specs decide.
 */
import type { Interrupt, Isa } from '../../model/spec/isa.js';
import { Lockstep } from '../lockstep/lockstep.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import { Reference } from '../reference/reference.js';
import type { ArchitecturalState, Retirement } from '../retirement.js';
import type { Cell, Matrix } from './cells.js';
import { type Outcome, outcomeText } from './decide.js';
import type { TransitionEvent } from './event.js';
import { unasked } from './writes.js';
import { entryText, entryValue } from './page-entry.js';
import type { Witness, WitnessWriter } from './witness.js';

/** Cycles that a witness may take; it needs a few hundred, a waiting one until it is woken. */
const MOST_CYCLES = 4_000;

/** Who says something else than whom, and what. */
export interface Disagreement {
  /** `record 46 of 46`, or `the event`. */
  readonly where: string;
  /** The two, with the record that each shows, where there is one. */
  readonly sides: readonly [Side, Side];
  /** At least one, the telling one first; of each, what the two say. */
  readonly differences: readonly { readonly what: string; readonly says: readonly [string, string] }[];
}

/** One of two that disagree: core, reference, both of them, or the specs. */
export interface Side {
  readonly name: string;
  readonly record?: Retirement;
}

/** What became of a cell. Plain data: another process can tell it. */
export type CellOutcome =
  | { readonly kind: 'agreeing'; readonly record: Retirement }
  | { readonly kind: 'disagreeing'; readonly disagreement: Disagreement }
  /** No program reached the cell: an error, never left out. */
  | { readonly kind: 'unexecuted'; readonly reason: string };

/** The same with the cell. */
export type CellResult = CellOutcome & { readonly cell: Cell };

/** Executes cells on a core and a reference. */
export class CellExecutor {
  readonly #lockstep: Lockstep;
  readonly #reference: Reference;

  constructor(readonly matrix: Matrix, readonly writer: WitnessWriter, core: ObservedCore) {
    this.#reference = new Reference(core.choices);
    this.#lockstep = new Lockstep(core, this.#reference);
  }

  execute(cell: Cell): CellOutcome {
    const witness = this.writer.write(cell);
    if (witness === undefined) return { kind: 'unexecuted', reason: 'no trap return leads from M into this state, or it comes with an interrupt that nothing keeps away' };
    let before: ArchitecturalState | undefined;
    let event: Observation | undefined;
    const result = this.#lockstep.run(witness, {
      maxCycles: MOST_CYCLES,
      inputs: witness.inputs,
      onRecord: (observation) => {
        if (observation.retirement.order === witness.order - 1) before = this.#reference.state();
        if (observation.retirement.order === witness.order) event = observation;
      },
    });
    const record = event?.retirement;
    if (result.kind === 'diverged') {
      const { observation, reference, differences } = result.divergence;
      const model = observation?.retirement;
      return { kind: 'disagreeing', disagreement: {
        where: `record ${model?.order ?? 0} of ${witness.order}`,
        sides: [{ name: 'core', ...(model && { record: model }) }, { name: 'reference', ...(reference && { record: reference }) }],
        differences: differences.map((d) => ({ what: d.what, says: [d.model, d.reference] })),
      } };
    }
    if (before === undefined || record === undefined) return { kind: 'unexecuted', reason: `the program ended (${result.outcome.kind}) before the event` };
    const missed = this.#missed(cell, record, before);
    if (missed !== undefined) return { kind: 'unexecuted', reason: missed };
    const differences = [...this.#differences(cell, record), ...this.#entryDifferences(cell, witness)];
    if (differences.length === 0) return { kind: 'agreeing', record };
    return { kind: 'disagreeing', disagreement: { where: 'the event', sides: [{ name: 'core and reference', record }, { name: 'specs' }], differences } };
  }

  /** What core and reference do and the specs do not say. */
  #differences({ expected }: Cell, record: Retirement): Disagreement['differences'] {
    const [seen, said] = [outcomeText(decisionOf(record)), outcomeText(expected)];
    if (seen !== said) return [{ what: 'decision', says: [seen, said] }];
    return unasked(this.matrix.isa, expected.writes, record).map((target) => ({ what: target, says: ['changes', 'is not written'] }));
  }

  /** What became of the entry that the event is about, on both sides, and should not. */
  #entryDifferences({ expected }: Cell, { tables }: Witness): Disagreement['differences'] {
    if (tables === undefined) return [];
    const { fields, tested: { address, value } } = tables;
    const bytes = this.#reference.readMemory(address, 8);
    const found = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
    const said = value | entryValue(this.matrix.isa, new Map(expected.writes.map((target) => [target, 1n])));
    return found === said ? [] : [{ what: 'the entry', says: [entryText(fields, found), entryText(fields, said)] }];
  }

  /** What of the cell the program did not bring about. */
  #missed(cell: Cell, record: Retirement, before: ArchitecturalState): string | undefined {
    if (record.mode !== cell.mode) return `the program reached ${record.mode}`;
    for (const [name, value] of cell.valuation) {
      const atom = this.matrix.atoms.get(name);
      if (atom === undefined || atom.line) continue;
      const found = ((before.csrs[atom.home] ?? 0n) >> BigInt(atom.low)) & ((1n << BigInt(atom.width)) - 1n);
      if (found !== value) return `the program reached ${name} ${found}`;
    }
    return undefined;
  }
}

/** What a record shows of a decision. */
export function decisionOf({ trap, next_mode }: Retirement): Outcome {
  if (trap === undefined) return { next: next_mode };
  const { cause, interrupt, to, gva } = trap;
  return { next: next_mode, trap: { cause, interrupt, to, gva } };
}

/** The record shows the event, not an interrupt that came before it. */
export function isAbout({ traps }: Isa, event: TransitionEvent, { trap }: Retirement): boolean {
  if (trap?.interrupt !== true) return true;
  if (event.kind === 'instruction') return false;
  const level = traps.levels.find((l) => l.mode === trap.to);
  const seenAs = (i: Interrupt): number => (trap.to === 'VS' ? (i.guestCode ?? i.code) : i.code);
  return event.interrupts.some((i) => level?.order.includes(i.name) === true && seenAs(i) === trap.cause);
}
