/**
 * What the specs decide about an access whose translation comes to a given
 * entry: the permits of its instruction, whose access it is, the entry, and
 * who takes the fault. Each is explored by what it asks for.
 */
import type { Isa, TrapSource } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import type { Assignment } from './atoms.js';
import { at, type Bits, dependencies, equal, fit, known, single, valueOf } from './bits.js';
import { type Decision, type Exploration, exploreSource, explorePermitted } from './decide.js';
import { type EntryDecision, entryPaths, legalOf, restsOnPrivilege, stageOf } from './entry-decision.js';
import { evaluate } from './evaluate.js';
import type { InstructionEvent, TranslatedAccess } from './event.js';
import { covering, decided, grow, open, type Path, type Step } from './growth.js';
import { StateNames } from './state-names.js';

/** Two bits: what nothing translates, and what stands for all others where they are alike. */
const MACHINE = 3n;
const USER = 0n;

/** Where an access goes, or the trap that comes first. */
type Arrival =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'arrived'; readonly permitted: Decision; readonly V: bigint; readonly privilege: bigint };

type Arrived = Extract<Arrival, { kind: 'arrived' }>;

/** What translation is asked in: a mode, with what is constant in it. */
export interface Place {
  readonly isa: Isa;
  readonly mode: Mode;
  readonly given: Assignment;
  /** As in {@link StateNames}. */
  readonly fixed?: boolean;
}

/** The only decision, or what it rests on. */
function only({ decisions, support }: Exploration): Step<Decision> {
  const [asked] = support;
  if (asked !== undefined) return open(asked);
  const [decision] = decisions;
  if (decision === undefined) throw new Error('the specs leave the decision open');
  return decided(decision);
}

/** A value, or what it rests on. */
function valued(bits: Bits): Step<bigint> {
  const value = valueOf(bits);
  const [asked] = dependencies(bits);
  return value !== undefined || asked === undefined ? decided(value ?? 0n) : open(asked);
}

/** The permits, then whose access it is. */
function arrivals(place: Place, event: InstructionEvent, walk: TranslatedAccess): readonly Path<Arrival>[] {
  const { isa } = place;
  const from = isa.translation?.origins.find((o) => o.name === walk.origin);
  if (from === undefined) return [];
  return grow<Arrival>(place.given, (given) => {
    const names = new StateNames({ ...place, given }).with(event.forms[0]?.locals ?? {});
    const permitted = only(explorePermitted(event, names));
    if (permitted.kind === 'open') return permitted;
    if (permitted.value.trap !== undefined) return decided({ kind: 'decided', decision: permitted.value });
    const bits = fit(evaluate(from.privilege, names), 2);
    const machine = valued(single(equal(bits, known(MACHINE, 2))));
    if (machine.kind === 'open') return machine;
    const privilege = machine.value === 1n || restsOnPrivilege(isa, walk) ? valued(bits) : decided(USER);
    if (privilege.kind === 'open') return privilege;
    const V = valued(single(at(evaluate(from.V, names), 0)));
    if (V.kind === 'open') return V;
    return decided({ kind: 'arrived', permitted: permitted.value, V: V.value, privilege: privilege.value });
  }, (name) => legalOf(isa, name));
}

/** The walk's stage is at work for such an access. */
const isFor = ({ stage }: TranslatedAccess, V: bigint, privilege: bigint): boolean => privilege !== MACHINE && (stage === 'S') === (V === 0n);

/** The modes in which an access can come to the entry. */
export function modesOf(isa: Isa, event: InstructionEvent, walk: TranslatedAccess, pinned: Readonly<Record<Mode, Assignment>>, modes: readonly Mode[]): readonly Mode[] {
  return modes.filter((mode) => arrivals({ isa, mode, given: pinned[mode] }, event, walk).some(({ value }) => value.kind === 'arrived' && isFor(walk, value.V, value.privilege)));
}

/** Who takes a fault, whatever led to it. */
class Faults {
  readonly #known = new Map<string, readonly Path<Decision>[]>();

  constructor(readonly place: Place) {}

  /** @param writes - What was written before. */
  paths(source: TrapSource, V: bigint, given: Assignment, rules: readonly string[], writes: readonly string[]): readonly Path<Decision>[] {
    const key = `${source} ${V}`;
    const found = this.#known.get(key) ?? this.#explore(source, V);
    this.#known.set(key, found);
    return found.flatMap((path) => {
      const both = merged(given, path.given);
      return both === undefined ? [] : [{ given: both, value: { ...path.value, rules: [...rules, ...path.value.rules.slice(1)], writes: [...path.value.writes, ...writes] } }];
    });
  }

  /** The first of the rules stands for those that led to the fault. */
  #explore(source: TrapSource, V: bigint): readonly Path<Decision>[] {
    const { isa, given } = this.place;
    return grow(given, (g) => only(exploreSource(source, new StateNames({ ...this.place, given: g }).with({ access_virtual: known(V, 1) }), [''])), (name) => legalOf(isa, name));
  }
}

/** Two assignments that agree, as one. */
function merged(a: Assignment, b: Assignment): Assignment | undefined {
  return [...b].some(([name, value]) => a.has(name) && a.get(name) !== value) ? undefined : new Map([...a, ...b]);
}

/** What a refusal raises. */
const sourceOf = ({ faulting }: TranslatedAccess, by: NonNullable<EntryDecision['refusedBy']>): TrapSource => (by === 'memory' ? `${faulting}-fault` : `${faulting}-${by.fault}`);

/** How an access ends that comes to the entry. */
function ends(faults: Faults, walk: TranslatedAccess, { permitted, V }: Arrived, { given, value: entry }: Path<EntryDecision>): readonly Path<Decision>[] {
  const { translation } = faults.place.isa;
  if (translation === undefined) return [];
  const rules = [...permitted.rules, ...stageOf(translation, walk.stage).rules.slice(0, 1), ...entry.rows];
  if (entry.refusedBy !== undefined) return faults.paths(sourceOf(walk, entry.refusedBy), V, given, rules, entry.writes);
  // Of a fetch the record is that of what is fetched, which does nothing.
  const writes = walk.origin === 'fetch' ? [] : permitted.writes;
  return [{ given, value: { ...permitted, rules, writes: [...writes, ...entry.writes] } }];
}

/** The paths of an access that has arrived, each with how it ends. */
function endings(faults: Faults, walk: TranslatedAccess, { given, value }: Path<Arrival>): readonly Path<Decision>[] {
  if (value.kind === 'decided') return [{ given, value: value.decision }];
  const { V, privilege, permitted } = value;
  // Untranslated, the address leads nowhere.
  if (!isFor(walk, V, privilege)) return faults.paths(`${walk.faulting}-fault`, V, given, permitted.rules, []);
  return entryPaths(faults.place.isa, walk, privilege, faults.place.fixed).flatMap((path) => {
    const both = merged(given, path.given);
    return both === undefined ? [] : ends(faults, walk, value, { ...path, given: both });
  });
}

/** Paths by which an event is decided in a mode: each decision by each row meets every value that it can be reached with. */
export function translatedPaths(place: Place, event: InstructionEvent, walk: TranslatedAccess): readonly Path<Decision>[] {
  const faults = new Faults(place);
  return covering(arrivals(place, event, walk).flatMap((path) => endings(faults, walk, path)), ({ rules, next }) => `${rules.join()} ${next}`);
}

/** Every name that a decision on the event asks for in a mode, but for those given. */
export function translatedSupport(place: Place, event: InstructionEvent, walk: TranslatedAccess): ReadonlySet<string> {
  const faults = new Faults(place);
  const support = new Set<string>();
  const ask = ({ given }: Path<unknown>): void => {
    for (const name of given.keys()) if (!place.given.has(name)) support.add(name);
  };
  const asked = new Set<readonly Path<EntryDecision>[]>();
  for (const path of arrivals(place, event, walk)) {
    ask(path);
    const { value } = path;
    if (value.kind === 'decided') continue;
    const entries = isFor(walk, value.V, value.privilege) ? entryPaths(place.isa, walk, value.privilege, place.fixed) : [];
    const sources = new Set<TrapSource>(entries.length === 0 ? [`${walk.faulting}-fault`] : entries.flatMap(({ value: { refusedBy } }) => (refusedBy === undefined ? [] : [sourceOf(walk, refusedBy)])));
    if (!asked.has(entries)) entries.forEach(ask);
    asked.add(entries);
    for (const source of sources) faults.paths(source, value.V, place.given, [], []).forEach(ask);
  }
  return support;
}
