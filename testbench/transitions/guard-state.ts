/**
 * The entry of memory protection that an event is about, as state: how it
 * matches, and its configuration; and the registers that make it so.
 */
import type { Csr, Isa } from '../../model/spec/isa.js';
import { PMP_MATCHES } from '../../model/spec/isa.js';
import { ALL_RIGHTS, noRegion, powerRegion, protectingBy, type ProtectedRegion, wordRegion } from '../arbitraries/protection.js';
import type { Atom } from './atoms.js';
import type { GuardedAccess } from './event.js';
import { AT, BASE, PAGE } from './map.js';

/** What holds the entry: no register of a hart. */
const GUARD_HOME = 'guard';
/** How it matches, as the rows name it. */
export const MATCH = 'match';
const MATCH_BITS = 2;

/** Bytes that the entry holds where it holds all of the access: a cache block has no more. */
const HELD = 4096n;

const BIT: readonly bigint[] = [0n, 1n];
const byIsa = new WeakMap<Isa, ReadonlyMap<string, Atom>>();

/** The atoms of the entry, by name: how it matches, and the flags of its configuration as the rows name them. */
export function guardAtoms(isa: Isa): ReadonlyMap<string, Atom> {
  const found = byIsa.get(isa) ?? new Map(makeAtoms(isa).map((a) => [a.name, a]));
  byIsa.set(isa, found);
  return found;
}

function makeAtoms({ protection }: Isa): readonly Atom[] {
  if (protection === undefined) return [];
  const flags = protection.fields.filter(({ bits }) => bits.high === bits.low).map(({ name, bits }): Atom =>
    ({ name: `entry.${name}`, home: GUARD_HOME, low: MATCH_BITS + bits.low, width: 1, legal: BIT, line: true }));
  return [{ name: MATCH, home: GUARD_HOME, low: 0, width: MATCH_BITS, legal: Object.values(PMP_MATCHES), line: true }, ...flags];
}

/** Writing without reading is a reserved configuration: what an access does not rest on gives way. */
function rightsOf(isa: Isa, { access }: GuardedAccess, value: (name: string) => bigint): bigint {
  const flags = new Map([...guardAtoms(isa)].filter(([name]) => name !== MATCH).map(([name, { low }]) => [name, value(name) << BigInt(low - MATCH_BITS)]));
  const [read, write] = [flags.get('entry.R') ?? 0n, flags.get('entry.W') ?? 0n];
  if (write !== 0n && read === 0n) flags.set(access === 'store' ? 'entry.R' : 'entry.W', access === 'store' ? write >> 1n : 0n);
  return [...flags.values()].reduce((all, flag) => all | flag, 0n);
}

/** What to write after reset, in this order: the entry, and behind it one that opens the program's page. */
export function guarding(isa: Isa, guard: GuardedAccess, value: (name: string) => bigint): readonly { readonly csr: Csr; readonly value: bigint }[] {
  const at = BASE + BigInt(AT.guarded);
  const rights = rightsOf(isa, guard, value);
  return protectingBy(isa, [regionOf(value(MATCH), at, rights), powerRegion(BASE, BigInt(PAGE), ALL_RIGHTS)]);
}

function regionOf(match: bigint, at: bigint, rights: bigint): ProtectedRegion {
  switch (match) {
    case PMP_MATCHES.all:
      return powerRegion(at, HELD, rights);
    case PMP_MATCHES.part:
      return wordRegion(at, rights);
    default:
      return noRegion(rights);
  }
}
