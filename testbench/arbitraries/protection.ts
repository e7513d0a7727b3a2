/**
 * Memory protection of programs: open to everybody, or, of random programs,
 * with a few small regions where the body is likely to meet them, before one
 * entry that opens everything.
 */
import type { Csr, Isa, ProtectionEntry } from '../../model/spec/isa.js';
import { Weighted, type Dice } from './dice.js';
import { AT, BASE } from './map.js';
import type { Setting } from './program.js';
import { INDEX, TABLE } from './tables.js';

const [R, W, X, L] = [1n, 2n, 4n, 0x80n];
/** Field A: a range from the entry before, four bytes, a power of two. */
const [TOR, NA4, NAPOT] = [0x08n, 0x10n, 0x18n];
const EVERYTHING = NAPOT | R | W | X;
const ALL = (1n << 54n) - 1n;

/** Where regions begin: data, the end of its page, code behind the body's first instructions, tables, devices. */
const PLACES = new Weighted<bigint>([
  [6, BASE + BigInt(AT.data)], [4, BASE + BigInt(AT.data) + 0x80n], [3, BASE + 0x1000n], [3, BASE + BigInt(AT.body) + 0x40n], [2, BASE + BigInt(AT.body) + 0x80n],
  [2, TABLE.S + BigInt(8 * INDEX.data)], [2, TABLE.VS + BigInt(8 * INDEX.data)], [2, TABLE.G + BigInt(8 * INDEX.data)], [1, TABLE.VS], [1, TABLE.G],
  [1, 0x200_4000n], [1, 0x1000_0000n], [1, BASE],
]);

/** A region of so many bytes, a power of two, as an address register holds it. */
const power = (at: bigint, bytes: bigint): bigint => ((at & -bytes) >> 2n) | (bytes / 8n - 1n);

/** A configuration register, and the address registers of the entries that it configures, of one byte each. */
interface Bank {
  readonly config: Csr;
  readonly addresses: readonly Csr[];
}

const configOf = ({ config }: ProtectionEntry): string => config.split('.')[0] ?? '';

/** The banks, that of the entries which decide first before the others. */
function banksOf({ protection, csrs }: Isa): readonly Bank[] {
  const entries = protection?.entries ?? [];
  return [...new Set(entries.map(configOf))].flatMap((name) => {
    const config = csrs.find((c) => c.name === name);
    const addresses = entries.filter((e) => configOf(e) === name).flatMap((e) => csrs.find((c) => c.name === e.address) ?? []);
    return config === undefined ? [] : [{ config, addresses }];
  });
}

/** Registers that memory protection consists of, by name. */
export const protectionCsrs = ({ protection }: Isa): ReadonlySet<string> =>
  new Set(protection?.entries.flatMap((e) => [e.address, configOf(e)]));

/** An entry: its address as the register holds it, and its configuration. */
export interface ProtectedRegion {
  readonly address: bigint;
  readonly config: bigint;
}

/** A value for a CSR. */
interface CsrValue {
  readonly csr: Csr;
  readonly value: bigint;
}

/** What to write after reset, in this order, for the first entries to be these; nothing where the specs have no protection. */
export function protectingBy(isa: Isa, entries: readonly ProtectedRegion[]): readonly CsrValue[] {
  const [first] = banksOf(isa);
  if (first === undefined) return [];
  const addresses = entries.flatMap(({ address }, i): readonly CsrValue[] => {
    const csr = first.addresses[i];
    return csr === undefined ? [] : [{ csr, value: address }];
  });
  const config = entries.reduce((bytes, entry, i) => bytes | (entry.config << BigInt(8 * i)), 0n);
  return [...addresses, { csr: first.config, value: config }];
}

const openings = new WeakMap<Isa, readonly CsrValue[]>();

/** The same for all of memory to be open to every mode. */
export function openingOf(isa: Isa): readonly CsrValue[] {
  const found = openings.get(isa) ?? protectingBy(isa, [{ address: ALL, config: EVERYTHING }]);
  openings.set(isa, found);
  return found;
}

/** A power of two of bytes, aligned, with these rights. */
export const powerRegion = (at: bigint, bytes: bigint, rights: bigint): ProtectedRegion => ({ address: power(at, bytes), config: NAPOT | rights });
/** Four bytes. */
export const wordRegion = (at: bigint, rights: bigint): ProtectedRegion => ({ address: at >> 2n, config: NA4 | rights });
/** An entry that is not in use. */
export const noRegion = (rights: bigint): ProtectedRegion => ({ address: 0n, config: rights });
/** The right to everything. */
export const ALL_RIGHTS = R | W | X;

/** Settings of protection, or none where the specs have none. */
export class ProtectionMaker {
  readonly #banks: readonly Bank[];

  constructor(isa: Isa) {
    this.#banks = banksOf(isa);
  }

  make(dice: Dice): readonly Setting[] {
    if (this.#banks.length === 0) return [];
    const { config, addresses } = dice.pick(this.#banks);
    const used = dice.between(1, 3);
    const first = dice.oneIn(2) ? 0 : dice.below(addresses.length - used);
    const settings: Setting[] = [];
    let bytes = 0n;
    const put = (entry: number, address: bigint, byte: bigint): void => {
      const csr = addresses[entry]?.address;
      if (csr !== undefined) settings.push({ csr, value: address });
      bytes |= byte << BigInt(8 * entry);
    };
    for (let entry = first; entry < first + used; entry++) {
      const at = PLACES.pick(dice) + BigInt(4 * dice.between(-2, 2));
      const how = dice.pick([TOR, NA4, NAPOT, NAPOT]);
      const rights = dice.pick([0n, R, R | W, R | X, X, R | W | X]);
      put(entry, how === NAPOT ? power(at, 8n << BigInt(dice.below(7))) : at >> 2n, how | rights | (dice.oneIn(8) ? L : 0n));
    }
    put(first + used, ALL, EVERYTHING);
    // The prologue has opened everything by the first entry of all.
    const opened = this.#banks[0]?.config;
    return [...settings, { csr: config.address, value: bytes }, ...(opened === undefined || opened === config ? [] : [{ csr: opened.address, value: 0n }])];
  }
}
