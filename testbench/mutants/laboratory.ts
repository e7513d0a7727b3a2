/**
 * Where mutants are judged, in two stages. At first each meets what most of its
 * kind die of: a few programs (unless the tables have the duty to kill it), the
 * rows of the tables that seem to be about it, WFI's waiting, a quick look at
 * whether it is equivalent. What is left of a batch is watched for (`watch.ts`)
 * while the original runs everything once; then each meets only what stirs it,
 * and the prover.
 */
import type { Specs, Uarch } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import { allMutants } from './all.js';
import { prove, proveQuickly, type Proof } from './equivalence.js';
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
  /** `differs`: the first effect in which it is not known to do the same; `stirredBy`: the rows and programs in which some wire or register differed for a moment, to no avail. */
  | { readonly outcome: 'survived'; readonly differs: string; readonly stirredBy: number }
  /** `spec check` refuses it: nobody could have shipped it, and it is not counted. */
  | { readonly outcome: 'stillborn'; readonly why: string };

/** Mutants compiled together, at most. */
const BATCH = 120;
/** Programs before the tables, for what the tables need not kill: most of it dies of these, and sooner. */
const QUICK_PROGRAMS = 60;
/** Rows of the first stage: those that a mutant is about are rarely more. */
const FIRST_ROWS = 1000;
/** Programs that stir a mutant before a thorough proof is tried: a proof is quicker than a long search in vain. */
const FIRST_PROGRAMS = 100;
/** Programs that the original must pass: all landings, and some of every kind. */
const ORIGINAL_PROGRAMS = 300;

const numbers = (from: number, to: number): readonly number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** Draws `count` of a list, in its order. */
function drawn<T>(list: readonly T[], count: number, seed: number): readonly T[] {
  const dice = new Dice(seed);
  return list.map((item, i) => ({ item, i, rank: dice.word() })).sort((a, b) => a.rank - b.rank).slice(0, count).sort((a, b) => a.i - b.i).map(({ item }) => item);
}

/** By number of a mutant, what stirs it. */
type Stirrings = ReadonlyMap<number, { readonly rows: readonly number[]; readonly programs: readonly number[] }>;

/** The batch that is being judged. */
interface Open {
  readonly start: number;
  readonly batch: Batch;
  /** What the first stage said, by number. */
  readonly first: Map<number, { readonly verdict: Verdict | undefined }>;
  stirrings: Stirrings | undefined;
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
  #open: Open | undefined;

  constructor({ specs, core, sample, only = () => true, programs = 2000, seconds = Infinity, seed = 1 }: LaboratoryOptions) {
    const uarch = coreOf(specs, core);
    this.core = uarch.name;
    this.seed = seed;
    this.#foundry = new Foundry(specs, uarch);
    this.#killers = new Killers(specs.isa, uarch, new Supply(specs.isa, seed, uarch.translation !== undefined));
    this.#budget = { seconds, programs };
    const all = allMutants(specs.isa, uarch, this.#foundry.original).filter(only);
    this.mutants = sample === undefined ? all : drawn(all, sample, seed);
    this.batch = Math.max(1, Math.min(BATCH, Math.ceil(this.mutants.length / 2)));
  }

  /** Rows of the tables. */
  get rows(): number {
    return this.#killers.rows.length;
  }

  /** What kills the original, in the same kind of module: then verdicts mean nothing. */
  original(): Kill | undefined {
    const nothing: Mutant = { id: 'nothing', kind: 'state', change: { of: 'hardware', apply: (m) => m }, rules: [] };
    const [cast] = this.#foundry.cast([nothing]).casts;
    if (cast === undefined) throw new Error('the original cannot be laid over itself');
    const { core } = cast;
    return this.#killers.tables(core(), this.#killers.rowsFor(nothing)) ?? this.#killers.waiting(core()) ?? this.#killers.keeping(core()) ?? this.#programs(cast, numbers(0, ORIGINAL_PROGRAMS));
  }

  /** Judges a mutant by its number, as far as that is quick; those of a batch one after the other are compiled once. */
  first(number: number): Verdict | undefined {
    const mutant = this.mutants[number];
    if (mutant === undefined) throw new Error(`there is no mutant ${number}`);
    const at = this.#batchOf(number);
    const known = at.first.get(number);
    if (known !== undefined) return known.verdict;
    const verdict = this.#first(mutant, at.batch);
    at.first.set(number, { verdict });
    return verdict;
  }

  #first(mutant: Mutant, { casts, stillborn }: Batch): Verdict | undefined {
    const cast = casts.find((c) => c.mutant === mutant);
    if (cast === undefined) return { outcome: 'stillborn', why: stillborn.find((s) => s.mutant === mutant)?.why ?? '' };
    const { core } = cast;
    const kill = this.#programs(cast, numbers(0, this.#quick(mutant)))
      ?? this.#killers.tables(core(), this.#killers.rowsFor(mutant).slice(0, FIRST_ROWS)) ?? this.#killers.waiting(core()) ?? this.#killers.keeping(core());
    if (kill !== undefined) return { outcome: 'killed', kill };
    const proof = proveQuickly(mutant, this.#foundry.original, cast.module, this.#foundry.specs.isa);
    return proof === undefined ? undefined : { outcome: 'equivalent', proof };
  }

  /** Judges a mutant of which {@link first} says nothing. */
  late(number: number): Verdict {
    const at = this.#batchOf(number);
    const known = this.first(number);
    if (known !== undefined) return known;
    const left = numbers(at.start, Math.min(at.start + this.batch, this.mutants.length)).filter((n) => this.first(n) === undefined);
    at.stirrings ??= this.#stirrings(left, at.batch);
    const stirred = at.stirrings.get(number);
    const cast = this.#castOf(number, at.batch);
    if (cast === undefined || stirred === undefined) throw new Error(`mutant ${number} was not watched for`);
    const [some, more] = [stirred.programs.slice(0, FIRST_PROGRAMS), stirred.programs.slice(FIRST_PROGRAMS)];
    const kill = this.#killers.tables(cast.core(), stirred.rows) ?? this.#programs(cast, some);
    if (kill !== undefined) return { outcome: 'killed', kill };
    const stirredBy = stirred.rows.length + stirred.programs.length;
    const proof = prove(cast.mutant, this.#foundry.original, cast.module, this.#foundry.specs.isa);
    if ('how' in proof) return { outcome: 'equivalent', proof };
    const found = this.#programs(cast, more);
    return found === undefined ? { outcome: 'survived', differs: proof.differs, stirredBy } : { outcome: 'killed', kill: found };
  }

  #quick({ kind }: Mutant): number {
    return TABLE_KINDS.has(kind) ? 0 : Math.min(QUICK_PROGRAMS, this.#budget.programs);
  }

  #programs({ mutant, core }: Cast, which: readonly number[]): Kill | undefined {
    return this.#killers.programs(core, which, isTimed(mutant), this.#budget.seconds);
  }

  #castOf(number: number, { casts }: Batch): Cast | undefined {
    return casts.find((c) => c.mutant === this.mutants[number]);
  }

  /** What stirs mutants, of the rows and programs that they have not met. */
  #stirrings(left: readonly number[], batch: Batch): Stirrings {
    const casts = left.flatMap((number) => this.#castOf(number, batch) ?? []);
    const scout = this.#foundry.scout(casts);
    const rows = scout.rows(this.#killers.rows);
    const programs = [false, true].map((timed) => (casts.every((c) => isTimed(c.mutant) !== timed) ? [] :
      scout.programs(numbers(0, this.#budget.programs), (n) => this.#killers.supply.at(n, timed))));
    return new Map(casts.map(({ mutant }, i) => {
      const met = new Set(this.#killers.rowsFor(mutant).slice(0, FIRST_ROWS));
      return [left[i] ?? 0, {
        rows: rows[i]?.filter((n) => !met.has(n)) ?? [],
        programs: programs[Number(isTimed(mutant))]?.[i]?.filter((n) => n >= this.#quick(mutant)) ?? [],
      }];
    }));
  }

  #batchOf(number: number): Open {
    const start = number - (number % this.batch);
    if (this.#open?.start !== start) this.#open = { start, batch: this.#foundry.cast(this.mutants.slice(start, start + this.batch)), first: new Map(), stirrings: undefined };
    return this.#open;
  }
}

/** Whether its mistake may show in nothing but time: a mutant of the specs has the original's pipeline. */
const isTimed = ({ change }: Mutant): boolean => change.of !== 'isa';

function coreOf(specs: Specs, name: string | undefined): Uarch {
  const uarch = name === undefined ? specs.cores[0] : specs.cores.find((c) => c.name === name);
  if (uarch === undefined) throw new Error(name === undefined ? 'the specs have no core' : `the specs have no core ${name}`);
  return uarch;
}
