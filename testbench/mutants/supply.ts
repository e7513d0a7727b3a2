/** Random programs for mutants: made once, run by many. */
import fc from 'fast-check';
import type { Isa } from '../../model/spec/isa.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import { lengthOfPlan, type Plan } from '../arbitraries/program.js';
import { assemble } from '../assembly/assemble.js';
import { assemblyTables, type AssemblyTables } from '../assembly/tables.js';
import { anyBody, aroundBody } from '../properties/hazards.js';
import { landings } from './landings.js';
import { programNumber } from '../lockstep/campaign.js';

/** A program, and what it shrinks from. */
export interface Supplied {
  /** Undefined for a program dense with hazards: it is not shrunk. */
  readonly plan: Plan | undefined;
  readonly program: Pick<BuiltProgram, 'entry' | 'segments' | 'symbols' | 'inputs'>;
  /** Instructions of the body, lines for those dense with hazards. */
  readonly length: number;
}

/** Different programs dense with hazards. */
const HAZARDS = 500;

export class Supply {
  readonly #maker: PlanMaker;
  readonly #builder: Builder;
  readonly #made: Supplied[] = [];
  readonly #texts: Supplied[] = [];
  readonly #landings = landings();
  #tables: AssemblyTables | undefined;
  #bodies: readonly (readonly string[])[] | undefined;

  constructor(readonly isa: Isa, readonly seed: number) {
    this.#maker = new PlanMaker(isa);
    this.#builder = new Builder(this.#maker.shapes);
  }

  /**
   * The nth program of the seed.
   *
   * @param dense - The first are landings, then every other one is dense with hazards (`properties/hazards.ts`): to find mistakes in the pipeline.
   */
  at(index: number, dense: boolean): Supplied {
    if (dense && index < this.#landings.length) return this.#assembled(index, this.#landings[index] ?? '', 1);
    if (dense && index % 2 === 1) {
      const at = (index >> 1) % HAZARDS;
      this.#bodies ??= fc.sample(anyBody, { numRuns: HAZARDS, seed: this.seed });
      const body = this.#bodies[at] ?? [];
      return this.#assembled(this.#landings.length + at, aroundBody(body), body.length);
    }
    const known = this.#made[index];
    if (known !== undefined) return known;
    const supplied = this.build(this.#maker.make(programNumber(this.seed, index)));
    this.#made[index] = supplied;
    return supplied;
  }

  build(plan: Plan): Supplied {
    return { plan, program: this.#builder.build(plan), length: lengthOfPlan(plan) };
  }

  #image(text: string): Pick<BuiltProgram, 'entry' | 'segments' | 'symbols'> {
    this.#tables ??= assemblyTables(this.isa);
    const assembled = assemble(text, this.#tables);
    if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
    const { entry, sections, symbols } = assembled.program;
    return {
      entry,
      segments: sections.map(({ address, bytes, size }) => ({ address, data: bytes, memSize: BigInt(size) })),
      symbols: new Map(symbols.map(({ name, value }) => [name, value])),
    };
  }

  #assembled(key: number, text: string, length: number): Supplied {
    const known = this.#texts[key];
    if (known !== undefined) return known;
    const supplied: Supplied = { plan: undefined, program: { ...this.#image(text), inputs: [] }, length };
    this.#texts[key] = supplied;
    return supplied;
  }
}
