/**
 * Memory protection of programs: open to everybody, or, of random programs,
 * with a few small regions where the body is likely to meet them, before one
 * entry that opens everything.
 */
import type { Csr, Isa } from '../../model/spec/isa.js';
import { Weighted, type Dice } from './dice.js';
import { AT, BASE } from './map.js';
import type { Setting } from './program.js';
import { INDEX, TABLE } from './tables.js';

const [R, W, X, L] = [1n, 2n, 4n, 0x80n];
/** Field A: a range from the entry before, four bytes, a power of two. */
const [TOR, NA4, NAPOT] = [0x08n, 0x10n, 0x18n];
const EVERYTHING = NAPOT | R | W | X;
const ALL = (1n << 54n) - 1n;
const ENTRIES = 8n;

/** Where regions begin: data, the end of its page, code behind the body's first instructions, tables, devices. */
const PLACES = new Weighted<bigint>([
  [6, BASE + BigInt(AT.data)], [4, BASE + BigInt(AT.data) + 0x80n], [3, BASE + 0x1000n], [3, BASE + BigInt(AT.body) + 0x40n], [2, BASE + BigInt(AT.body) + 0x80n],
  [2, TABLE.S + BigInt(8 * INDEX.data)], [2, TABLE.VS + BigInt(8 * INDEX.data)], [2, TABLE.G + BigInt(8 * INDEX.data)], [1, TABLE.VS], [1, TABLE.G],
  [1, 0x200_4000n], [1, 0x1000_0000n], [1, BASE],
]);

/** A region of so many bytes, a power of two, as an address register holds it. */
const power = (at: bigint, bytes: bigint): bigint => ((at & -bytes) >> 2n) | (bytes / 8n - 1n);

/** The first configuration register, and the address registers of the entries that it configures. */
function registersOf({ protection, csrs }: Isa): { readonly config: Csr | undefined; readonly addresses: readonly Csr[] } {
  const entries = protection?.entries ?? [];
  const named = (name: string | undefined): Csr | undefined => csrs.find((c) => c.name === name);
  return { config: named(entries[0]?.config.split('.')[0]), addresses: entries.slice(0, Number(ENTRIES)).flatMap((e) => named(e.address) ?? []) };
}

/** Registers that memory protection consists of, by name. */
export const protectionCsrs = ({ protection }: Isa): ReadonlySet<string> =>
  new Set(protection?.entries.flatMap((e) => [e.address, e.config.split('.')[0] ?? '']));

/** What to write, in this order, to open all of memory to every mode after reset; nothing where the specs have no protection. */
export function openingOf(isa: Isa): readonly { readonly csr: Csr; readonly value: bigint }[] {
  const { config, addresses: [address] } = registersOf(isa);
  return config === undefined || address === undefined ? [] : [{ csr: address, value: ALL }, { csr: config, value: EVERYTHING }];
}

/** Settings of protection, or none where the specs have none. */
export class ProtectionMaker {
  readonly #config: number | undefined;
  readonly #addresses: readonly number[];

  constructor(isa: Isa) {
    const { config, addresses } = registersOf(isa);
    this.#config = config?.address;
    this.#addresses = addresses.map((csr) => csr.address);
  }

  make(dice: Dice): readonly Setting[] {
    if (this.#config === undefined) return [];
    const used = BigInt(dice.between(1, 3));
    let config = EVERYTHING << (8n * used);
    const settings: Setting[] = [];
    const put = (entry: bigint, value: bigint): void => {
      const csr = this.#addresses[Number(entry)];
      if (csr !== undefined) settings.push({ csr, value });
    };
    for (let entry = 0n; entry < used; entry++) {
      const at = PLACES.pick(dice) + BigInt(4 * dice.between(-2, 2));
      const how = dice.pick([TOR, NA4, NAPOT, NAPOT]);
      put(entry, how === NAPOT ? power(at, 8n << BigInt(dice.below(7))) : at >> 2n);
      const rights = dice.pick([0n, R, R | W, R | X, X, R | W | X]);
      config |= (how | rights | (dice.oneIn(8) ? L : 0n)) << (8n * entry);
    }
    put(used, ALL);
    return [...settings, { csr: this.#config, value: config }];
  }
}
