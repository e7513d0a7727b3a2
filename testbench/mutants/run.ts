/** Mutation testing: hands out mutants to whoever judges, and gathers verdicts. */
import type { Judge, Stage } from './judges.js';
import { LocalJudge } from './judges.js';
import type { Laboratory, Verdict } from './laboratory.js';
import { TABLE_KINDS, type Mutant } from './mutant.js';

export interface MutationOptions {
  /** Who judges, all at the same time; default: this process. */
  readonly judges?: readonly Judge[];
  /** Asked before each mutant: whether to end early. */
  readonly stopped?: () => boolean;
  /** Hears how far it is, after each mutant. */
  readonly onProgress?: (progress: Progress) => void;
  /** Hears one sentence about what went wrong beside the mutants. */
  readonly note?: (text: string) => void;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What has just been judged. */
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** A mutant that counts, with its verdict. */
export type MutantResult = { readonly mutant: Mutant } & Exclude<Verdict, { readonly outcome: 'stillborn' }>;

export interface MutationResults {
  readonly core: string;
  readonly seed: number;
  readonly seconds: number;
  /** In the order of the mutants, whoever judged. */
  readonly results: readonly MutantResult[];
  /** Mutants that `spec check` refuses: not counted. */
  readonly stillborn: number;
  /** Mutants that nobody came to judge. */
  readonly notReached: number;
  /** Rows of the tables. */
  readonly rows: number;
}

/** Judges the mutants of a laboratory. */
export async function mutate(laboratory: Laboratory, options: MutationOptions = {}): Promise<MutationResults> {
  const { judges = [new LocalJudge(laboratory)], stopped = () => false, onProgress, note = () => undefined } = options;
  const { mutants, batch, core, seed, rows } = laboratory;
  const start = performance.now();
  const verdicts: (Verdict | undefined)[] = mutants.map(() => undefined);
  let next = 0;
  let done = 0;
  /** Whether another stage is needed. */
  const judgeOne = async (judge: Judge, mutant: Mutant, number: number, stage: Stage): Promise<boolean> => {
    try {
      const verdict = await judge.judge(number, stage);
      if (verdict === undefined) return true;
      verdicts[number] = verdict;
      onProgress?.({ done: ++done, total: mutants.length, mutant, verdict });
    } catch (error) {
      if (!stopped()) note(`A worker ended while it judged ${mutant.id} (${error instanceof Error ? error.message : String(error)}); this mutant is left out, and another worker takes its place.`);
    }
    return false;
  };
  // Those that are compiled together go to the same judge.
  const lane = async (judge: Judge): Promise<void> => {
    for (let first = next; first < mutants.length && !stopped(); first = next) {
      next += batch;
      let left = mutants.slice(first, first + batch).map((mutant, i) => ({ mutant, number: first + i }));
      for (const stage of ['first', 'late'] as const) {
        const further: typeof left = [];
        for (const one of left) {
          if (stopped()) break;
          if (await judgeOne(judge, one.mutant, one.number, stage)) further.push(one);
        }
        left = further;
      }
    }
    await judge.close();
  };
  await Promise.all(judges.map(lane));
  const results = mutants.flatMap((mutant, i): MutantResult[] => {
    const verdict = verdicts[i];
    return verdict === undefined || verdict.outcome === 'stillborn' ? [] : [{ mutant, ...verdict }];
  });
  return {
    core, seed, rows, seconds: (performance.now() - start) / 1000, results,
    stillborn: verdicts.filter((v) => v?.outcome === 'stillborn').length, notReached: verdicts.filter((v) => v === undefined).length,
  };
}

/** Whether the second score counts a mutant. */
export const countsForTables = ({ mutant, outcome }: MutantResult): boolean => TABLE_KINDS.has(mutant.kind) && outcome !== 'equivalent';
