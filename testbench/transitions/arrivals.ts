/** What comes before memory is looked at: whether an access is permitted, whose it is, and, when memory refuses it, who takes the fault. */
import type { Isa, OriginName, TrapSource } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import type { Assignment } from './atoms.js';
import { at, type Bits, dependencies, equal, fit, known, single, valueOf } from './bits.js';
import { type Decision, type Exploration, exploreSource, explorePermitted } from './decide.js';
import { legalOf } from './entry-decision.js';
import { evaluate } from './evaluate.js';
import type { InstructionEvent } from './event.js';
import { decided, grow, open, type Path, type Step } from './growth.js';
import { StateNames } from './state-names.js';

/** Two bits: what nothing translates, and what stands for all others where they are alike. */
export const MACHINE = 3n;
const USER = 0n;

/** Where an access goes, or the trap that comes first. */
export type Arrival =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'arrived'; readonly permitted: Decision; readonly V: bigint; readonly privilege: bigint };

export type Arrived = Extract<Arrival, { kind: 'arrived' }>;

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

/**
 * The permits, then whose access it is.
 *
 * @param whose - What follows tells users from supervisors.
 */
export function arrivals(place: Place, event: InstructionEvent, origin: OriginName, whose: boolean): readonly Path<Arrival>[] {
  const { isa } = place;
  const from = isa.translation?.origins.find((o) => o.name === origin);
  if (from === undefined) return [];
  return grow<Arrival>(place.given, (given) => {
    const names = new StateNames({ ...place, given }).with(event.forms[0]?.locals ?? {});
    const permitted = only(explorePermitted(event, names));
    if (permitted.kind === 'open') return permitted;
    if (permitted.value.trap !== undefined) return decided({ kind: 'decided', decision: permitted.value });
    const bits = fit(evaluate(from.privilege, names), 2);
    const machine = valued(single(equal(bits, known(MACHINE, 2))));
    if (machine.kind === 'open') return machine;
    const privilege = machine.value === 1n || whose ? valued(bits) : decided(USER);
    if (privilege.kind === 'open') return privilege;
    const V = valued(single(at(evaluate(from.V, names), 0)));
    if (V.kind === 'open') return V;
    return decided({ kind: 'arrived', permitted: permitted.value, V: V.value, privilege: privilege.value });
  }, (name) => legalOf(isa, name));
}

/** Who takes a fault, whatever led to it. */
export class Faults {
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
export function merged(a: Assignment, b: Assignment): Assignment | undefined {
  return [...b].some(([name, value]) => a.has(name) && a.get(name) !== value) ? undefined : new Map([...a, ...b]);
}
