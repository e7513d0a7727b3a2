/**
 * Physical memory protection: whether an access is allowed, and where around
 * an address any access is, so that the usual one need not ask.
 */
import { ONE, ZERO, add, and, binary, concat, constant, eq, eqConst, mux, not, or, slice } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { ACCESSES, PMP_MATCHES, type Access, type MemoryProtection, type ProtectionEntry, type ProtectionRow } from '../spec/isa.js';
import { bitsFor } from './cover-parts.js';
import type { Hart } from './hart.js';
import type { ProtectionJudgement } from './protection-covers.js';

/** Values of a configuration's field A. */
const MATCHING = { off: 0, top: 1, word: 2, power: 3 } as const;
const CONFIG_BITS = 8;
/** Of no entry: all rights, so that the rows alone say what no entry means. */
const NO_CONFIG = constant(CONFIG_BITS, 0xff);

/** An entry as a range of bytes, the end excluded; 64 bits each. */
interface Range {
  readonly config: Expr;
  /** One bit: it holds any byte at all. */
  readonly active: Expr;
  readonly first: Expr;
  readonly end: Expr;
}

/** Where around an address everything is allowed. */
export interface Open {
  /** One bit: it is somewhere, and the address in it. */
  readonly there: Expr;
  /** One bit: it is less than all of memory. Of an address outside memory: 0, it is not protection that refuses. */
  readonly limited: Expr;
  readonly first: Expr;
  readonly end: Expr;
}

/** One bit: the row allows. */
const allows = (row: ProtectionRow): Expr => (row.then === 'allow' ? ONE : ZERO);
const below = (a: Expr, b: Expr): Expr => binary('ltu', a, b);

export class Guard {
  readonly #ranges: readonly Range[];
  /** One bit: no entry is in use. */
  readonly #unused: Expr;

  constructor(readonly hart: Hart, readonly protection: MemoryProtection) {
    this.#ranges = protection.entries.map((entry, i) => this.#range(entry, protection.entries[i - 1]));
    const configs = [...new Set(protection.entries.map((e) => e.config.split('.')[0] ?? ''))].map((csr) => this.#value(csr));
    this.#unused = eqConst(or(...configs), 0);
  }

  #value(name: string): Expr {
    const value = this.hart.lowering.base().name(name);
    if (value === undefined) throw new Error(`memory protection: there is no ${name}`);
    return value;
  }

  #field(config: Expr, name: string): Expr {
    const field = this.protection.fields.find((f) => f.name === name);
    if (field === undefined) throw new Error(`memory protection: configurations have no field ${name}`);
    return slice(config, field.bits.high, field.bits.low);
  }

  #range(entry: ProtectionEntry, before: ProtectionEntry | undefined): Range {
    const bytes = (words: Expr): Expr => concat(slice(words, 61, 0), constant(2, 0));
    const config = this.#value(entry.config);
    const address = this.#value(entry.address);
    const how = this.#field(config, 'A');
    // The ones at the end of the address, and the zero above them, say how large a range of a power of two is.
    const inside = mux(eqConst(how, MATCHING.power), binary('xor', address, add(address, constant(64, 1))), constant(64, 0));
    const base = and(address, not(inside));
    const top = eqConst(how, MATCHING.top);
    const first = mux(top, before === undefined ? constant(64, 0) : bytes(this.#value(before.address)), bytes(base));
    const end = mux(top, bytes(address), bytes(add(base, add(inside, constant(64, 1)))));
    return { config, first, end, active: and(not(eqConst(how, MATCHING.off)), below(first, end)) };
  }

  /** What the row that decides stands for. */
  #decide(match: Expr, config: Expr, access: Expr, privilege: Expr, answer: (row: ProtectionRow, number: number) => Expr): Expr {
    const { lowering } = this.hart;
    const fields = Object.fromEntries(this.protection.fields.map(({ name }) => [`entry.${name}`, this.#field(config, name)]));
    const scope = lowering.only({ ...fields, match, access, privilege }, {});
    // The rows are total: the last one answers for all that is left.
    const { rows } = this.protection;
    const last = rows.at(-1);
    if (last === undefined) throw new Error('memory protection has no rows');
    return rows.slice(0, -1).reduceRight<Expr>(
      (otherwise, row, i) => mux(lowering.condition(row.when, scope, () => ZERO, `pmp.${row.name}`), answer(row, i), otherwise),
      answer(last, rows.length - 1),
    );
  }

  /** What protection says of an access of so many bytes (64 bits) at a physical address, as ACCESSES, with a privilege. */
  judge(address: Expr, bytes: Expr, access: Expr, privilege: Expr): ProtectionJudgement {
    const end = add(address, bytes);
    const none = concat(constant(2, PMP_MATCHES.none), NO_CONFIG);
    const found = this.#ranges.reduceRight<Expr>((later, range) => {
      const any = and(range.active, below(range.first, end), below(address, range.end));
      const all = and(not(below(address, range.first)), not(below(range.end, end)));
      const match = mux(all, constant(2, PMP_MATCHES.all), constant(2, PMP_MATCHES.part));
      return mux(any, concat(match, range.config), later);
    }, none);
    const deciding = mux(this.#unused, none, found);
    const decide = (answer: (row: ProtectionRow, number: number) => Expr): Expr =>
      this.#decide(slice(deciding, CONFIG_BITS + 1, CONFIG_BITS), slice(deciding, CONFIG_BITS - 1, 0), access, privilege, answer);
    const width = bitsFor(this.protection.rows.length);
    return { allowed: decide(allows), row: decide((_, number) => constant(width, number)), access, privilege };
  }

  /** Where around an address in memory a privilege may do everything: in the entry that holds it, as far as no earlier one begins. */
  around(address: Expr, privilege: Expr): Open {
    const { dramFirst, dramEnd } = this.hart;
    const cut = (first: Expr, end: Expr, range: Range): readonly [Expr, Expr] => [
      mux(and(range.active, not(below(address, range.end)), below(first, range.end)), range.end, first),
      mux(and(range.active, below(address, range.first), below(range.first, end)), range.first, end),
    ];
    const larger = (a: Expr, b: Expr): Expr => mux(below(a, b), b, a);
    const smaller = (a: Expr, b: Expr): Expr => mux(below(a, b), a, b);
    let [first, end]: readonly [Expr, Expr] = [dramFirst, dramEnd];
    let deciding: Expr = concat(ZERO, NO_CONFIG);
    for (const range of [...this.#ranges].reverse()) {
      const holds = and(range.active, not(below(address, range.first)), below(address, range.end));
      const [after, until] = cut(first, end, range);
      first = mux(holds, larger(range.first, dramFirst), after);
      end = mux(holds, smaller(range.end, dramEnd), until);
      deciding = mux(holds, concat(ONE, range.config), deciding);
    }
    const match = mux(slice(deciding, CONFIG_BITS, CONFIG_BITS), constant(2, PMP_MATCHES.all), constant(2, PMP_MATCHES.none));
    const everything = (['fetch', 'load', 'store'] as const satisfies readonly Access[])
      .map((access) => this.#decide(mux(this.#unused, constant(2, PMP_MATCHES.none), match), slice(deciding, CONFIG_BITS - 1, 0), constant(2, ACCESSES[access]), privilege, allows));
    const inMemory = this.hart.inDram(address, 1);
    const there = and(...everything, inMemory);
    const [from, to] = [mux(this.#unused, dramFirst, first), mux(this.#unused, dramEnd, end)];
    return { there, first: from, end: to, limited: and(inMemory, not(and(there, eq(from, dramFirst), eq(to, dramEnd)))) };
  }
}
