/**
 * The support of an event by the reference: the bits that its decision rests
 * on, found by watching what it reads and by changing it. The specs give no
 * hint but which bits exist and what keeps other interrupts away.
 */
import { Dice } from '../arbitraries/dice.js';
import { Reference } from '../reference/reference.js';
import type { Mode } from '../retirement.js';
import type { Arranger } from './arrangement.js';
import type { Atom } from './atoms.js';
import type { Matrix } from './cells.js';
import { outcomeText } from './decide.js';
import { guardOf, hasEntry, type TransitionEvent, walkOf } from './event.js';
import { decisionOf, isAbout } from './execute.js';
import { Exploration, type Look, type Subject } from './exploration.js';
import type { Filling } from './fill.js';
import { guardAtoms } from './guard-state.js';
import { ENTRY_HOME, tellingAtoms, usualEntries } from './page-entry.js';
import { Redrawing, type Registers } from './registers.js';
import { seedOf } from './seed.js';

/** States to begin with about an entry. */
const ENOUGH = 80;

/** State to search. */
type Drawable = Pick<Subject, 'atoms' | 'alone' | 'redrawing'>;

/** Asks the reference what its decisions rest on. */
export class ReferenceSupports {
  readonly #reference: Reference;
  readonly #plain: Drawable;
  readonly #translated: Drawable;
  readonly #guarded: Drawable;
  /** Steps of the reference made so far. */
  steps = 0;

  /** @param seed - Of what is drawn; the result must not rest on it. */
  constructor(readonly matrix: Matrix, readonly filling: Filling, readonly arranger: Arranger, readonly seed = 0) {
    const { cacheBlockBytes, reservationBytes } = matrix.isa.hart;
    this.#reference = new Reference({ cacheBlockBytes, reservationBytes });
    const plain = [...matrix.atoms.values()];
    const alone = [...tellingAtoms(matrix.isa).values()];
    const translated = [...plain, ...alone];
    const guards = [...guardAtoms(matrix.isa).values()];
    const guarded = [...plain, ...guards];
    this.#guarded = { atoms: guarded, alone: guards, redrawing: new Redrawing(guarded) };
    this.#plain = { atoms: plain, alone: [], redrawing: new Redrawing(plain) };
    this.#translated = { atoms: translated, alone, redrawing: new Redrawing(translated, new Map([[ENTRY_HOME, usualEntries(matrix.isa)]])) };
  }

  /** The names of the support of an event in a mode. `attempt`: another finds what one has missed. */
  support(event: TransitionEvent, mode: Mode, attempt = 0): ReadonlySet<string> {
    const dice = new Dice(seedOf(event.id, mode, `${this.seed}`, `${attempt}`));
    const walk = walkOf(event);
    const search = new Exploration({
      group: event.group,
      pinned: [...this.matrix.pinned[mode]].flatMap(([name, value]) => this.#named(name).map((atom) => ({ atom, value }))),
      ...this.#drawable(event),
      enough: guardOf(event) === undefined && (walk === undefined || !hasEntry(walk)) ? 0 : ENOUGH,
      look: (registers) => this.#look(event, mode, registers),
      silence: (d) => this.#silence(event, d),
    }, dice);
    return new Set([...search.run()].map((atom) => atom.name));
  }

  #drawable(event: TransitionEvent): Drawable {
    if (guardOf(event) !== undefined) return this.#guarded;
    const walk = walkOf(event);
    return walk !== undefined && hasEntry(walk) ? this.#translated : this.#plain;
  }

  #look(event: TransitionEvent, mode: Mode, registers: Registers): Look | undefined {
    const reads = new Set<string>();
    this.steps++;
    this.#reference.watchReads((csr) => reads.add(csr));
    const record = this.arranger.stepOn(this.#reference, event, mode, registers);
    this.#reference.watchReads();
    return isAbout(this.matrix.isa, event, record) ? { outcome: outcomeText(decisionOf(record)), reads: [...reads] } : undefined;
  }

  /** For every interrupt that the event is not about, something without which it is not pending. */
  #silence(event: TransitionEvent, dice: Dice): readonly Atom[] {
    const { gates } = this.filling;
    const asked = event.kind === 'interrupt' ? event.interrupts.map((i) => i.name) : [];
    const needed = new Set(asked.flatMap((name) => gates.get(name) ?? []));
    return [...gates].filter(([name]) => !asked.includes(name)).flatMap(([, all]) => {
      const free = all.filter((gate) => !needed.has(gate));
      return free.length === 0 ? [] : this.#named(dice.pick(free));
    });
  }

  #named(name: string): readonly Atom[] {
    const atom = this.matrix.atoms.get(name);
    return atom === undefined ? [] : [atom];
  }
}
