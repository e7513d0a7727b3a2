/**
 * A cache of instructions or data: tags and timing only, for what it would
 * hold comes from memory, and so is never old.
 *
 * A line comes only for an instruction that everything older has made way for:
 * what may never execute leaves no trace here. While it comes, nothing else
 * happens.
 */
import { ONE, ZERO, and, binary, concat, constant, element, eq, eqConst, mux, not, read, slice } from '../ir/build.js';
import type { Expr, Register, RegisterArray } from '../ir/ir.js';
import type { LineCache as Size } from '../spec/isa.js';
import { anyOf, type ModuleBuilder } from './builder.js';
import { ofHit, Ways } from './ways.js';

/** Bits of a physical address. */
const PHYSICAL_BITS = 56;

interface Tag {
  readonly there: Expr;
  /** One bit: it has been written since it came. */
  readonly dirty: Expr;
}

export class LineCache {
  readonly #ways: Ways;
  readonly #lineBits: number;
  /** {valid, number of the line}. */
  readonly #tags: readonly RegisterArray[];
  /** One bit each: it has to be written back before it goes. Absent: every store goes through. */
  readonly #dirty: readonly RegisterArray[];

  constructor(readonly builder: ModuleBuilder, readonly name: 'cache.instruction' | 'cache.data', readonly size: Size, writesBack: boolean) {
    const ways = new Ways(builder, name, size);
    this.#ways = ways;
    this.#lineBits = Math.log2(size.line);
    this.#tags = ways.ways.map((way) => builder.array(ways.called(way, 'tag'), ways.sets, 1 + PHYSICAL_BITS - this.#lineBits));
    this.#dirty = writesBack ? ways.ways.map((way) => builder.array(ways.called(way, 'dirty'), ways.sets, 1)) : [];
  }

  #number(physical: Expr): Expr {
    return slice(physical, PHYSICAL_BITS - 1, this.#lineBits);
  }

  #look(physical: Expr): readonly Tag[] {
    const number = this.#number(physical);
    const set = this.#ways.setOf(number);
    return this.#tags.map((tag, way) => {
      const dirty = this.#dirty[way];
      return { there: eq(element(tag, set), concat(ONE, number)), dirty: dirty === undefined ? ZERO : element(dirty, set) };
    });
  }

  /**
   * The line that was used or came last: it is there, and need not be looked for. No line of memory has the number 0.
   * Where it takes cycles to look, only an instruction that everything older has made way for changes it.
   */
  get #last(): Register {
    return this.builder.register(`${this.name}.last`, PHYSICAL_BITS - this.#lineBits);
  }

  /** The line of an address, which is there, is used. */
  use(physical: Expr): void {
    this.builder.assign(this.#last, this.#number(physical));
  }

  /** One bit: the line of an address is there, and found within the cycle. */
  has(physical: Expr): Expr {
    return mux(eq(read(this.#last), this.#number(physical)), ONE, this.size.hit === 1 ? this.#find(physical) : ZERO);
  }

  #find(physical: Expr): Expr {
    return ofHit<Tag>(this.#look(physical), (there, a, b) => ({ there, dirty: mux(there, a.dirty, b.dirty) })).there;
  }

  /** Cycles left of those in which a line is found or comes; 0 if none does. */
  get #count(): Register {
    const longest = Math.max(this.size.hit, this.size.miss * (this.#dirty.length === 0 ? 1 : 2));
    return this.builder.register(`${this.name}.count`, Math.ceil(Math.log2(longest + 1)));
  }

  /** A cycle in which an instruction waits for a line that is not there, or takes cycles to be found. `alone`: everything older is done. */
  wait(physical: Expr, alone: Expr): void {
    const { builder, size } = this;
    const count = this.#count;
    const left = (n: number): Expr => constant(count.width, n);
    const set = this.#ways.setOf(this.#number(physical));
    builder.when(alone, () => {
      // What goes first is written back, which takes as long again.
      const old = this.#ways.ofNext(this.#dirty.map((dirty) => element(dirty, set)));
      const all = this.#dirty.length === 0 ? left(size.miss - 1) : mux(old, left(2 * size.miss - 1), left(size.miss - 1));
      const found = size.hit === 1 ? ZERO : this.#find(physical);
      const now = mux(eqConst(read(count), 0), mux(found, left(Math.max(0, size.hit - 2)), all), binary('sub', read(count), left(1)));
      builder.assign(count, now);
      builder.when(eqConst(now, 0), () => builder.when(found, () => this.use(physical), () => this.#fill(physical)));
    });
  }

  #fill(physical: Expr): void {
    const { builder } = this;
    const number = this.#number(physical);
    const set = this.#ways.setOf(number);
    this.use(physical);
    builder.count(`${this.name}.miss`, `${this.name}.miss`);
    this.#ways.fill(set, this.#look(physical).map(() => ZERO), 64, (way) => {
      const [tag, dirty] = [this.#tags[way], this.#dirty[way]];
      if (tag !== undefined) builder.write(tag, set, concat(ONE, number));
      if (dirty !== undefined) builder.write(dirty, set, ZERO);
    });
  }

  /** A store to an address retires. */
  wrote(physical: Expr): void {
    const set = this.#ways.setOf(this.#number(physical));
    this.#look(physical).forEach(({ there }, way) => {
      const dirty = this.#dirty[way];
      if (dirty !== undefined) this.builder.when(there, () => this.builder.write(dirty, set, ONE));
    });
  }
}

/** One bit: no stage of some holds an instruction. */
export const empty = (stages: readonly { readonly valid: Expr }[]): Expr => and(ONE, not(anyOf(stages.map(({ valid }) => valid))));
