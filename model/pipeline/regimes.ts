/**
 * Which accesses need translating in the state that the hart is in.
 *
 * The answer changes only with what the slow way of commit does, so the usual
 * cycle does not ask: such a cycle sets `fetch.careful`, and only while that is
 * set is the question put anew. It stays set as long as fetches need the
 * walker; `data.careful` says the same of loads and stores.
 */
import { ONE, ZERO, and, binary, constant, eqConst, mux, nonZero, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Origin, OriginName, StageName, Translation, TranslationStage } from '../spec/isa.js';
import type { Hart } from './hart.js';

/** Privilege of M-mode, which nothing translates. */
const MACHINE = 3;

/** Whose translation an access goes through. */
export interface Regime {
  /** One bit: the guest's, of two stages. */
  readonly V: Expr;
  /** Two bits: 0 U, 1 S, 3 M. */
  readonly privilege: Expr;
  /** One bit: some stage of it translates now. */
  readonly needed: Expr;
}

/** The regimes of a hart with translation. */
export class Regimes {
  /** Reset values are 1: state may be put into the hart before its first cycle. */
  readonly fetchCareful: Register;
  readonly dataCareful: Register;
  readonly #regimes: ReadonlyMap<OriginName, Regime>;

  constructor(readonly hart: Hart, readonly translation: Translation) {
    const { builder } = hart;
    this.fetchCareful = builder.register('fetch.careful', 1, { reset: 1n });
    this.dataCareful = builder.register('data.careful', 1, { reset: 1n });
    this.#regimes = new Map(translation.origins.map((origin) => [origin.name, this.#regime(origin)]));
  }

  /** The regime of accesses of that origin; without guests, a guest's are nobody's. */
  of(name: OriginName): Regime {
    return this.#regimes.get(name) ?? { V: ZERO, privilege: constant(2, MACHINE), needed: ZERO };
  }

  #regime(origin: Origin): Regime {
    const { lowering, builder } = this.hart;
    const { name } = origin;
    const V = lowering.lower(origin.V, lowering.base(), 1, `origin ${name}`);
    const privilege = lowering.lower(origin.privilege, lowering.base(), 2, `origin ${name}`);
    const paged = mux(V, or(this.#paged('VS'), this.#paged('G')), this.#paged('S'));
    return { V, privilege, needed: builder.wire(`translation.${name}`, and(not(eqConst(privilege, MACHINE)), paged)) };
  }

  /** One bit: the stage has a scheme, it is not Bare. */
  #paged(name: StageName): Expr {
    const stage = this.translation.stages.find((s) => s.name === name);
    return stage === undefined ? ZERO : nonZero(modeOf(this.hart, stage));
  }

  /** One bit: fetches need the walker in this cycle. */
  get fetchNeeds(): Expr {
    return mux(read(this.fetchCareful), this.of('fetch').needed, ZERO);
  }

  /** Puts the question anew while it may have another answer. Loads and stores are careful wherever fetches are: what they store, the next walk reads. */
  ask(): void {
    const { builder } = this.hart;
    const { needed } = this.of('fetch');
    builder.when(read(this.fetchCareful), () => {
      builder.assign(this.fetchCareful, needed);
      builder.assign(this.dataCareful, or(needed, this.of('self').needed));
    }, () => undefined, 'then');
  }

  /** Something that the answer depends on may have changed. */
  suspect(): void {
    const { builder } = this.hart;
    builder.assign(this.fetchCareful, ONE);
    builder.assign(this.dataCareful, ONE);
  }
}

/** A field of a stage's register. */
export function stageField({ lowering }: Hart, { register }: TranslationStage, field: 'MODE' | 'PPN'): Expr {
  const value = lowering.base().name(`${register}.${field}`);
  if (value === undefined) throw new Error(`${register} has no field ${field}`);
  return value;
}

/** The stage's scheme by number, four bits; 0 is Bare. */
export const modeOf = (hart: Hart, stage: TranslationStage): Expr => stageField(hart, stage, 'MODE');

/** One bit: an access with this privilege is translated at all. */
export const translatable = (privilege: Expr): Expr => binary('ne', privilege, constant(2, MACHINE));
