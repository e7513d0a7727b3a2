/**
 * The cells of the matrix: every mode and event with every value of the
 * event's support that can be reached.
 */
import type { Isa } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import { protectionCsrs } from '../arbitraries/protection.js';
import { type Mode, MODES } from '../retirement.js';
import { type Assignment, type Atom, atomsOf } from './atoms.js';
import { type Decision, explore } from './decide.js';
import { dependencies } from './bits.js';
import { evaluate } from './evaluate.js';
import { eventsOf } from './events.js';
import { guardOf, type Pruned, type TransitionEvent, walkOf } from './event.js';
import { guardAtoms } from './guard-state.js';
import { guardedCells } from './guarded.js';
import { entryAtoms } from './page-entry.js';
import { type Pinned, pinnedAtoms } from './reachable.js';
import { seedOf } from './seed.js';
import { StateNames } from './state-names.js';
import { atomsBehind, supportOfSpecs } from './support-of-specs.js';
import { translatedCells } from './translated-cells.js';
import { bitOn, FEW, meet, product, waysOf } from './ways.js';

/** A cell: the decision that the specs make of it is known before it is executed. */
export interface Cell {
  readonly mode: Mode;
  readonly event: TransitionEvent;
  /** The support's values, atoms only. */
  readonly valuation: Assignment;
  /** The same as shown: computed bits by themselves where cells are told apart by them. */
  readonly shown: Assignment;
  readonly expected: Decision;
  /** Values elsewhere that would let the event through: what a filled state mostly has. */
  readonly likely?: Assignment;
}

/** Everything that cells are made from. */
export interface Matrix {
  readonly isa: Isa;
  /** What cells differ in. */
  readonly atoms: ReadonlyMap<string, Atom>;
  readonly pinned: Pinned;
  readonly events: readonly TransitionEvent[];
  readonly pruned: readonly Pruned[];
  /** Bits that only the reference reads, by {@link supportKey}: cells differ in them too. */
  readonly also?: ReadonlyMap<string, readonly string[]>;
}

/** An event, by its id, in a mode. */
export const supportKey = (event: string, mode: Mode): string => `${mode} ${event}`;

/** The matrix of an instruction set, without its cells. */
export function matrixOf(isa: Isa): Matrix {
  const pinned = pinnedAtoms(isa);
  const { events, pruned } = eventsOf(isa, pinned);
  return { isa, atoms: varied(isa), pinned, events, pruned };
}

/** The state that cells differ in: not memory protection, which is open in all of them, not what shifts time, of which the lines it drives are state, and not how addresses are translated, which an event is about. */
function varied(isa: Isa): ReadonlyMap<string, Atom> {
  const apart = new Set([...protectionCsrs(isa), ...clockCsrs(isa)]);
  return new Map([...atomsOf(isa)].filter(([, atom]) => !apart.has(atom.home) && !isScheme(isa, atom)));
}

/** What time is made from before it drives a line: htimedelta. With it at its largest a line could not be held low. */
function clockCsrs(isa: Isa): readonly string[] {
  const names = new StateNames({ isa, mode: 'M', given: new Map() });
  return isa.traps.timers.flatMap(({ time }) => [...dependencies(evaluate(time, names))].flatMap((name) => atomsOf(isa).get(name)?.home ?? []));
}

/** The atom says how addresses are translated. */
function isScheme({ translation, csrs }: Isa, { home, low }: Atom): boolean {
  if (translation?.stages.some((s) => s.register === home) !== true) return false;
  return csrs.find((c) => c.name === home)?.fields.find((f) => f.name === 'MODE')?.bits.low === low;
}

/** The atoms that an event's state consists of. */
export function atomsFor(matrix: Matrix, event: TransitionEvent): ReadonlyMap<string, Atom> {
  if (walkOf(event) !== undefined) return together(withEntries, matrix, entryAtoms);
  return guardOf(event) === undefined ? matrix.atoms : together(withGuards, matrix, guardAtoms);
}

type AtomsByMatrix = WeakMap<Matrix, ReadonlyMap<string, Atom>>;
const withEntries: AtomsByMatrix = new WeakMap();
const withGuards: AtomsByMatrix = new WeakMap();

/** The hart's atoms and others; made once. */
function together(made: AtomsByMatrix, matrix: Matrix, others: (isa: Isa) => ReadonlyMap<string, Atom>): ReadonlyMap<string, Atom> {
  const all = made.get(matrix) ?? new Map([...matrix.atoms, ...others(matrix.isa)]);
  made.set(matrix, all);
  return all;
}
const known = new WeakMap<Matrix, Map<string, readonly string[]>>();

/** The names whose values make the cells of an event in a mode. */
export function supportNames(matrix: Matrix, event: TransitionEvent, mode: Mode): readonly string[] {
  const names = known.get(matrix) ?? new Map<string, readonly string[]>();
  known.set(matrix, names);
  const key = supportKey(event.id, mode);
  const found = names.get(key) ?? findNames(matrix, event, mode);
  names.set(key, found);
  return found;
}

function findNames({ isa, pinned, also }: Matrix, event: TransitionEvent, mode: Mode): readonly string[] {
  // An interrupt alone is tried with everything that matters to it in any mode: where it is never taken, nothing may change that.
  const modes = event.group === 'interrupt' ? MODES : [mode];
  const names = new Set(modes.flatMap((m) => [...supportOfSpecs(isa, event, m, pinned, true)]));
  for (const name of also?.get(supportKey(event.id, mode)) ?? []) names.add(name);
  return [...names].filter((name) => !pinned[mode].has(name));
}

const made = new WeakMap<Matrix, Map<string, readonly Cell[]>>();

/** The cells of an event in a mode, in the order of their values. */
export function cellsIn(matrix: Matrix, event: TransitionEvent, mode: Mode): readonly Cell[] {
  const cells = made.get(matrix) ?? new Map<string, readonly Cell[]>();
  made.set(matrix, cells);
  const key = supportKey(event.id, mode);
  const found = cells.get(key) ?? makeCells(matrix, event, mode);
  cells.set(key, found);
  return found;
}

function makeCells(matrix: Matrix, event: TransitionEvent, mode: Mode): readonly Cell[] {
  if (event.kind === 'instruction' && event.walk !== undefined) return [...translatedCells(matrix, event, event.walk, mode)];
  if (event.kind === 'instruction' && event.guard !== undefined) return [...guardedCells(matrix, event, event.guard, mode)];
  return valuationsOf(matrix, event, mode).map(({ valuation, shown }) => ({ mode, event, valuation, shown, expected: expectedOf(matrix, event, mode, valuation) }));
}

/** The decision on a valuation: what is not in it must not matter. */
function expectedOf({ isa, pinned }: Matrix, event: TransitionEvent, mode: Mode, valuation: Assignment): Decision {
  const given = new Map([...pinned[mode], ...valuation]);
  const { decisions } = explore(event, new StateNames({ isa, mode, given }));
  const [decision] = decisions;
  if (decision === undefined || decisions.length > 1) throw new Error(`${event.id} in ${mode}: the specs leave ${decisions.length} decisions open on ${[...valuation.keys()].join(', ')}`);
  return decision;
}

type Valuation = Pick<Cell, 'valuation' | 'shown'>;

/** Values that are wanted, and a state that has them, if there is one. */
type Wanted = Pick<Cell, 'shown'> & { readonly valuation: Assignment | undefined };

/** The values of an event's support in a mode: one cell each. */
export const valuationsOf = (matrix: Matrix, event: TransitionEvent, mode: Mode): readonly Valuation[] =>
  wantedOf(matrix, event, mode).flatMap(({ valuation, shown }) => (valuation === undefined ? [] : [{ valuation, shown }]));

/** Values of an event's support that no state shows together. */
export const impossibleValues = (matrix: Matrix, event: TransitionEvent, mode: Mode): readonly Assignment[] =>
  wantedOf(matrix, event, mode).flatMap(({ valuation, shown }) => (valuation === undefined ? [shown] : []));

function wantedOf(matrix: Matrix, event: TransitionEvent, mode: Mode): readonly Wanted[] {
  const names = supportNames(matrix, event, mode);
  const plain = names.flatMap((name) => matrix.atoms.get(name) ?? []);
  const cuts = names.filter((name) => !matrix.atoms.has(name));
  const values = product(plain);
  if (cuts.length === 0) return values.map((valuation) => ({ valuation, shown: valuation }));
  return event.group === 'pair' ? withCuts(matrix, event, mode, values, cuts) : withWays(matrix, values, cuts);
}

const behind = ({ isa, atoms }: Matrix, cuts: readonly string[]): readonly Atom[] =>
  [...new Set(cuts.flatMap((cut) => atomsBehind(isa, cut)))].flatMap((name) => atoms.get(name) ?? []);

/** Every way of every computed bit that the values leave open. */
function withWays(matrix: Matrix, values: readonly Assignment[], cuts: readonly string[]): readonly Valuation[] {
  let all: readonly Valuation[] = values.map((valuation) => ({ valuation, shown: valuation }));
  for (const cut of cuts) {
    const atoms = behind(matrix, [cut]);
    const ways = waysOf(matrix.isa, cut, atoms);
    // Of many atoms only those are shown that are not 0.
    const told = (way: Assignment): Assignment => (atoms.length <= FEW ? way : new Map([...way].filter(([, v]) => v !== 0n)));
    const agree = (valuation: Assignment) => (way: Assignment): boolean => [...way].every(([name, value]) => (valuation.get(name) ?? value) === value);
    all = all.flatMap(({ valuation, shown }) => ways.filter(agree(valuation)).map((way) => ({ valuation: new Map([...valuation, ...way]), shown: new Map([...shown, [cut, bitOn(matrix.isa, cut, way)], ...told(way)]) })));
  }
  return all;
}

/** Both values of every computed bit, each in one way. */
function withCuts(matrix: Matrix, event: TransitionEvent, mode: Mode, values: readonly Assignment[], cuts: readonly string[]): readonly Wanted[] {
  const atoms = behind(matrix, cuts);
  const dice = new Dice(seedOf(event.id, mode));
  const wanted = product(cuts.map((name) => ({ name, legal: [0n, 1n] })));
  return values.flatMap((value) => wanted.map((bits) => {
    const met = meet(matrix.isa, bits, atoms, dice);
    return { valuation: met && new Map([...value, ...met]), shown: new Map([...value, ...bits]) };
  }));
}
