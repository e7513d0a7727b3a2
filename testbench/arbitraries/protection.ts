/**
 * Memory protection of random programs: a few small regions, where the body is
 * likely to meet them, before one entry that opens everything.
 */
import type { Isa } from '../../model/spec/isa.js';
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

/** Settings of protection, or none where the specs have none. */
export class ProtectionMaker {
  readonly #config: number | undefined;
  readonly #addresses: readonly number[];

  constructor(isa: Isa) {
    const entries = isa.protection?.entries ?? [];
    const addressOf = (name: string | undefined): number | undefined => isa.csrs.find((c) => c.name === name)?.address;
    this.#config = addressOf(entries[0]?.config.split('.')[0]);
    this.#addresses = entries.slice(0, Number(ENTRIES)).flatMap((e) => addressOf(e.address) ?? []);
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
