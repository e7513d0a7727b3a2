/**
 * Whose translation an access goes through, and whether there is any in the
 * state that the hart is in.
 */
import { ZERO, and, binary, constant, eqConst, mux, nonZero, not, or } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
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
  readonly #regimes: ReadonlyMap<OriginName, Regime>;

  constructor(readonly hart: Hart, readonly translation: Translation) {
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
