/**
 * Compares what two machines left of the same programs.
 *
 * A difference that `differences.ts` lists is counted; every other one is reported, the first of each program. The list is for
 * QEMU only: nothing of the kind exists between the core and its reference.
 */
import type { Body } from './bodies/body.js';
import { CHOICES, DIFFERENCES, type Listed } from './differences.js';
import type { LoggedTrap, Outcome } from './image.js';
import { Observer, type Field, type Observation } from './observation.js';

/** The first unlisted difference of one program. */
export interface Difference {
  readonly index: number;
  /** Such as `trap 3 (hlvx in HS, cause 13): tval` or `x7`. */
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
}

/** What a comparison found. */
export interface Comparison {
  readonly programs: number;
  /** Trap entries by cause, ours. */
  readonly traps: ReadonlyMap<bigint, number>;
  /** Programs of which everything was compared: no listed difference parted the two. */
  readonly whole: number;
  /** How often each listed difference was met, by name; all names are there. */
  readonly listed: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

/** After a difference in one of these fields of a trap both go on alike: its handler logs them and puts them to zero. */
const LEVELLED: ReadonlySet<Field> = new Set<Field>(['cause', 'tval', 'tval2', 'tinst', 'gva']);

/** What depends on the cause: not compared any more where that differs. */
const BY_CAUSE: ReadonlySet<Field> = new Set<Field>(['tval', 'tval2', 'tinst', 'gva']);
/** At a fetch that faulted the handlers end the program. */
const FETCH_FAULTS: ReadonlySet<bigint> = new Set([12n, 20n]);
const goOnAlike = ({ cause, theirCause = cause }: Observation): boolean => FETCH_FAULTS.has(cause) === FETCH_FAULTS.has(theirCause);

const hex = (value: bigint | undefined): string => (value === undefined ? 'none' : `0x${value.toString(16)}`);

/** How the comparison of one program ended. */
type Verdict = { readonly kind: 'equal' } | { readonly kind: 'parted' } | { readonly kind: 'different'; readonly difference: Omit<Difference, 'index'> };

/** Everything that differs in one program, in the order of time, with the number of the trap. */
function* observations(body: Body, ours: Outcome, theirs: Outcome): Generator<readonly [string, Observation]> {
  const observer = new Observer(body, ours.start);
  for (let entry = 0; entry < Math.max(ours.traps.length, theirs.traps.length); entry++) {
    for (const observation of observer.traps(ours.traps[entry], theirs.traps[entry])) yield [`trap ${entry}`, observation];
  }
  for (const observation of observer.end(ours, theirs)) yield ['end', observation];
}

function judge(body: Body, ours: Outcome, theirs: Outcome, list: readonly Listed[], count: (name: string) => void): Verdict {
  let disagreed: LoggedTrap | undefined;
  const left = new Set<Field>();
  for (const [moment, observation] of observations(body, ours, theirs)) {
    const { field } = observation;
    if (disagreed !== undefined && observation.trap === disagreed && BY_CAUSE.has(field)) continue;
    if (left.has(field)) continue;
    const listed = list.find(({ matches }) => matches(observation));
    if (listed === undefined) {
      const where = observation.trap === undefined ? '' : ` (${observation.class} in ${observation.mode}, cause ${hex(observation.cause)}, epc ${hex(observation.trap.epc)})`;
      return { kind: 'different', difference: { what: `${moment}${where}: ${field}`, ours: hex(observation.ours), theirs: hex(observation.theirs) } };
    }
    count(listed.name);
    listed.leaves?.forEach((trace) => left.add(trace));
    if (listed.parts === true || (observation.trap !== undefined && !(LEVELLED.has(field) && goOnAlike(observation)))) return { kind: 'parted' };
    if (field === 'cause') disagreed = observation.trap;
  }
  return { kind: 'equal' };
}

/**
 * Compares all programs of an image.
 *
 * @param bodies - The programs, in the order of the outcomes.
 * @param ours - What Ghosthart printed.
 * @param theirs - What QEMU printed.
 * @param list - The differences that count as known.
 */
export function compareOutcomes(
  bodies: readonly Body[], ours: readonly Outcome[], theirs: readonly Outcome[], list: readonly Listed[] = [...DIFFERENCES, ...CHOICES],
): Comparison {
  const listed = new Map(list.map(({ name }) => [name, 0]));
  const traps = new Map<bigint, number>();
  const differences: Difference[] = [];
  let whole = 0;
  for (const [index, body] of bodies.entries()) {
    const [mine, other] = [ours[index], theirs[index]];
    if (mine === undefined || other === undefined) {
      differences.push({ index, what: 'outcome', ours: mine === undefined ? 'none' : 'there', theirs: other === undefined ? 'none' : 'there' });
      break;
    }
    for (const { cause } of mine.traps) traps.set(cause, (traps.get(cause) ?? 0) + 1);
    const verdict = judge(body, mine, other, list, (name) => listed.set(name, (listed.get(name) ?? 0) + 1));
    if (verdict.kind === 'different') differences.push({ index, ...verdict.difference });
    if (verdict.kind === 'equal') whole++;
  }
  return { programs: bodies.length, traps, whole, listed, differences };
}
