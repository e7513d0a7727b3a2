/**
 * `ghosthart fuzz`: random programs in lockstep, guided by what they reach.
 */
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { PROFILES, type Profile } from '../arbitraries/profile.js';
import { createDisassembler } from '../assembly/disassemble.js';
import { DEFAULT_MEMORY } from './cores.js';
import { EXIT_CODE, failure } from './failure.js';
import { makeDirectory } from './files.js';
import { interruptible, jobsOption, secondsOption } from './long-run.js';
import { coreOption, jsonOption, numberOption, seedFrom, seedOption, specsOption } from './options.js';
import { ProgressLine } from './progress-line.js';
import { terminal } from './terminal.js';
import type { SessionResult } from '../fuzz/session.js';
import { sharesText } from '../fuzz/time-shares.js';

interface FuzzOptions {
  readonly runs?: bigint;
  readonly seconds?: number;
  readonly seed?: bigint;
  readonly core: string;
  readonly specs: readonly string[];
  readonly profile: Profile;
  readonly jobs: number;
  readonly out: string;
  readonly corpus?: string;
  readonly missing?: boolean;
  readonly json?: boolean;
}

const DEFAULT_SECONDS = 60;

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('fuzz')
    .description('random programs in lockstep, guided by what they reach')
    .addOption(numberOption('--runs <n>', 'end after so many programs'))
    .addOption(secondsOption(`end after so many seconds (default: ${DEFAULT_SECONDS}, without --runs)`))
    .addOption(seedOption('of the programs (default: a new one, printed)'))
    .addOption(coreOption())
    .addOption(new Option('--profile <name>', 'what programs are mostly made of').choices([...PROFILES]).default('all'))
    .addOption(jobsOption('processes; with 1, a seed and an empty corpus everything repeats'))
    .option('--out <dir>', 'where folders of failures go', 'out/fuzz')
    .option('--corpus <dir>', 'programs that reached something new, from one session to the next (default: corpus in --out)')
    .option('--missing', 'print the points that nothing has reached, and those that nothing can reach, with the reason')
    .addOption(jsonOption())
    .addOption(specsOption())
    .addHelpText('after', `
Points are named by the specs before the first program runs, and counted inside the core: instructions by mode, transitions between
modes, rows of permit tables by mode, CSRs by mode, access and outcome, fields that do not take every value, accesses to devices, what the
walker does, what runs right behind what, and the pipeline's counters. ^C ends early; what was found is kept.
With --json: programs, instructions, seconds, pointsReached, pointsTotal,
pointsExcluded (impossible by the specs, not in the total), failures [{signature, directory, program, length, count}]
(directory null where none could be written),
shares {making, reset, core, reference, points}: what a program's time goes to.
Exit codes: 1 if some part, after ^C as well; otherwise 130 after ^C, 0 if all agree; 2 for wrong input.

Example:
  ghosthart fuzz --seconds 10 --profile interrupts`)
    .action(async (options: FuzzOptions) => {
      process.exitCode = await fuzz(options);
    });
}

async function fuzz(options: FuzzOptions): Promise<number> {
  const { core, specs: overlays, profile, out, json } = options;
  if (options.runs === 0n) return terminal.fail(failure('There is no program to run.', 'Give --runs a number above 0.'));
  const seed = seedFrom(options.seed);
  const corpus = options.corpus ?? join(out, 'corpus');
  const blocked = makeDirectory(out) ?? makeDirectory(corpus);
  if (blocked !== undefined) return terminal.fail(blocked);
  const [{ openProber }, { LocalExecutor, PoolExecutor }, { Session }, { keepFailure }] =
    await Promise.all([import('../fuzz/open.js'), import('../fuzz/executor.js'), import('../fuzz/session.js'), import('../fuzz/failure-folder.js')]);
  const setup = { core, memory: DEFAULT_MEMORY, overlays, profile, seed, corpus, findings: out };
  const opened = await openProber(setup);
  if (!opened.ok) return terminal.fail(opened);
  const { prober, ready } = opened;
  const line = new ProgressLine(process.stderr);
  const context = { out, core, memory: DEFAULT_MEMORY, overlays, builder: prober.builder, disassemble: createDisassembler(ready.tables), ready };
  const session = new Session(prober, options.jobs === 1 ? new LocalExecutor(prober) : new PoolExecutor(setup, options.jobs), {
    seed,
    jobs: options.jobs,
    programs: options.runs === undefined ? Infinity : Number(options.runs),
    seconds: options.seconds ?? (options.runs === undefined ? DEFAULT_SECONDS : Infinity),
    findings: out,
    keep: (failed) => keepFailure(failed, context),
    note: (text) => line.note(`ghosthart: ${text}`),
    onProgress: (progress) => line.show(progress),
  });
  const interrupted = interruptible(() => session.stop());
  const result = await session.run();
  line.end();
  const early = interrupted();
  if (json === true) terminal.out(JSON.stringify(jsonOf(result)));
  else terminal.out(textOf(result, { core, seed, corpus, early }));
  if (options.missing === true) (json === true ? terminal.note : terminal.out)(missingText(result));
  if (result.failures.length > 0) return EXIT_CODE.failure;
  return early ? EXIT_CODE.interrupted : EXIT_CODE.success;
}

/** Points not reached; then those that cannot be, under their reasons. */
function missingText({ missing, excluded }: SessionResult): string {
  const blocks = [...new Set(excluded.map(({ reason }) => reason))].map((reason) => {
    const names = excluded.filter((point) => point.reason === reason).map(({ name }) => `  ${name}`);
    return `Excluded (${names.length}): ${reason}\n${names.join('\n')}`;
  });
  return [`Not reached (${missing.length}):\n${missing.map((name) => `  ${name}`).join('\n')}`, ...blocks].join('\n');
}

const jsonOf = ({ programs, instructions, seconds: time, pointsReached, pointsTotal, excluded, failures, shares }: SessionResult) => ({
  programs, instructions, seconds: Number(time.toFixed(3)), pointsReached, pointsTotal, pointsExcluded: excluded.length,
  failures: failures.map(({ signature, directory, program, length, count }) => ({ signature, directory: directory ?? null, program, length, count })),
  shares,
});

function textOf(result: SessionResult, { core, seed, corpus, early }: { readonly core: string; readonly seed: number; readonly corpus: string; readonly early: boolean }): string {
  const { programs, instructions, seconds: time, pointsReached, pointsTotal, excluded, failures, shares } = result;
  const rate = (n: number): string => Math.round(n / time).toLocaleString('en-US');
  const figures = `${early ? 'stopped early, ' : ''}${programs} programs (seed ${seed}), ${instructions} instructions, ${time.toFixed(1)} s; ${rate(programs)} programs and ${rate(instructions)} instructions a second.`;
  const bound = `Time: ${sharesText(shares)}.`;
  const points = `${pointsReached} of ${pointsTotal} points reached; ${excluded.length} more are impossible by the specs. Corpus: ${corpus}\n${bound}`;
  if (failures.length === 0) return `${core} and the reference agree: ${figures}\n${points}`;
  const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  const blocks = failures.map((f) => `${f.signature}\n${counted(f.count, 'program')}, the smallest ${f.length === 0 ? 'with nothing behind its setup' : `of ${counted(f.length, 'instruction')}`}: ${f.directory ?? 'not kept'}\n${f.text}`);
  return `${blocks.join('\n\n')}\n\n${core} and the reference part in ${failures.length === 1 ? 'one way' : `${failures.length} ways`}: ${figures}\n${points}`;
}
