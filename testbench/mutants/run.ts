/**
 * Mutation testing: every mutant against the tables, then lockstep, then the
 * scoreboard; what survives goes to the prover.
 */
import type { Specs, Uarch } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import { allMutants } from './all.js';
import { prove, type Proof } from './equivalence.js';
import { Foundry, type Cast } from './foundry.js';
import { Killers, type Kill } from './killers.js';
import { TABLE_KINDS, type Mutant } from './mutant.js';
import { Supply } from './supply.js';

export interface MutationOptions {
  readonly specs: Specs;
  /** Name of a core of the specs; the first if absent. */
  readonly core?: string;
  /** Only so many mutants, drawn by the seed. */
  readonly sample?: number;
  /** Only these. */
  readonly only?: (mutant: Mutant) => boolean;
  /** Seconds of random programs for each mutant that the tables leave alive, default 5. */
  readonly secondsPerMutant?: number;
  /** Programs at most, default 2000. */
  readonly programsPerMutant?: number;
  readonly seed?: number;
  /** After each mutant. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly result: MutantResult;
}

/** What became of a mutant. */
export interface MutantResult {
  readonly mutant: Mutant;
  readonly outcome: 'killed' | 'survived' | 'equivalent';
  readonly kill?: Kill;
  readonly proof?: Proof;
  /** Of a survivor: the first effect in which it differs from the original. */
  readonly differs?: string;
}

export interface MutationResults {
  readonly core: string;
  readonly seed: number;
  readonly seconds: number;
  readonly results: readonly MutantResult[];
  /** Mutants that `spec check` refuses: not counted. */
  readonly stillborn: number;
  /** Rows of the tables. */
  readonly rows: number;
}

/** Mutants compiled together. */
const BATCH = 40;
/** Programs before a proof is tried: most mutants die of these. */
const FIRST_PROGRAMS = 200;

/** Draws `count` of a list, in its order. */
function drawn<T>(list: readonly T[], count: number, seed: number): readonly T[] {
  const dice = new Dice(seed);
  return list.map((item, i) => ({ item, i, rank: dice.word() })).sort((a, b) => a.rank - b.rank).slice(0, count).sort((a, b) => a.i - b.i).map(({ item }) => item);
}

/** Runs mutants. Throws if the original itself fails: then a score means nothing. */
export function mutate(options: MutationOptions): MutationResults {
  const { specs, seed = 1, sample, only = () => true, secondsPerMutant = 5, programsPerMutant = 2000, onProgress } = options;
  const uarch = coreOf(specs, options.core);
  const start = performance.now();
  const foundry = new Foundry(specs, uarch);
  const killers = new Killers(specs.isa, uarch, new Supply(specs.isa, seed));
  const all = allMutants(specs.isa, uarch, foundry.original).filter(only);
  const mutants = sample === undefined ? all : drawn(all, sample, seed);
  const results: MutantResult[] = [];
  let stillborn = 0;
  const budget = { seconds: secondsPerMutant, programs: programsPerMutant };
  checkOriginal(foundry, killers);
  for (let at = 0; at < mutants.length; at += BATCH) {
    const batch = foundry.cast(mutants.slice(at, at + BATCH));
    stillborn += batch.stillborn.length;
    for (const cast of batch.casts) {
      const result = judge(cast, killers, budget, foundry);
      results.push(result);
      onProgress?.({ done: results.length + stillborn, total: mutants.length, result });
    }
  }
  return { core: uarch.name, seed, seconds: (performance.now() - start) / 1000, results, stillborn, rows: killers.rows };
}

function coreOf(specs: Specs, name: string | undefined): Uarch {
  const uarch = name === undefined ? specs.cores[0] : specs.cores.find((c) => c.name === name);
  if (uarch === undefined) throw new Error(name === undefined ? 'the specs have no core' : `the specs have no core ${name}`);
  return uarch;
}

/** The original, in the same kind of module, must survive. */
function checkOriginal(foundry: Foundry, killers: Killers): void {
  const nothing: Mutant = { id: 'nothing', kind: 'state', change: { of: 'hardware', apply: (m) => m }, rules: [] };
  const [cast] = foundry.cast([nothing]).casts;
  if (cast === undefined) throw new Error('the original cannot be compiled');
  const kill = killers.tables(cast.core()) ?? killers.waiting(cast.core()) ?? killers.programs(cast.core, { seconds: 30, programs: 100 }, true);
  if (kill !== undefined) throw new Error(`the original fails, so nothing can be said of mutants: ${kill.by}: ${kill.property}`);
}

function judge(cast: Cast, killers: Killers, budget: { readonly seconds: number; readonly programs: number }, foundry: Foundry): MutantResult {
  const { mutant } = cast;
  const timed = mutant.change.of !== 'isa';
  const fresh = cast.core;
  const kill = killers.tables(fresh()) ?? killers.waiting(fresh()) ?? killers.programs(fresh, { ...budget, programs: Math.min(budget.programs, FIRST_PROGRAMS) }, timed);
  if (kill !== undefined) return { mutant, outcome: 'killed', kill };
  // A proof is quicker than a long search in vain.
  const proof = prove(mutant, foundry.original, cast.module, foundry.specs.isa);
  if ('how' in proof) return { mutant, outcome: 'equivalent', proof };
  const found = killers.programs(fresh, budget, timed, FIRST_PROGRAMS);
  return found === undefined ? { mutant, outcome: 'survived', differs: proof.differs } : { mutant, outcome: 'killed', kill: found };
}

/** Whether the second score counts a mutant. */
export const countsForTables = ({ mutant, outcome }: MutantResult): boolean => TABLE_KINDS.has(mutant.kind) && outcome !== 'equivalent';
