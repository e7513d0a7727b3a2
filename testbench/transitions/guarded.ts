/**
 * The events of memory protection: each kind of access, where one entry
 * decides about it or none; and what the specs decide: the permits, whose
 * access it is, the entry, and who takes the fault.
 */
import { ACCESSES, type Instruction, type Isa, PMP_MATCHES } from '../../model/spec/isa.js';
import { MODES, type Mode } from '../retirement.js';
import { type Arrival, arrivals, Faults, merged, type Place } from './arrivals.js';
import type { Assignment } from './atoms.js';
import type { Cell, Matrix } from './cells.js';
import type { Decision } from './decide.js';
import { legalOf } from './entry-decision.js';
import type { Form, GuardedAccess, InstructionEvent } from './event.js';
import { covering, decided, grow, open, type Path, type Step } from './growth.js';
import { guardAtoms, MATCH } from './guard-state.js';
import type { Pinned } from './reachable.js';
import { type Kind, kindsOf } from './walks.js';

/** Bytes of the granule: an entry holds all of so many, or none. */
const GRANULE = 4;

const bytesOf = ({ memory, block }: Instruction): number => (block === undefined ? (memory?.bytes ?? 0) : Infinity);

/** The widest of instructions that access memory alike. */
function widest({ instructions }: Kind): readonly Instruction[] {
  const most = Math.max(...instructions.map(bytesOf));
  return instructions.filter((i) => bytesOf(i) === most);
}

/** The events of memory protection. `form`: an instruction with the operands of events. */
export function guardEvents(isa: Isa, pinned: Pinned, form: (instruction: Instruction) => Form): readonly InstructionEvent[] {
  if (isa.protection === undefined) return [];
  return kindsOf(isa).flatMap((kind): readonly InstructionEvent[] => {
    const { origin, access, faulting, name } = kind;
    const instructions = widest(kind);
    const [instruction] = instructions;
    if (instruction === undefined) return [];
    const guard: GuardedAccess = { origin, access, faulting, divisible: origin !== 'fetch' && bytesOf(instruction) > GRANULE };
    const event: InstructionEvent = {
      kind: 'instruction', id: `${name}, protected`, group: 'protection', instruction, forms: instructions.map(form),
      rs1: 'guarded', rs2: 'value', lead: origin === 'fetch' ? 1 : 0, guard,
    };
    const modes = MODES.filter((mode) => arrivals({ isa, mode, given: pinned[mode] }, event, origin, false).some(({ value }) => value.kind === 'arrived'));
    return modes.length === 0 ? [] : [{ ...event, modes }];
  });
}

/** The row that decides. */
interface Protected {
  readonly row: string;
  readonly refused: boolean;
}

/** What the rows say, as far as the entry is given. */
function judge({ protection }: Isa, { access }: GuardedAccess, privilege: bigint, given: Assignment): Step<Protected> {
  const value = (variable: string): bigint | undefined => (variable === 'access' ? ACCESSES[access] : variable === 'privilege' ? privilege : given.get(variable));
  for (const { name, when: { terms }, then } of protection?.rows ?? []) {
    const values = terms.map((term) => ({ term, found: value(term.variable) }));
    if (values.some(({ term, found }) => found !== undefined && !term.values.includes(found))) continue;
    const asked = values.find(({ found }) => found === undefined);
    return asked === undefined ? decided({ row: name, refused: then === 'refuse' }) : open(asked.term.variable);
  }
  throw new Error('no row of memory protection matches; the last should match them all');
}

/** The paths of an access that has arrived, each with how it ends. */
function endings(faults: Faults, guard: GuardedAccess, { given, value }: Path<Arrival>): readonly Path<Decision>[] {
  if (value.kind === 'decided') return [{ given, value: value.decision }];
  const { V, privilege, permitted } = value;
  const { isa } = faults.place;
  const legal = (name: string): readonly bigint[] => {
    const all = guardAtoms(isa).get(name)?.legal ?? legalOf(isa, name);
    return name === MATCH && !guard.divisible ? all.filter((match) => match !== PMP_MATCHES.part) : all;
  };
  return grow(new Map(), (entry) => judge(isa, guard, privilege, entry), legal).flatMap((path) => {
    const both = merged(given, path.given);
    if (both === undefined) return [];
    const rules = [...permitted.rules, path.value.row];
    if (path.value.refused) return faults.paths(`${guard.faulting}-fault`, V, both, rules, []);
    // Of a fetch the record is that of what is fetched, which does nothing.
    return [{ given: both, value: { ...permitted, rules, writes: guard.origin === 'fetch' ? [] : permitted.writes } }];
  });
}

const allPaths = (place: Place, event: InstructionEvent, guard: GuardedAccess): readonly Path<Decision>[] => {
  const faults = new Faults(place);
  return arrivals(place, event, guard.origin, false).flatMap((path) => endings(faults, guard, path));
};

/** Every name that a decision on the event asks for in a mode, but for those given. */
export const guardedSupport = (place: Place, event: InstructionEvent, guard: GuardedAccess): ReadonlySet<string> =>
  new Set(allPaths(place, event, guard).flatMap(({ given }) => [...given.keys()].filter((name) => !place.given.has(name))));

/** The cells of an event in a mode: each decision by each row meets every value that it can be reached with. */
export function* guardedCells({ isa, pinned }: Pick<Matrix, 'isa' | 'pinned'>, event: InstructionEvent, guard: GuardedAccess, mode: Mode): Generator<Cell> {
  const given = pinned[mode];
  for (const { given: found, value: expected } of covering(allPaths({ isa, mode, given }, event, guard), ({ rules, next }) => `${rules.join()} ${next}`)) {
    const valuation = new Map([...found].filter(([name]) => !given.has(name)));
    yield { mode, event, valuation, shown: valuation, expected };
  }
}
