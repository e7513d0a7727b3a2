/**
 * The support of an event by the reference, found by experiment: of the
 * registers that it reads while deciding, the bits whose change alone changes
 * the decision in some state. The specs only say where to look closer.
 */
import type { Interrupt, Isa } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import type { Reference } from '../reference/reference.js';
import type { Mode, Retirement } from '../retirement.js';
import { type Arranger } from './arrangement.js';
import type { Assignment, Atom } from './atoms.js';
import { type Matrix, valuationsOf } from './cells.js';
import { outcomeText } from './decide.js';
import type { TransitionEvent } from './event.js';
import { decisionOf } from './execute.js';
import { fill, type Filling } from './fill.js';
import { atomsBehind, supportOfSpecs } from './support-of-specs.js';

/** A bit that only one side reads. */
export interface SupportDifference {
  readonly event: string;
  readonly mode: Mode;
  readonly bit: string;
  readonly readBy: 'specs' | 'reference';
}

/** States looked at without a hint. */
const SAMPLES = 3;

export class ReferenceSupports {
  readonly #lines: readonly Atom[];

  constructor(readonly matrix: Matrix, readonly filling: Filling, readonly arranger: Arranger, readonly reference: Reference) {
    this.#lines = [...matrix.atoms.values()].filter((a) => a.line);
  }

  /** Where the two supports of an event in a mode differ. */
  differences(event: TransitionEvent, mode: Mode): readonly SupportDifference[] {
    const bySpecs = this.#asCounted(event, mode, supportOfSpecs(this.matrix.isa, event, mode, this.matrix.pinned).support);
    const byReference = this.#asCounted(event, mode, this.support(event, mode));
    const only = (a: ReadonlySet<string>, b: ReadonlySet<string>, readBy: SupportDifference['readBy']): SupportDifference[] =>
      [...a].filter((bit) => !b.has(bit)).map((bit) => ({ event: event.id, mode, bit, readBy }));
    return [...only(bySpecs, byReference, 'specs'), ...only(byReference, bySpecs, 'reference')];
  }

  /** Of two interrupts at once, computed bits count as one: each of their parts is looked at with the interrupt alone. */
  #asCounted(event: TransitionEvent, mode: Mode, names: ReadonlySet<string>): ReadonlySet<string> {
    if (event.group !== 'pair') return names;
    const parts = this.#parts(event, mode);
    const counted = [...parts].filter(([, atoms]) => atoms.some((a) => names.has(a))).map(([cut]) => cut);
    const inside = new Set([...parts].flatMap(([cut, atoms]) => (atoms.includes(cut) ? [] : atoms)));
    return new Set([...counted, ...[...names].filter((name) => !inside.has(name))]);
  }

  /** The names of the support, computed bits by themselves, with the atoms behind them. */
  #parts(event: TransitionEvent, mode: Mode): ReadonlyMap<string, readonly string[]> {
    const { isa, pinned } = this.matrix;
    const { support } = supportOfSpecs(isa, event, mode, pinned, event.group === 'pair');
    return new Map([...support].map((name) => [name, atomsBehind(isa, name)]));
  }

  /** The support by the reference. What the specs name is looked for in every state of the matrix before it counts as not read. */
  support(event: TransitionEvent, mode: Mode): ReadonlySet<string> {
    const hints = [...this.#parts(event, mode).values()];
    const found = new Set<string>();
    const dice = new Dice([...event.id, mode].reduce((hash, c) => (hash * 33 + c.charCodeAt(0)) | 0, 5));
    for (let i = 0; i < SAMPLES; i++) {
      const state = fill(this.matrix, this.filling, { mode, event, valuation: new Map() }, dice)?.state;
      if (state === undefined) continue;
      const read = this.#registersRead(event, mode, state);
      const candidates = [...this.matrix.atoms.values()].filter((a) => read.has(a.home) && !found.has(a.name));
      this.#flipAll(event, mode, state, event.kind === 'interrupt' ? [...candidates, ...this.#lines] : candidates, found);
    }
    const whole = event.group !== 'pair';
    const missing = (): readonly Atom[] => hints.flatMap((parts) => (!whole && parts.some((p) => found.has(p)) ? [] : parts))
      .flatMap((name) => (found.has(name) ? [] : this.matrix.atoms.get(name) ?? []));
    if (missing().length === 0) return found;
    for (const { valuation } of valuationsOf(this.matrix, event, mode)) {
      const state = fill(this.matrix, this.filling, { mode, event, valuation }, dice)?.state;
      if (state !== undefined) this.#flipAll(event, mode, state, missing(), found);
      if (missing().length === 0) break;
    }
    return found;
  }

  #registersRead(event: TransitionEvent, mode: Mode, state: Assignment): ReadonlySet<string> {
    const read = new Set<string>();
    this.reference.watchReads((csr) => read.add(csr));
    this.arranger.step(this.reference, event, mode, state);
    this.reference.watchReads();
    return read;
  }

  #flipAll(event: TransitionEvent, mode: Mode, state: Map<string, bigint>, atoms: readonly Atom[], found: Set<string>): void {
    const before = this.arranger.step(this.reference, event, mode, state);
    for (const { name, legal } of atoms) {
      if (this.matrix.pinned[mode].has(name)) continue;
      const old = state.get(name) ?? 0n;
      for (const value of legal) {
        if (value === old || found.has(name)) continue;
        state.set(name, value);
        const after = this.arranger.step(this.reference, event, mode, state);
        if (isAbout(this.matrix.isa, event, after) && outcomeText(decisionOf(after)) !== outcomeText(decisionOf(before))) found.add(name);
      }
      state.set(name, old);
    }
  }
}

/** The record shows the event, not an interrupt that came before it. */
export function isAbout({ traps }: Isa, event: TransitionEvent, { trap }: Retirement): boolean {
  if (trap?.interrupt !== true) return true;
  if (event.kind === 'instruction') return false;
  const level = traps.levels.find((l) => l.mode === trap.to);
  const seenAs = (i: Interrupt): number => (trap.to === 'VS' ? (i.guestCode ?? i.code) : i.code);
  return event.interrupts.some((i) => level?.order.includes(i.name) === true && seenAs(i) === trap.cause);
}
