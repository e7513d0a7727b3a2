/**
 * What the specs decide about an access whose translation comes to a given
 * entry: the permits of its instruction, whose access it is, the entry, and
 * who takes the fault. Each is explored by what it asks for.
 */
import type { Isa, TrapSource } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { type Arrival, type Arrived, arrivals, Faults, MACHINE, merged, type Place } from './arrivals.js';
import type { Assignment } from './atoms.js';
import type { Decision } from './decide.js';
import { type EntryDecision, entryPaths, restsOnPrivilege, stageOf } from './entry-decision.js';
import type { InstructionEvent, TranslatedAccess } from './event.js';
import { covering, type Path } from './growth.js';

/** The walk's stage is at work for such an access. */
const isFor = ({ stage }: TranslatedAccess, V: bigint, privilege: bigint): boolean => privilege !== MACHINE && (stage === 'S') === (V === 0n);

/** The modes in which an access can come to the entry. */
export function modesOf(isa: Isa, event: InstructionEvent, walk: TranslatedAccess, pinned: Readonly<Record<Mode, Assignment>>, modes: readonly Mode[]): readonly Mode[] {
  return modes.filter((mode) => arrivals({ isa, mode, given: pinned[mode] }, event, walk.origin, restsOnPrivilege(isa, walk)).some(({ value }) => value.kind === 'arrived' && isFor(walk, value.V, value.privilege)));
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
  return covering(arrivals(place, event, walk.origin, restsOnPrivilege(place.isa, walk)).flatMap((path) => endings(faults, walk, path)), ({ rules, next }) => `${rules.join()} ${next}`);
}

/** Every name that a decision on the event asks for in a mode, but for those given. */
export function translatedSupport(place: Place, event: InstructionEvent, walk: TranslatedAccess): ReadonlySet<string> {
  const faults = new Faults(place);
  const support = new Set<string>();
  const ask = ({ given }: Path<unknown>): void => {
    for (const name of given.keys()) if (!place.given.has(name)) support.add(name);
  };
  const asked = new Set<readonly Path<EntryDecision>[]>();
  for (const path of arrivals(place, event, walk.origin, restsOnPrivilege(place.isa, walk))) {
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
