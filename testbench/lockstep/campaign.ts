/**
 * Many random programs in lockstep, outside of any test runner.
 *
 * Program `i` of a seed is one number ({@link programNumber}), so that a
 * failure can be repeated without the programs before it.
 */
import { setImmediate } from 'node:timers/promises';
import type { CompiledCore } from '../../model/compile.js';
import type { Outcome } from '../../model/machine/outcome.js';
import type { Isa } from '../../model/spec/isa.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import type { Profile } from '../arbitraries/profile.js';
import type { Plan } from '../arbitraries/program.js';
import { everySimpler } from '../arbitraries/shrink.js';
import { Coverage } from '../coverage/coverage.js';
import { causeOf } from './cause.js';
import { Lockstep, type Divergence, type LockstepOptions, type LockstepResult } from './lockstep.js';
import { ObservedCore } from './observed.js';
import { restarts } from './restart.js';

/** What a campaign is asked for. It ends when `programs` are run, `seconds` are over or there are enough failures. */
export interface CampaignOptions {
  /** The observed variant. */
  readonly core: CompiledCore;
  readonly isa: Isa;
  readonly seed: number;
  /** What the programs are mostly made of; `all` if not given. */
  readonly profile?: Profile;
  readonly programs?: number;
  readonly seconds?: number;
  /** Failures after which to stop; 3 if not given. */
  readonly failures?: number;
  /** Heard about four times a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Asked as often: the campaign ends where it is. */
  readonly isStopped?: () => boolean;
}

export interface Progress {
  readonly programs: number;
  readonly instructions: number;
  readonly seconds: number;
  readonly failures: number;
}

/** A divergence, after shrinking. */
export interface CampaignFailure {
  /** Number of the program as drawn. */
  readonly number: number;
  /** The smallest program found that differs for the same cause. */
  readonly plan: Plan;
  readonly program: BuiltProgram;
  readonly divergence: Divergence;
}

export interface CampaignResult {
  readonly programs: number;
  /** Retired; traps and interrupts not counted. */
  readonly instructions: number;
  readonly records: number;
  readonly cycles: bigint;
  readonly seconds: number;
  /** How the programs ended. */
  readonly outcomes: Readonly<Partial<Record<Outcome['kind'], number>>>;
  readonly coverage: Coverage;
  readonly failures: readonly CampaignFailure[];
}

/** Enough for nearly every program to end by itself, and few enough for those that never do. */
export const PROGRAM_LIMITS = { maxCycles: 3000, maxRecords: 600, maxTraps: 40 } as const satisfies LockstepOptions;

/** Runs that shrinking one failure may take. */
const SHRINK_RUNS = 4000;
const PROGRESS_MILLISECONDS = 250;

/** Number of the i-th program of a seed: neighbours are far apart. */
export const programNumber = (seed: number, i: number): number => Math.imul(seed ^ Math.imul(i + 1, 0x9e37_79b1), 0x85eb_ca6b) | 0;

/** Runs random programs until told to stop. */
export class Campaign {
  readonly maker: PlanMaker;
  readonly builder: Builder;
  readonly coverage: Coverage;
  readonly #lockstep: Lockstep;
  readonly #isa: Isa;

  constructor({ core, isa, profile = 'all' }: Pick<CampaignOptions, 'core' | 'isa' | 'profile'>) {
    this.#isa = isa;
    this.maker = new PlanMaker(isa, profile);
    this.builder = new Builder(this.maker.shapes);
    this.coverage = new Coverage(isa);
    this.#lockstep = new Lockstep(new ObservedCore(core));
  }

  /** Runs a plan and counts what agrees. */
  run(plan: Plan): LockstepResult {
    const program = this.builder.build(plan);
    const { coverage } = this;
    coverage.start(program.items[0] ?? program.entry);
    return this.#lockstep.run(program, { ...PROGRAM_LIMITS, inputs: program.inputs, onRecord: (o) => coverage.see(o) });
  }

  /** The smallest program that still differs for the same cause; counts nothing. */
  shrink(number: number, plan: Plan, divergence: Divergence): CampaignFailure {
    const { subject } = causeOf(divergence, this.#isa);
    let smallest = { plan, divergence };
    let runs = 0;
    const taken = (candidates: Iterable<Plan>): boolean => {
      for (const candidate of candidates) {
        if (++runs > SHRINK_RUNS) return false;
        const program = this.builder.build(candidate);
        const result = this.#lockstep.run(program, { ...PROGRAM_LIMITS, inputs: program.inputs });
        if (result.kind === 'agreed' || causeOf(result.divergence, this.#isa).subject !== subject) continue;
        smallest = { plan: candidate, divergence: result.divergence };
        return true;
      }
      return false;
    };
    const { shapes } = this.maker;
    taken(restarts(plan, divergence, this.#isa, shapes));
    while (taken(everySimpler(smallest.plan, shapes)));
    return { number, ...smallest, program: this.builder.build(smallest.plan) };
  }
}

/** Runs a campaign to its end; other things get their turn four times a second. */
export async function campaign(options: CampaignOptions): Promise<CampaignResult> {
  const { seed, programs = options.seconds === undefined ? 1000 : Infinity, seconds = Infinity, failures: most = 3, onProgress, isStopped } = options;
  const runner = new Campaign(options);
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1000;
  const outcomes: Partial<Record<Outcome['kind'], number>> = {};
  const failures: CampaignFailure[] = [];
  let done = 0;
  let records = 0;
  let cycles = 0n;
  let told = began;
  const instructions = (): number => [...runner.coverage.modes.values()].reduce((a, b) => a + b, 0);
  while (done < programs && failures.length < most) {
    const now = performance.now();
    if ((now - began) / 1000 >= seconds) break;
    if (now - told >= PROGRESS_MILLISECONDS) {
      told = now;
      await setImmediate();
      if (isStopped?.() === true) break;
      onProgress?.({ programs: done, instructions: instructions(), seconds: elapsed(), failures: failures.length });
    }
    const number = programNumber(seed, done);
    const plan = runner.maker.make(number);
    const result = runner.run(plan);
    done++;
    records += result.records;
    cycles += result.cycles;
    if (result.kind === 'diverged') failures.push(runner.shrink(number, plan, result.divergence));
    else outcomes[result.outcome.kind] = (outcomes[result.outcome.kind] ?? 0) + 1;
  }
  return { programs: done, instructions: instructions(), records, cycles, seconds: elapsed(), outcomes, coverage: runner.coverage, failures };
}
