/**
 * The search for what the reference's decision about one event in one mode
 * rests on. It knows which state there is, and nothing of what it is for:
 *
 * - A state is kept for every path: the CSRs read, in their order, and the
 *   decision.
 * - From every kept state all that was read is drawn anew, but for the bits
 *   found so far. If the decision changes, halving the change leads to one bit
 *   that changes it alone: it is found.
 * - The bits found are flipped one by one, which leads to further paths.
 *
 * It ends when neither a path nor a bit is new.
 */
import type { Dice } from '../arbitraries/dice.js';
import type { Atom } from './atoms.js';
import type { Group } from './event.js';
import { maskOf, put, type Redrawing, type Registers, valueIn } from './registers.js';

/** States to begin with. */
const STARTS = 12;
/** States kept of each path. */
const PER_PATH = 2;
/** Draws from every kept state in a round. Many sources make one pending bit: of them, a single one seldom decides. */
const DRAWS: Readonly<Record<Group, number>> = { exception: 12, permit: 12, xret: 12, csr: 12, interrupt: 400, pair: 40, translation: 12, protection: 12 };

/** What a step of the reference shows. */
export interface Look {
  readonly outcome: string;
  /** The CSRs read, in the order of their first reading. */
  readonly reads: readonly string[];
}

/** A state with what the reference makes of it. */
interface Seen extends Look {
  readonly registers: Registers;
  /** Atoms that are 0 in this state and all that are compared with it: without them no interrupt comes that the event is not about. */
  readonly silent: readonly Atom[];
}

/** A state kept, with what has been flipped in it: that shows the same again. */
interface Kept extends Seen {
  readonly flipped: Set<Atom>;
}

/** What a search needs to know. */
export interface Subject {
  readonly group: Group;
  readonly atoms: readonly Atom[];
  /** Atoms with one value in this mode. */
  readonly pinned: readonly { readonly atom: Atom; readonly value: bigint }[];
  readonly redrawing: Redrawing;
  /** Atoms that are read without a word, and often decide alone: each is flipped in every kept state. */
  readonly alone: readonly Atom[];
  /** All states drawn are kept until there are so many: where bits are read without a word, different decisions look like one path. */
  readonly enough: number;
  /** Makes a step; undefined if it shows an interrupt that the event is not about. */
  readonly look: (registers: Registers) => Look | undefined;
  /** What keeps such interrupts away, in one way or another. */
  readonly silence: (dice: Dice) => readonly Atom[];
}

/** One search. */
export class Exploration {
  readonly #found = new Set<Atom>();
  /** The bits of the pinned atoms, by register. */
  readonly #pinned = new Map<string, bigint>();
  /** Those and the bits found. */
  readonly #kept: Map<string, bigint>;
  readonly #queue: Kept[] = [];
  readonly #visits = new Map<string, number>();
  /** The lines are no CSRs: nobody tells that they are read. */
  readonly #lines: readonly string[];

  constructor(readonly subject: Subject, readonly dice: Dice) {
    for (const { atom } of subject.pinned) keep(this.#pinned, atom);
    this.#kept = new Map(this.#pinned);
    this.#lines = [...new Set(subject.atoms.filter((a) => a.line).map((a) => a.home))];
  }

  /** The atoms that the decision rests on. */
  run(): ReadonlySet<Atom> {
    this.#start();
    for (let before = -1; before < this.#known;) {
      before = this.#known;
      for (const seen of this.#queue) {
        this.#flip(seen);
        // Every other draw is held against the kept state itself, the others against one with other values of what is found.
        for (let i = 0; i < DRAWS[this.subject.group]; i++) this.#compare(i % 2 === 0 ? seen : this.#drawn(seen, this.#pinned));
      }
    }
    return this.#found;
  }

  get #known(): number {
    return this.#queue.length + this.#found.size;
  }

  #start(): void {
    const { pinned, redrawing, silence } = this.subject;
    const registers: Registers = new Map();
    for (const { atom, value } of pinned) put(registers, atom, value);
    const reads = [...redrawing.homes];
    for (let i = 0; i < STARTS; i++) this.#drawn({ registers, reads, silent: silence(this.dice), outcome: '' }, this.#pinned);
  }

  /** Flips what is found: that leads to other paths. What is tried alone is found in this way. */
  #flip(kept: Kept): void {
    for (const atom of new Set([...this.#found, ...this.subject.alone])) {
      if (kept.flipped.has(atom)) continue;
      kept.flipped.add(atom);
      for (const value of atom.legal.filter((v) => v !== valueIn(kept.registers, atom))) {
        const flipped = new Map(kept.registers);
        put(flipped, atom, value);
        const seen = this.#look(flipped, kept.silent);
        if (seen !== undefined && seen.outcome !== kept.outcome) this.#find(atom);
      }
    }
  }

  #find(atom: Atom): void {
    this.#found.add(atom);
    keep(this.#kept, atom);
  }

  /** Draws anew what is not found, and asks what changed the decision if it changed. */
  #compare(seen: Seen | undefined): void {
    const drawn = seen && this.#drawn(seen, this.#kept);
    if (seen === undefined || drawn === undefined || drawn.outcome === seen.outcome) return;
    const atom = this.#culprit(seen, drawn);
    if (atom !== undefined) this.#find(atom);
  }

  /** The state with everything drawn anew that was read, but for some bits. */
  #drawn({ registers, reads, silent }: Seen, kept: ReadonlyMap<string, bigint>): Seen | undefined {
    const state = this.subject.redrawing.redraw(registers, new Set([...reads, ...this.#lines]), kept, this.dice);
    for (const atom of silent) put(state, atom, 0n);
    return this.#look(state, silent, this.subject.enough);
  }

  /** @param enough - Unless so many states are kept, this one is, too. */
  #look(registers: Registers, silent: readonly Atom[], enough = 0): Seen | undefined {
    const look = this.subject.look(registers);
    if (look === undefined) return undefined;
    const seen = { ...look, registers, silent };
    const path = `${look.outcome} ${look.reads.join()}`;
    const visits = this.#visits.get(path) ?? 0;
    this.#visits.set(path, visits + 1);
    if (visits < PER_PATH || this.#queue.length < enough) this.#queue.push({ ...seen, registers: this.#told(seen), flipped: new Set() });
    return seen;
  }

  /** The registers that matter: what was not read was not missed. */
  #told({ registers, reads }: Seen): Registers {
    return new Map([...registers].filter(([home]) => reads.includes(home) || this.#lines.includes(home) || this.#pinned.has(home)));
  }

  /** Of the atoms in which two states differ, one that alone changes the decision of a state between them. */
  #culprit(one: Seen, other: Seen): Atom | undefined {
    let from = one.registers;
    let differing = this.subject.atoms.filter((a) => valueIn(one.registers, a) !== valueIn(other.registers, a));
    while (differing.length > 1) {
      const half = differing.slice(0, differing.length >> 1);
      const between = new Map(from);
      for (const atom of half) put(between, atom, valueIn(other.registers, atom));
      const seen = this.#look(between, one.silent);
      // A mixture can let an interrupt come that neither has.
      if (seen === undefined) return undefined;
      if (seen.outcome !== one.outcome) differing = half;
      else [from, differing] = [between, differing.slice(half.length)];
    }
    return differing[0];
  }
}

/** Adds the bits of an atom. */
function keep(masks: Map<string, bigint>, atom: Atom): void {
  masks.set(atom.home, (masks.get(atom.home) ?? 0n) | maskOf(atom));
}
