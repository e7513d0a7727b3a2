/** Random programs for mutants: made once, run by many. */
import fc from 'fast-check';
import type { Isa } from '../../model/spec/isa.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import { lengthOfPlan, type Plan } from '../arbitraries/program.js';
import { assemble } from '../assembly/assemble.js';
import { assemblyTables, type AssemblyTables } from '../assembly/tables.js';
import { anyBody, aroundBody } from '../properties/hazards.js';
import { beside } from './beside.js';
import { leaves } from './leaves.js';
import { landings } from './landings.js';
import { lastBytes } from './last-bytes.js';
import { programNumber } from '../lockstep/campaign.js';

/** A program, and what it shrinks from. */
export interface Supplied {
  /** Undefined for a program dense with hazards: it is not shrunk. */
  readonly plan: Plan | undefined;
  readonly program: Pick<BuiltProgram, 'entry' | 'segments' | 'symbols' | 'inputs'>;
  /** Instructions of the body, lines for those dense with hazards. */
  readonly length: number;
  /** Whether addresses are where accesses go: then what is outside can be asked about them, and the scoreboard about cycles. */
  readonly predictable: boolean;
}

/** Different programs dense with hazards. */
const HAZARDS = 500;

export class Supply {
  /** Programs in all of the architecture, and those that neither translate nor protect. */
  readonly #makers: Readonly<Record<'all' | 'physical', PlanMaker>>;
  readonly #builder: Builder;
  readonly #made: Readonly<Record<'all' | 'physical', Supplied[]>> = { all: [], physical: [] };
  readonly #texts: Readonly<Record<'pipeline' | 'specs', Supplied[]>> = { pipeline: [], specs: [] };
  /** What comes first: for mistakes in the pipeline, those without translation and protection before the others; for those in the specs. */
  readonly #first = { pipeline: { physical: [...landings(), ...lastBytes()], other: beside() }, specs: { physical: [], other: leaves() } } as const;
  #tables: AssemblyTables | undefined;
  #bodies: readonly (readonly string[])[] | undefined;

  constructor(readonly isa: Isa, readonly seed: number) {
    this.#makers = { all: new PlanMaker(isa), physical: new PlanMaker(isa, 'physical') };
    this.#builder = new Builder(this.#makers.all.shapes);
  }

  /**
   * The nth program of the seed.
   *
   * @param dense - The first are landings, ends of memory and what is beside allowed places, then every other one is dense with hazards (`properties/hazards.ts`), and
   *   every other of the rest neither translates nor protects: to find mistakes in the pipeline. Else the first have unusual leaves.
   */
  at(index: number, dense: boolean): Supplied {
    const { physical, other } = this.#first[dense ? 'pipeline' : 'specs'];
    const first = [...physical, ...other];
    if (index < first.length) return this.#assembled(dense ? 'pipeline' : 'specs', index, first[index] ?? '', 1, index < physical.length);
    if (dense && index % 2 === 1) {
      const at = (index >> 1) % HAZARDS;
      this.#bodies ??= fc.sample(anyBody, { numRuns: HAZARDS, seed: this.seed });
      const body = this.#bodies[at] ?? [];
      return this.#assembled('pipeline', first.length + at, aroundBody(body), body.length, true);
    }
    const profile = dense && index % 4 === 0 ? 'physical' : 'all';
    const known = this.#made[profile][index];
    if (known !== undefined) return known;
    const supplied = this.build(this.#makers[profile].make(programNumber(this.seed, index)), profile === 'physical');
    this.#made[profile][index] = supplied;
    return supplied;
  }

  build(plan: Plan, predictable: boolean): Supplied {
    return { plan, program: this.#builder.build(plan), length: lengthOfPlan(plan), predictable };
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

  #assembled(kind: 'pipeline' | 'specs', key: number, text: string, length: number, predictable: boolean): Supplied {
    const known = this.#texts[kind][key];
    if (known !== undefined) return known;
    const supplied: Supplied = { plan: undefined, program: { ...this.#image(text), inputs: [] }, length, predictable };
    this.#texts[kind][key] = supplied;
    return supplied;
  }
}
