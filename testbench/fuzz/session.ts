/**
 * A fuzzing session: hands out programs, keeps what they reach and where they
 * fail, until it has run enough or is stopped.
 */
import type { Failure } from '../commands/failure.js';
import type { SmallFailure } from './failure-folder.js';
import type { Executor } from './executor.js';
import { Findings } from './findings.js';
import type { ChunkResult, Finding, Prober, Shrinking } from './prober.js';

/** When a session ends, and who hears of it. */
export interface SessionOptions {
  readonly seed: number;
  readonly jobs: number;
  readonly programs: number;
  readonly seconds: number;
  /** Folder where workers leave failing programs; undefined if they do not. */
  readonly findings?: string;
  /** Makes the folder of a failure. */
  readonly keep: (failed: SmallFailure) => Promise<{ readonly ok: true; readonly directory: string; readonly text: string } | Failure>;
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
  readonly directory: string;
  /** Instructions of the body. */
  readonly length: number;
  /** Programs that failed so. */
  readonly count: number;
  readonly text: string;
}

export interface SessionResult extends Omit<Progress, 'failures' | 'newest'> {
  readonly failures: readonly KeptFailure[];
  /** Points that nothing has reached. */
  readonly missing: readonly string[];
}

/** Programs that are handed out at once. */
const CHUNK = 128;
const SHRINK_SLICE = 200;
/** Milliseconds for one failure at most. */
const SHRINK_TIME = 30_000;
/** Workers that may die without one finishing anything in between. */
const MOST_DEATHS = 5;
/** More are one mistake in many clothes. */
const MOST_FAILURES = 100;

interface Range {
  first: number;
  count: number;
  retried: boolean;
}

export class Session {
  readonly #known: Uint8Array;
  readonly #failures = new Map<string, { count: number; kept: Omit<KeptFailure, 'count'> | undefined }>();
  readonly #findings: Findings;
  readonly #told = new Set<string>();
  readonly #again: Range[] = [];
  #began = 0;
  #handed = 0;
  #programs = 0;
  #instructions = 0;
  #reached = 0;
  #newest: string | undefined;
  #deaths = 0;
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

  /** Runs to the end. */
  async run(): Promise<SessionResult> {
    this.#began = performance.now();
    const recalled = this.prober.recall();
    await this.#merge(recalled);
    this.#programs = 0;
    this.#instructions = 0;
    await this.#dealWithLeft();
    await Promise.all(Array.from({ length: this.options.jobs }, () => this.#lane()));
    await this.#dealWithLeft();
    await this.executor.close();
    const { table } = this.prober.collector;
    const failures = [...this.#failures.values()].flatMap(({ kept, count }) => (kept === undefined ? [] : [{ ...kept, count }]));
    const { failures: _, newest: __, ...progress } = this.progress;
    return { ...progress, failures, missing: table.names.filter((___, point) => this.#known[point] === 0) };
  }

  get progress(): Progress {
    return {
      programs: this.#programs, instructions: this.#instructions, seconds: (performance.now() - this.#began) / 1000,
      pointsReached: this.#reached, pointsTotal: this.#known.length, newest: this.#newest, failures: this.#failures.size,
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
    const range = { first: this.#handed, count, retried: false };
    this.#handed += count;
    return range;
  }

  async #lane(): Promise<void> {
    for (let range = this.#next(); range !== undefined; range = this.#next()) {
      while (range.count > 0 && !this.#over) {
        const { first, count } = range;
        try {
          const result = await this.executor.run({ first, count, known: this.#known, signatures: [...this.#failures.keys()] });
          this.#deaths = 0;
          range.first += result.programs;
          range.count -= result.programs;
          await this.#merge(result);
        } catch (error) {
          await this.#bury(range, error);
          break;
        }
      }
    }
  }

  /** A worker has died: what it had saved is looked at, its programs are run once more. */
  async #bury(range: Range, error: unknown): Promise<void> {
    const { note, seed } = this.options;
    if (this.#stopped) return;
    note(`A worker ended in the middle of its work (${error instanceof Error ? error.message : String(error)}); another takes its place.`);
    if (++this.#deaths >= MOST_DEATHS) {
      note(`${MOST_DEATHS} workers have died one after the other: the session ends.`);
      this.stop();
    }
    if (range.retried) note(`Programs ${range.first} to ${range.first + range.count - 1} of seed ${seed} are left out.`);
    else this.#again.push({ ...range, retried: true });
    await this.#dealWithLeft();
  }

  async #merge(result: ChunkResult): Promise<void> {
    const { note } = this.options;
    this.#programs += result.programs;
    this.#instructions += result.instructions;
    for (const point of result.points) {
      if (this.#known[point] !== 0) continue;
      this.#known[point] = 1;
      this.#reached++;
      this.#newest = this.prober.collector.table.name(point);
    }
    for (const [signature, count] of Object.entries(result.again)) this.#count(signature, count);
    for (const { path, message } of result.corrupt) this.#noteOnce(`${path} is skipped. ${message} Delete it.`);
    if (result.unsaved !== undefined) this.#noteOnce(`The corpus cannot be saved: ${result.unsaved} The session goes on without.`);
    if (result.finding !== undefined) await this.#deal(result.finding, this.executor);
    this.options.onProgress?.(this.progress);
    if (this.#failures.size >= MOST_FAILURES && !this.#stopped) {
      note(`There are ${MOST_FAILURES} different failures: the session ends.`);
      this.stop();
    }
  }

  #noteOnce(text: string): void {
    if (!this.#told.has(text)) this.options.note(text);
    this.#told.add(text);
  }

  #count(signature: string, count: number): boolean {
    const known = this.#failures.get(signature);
    if (known !== undefined) known.count += count;
    return known !== undefined;
  }

  /** Failing programs that nobody has told us of: of workers that died, or of an earlier session. */
  async #dealWithLeft(): Promise<void> {
    const { files, corrupt } = this.#findings.left();
    for (const { path, message } of corrupt) this.#noteOnce(`${path} is skipped. ${message} Delete it.`);
    for (const { plan, program, path } of files) {
      const probe = this.prober.probe(plan);
      if (probe.kind === 'agreed') this.#findings.remove(path);
      else if (!this.#failures.has(probe.signature)) await this.#deal({ signature: probe.signature, program, plan, file: path }, this.executor);
    }
  }

  /** Makes a failure small and keeps it; one like it only counts. */
  async #deal({ signature, program, plan, file }: Finding, executor: Executor): Promise<void> {
    if (this.#count(signature, 1)) {
      this.#findings.remove(file);
      return;
    }
    const entry: { count: number; kept: Omit<KeptFailure, 'count'> | undefined } = { count: 1, kept: undefined };
    this.#failures.set(signature, entry);
    const small = await this.#shrink(plan, signature, executor);
    const kept = await this.options.keep({ signature, plan: small.plan, seed: this.options.seed, program, path: small.path });
    const length = small.plan.body.reduce((sum, item) => sum + item.words.length, 0);
    if (kept.ok) this.#findings.remove(file);
    else this.options.note(`${kept.message} ${kept.mend}${file === undefined ? '' : ` The program is in ${file}.`}`);
    entry.kept = kept.ok ? { signature, directory: kept.directory, length, text: kept.text } : { signature, directory: file ?? '', length, text: kept.message };
  }

  async #shrink(plan: Shrinking['plan'], signature: string, executor: Executor): Promise<Shrinking> {
    let state: Shrinking = { plan, path: [], from: 0, done: false };
    const end = performance.now() + SHRINK_TIME;
    while (!state.done && !this.#stopped && performance.now() < end) {
      try {
        state = await executor.shrink(state, signature, SHRINK_SLICE);
      } catch (error) {
        this.options.note(`A worker ended while it made a failure smaller (${error instanceof Error ? error.message : String(error)}).`);
        return state;
      }
    }
    return state;
  }
}
