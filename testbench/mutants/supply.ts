/** Random programs for mutants: made once, run by many. */
import type { Isa } from '../../model/spec/isa.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import type { Plan } from '../arbitraries/program.js';
import { programNumber } from '../lockstep/campaign.js';

/** A program, and what it shrinks from. */
export interface Supplied {
  readonly plan: Plan;
  readonly program: BuiltProgram;
}

export class Supply {
  readonly #maker: PlanMaker;
  readonly #builder: Builder;
  readonly #made: Supplied[] = [];

  constructor(isa: Isa, readonly seed: number) {
    this.#maker = new PlanMaker(isa);
    this.#builder = new Builder(this.#maker.shapes);
  }

  /** The nth program of the seed. */
  at(index: number): Supplied {
    const known = this.#made[index];
    if (known !== undefined) return known;
    const supplied = this.build(this.#maker.make(programNumber(this.seed, index)));
    this.#made[index] = supplied;
    return supplied;
  }

  build(plan: Plan): Supplied {
    return { plan, program: this.#builder.build(plan) };
  }
}

/** Instructions of a plan's body. */
export const bodyLength = ({ body }: Plan): number => body.reduce((sum, item) => sum + item.words.length, 0);
