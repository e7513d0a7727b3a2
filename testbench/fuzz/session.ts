/**
 * A fuzzing session: hands out programs, keeps what they reach and where they
 * fail, until it has run enough or is stopped.
 */
import { lengthOfPlan } from '../arbitraries/program.js';
import type { KeptFolder, SmallFailure } from './failure-folder.js';
import type { Executor } from './executor.js';
import { Findings, type FoundFile } from './findings.js';
import type { ChunkResult, Finding, Prober, Shrinking } from './prober.js';
import type { Excluded } from './points.js';
import { NO_TIMES, shares, sum, type Times } from './time-shares.js';

/** When a session ends, and who hears of it. */
export interface SessionOptions {
  readonly seed: number;
  readonly jobs: number;
  readonly programs: number;
  readonly seconds: number;
  /** Folder where workers leave failing programs; undefined if they do not. */
  readonly findings?: string;
  /** Makes the folder of a failure, or makes it anew when the failure has become smaller. */
  readonly keep: (failed: SmallFailure) => Promise<KeptFolder>;
  /** Milliseconds for making a new failure smaller at once; the others at the end together. */
  readonly shrinking?: { readonly atOnce: number; readonly atEnd: number };
  /** Hears one sentence about what went wrong beside the programs. */
  readonly note: (text: string) => void;
  /** Hears how far it is, after every chunk. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly programs: number;
  readonly instructions: number;
  readonly seconds: number;
  readonly pointsReached: number;
  readonly pointsTotal: number;
  /** The point reached last. */
  readonly newest: string | undefined;
  readonly failures: number;
}

/** A failure and all that are like it. */
export interface KeptFailure {
  readonly signature: string;
  /** Undefined if there is none: `text` is all that there is. */
  readonly directory: string | undefined;
  /** Number of the program in the seed. */
  readonly program: number;
  /** Instructions of the body. */
  readonly length: number;
  /** Programs that failed so. */
  readonly count: number;
  readonly text: string;
}

export interface SessionResult extends Omit<Progress, 'failures' | 'newest'> {
  readonly failures: readonly KeptFailure[];
  /** What bounds the speed: shares of the time of a program. */
  readonly shares: Times;
  /** Points that nothing has reached. */
  readonly missing: readonly string[];
  /** Points that nothing can reach, and why; they are not in the total. */
  readonly excluded: readonly Excluded[];
}

/** Programs that are handed out at once. */
const CHUNK = 128;
const SHRINK_SLICE = 200;
/** One mistake that nearly every program trips over must not be all that a session does. */
const SHRINKING = { atOnce: 2_000, atEnd: 60_000 };
/** Workers that may die without one finishing anything in between. */
const MOST_DEATHS = 5;
/** More are one mistake in many clothes. */
const MOST_FAILURES = 100;

interface Range {
  first: number;
  count: number;
  /** A worker has died at it: each program lies on the disk while it runs. */
  careful: boolean;
}

/** A failure that has been kept before it was as small as it gets. */
interface Unfinished {
  readonly failed: SmallFailure;
  readonly state: Shrinking;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Session {
  readonly #known: Uint8Array;
  readonly #failures = new Map<string, { count: number; kept: Omit<KeptFailure, 'count'> | undefined }>();
  readonly #findings: Findings;
  readonly #told = new Set<string>();
  readonly #unfinished: Unfinished[] = [];
  readonly #again: Range[] = [];
  #began = 0;
  #handed = 0;
  #programs = 0;
  #instructions = 0;
  #reached = 0;
  #newest: string | undefined;
  #deaths = 0;
  #times = NO_TIMES;
  #stopped = false;

  /** @param prober - Of this process: it knows the names, and runs what is left from before. */
  constructor(readonly prober: Prober, readonly executor: Executor, readonly options: SessionOptions) {
    this.#known = new Uint8Array(prober.collector.table.size);
    this.#findings = new Findings(options.findings, prober.maker.shapes);
  }

  /** Ends soon: what runs is finished, what is being made smaller is kept as it is. */
  stop(): void {
    this.#stopped = true;
  }

  /** Runs to the end, and has no worker left then, however that comes. */
  async run(): Promise<SessionResult> {
    try {
      return await this.#runToEnd();
    } finally {
      this.stop();
      await this.executor.close();
    }
  }

  async #runToEnd(): Promise<SessionResult> {
    this.#began = performance.now();
    const recalled = this.prober.recall();
    await this.#merge(recalled);
    this.#programs = 0;
    this.#instructions = 0;
    await this.#dealWithLeft();
    for (const file of this.#findings.deadly().files) await this.#keepDeadly(file, 'in an earlier session');
    await Promise.all(Array.from({ length: this.options.jobs }, () => this.#lane()));
    await this.#dealWithLeft();
    await this.#finishShrinking();
    const { table } = this.prober.collector;
    const failures = [...this.#failures.values()].flatMap(({ kept, count }) => (kept === undefined ? [] : [{ ...kept, count }]));
    const { failures: _, newest: __, ...progress } = this.progress;
    return { ...progress, failures, shares: shares(this.#times), missing: table.names.filter((___, point) => this.#known[point] === 0 && table.excludes(point) === undefined), excluded: table.excluded };
  }

  get progress(): Progress {
    return {
      programs: this.#programs, instructions: this.#instructions, seconds: (performance.now() - this.#began) / 1000,
      pointsReached: this.#reached, pointsTotal: this.prober.collector.table.reachable, newest: this.#newest, failures: this.#failures.size,
    };
  }

  get #over(): boolean {
    return this.#stopped || performance.now() - this.#began >= this.options.seconds * 1000;
  }

  #next(): Range | undefined {
    if (this.#over) return undefined;
    const again = this.#again.shift();
    if (again !== undefined) return again;
    const count = Math.min(CHUNK, this.options.programs - this.#handed);
    if (count <= 0) return undefined;
    const range = { first: this.#handed, count, careful: false };
    this.#handed += count;
    return range;
  }

  async #lane(): Promise<void> {
    for (let range = this.#next(); range !== undefined; range = this.#next()) {
      while (range.count > 0 && !this.#over) {
        const result = await this.#runRange(range);
        if (result === undefined) break;
        this.#deaths = 0;
        range.first += result.programs;
        range.count -= result.programs;
        // What goes wrong in here is no worker's death.
        await this.#merge(result);
      }
    }
  }

  /** What came of running what is left of a range; undefined if the worker has died at it. */
  async #runRange(range: Range): Promise<ChunkResult | undefined> {
    const { first, count, careful } = range;
    try {
      return await this.executor.run({ first, count, careful, known: this.#known, signatures: [...this.#failures.keys()] });
    } catch (error) {
      await this.#bury(range, error);
      return undefined;
    }
  }

  /** A worker has died: what it had saved is looked at, its programs are run once more, one by one on the disk. */
  async #bury(range: Range, error: unknown): Promise<void> {
    const { note, seed } = this.options;
    if (this.#stopped) return;
    const death = messageOf(error);
    note(`A worker ended in the middle of its work (${death}); another takes its place.`);
    if (++this.#deaths >= MOST_DEATHS) {
      note(`${MOST_DEATHS} workers have died one after the other: the session ends.`);
      this.stop();
    }
    const { first, count } = range;
    const culprit = range.careful ? await this.#dealWithDeadly(first, count, death) : undefined;
    if (culprit !== undefined) this.#again.push({ first: culprit + 1, count: first + count - culprit - 1, careful: true });
    else if (range.careful) note(`Programs ${first} to ${first + count - 1} of seed ${seed} are left out.`);
    else this.#again.push({ ...range, careful: true });
    await this.#dealWithLeft();
  }

  /** The program at which a worker has died twice, among these. */
  async #dealWithDeadly(first: number, count: number, death: string): Promise<number | undefined> {
    const { files, corrupt } = this.#findings.deadly();
    for (const { path, message } of corrupt) this.#noteOnce(path, `${path} is skipped. ${message} Delete it.`);
    const file = files.find(({ program }) => program >= first && program < first + count);
    if (file === undefined) return undefined;
    this.#programs += file.program - first + 1;
    await this.#keepDeadly(file, death);
    return file.program;
  }

  /** Keeps a program as it is: it would kill whoever runs it. */
  async #keepDeadly({ plan, seed, program, path: file }: FoundFile, death: string): Promise<void> {
    const signature = `worker died: ${death.replace(/\d+/g, 'N')}`;
    if (!this.#isNew(signature)) this.#findings.remove(file);
    else await this.#keep({ signature, plan, seed, program, path: [], death }, file);
  }

  async #merge(result: ChunkResult): Promise<void> {
    const { note } = this.options;
    this.#programs += result.programs;
    this.#instructions += result.instructions;
    this.#times = sum(this.#times, result.times);
    for (const point of result.points) {
      if (this.#known[point] !== 0) continue;
      this.#known[point] = 1;
      const { table } = this.prober.collector;
      const impossible = table.excludes(point);
      if (impossible === undefined) {
        this.#reached++;
        this.#newest = table.name(point);
      } else this.#noteOnce(`point ${point}`, `A program has reached "${table.name(point)}", which counts as impossible (${impossible}): please report it.`);
    }
    for (const [signature, count] of Object.entries(result.again)) this.#count(signature, count);
    for (const { path, message } of result.corrupt) this.#noteOnce(path, `${path} is skipped. ${message} Delete it.`);
    if (result.unsaved !== undefined) this.#noteOnce('the corpus', `The corpus cannot be saved: ${result.unsaved} The session goes on without.`);
    if (result.finding !== undefined) await this.#deal(result.finding, this.executor);
    this.options.onProgress?.(this.progress);
    if (this.#failures.size >= MOST_FAILURES && !this.#stopped) {
      note(`There are ${MOST_FAILURES} different failures: the session ends.`);
      this.stop();
    }
  }

  #noteOnce(about: string, text: string): void {
    if (!this.#told.has(about)) this.options.note(text);
    this.#told.add(about);
  }

  #count(signature: string, count: number): boolean {
    const known = this.#failures.get(signature);
    if (known !== undefined) known.count += count;
    return known !== undefined;
  }

  /** Whether a failure is the first of its kind; either way it counts. */
  #isNew(signature: string): boolean {
    if (this.#count(signature, 1)) return false;
    this.#failures.set(signature, { count: 1, kept: undefined });
    return true;
  }

  /** Failing programs that nobody has told us of: of workers that died, or of an earlier session. */
  async #dealWithLeft(): Promise<void> {
    const { files, corrupt } = this.#findings.left();
    for (const { path, message } of corrupt) this.#noteOnce(path, `${path} is skipped. ${message} Delete it.`);
    for (const { plan, program, path } of files) {
      const probe = this.prober.probe(plan);
      if (probe.kind === 'agreed') this.#findings.remove(path);
      else if (!this.#failures.has(probe.signature)) await this.#deal({ signature: probe.signature, program, plan, file: path }, this.executor);
    }
  }

  /** Makes a failure small and keeps it; one like it only counts. */
  async #deal({ signature, program, plan, file }: Finding, executor: Executor): Promise<void> {
    if (!this.#isNew(signature)) {
      this.#findings.remove(file);
      return;
    }
    const { atOnce } = this.options.shrinking ?? SHRINKING;
    const state = await this.#shrink({ plan, path: [], from: 0, done: false }, signature, executor, performance.now() + atOnce);
    const failed = { signature, plan: state.plan, seed: this.options.seed, program, path: state.path };
    if (!state.done) this.#unfinished.push({ failed, state });
    await this.#keep(failed, file);
  }

  /** What time did not allow at once. */
  async #finishShrinking(): Promise<void> {
    const { shrinking: { atEnd } = SHRINKING, jobs, note } = this.options;
    const waiting = this.#unfinished;
    if (waiting.length === 0 || this.#stopped) return;
    note(`${waiting.length === 1 ? 'A failure is' : `${waiting.length} failures are`} made smaller, for ${Math.round(atEnd / 1000)} s at most; ^C keeps ${waiting.length === 1 ? 'it as it is' : 'them as they are'}.`);
    const end = performance.now() + atEnd;
    const lane = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const share = (end - performance.now()) / Math.ceil((waiting.length + 1) / jobs);
        const { failed, state } = one;
        const small = await this.#shrink(state, failed.signature, this.executor, performance.now() + share);
        if (small.path.length > state.path.length) await this.#keep({ ...failed, plan: small.plan, path: small.path }, undefined);
      }
    };
    await Promise.all(Array.from({ length: jobs }, lane));
  }

  /** Makes the folder of a failure that has been noted. */
  async #keep(failed: SmallFailure, file: string | undefined): Promise<void> {
    const { signature, plan, program } = failed;
    const kept = await this.options.keep(failed);
    const length = lengthOfPlan(plan);
    if (kept.ok) this.#findings.remove(file);
    else this.options.note(`${kept.message} ${kept.mend}${file === undefined ? '' : ` The program is in ${file}.`}\n${signature}\n${kept.text}`);
    const entry = this.#failures.get(signature);
    // A folder of before is better than none.
    if (entry !== undefined && (kept.ok || entry.kept?.directory === undefined)) {
      entry.kept = { signature, length, program, directory: kept.ok ? kept.directory : undefined, text: kept.text };
    }
  }

  async #shrink(start: Shrinking, signature: string, executor: Executor, end: number): Promise<Shrinking> {
    let state = start;
    while (!state.done && !this.#stopped && performance.now() < end) {
      try {
        state = await executor.shrink(state, signature, SHRINK_SLICE);
      } catch (error) {
        this.options.note(`A worker ended while it made a failure smaller (${messageOf(error)}).`);
        return state;
      }
    }
    return state;
  }
}
