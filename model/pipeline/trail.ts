/**
 * The trail of a translation: the page-table entries behind it, as records of
 * the observed variant tell them.
 *
 * An entry that a cache still has may not be in memory any more. Whoever
 * checks a core has to know which ones it used, so that a hit tells its fill.
 * The records of a walk say what it reads and what it takes from which slot of
 * a cache; those of instructions say by which pages they were fetched and went
 * to memory. It is put together outside (testbench/lockstep/trails.ts).
 */
import { ONE, ZERO, concat, constant, read, slice, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { ModuleBuilder } from './builder.js';
import type { Core } from './core.js';
import type { EntryKey } from './entry-cache.js';
import { recordFields, TRAIL, TRAIL_BITS, type TrailStep } from './record.js';
import type { Stage } from './stage.js';

/** Tells trails; nothing but the observed variant has them. */
export class Trail {
  constructor(readonly builder: ModuleBuilder) {}

  /** Whether anybody hears. */
  get told(): boolean {
    return this.builder.told !== 'nothing';
  }

  #tell(step: TrailStep, address?: Expr, value?: Expr, tables: readonly Expr[] = []): void {
    if (!this.told) return;
    const zero = constant(64, 0);
    const cycle = read(this.builder.register('cycle', 64));
    this.builder.record(recordFields({ kind: 'walk', cycle, pc: constant(64, TRAIL[step]), address: address ?? zero, value: value ?? zero, rdata: tables[0] ?? zero, wdata: tables[1] ?? zero }));
  }

  /** A walk begins. `goesOn`: it is for the same instruction as the last. */
  begin(goesOn: boolean): void {
    this.#tell(goesOn ? 'continue' : 'begin');
  }

  /** It begins once more, from memory alone. */
  again(): void {
    this.#tell('again');
  }

  /** It asks what is kept of the first stage, or of the second, which it enters. `used`, one bit: it takes what there is. */
  asks(stage: 'first' | 'second', { V, address, tables }: Pick<EntryKey, 'V' | 'address' | 'tables'>, used: Expr): void {
    this.#tell(stage === 'first' ? 'ask' : 'second', address, zext(concat(used, V), 64), tables);
  }

  /** It uses an entry of memory. */
  uses(address: Expr, entry: Expr): void {
    this.#tell('use', address, entry);
  }

  /** It writes A or D, and will look at the entry once more. */
  writes(address: Expr): void {
    this.#tell('write', address);
  }

  /** It uses what a slot of a cache has. */
  reuses(slot: Expr): void {
    this.#tell('reuse', slot);
  }

  /** A slot keeps the entry at hand: of the first stage, or of the second. */
  keeps(slot: Expr, stage: 'first' | 'second'): void {
    this.#tell(stage === 'first' ? 'keep' : 'keepSecond', slot);
  }

  /**
   * Loads and stores may go to memory by this page, whose number has {@link TRAIL_BITS}.page bits.
   *
   * @param goesOn - One bit: the walk for the access's second part has begun in this cycle; the page is of the walk before.
   */
  opensData(page: Expr, goesOn: Expr): void {
    this.#tell('dataPage', zext(page, 64), zext(goesOn, 64));
  }

  /** The instruction in commit, which was fetched so, waits: there may never be a record of it. */
  waits(fetch: Expr): void {
    if (this.told) this.#tell('waits', zext(fetch, 64));
  }

  /** Which of the pages and instructions of the fetch stage are older: it counts both. */
  get #version(): Register {
    return this.builder.register('trail.version', TRAIL_BITS.version, { observed: true });
  }

  /** Fetches may go by this page from now on. */
  opensFetch(page: Expr): void {
    if (this.told) this.#tell('fetchPage', zext(page, 64), this.#next());
  }

  /** An instruction is fetched by itself; the walk for its last parcel has `failed`, if any. `bound`, one bit: all of it was walked from memory when everything older was done. */
  fetches(failed: boolean, bound: Expr): void {
    if (this.told) this.#tell('fetched', zext(concat(bound, failed ? ONE : ZERO), 64), this.#next());
  }

  #next(): Expr {
    const version = this.#version;
    const next: Expr = { kind: 'binary', width: version.width, op: 'add', a: read(version), b: constant(version.width, 1) };
    this.builder.assign(version, next);
    return zext(next, 64);
  }

  /** What travels with an instruction that is fetched by a page, if {there is one, its number}. */
  byPage(page: Expr): Expr {
    return concat(slice(page, TRAIL_BITS.page, TRAIL_BITS.page), read(this.#version), ZERO, slice(page, TRAIL_BITS.page - 1, 0));
  }

  /** What travels with one that is fetched by itself. */
  byItself(): Expr {
    const version = this.#version;
    return concat(ONE, { kind: 'binary', width: version.width, op: 'add', a: read(version), b: constant(version.width, 1) }, ONE, constant(TRAIL_BITS.page, 0));
  }
}

/** What travels with an instruction that was fetched without a translation. */
export const NO_TRAIL = constant(TRAIL_BITS.fetch, 0);

/** What the next stage is told of how its instruction was fetched; nothing, if nobody hears. */
export function tellFetch({ builder, translation }: Pick<Core, 'builder' | 'translation'>, next: Stage, what: (trail: Trail) => Expr): void {
  const trail = translation?.caches?.trail;
  if (trail?.told === true) builder.assign(next.register('fetch_trail', TRAIL_BITS.fetch, { observed: true }), what(trail));
}
