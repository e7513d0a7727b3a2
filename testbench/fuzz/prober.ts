/**
 * Runs plans in lockstep in this process: makes or mutates them, sees which
 * points they reach, keeps those that reach something new, and makes failing
 * ones smaller.
 */
import type { CompiledCore } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import { Builder } from '../arbitraries/build.js';
import { Dice } from '../arbitraries/dice.js';
import { PlanMaker } from '../arbitraries/maker.js';
import type { Profile } from '../arbitraries/profile.js';
import type { Plan } from '../arbitraries/program.js';
import { everySimpler } from '../arbitraries/shrink.js';
import { PROGRAM_LIMITS, programNumber } from '../lockstep/campaign.js';
import { Lockstep, type Divergence } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { restarts } from '../lockstep/restart.js';
import { Collector } from './collector.js';
import { Corpus, type Corrupt } from './corpus.js';
import { Findings } from './findings.js';
import { Mutator } from './mutate.js';
import { signatureOf } from './signature.js';
import { NO_TIMES, sum, timesOf, type Times } from './time-shares.js';

/** What a prober is made for. */
export interface ProberOptions {
  /** The observed variant. */
  readonly core: CompiledCore;
  readonly isa: Isa;
  readonly profile: Profile;
  readonly seed: number;
  /** Folder of the corpus; undefined keeps it in memory. */
  readonly corpus?: string;
  /** Folder in which a failing plan lies until it has been made smaller; undefined writes none. */
  readonly findings?: string;
  /** Called before every program. */
  readonly onProgram?: () => void;
}

/** Programs to run. */
export interface Chunk {
  /** Number of the first program in the seed, and how many. */
  readonly first: number;
  readonly count: number;
  /** Points reached so far by anybody: a byte each. */
  readonly known: Uint8Array;
  /** Signatures of failures that are known. */
  readonly signatures: readonly string[];
  /** Whether to leave every program on the disk while it runs: a worker has died at one of these. */
  readonly careful?: boolean;
}

/** A program that makes the two part. */
export interface Finding {
  readonly signature: string;
  readonly program: number;
  readonly plan: Plan;
  /** Where it has been saved. */
  readonly file: string | undefined;
}

/** What came of a chunk. */
export interface ChunkResult {
  /** Programs run: all of them, or those up to the finding. */
  readonly programs: number;
  readonly instructions: number;
  /** Of the programs that were timed. */
  readonly times: Times;
  /** Points reached that were not known, in order. */
  readonly points: readonly number[];
  /** Programs that differed as known failures do, by signature. */
  readonly again: Readonly<Record<string, number>>;
  /** A failure of a new signature ends the chunk. */
  readonly finding: Finding | undefined;
  readonly corrupt: readonly Corrupt[];
  /** Why something could not be saved. */
  readonly unsaved: string | undefined;
}

/** A plan on its way to be small. */
export interface Shrinking {
  readonly plan: Plan;
  /** Numbers of the candidates taken so far; negative for one of those that begin where the program diverges. */
  readonly path: readonly number[];
  /** Candidates of this plan tried already. */
  readonly from: number;
  /** Nothing simpler differs in the same way. */
  readonly done: boolean;
}

/** How a plan ran. */
export type Probe = { readonly kind: 'agreed'; readonly points: readonly number[] } | { readonly kind: 'diverged'; readonly divergence: Divergence; readonly signature: string };

/** Of so many programs one is drawn anew, the others come from the corpus. */
const FRESH_ONE_IN = 3;
/** Of so many programs one is run again to be timed. */
const TIMED_ONE_IN = 128;
/** Programs of the corpus that count as recent, and are taken half of the time. */
const RECENT = 64;

export class Prober {
  readonly maker: PlanMaker;
  readonly builder: Builder;
  readonly collector: Collector;
  readonly corpus: Corpus;
  readonly #mutator: Mutator;
  readonly #core: ObservedCore;
  readonly #lockstep: Lockstep;
  readonly #findings: Findings;
  /** Instructions retired so far. */
  #instructions = 0;

  constructor(readonly options: ProberOptions) {
    const { core, isa, profile } = options;
    this.maker = new PlanMaker(isa, profile);
    this.builder = new Builder(this.maker.shapes);
    this.corpus = new Corpus(options.corpus, this.maker.shapes);
    this.#mutator = new Mutator(this.maker, () => this.corpus.plans);
    this.#findings = new Findings(options.findings, this.maker.shapes);
    this.#core = new ObservedCore(core);
    this.#lockstep = new Lockstep(this.#core);
    this.collector = new Collector(isa, this.#core);
  }

  /** Runs a plan. */
  probe(plan: Plan): Probe {
    this.options.onProgram?.();
    try {
      const program = this.builder.build(plan);
      const result = this.#lockstep.run(program, { ...PROGRAM_LIMITS, inputs: program.inputs });
      this.#instructions += this.collector.instructions;
      if (result.kind === 'agreed') return { kind: 'agreed', points: this.collector.reached() };
      return { kind: 'diverged', divergence: result.divergence, signature: signatureOf(result.divergence, this.options.isa) };
    } catch (error) {
      const divergence = brokenDown(error);
      return { kind: 'diverged', divergence, signature: signatureOf(divergence, this.options.isa) };
    }
  }

  /** Runs what the corpus has, so that its points are known. */
  recall(): ChunkResult {
    const { added, corrupt } = this.corpus.refresh();
    const known = new Uint8Array(this.collector.table.size);
    const before = this.#instructions;
    const points: number[] = [];
    for (const [i, plan] of added.entries()) {
      const probe = this.probe(plan);
      if (probe.kind === 'agreed') points.push(...learn(known, probe.points));
      else return this.#result(i + 1, before, points, {}, { finding: this.#finding(probe.signature, 0, plan), corrupt });
    }
    return this.#result(added.length, before, points, {}, { corrupt });
  }

  /** Runs programs of the seed. */
  run({ first, count, known: given, signatures, careful = false }: Chunk): ChunkResult {
    const { corrupt } = this.corpus.refresh();
    const known = Uint8Array.from(given);
    const old = new Set(signatures);
    const before = this.#instructions;
    const points: number[] = [];
    const again: Record<string, number> = {};
    let unsaved: string | undefined;
    let times = NO_TIMES;
    for (let i = 0; i < count; i++) {
      const program = first + i;
      const plan = this.planOf(program);
      if (careful) this.#findings.begin({ plan, seed: this.options.seed, program, points: [] });
      const probe = this.probe(plan);
      if (careful) this.#findings.end();
      if (probe.kind === 'agreed') {
        if (program % TIMED_ONE_IN === 0) times = sum(times, this.#timesOf(program, plan));
        const fresh = learn(known, probe.points);
        if (fresh.length === 0) continue;
        points.push(...fresh);
        unsaved ??= this.corpus.add({ plan, seed: this.options.seed, program, points: fresh.map((p) => this.collector.table.name(p)) })?.message;
      } else if (old.has(probe.signature)) again[probe.signature] = (again[probe.signature] ?? 0) + 1;
      else return this.#result(i + 1, before, points, again, { finding: this.#finding(probe.signature, program, plan), corrupt, unsaved, times });
    }
    return this.#result(count, before, points, again, { corrupt, unsaved, times });
  }

  /** Where the time of a program goes that has agreed. */
  #timesOf(number: number, plan: Plan): Times {
    const program = this.builder.build(plan);
    return timesOf({
      program, core: this.#core, lockstep: this.#lockstep,
      making: () => void this.builder.build(this.planOf(number)),
      points: () => void this.collector.reached(),
    });
  }

  /** The plan of a number: drawn, or made from the corpus as it is now. */
  planOf(program: number): Plan {
    const number = programNumber(this.options.seed, program);
    const dice = new Dice(~number);
    const { plans } = this.corpus;
    if (plans.length === 0 || dice.oneIn(FRESH_ONE_IN)) return this.maker.make(number);
    const recent = Math.min(plans.length, RECENT);
    const parent = dice.oneIn(2) ? dice.pick(plans) : plans[plans.length - 1 - dice.below(recent)];
    return parent === undefined ? this.maker.make(number) : this.#mutator.mutate(parent, dice);
  }

  /** Goes on making a failing plan smaller, for so many milliseconds; it keeps its signature. */
  shrink(state: Shrinking, signature: string, milliseconds: number): Shrinking {
    const end = performance.now() + milliseconds;
    const restarted = state.path.length === 0 && state.from === 0 ? this.#restarted(state.plan, signature) : undefined;
    let { plan, from } = restarted ?? state;
    const path = [...(restarted ?? state).path];
    for (let found = true; found; ) {
      found = false;
      let number = 0;
      for (const candidate of everySimpler(plan, this.maker.shapes)) {
        if (number++ < from) continue;
        if (performance.now() > end) return { plan, path, from: number - 1, done: false };
        const probe = this.probe(candidate);
        if (probe.kind === 'agreed' || probe.signature !== signature) continue;
        plan = candidate;
        path.push(number - 1);
        found = true;
        break;
      }
      from = 0;
    }
    return { plan, path, from: 0, done: true };
  }

  /** The plan begun anew where it diverges, if it diverges there alike. */
  #restarted(plan: Plan, signature: string): Shrinking | undefined {
    const probe = this.probe(plan);
    if (probe.kind !== 'diverged') return undefined;
    for (const [i, candidate] of restarts(plan, probe.divergence, this.options.isa, this.maker.shapes).entries()) {
      const again = this.probe(candidate);
      if (again.kind === 'diverged' && again.signature === signature) return { plan: candidate, path: [-1 - i], from: 0, done: false };
    }
    return undefined;
  }

  #finding(signature: string, program: number, plan: Plan): Finding {
    const file = this.#findings.save({ plan, seed: this.options.seed, program, points: [] });
    return { signature, program, plan, file };
  }

  #result(
    programs: number, before: number, points: readonly number[], again: ChunkResult['again'],
    rest: { readonly finding?: Finding | undefined; readonly corrupt: readonly Corrupt[]; readonly unsaved?: string | undefined; readonly times?: Times },
  ): ChunkResult {
    return { programs, instructions: this.#instructions - before, points, again, finding: rest.finding, corrupt: rest.corrupt, unsaved: rest.unsaved, times: rest.times ?? NO_TIMES };
  }
}

/** Notes points; those that were not known. */
function learn(known: Uint8Array, points: readonly number[]): readonly number[] {
  const fresh = points.filter((p) => known[p] === 0);
  for (const point of fresh) known[point] = 1;
  return fresh;
}

/** The program could not be built, or its points not counted: a failure as well. */
function brokenDown(thrown: unknown): Divergence {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { kind: 'error', observation: undefined, reference: undefined, differences: [{ what: 'internal error', model: error.message.split('\n')[0] ?? '', reference: 'none' }], error };
}
