/** Random programs for mutants: made once, run by many. */
import fc from 'fast-check';
import type { Isa } from '../../model/spec/isa.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import { lengthOfPlan, type Plan } from '../arbitraries/program.js';
import { assemble } from '../assembly/assemble.js';
import { assemblyTables, type AssemblyTables } from '../assembly/tables.js';
import { anyBody, aroundBody, below } from '../properties/hazards.js';
import { beside } from './beside.js';
import { boundFetches } from './bound-fetches.js';
import { histories, type History } from './histories.js';
import { keepings, type Keeping } from './keeping.js';
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
  /** Who can be asked about it besides the reference: the scoreboard where addresses are where accesses go, what is outside, too, where nothing is translated. */
  readonly asked: 'nobody' | 'scoreboard' | 'both';
}

/** Under which tables they run, besides none. */
const PAGED = ['Sv39', 'two-stage'] as const;
/** What is loaded. */
type Image = Pick<BuiltProgram, 'entry' | 'segments' | 'symbols'>;

/** A program of those that come first. */
interface First {
  readonly text: string;
  readonly asked: Supplied['asked'];
}

const asking = (asked: Supplied['asked'], texts: readonly string[]): readonly First[] => texts.map((text) => ({ text, asked }));

/** Different programs dense with hazards. */
const HAZARDS = 500;

const withSegments = (image: Image, segments: Image['segments']): Image => ({ ...image, segments: [...image.segments, ...segments] });

export class Supply {
  /** Programs in all of the architecture, and those that neither translate nor protect. */
  readonly #makers: Readonly<Record<'all' | 'physical', PlanMaker>>;
  readonly #builder: Builder;
  readonly #made: Readonly<Record<'all' | 'physical', Supplied[]>> = { all: [], physical: [] };
  readonly #texts: Readonly<Record<'pipeline' | 'specs', Supplied[]>> = { pipeline: [], specs: [] };
  /** What comes first: for mistakes in the pipeline, for those in the specs. */
  readonly #first: Readonly<Record<'pipeline' | 'specs', readonly First[]>> = {
    pipeline: [...asking('both', landings()), ...asking('both', lastBytes()), ...asking('nobody', beside()), ...asking('nobody', boundFetches())],
    specs: asking('nobody', leaves()),
  };
  readonly #histories: readonly History[];
  readonly #told: Supplied[] = [];
  #keepings: readonly { readonly keeping: Keeping; readonly image: Image }[] | undefined;
  #tables: AssemblyTables | undefined;
  #bodies: readonly (readonly string[])[] | undefined;

  /** @param translates - With histories of tables, and two of three programs dense with hazards on page tables: for cores that keep translations. */
  constructor(readonly isa: Isa, readonly seed: number, readonly translates = false) {
    this.#histories = translates ? histories() : [];
    this.#makers = { all: new PlanMaker(isa), physical: new PlanMaker(isa, 'physical') };
    this.#builder = new Builder(this.#makers.all.shapes);
  }

  /**
   * The nth program of the seed.
   *
   * @param dense - To find mistakes in the pipeline: the first are landings, ends of memory and what is beside allowed places, then come histories if there are, in
   *   every other place; every other one is dense with hazards (`properties/hazards.ts`), and every other of the rest neither translates nor protects. Else the first
   *   have unusual leaves.
   */
  at(index: number, dense: boolean): Supplied {
    const kind = dense ? 'pipeline' : 'specs';
    const first = this.#first[kind];
    const one = first[index];
    if (one !== undefined) return this.#assembled(kind, index, one.text, 1, one.asked);
    const history = dense ? this.#histories[(index - first.length) / 2] : undefined;
    if (history !== undefined) return this.#told[index] ??= this.#supplied(withSegments(this.#image(history.text), history.segments), 1, 'nobody');
    if (dense && index % 2 === 1) {
      const at = (index >> 1) % HAZARDS;
      this.#bodies ??= fc.sample(anyBody, { numRuns: HAZARDS, seed: this.seed });
      const body = this.#bodies[at] ?? [];
      const key = first.length + at;
      const setting = this.translates ? PAGED[at % (PAGED.length + 1)] : undefined;
      if (setting === undefined) return this.#assembled('pipeline', key, aroundBody(body), body.length, 'both');
      return this.#texts.pipeline[key] ??= this.#supplied(below(setting, body, (text) => this.#image(text)), body.length, 'scoreboard');
    }
    const profile = dense && index % 4 === 0 ? 'physical' : 'all';
    const known = this.#made[profile][index];
    if (known !== undefined) return known;
    const supplied = this.build(this.#makers[profile].make(programNumber(this.seed, index)), profile === 'physical' ? 'both' : 'nobody');
    this.#made[profile][index] = supplied;
    return supplied;
  }

  /** Programs that find again what they have walked for; none for cores that keep nothing. */
  get keepings(): readonly { readonly keeping: Keeping; readonly image: Image }[] {
    return this.#keepings ??= this.translates ? keepings().map((keeping) => ({ keeping, image: withSegments(this.#image(keeping.text), keeping.segments) })) : [];
  }

  build(plan: Plan, asked: Supplied['asked']): Supplied {
    return { plan, program: this.#builder.build(plan), length: lengthOfPlan(plan), asked };
  }

  #image(text: string): Image {
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

  #assembled(kind: 'pipeline' | 'specs', key: number, text: string, length: number, asked: Supplied['asked']): Supplied {
    const known = this.#texts[kind][key];
    if (known !== undefined) return known;
    const supplied = this.#supplied(this.#image(text), length, asked);
    this.#texts[kind][key] = supplied;
    return supplied;
  }

  #supplied(image: Image, length: number, asked: Supplied['asked']): Supplied {
    return { plan: undefined, program: { ...image, inputs: [] }, length, asked };
  }
}
