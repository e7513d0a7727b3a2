/**
 * Where mutants are judged: by the tables, by WFI's waiting and by programs
 * (a few of which come first where the tables have no duty to kill); those that live through a first few programs go to the prover, and what is
 * not proven equivalent gets the rest of the programs.
 */
import type { Specs, Uarch } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import { allMutants } from './all.js';
import { prove, type Proof } from './equivalence.js';
import { Foundry, type Batch, type Cast } from './foundry.js';
import { Killers, type Kill } from './killers.js';
import { TABLE_KINDS, type Mutant } from './mutant.js';
import { Supply } from './supply.js';

export interface LaboratoryOptions {
  readonly specs: Specs;
  /** Name of a core of the specs; the first if absent. */
  readonly core?: string;
  /** Only so many mutants, drawn by the seed. */
  readonly sample?: number;
  /** Only these. */
  readonly only?: (mutant: Mutant) => boolean;
  /** Programs for each mutant that the tables leave alive, default 2000. */
  readonly programs?: number;
  /** Seconds for them at most, default unlimited. With a limit, what survives depends on the machine. */
  readonly seconds?: number;
  /** Of sample and programs, default 1. */
  readonly seed?: number;
}

/** What became of a mutant. */
export type Verdict =
  | { readonly outcome: 'killed'; readonly kill: Kill }
  | { readonly outcome: 'equivalent'; readonly proof: Proof }
  /** `differs`: the first effect in which it is not known to do the same. */
  | { readonly outcome: 'survived'; readonly differs: string }
  /** `spec check` refuses it: nobody could have shipped it, and it is not counted. */
  | { readonly outcome: 'stillborn'; readonly why: string };

/** Mutants compiled together, at most. */
const BATCH = 40;
/** Programs before the tables, for what the tables need not kill: most of it dies of these, and sooner. */
const QUICK_PROGRAMS = 60;
/** Programs before a proof is tried: most mutants die of these. */
const FIRST_PROGRAMS = 200;
/** Programs that the original must pass: all landings, and some of every kind. */
const ORIGINAL_PROGRAMS = 300;

/** Draws `count` of a list, in its order. */
function drawn<T>(list: readonly T[], count: number, seed: number): readonly T[] {
  const dice = new Dice(seed);
  return list.map((item, i) => ({ item, i, rank: dice.word() })).sort((a, b) => a.rank - b.rank).slice(0, count).sort((a, b) => a.i - b.i).map(({ item }) => item);
}

/** The mutants of a core, and everything that can kill one. A verdict depends on the options alone, not on what was judged before. */
export class Laboratory {
  readonly core: string;
  readonly seed: number;
  readonly mutants: readonly Mutant[];
  /** Mutants compiled together: numbers n·batch and following. */
  readonly batch: number;
  readonly #foundry: Foundry;
  readonly #killers: Killers;
  readonly #budget: { readonly seconds: number; readonly programs: number };
  #cast: { readonly first: number; readonly batch: Batch } | undefined;

  constructor({ specs, core, sample, only = () => true, programs = 2000, seconds = Infinity, seed = 1 }: LaboratoryOptions) {
    const uarch = coreOf(specs, core);
    this.core = uarch.name;
    this.seed = seed;
    this.#foundry = new Foundry(specs, uarch);
    this.#killers = new Killers(specs.isa, uarch, new Supply(specs.isa, seed));
    this.#budget = { seconds, programs };
    const all = allMutants(specs.isa, uarch, this.#foundry.original).filter(only);
    this.mutants = sample === undefined ? all : drawn(all, sample, seed);
    this.batch = Math.max(1, Math.min(BATCH, Math.ceil(this.mutants.length / 2)));
  }

  /** Rows of the tables. */
  get rows(): number {
    return this.#killers.rows;
  }

  /** What kills the original, in the same kind of module: then verdicts mean nothing. */
  original(): Kill | undefined {
    const nothing: Mutant = { id: 'nothing', kind: 'state', change: { of: 'hardware', apply: (m) => m }, rules: [] };
    const [cast] = this.#foundry.cast([nothing]).casts;
    if (cast === undefined) throw new Error('the original cannot be laid over itself');
    return this.#kill(cast, ORIGINAL_PROGRAMS);
  }

  /** Judges a mutant by its number; those of a batch one after the other are compiled once. */
  judge(number: number): Verdict {
    const mutant = this.mutants[number];
    if (mutant === undefined) throw new Error(`there is no mutant ${number}`);
    const { casts, stillborn } = this.#batchOf(number);
    const cast = casts.find((c) => c.mutant === mutant);
    if (cast === undefined) return { outcome: 'stillborn', why: stillborn.find((s) => s.mutant === mutant)?.why ?? '' };
    const kill = this.#kill(cast, Math.min(this.#budget.programs, FIRST_PROGRAMS));
    if (kill !== undefined) return { outcome: 'killed', kill };
    // A proof is quicker than a long search in vain.
    const proof = prove(mutant, this.#foundry.original, cast.module, this.#foundry.specs.isa);
    if ('how' in proof) return { outcome: 'equivalent', proof };
    const found = this.#killers.programs(cast.core, this.#budget, isTimed(mutant), FIRST_PROGRAMS);
    return found === undefined ? { outcome: 'survived', differs: proof.differs } : { outcome: 'killed', kill: found };
  }

  #kill({ mutant, core }: Cast, programs: number): Kill | undefined {
    const timed = isTimed(mutant);
    const quick = TABLE_KINDS.has(mutant.kind) ? 0 : Math.min(QUICK_PROGRAMS, programs);
    const run = (first: number, end: number): Kill | undefined => this.#killers.programs(core, { ...this.#budget, programs: end }, timed, first);
    return run(0, quick) ?? this.#killers.tables(core(), mutant) ?? this.#killers.waiting(core()) ?? run(quick, programs);
  }

  #batchOf(number: number): Batch {
    const first = number - (number % this.batch);
    if (this.#cast?.first !== first) this.#cast = { first, batch: this.#foundry.cast(this.mutants.slice(first, first + this.batch)) };
    return this.#cast.batch;
  }
}

/** Whether its mistake may show in nothing but time: a mutant of the specs has the original's pipeline. */
const isTimed = ({ change }: Mutant): boolean => change.of !== 'isa';

function coreOf(specs: Specs, name: string | undefined): Uarch {
  const uarch = name === undefined ? specs.cores[0] : specs.cores.find((c) => c.name === name);
  if (uarch === undefined) throw new Error(name === undefined ? 'the specs have no core' : `the specs have no core ${name}`);
  return uarch;
}
