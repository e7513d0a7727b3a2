/**
 * The walker's caches of page-table entries: leaves of the first stage, which
 * all accesses share; pointers to tables of its last level; leaves of the
 * second stage. And what throws entries out: fences, and writes to CSRs that
 * had a say in the walks behind them.
 */
import { ZERO, add, constant, eqConst, mux, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { StageName, Translation, TranslationCaches } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';
import { INDEX_BITS, PAGE_BITS } from './entry.js';
import { EntryCache, NOTHING, type EntryHit, type EntryKey } from './entry-cache.js';
import { FenceMatch, type LimitedFence } from './fence-limits.js';
import type { Hart } from './hart.js';
import { Trail } from './trail.js';

const ALL: readonly StageName[] = ['S', 'VS', 'G'];

/** A cache by what it keeps. */
export type Kept = 'leaf' | 'pointer' | 'second';

/** What a walk is for: one bit, the guest's; and the address, or for `second` that of the second stage. */
export interface WalkFor {
  readonly V: Expr;
  readonly address: Expr;
}

export class WalkCaches {
  readonly trail: Trail;
  readonly #caches: Readonly<Record<Kept, EntryCache | undefined>>;

  constructor(readonly hart: Hart, readonly translation: Translation, readonly sizes: TranslationCaches) {
    const { builder } = hart;
    this.trail = new Trail(builder);
    const { shared, pointers, second, generation } = sizes;
    const cache = (name: string, size: typeof shared, granule: number, tables: number, firstSlot: number): EntryCache | undefined =>
      (size.entries === 0 ? undefined : new EntryCache(builder, `tlb.${name}`, size, granule, tables, generation, firstSlot));
    this.#caches = {
      leaf: cache('shared', shared, PAGE_BITS, 2, 0),
      // A table of the last level is for as many pages as it has entries.
      pointer: cache('pointers', pointers, PAGE_BITS + INDEX_BITS, 2, shared.entries),
      second: cache('second', second, PAGE_BITS, 1, shared.entries + pointers.entries),
    };
  }

  get builder(): ModuleBuilder {
    return this.hart.builder;
  }

  /** The generation of entries of a stage. */
  #generation(stage: StageName): Register {
    return this.builder.register(`tlb.generation.${stage}`, this.sizes.generation);
  }

  /** The register that points to a stage's tables, 64 bits; zero of a stage that the hart does not have. */
  #tables(stage: StageName): Expr {
    const register = this.translation.stages.find((s) => s.name === stage)?.register;
    return (register === undefined ? undefined : this.hart.lowering.base().name(register)) ?? constant(64, 0);
  }

  #key(kept: Kept, { V, address }: WalkFor): EntryKey {
    if (kept === 'second') return { V, address, tables: [this.#tables('G')], generation: read(this.#generation('G')) };
    return {
      V, address,
      tables: [mux(V, this.#tables('VS'), this.#tables('S')), mux(V, this.#tables('G'), constant(64, 0))],
      generation: mux(V, read(this.#generation('VS')), read(this.#generation('S'))),
    };
  }

  /** What there is for a walk. */
  find(kept: Kept, walk: WalkFor): EntryHit {
    return this.#caches[kept]?.find(this.#key(kept, walk)) ?? NOTHING;
  }

  /** What is kept is asked for; `used`, one bit: the walk takes what there is. */
  asks(kept: Kept, walk: WalkFor, used: Expr): void {
    this.trail.asks(kept === 'second' ? 'second' : 'first', this.#key(kept, walk), used);
  }

  /** Keeps an entry that a walk has read from memory and found good, of a level (three bits). */
  keep(kept: Kept, walk: WalkFor, entry: Expr, level: Expr): void {
    const slot = this.#caches[kept]?.keep(this.#key(kept, walk), entry, level);
    if (slot !== undefined) this.trail.keeps(slot, kept === 'second' ? 'second' : 'first');
  }

  /**
   * Throws out the entries of some stages (by stage, one bit). All of them go when a generation comes back to the first.
   *
   * @param limited - A fence that throws out those that it is for, each by itself, in a cycle in which no stage goes.
   */
  flush(stages: Readonly<Record<StageName, Expr>>, limited?: LimitedFence): void {
    const { builder } = this;
    const last = 2 ** this.sizes.generation - 1;
    let wraps: Expr = ZERO;
    for (const stage of ALL) {
      const generation = this.#generation(stage);
      const flushed = stages[stage];
      builder.when(flushed, () => builder.assign(generation, add(read(generation), constant(generation.width, 1))));
      wraps = or(wraps, mux(flushed, eqConst(read(generation), last), ZERO));
    }
    builder.when(wraps, () => {
      for (const cache of Object.values(this.#caches)) cache?.clear();
    }, () => {
      if (limited !== undefined) builder.when(limited.here, () => this.#evict(limited));
    });
  }

  #evict(fence: LimitedFence): void {
    const match = new FenceMatch(this.hart, this.translation, fence);
    for (const kept of ['leaf', 'pointer', 'second'] as const) this.#caches[kept]?.evict((entry) => match.covers(kept, entry));
  }
}
