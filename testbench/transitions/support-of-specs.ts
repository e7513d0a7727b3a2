/**
 * The support of an event by the specs: the state that its decision reads,
 * found by walking the parsed operations with what is constant in the mode put
 * in. `(medeleg >>u cause)[0]` becomes `medeleg[22]` for cause 22.
 */
import type { Interrupt, Isa } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { atomsOf } from './atoms.js';
import { at, dependencies, namesOf } from './bits.js';
import { explore } from './decide.js';
import { atomsBehindEntry, isOfEntry } from './page-entry.js';
import { guardedSupport } from './guarded.js';
import { translatedSupport } from './translated.js';
import { evaluate } from './evaluate.js';
import type { TransitionEvent } from './event.js';
import type { Pinned } from './reachable.js';
import { csrsOf, StateNames } from './state-names.js';

/** The support of an event in a mode. `cuts`: computed bits stand for themselves. */
export function supportOfSpecs(isa: Isa, event: TransitionEvent, mode: Mode, pinned: Pinned, cuts = false): ReadonlySet<string> {
  return supportOn(event, new StateNames({ isa, mode, given: pinned[mode], cuts }));
}

/** What the decision on an event reads of what is not given. */
export function supportOn(event: TransitionEvent, names: StateNames): ReadonlySet<string> {
  if (event.kind === 'instruction' && event.walk !== undefined) return translatedSupport(names.situation, event, event.walk);
  if (event.kind === 'instruction' && event.guard !== undefined) return guardedSupport(names.situation, event, event.guard);
  return explore(event, names).support;
}

/** The atoms behind a name: those of a computed bit, or the atom itself. */
export function atomsBehind(isa: Isa, name: string): readonly string[] {
  if (isOfEntry(isa, name)) return atomsBehindEntry(isa, name);
  const [csrName = '', fieldName = ''] = name.split('.');
  const csr = csrsOf(isa).get(csrName);
  const field = csr?.fields.find((f) => f.name === fieldName);
  if (csr === undefined || field === undefined || atomsOf(isa).has(name)) return [name];
  const value = new StateNames({ isa, mode: 'M', given: new Map() }).name(name);
  return value === undefined ? [name] : [...dependencies(value)];
}

/** Atoms that silence an interrupt: at 0 it is pending at no level. */
export function gatesOf(isa: Isa, interrupt: Interrupt): readonly string[] {
  const pendingWith = (given: ReadonlyMap<string, bigint>) =>
    isa.traps.levels.map((level) => at(evaluate(level.pending, new StateNames({ isa, mode: 'M', given })), interrupt.code));
  const concerned = new Set(pendingWith(new Map()).flatMap((bit) => [...namesOf(bit)]));
  return [...concerned].filter((name) => atomsOf(isa).has(name) && pendingWith(new Map([[name, 0n]])).every((bit) => bit === 0));
}
