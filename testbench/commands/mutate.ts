/**
 * `ghosthart mutate`: mistakes planted in specs and hardware, one at a time,
 * and whether the testbench notices.
 */
import { Option, type Command } from 'commander';
import { EXIT_CODE, failure } from './failure.js';
import { interruptible, jobsOption, secondsOption } from './long-run.js';
import { coreOption, jsonOption, numberOption, seedOption, specsOption, textOption } from './options.js';
import { terminal } from './terminal.js';
import type { Progress } from '../mutants/run.js';

interface MutateOptions {
  readonly core: string;
  readonly only: readonly string[];
  readonly sample?: bigint;
  readonly programs: bigint;
  readonly seconds?: number;
  readonly seed: bigint;
  readonly jobs: number;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly specs: readonly string[];
}

/** More do not fit a number exactly; nobody waits for so many. */
const MOST = 2n ** 32n;
const DEFAULT_PROGRAMS = 2000n;

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('mutate')
    .description('plant mistakes in specs and hardware, and see whether the testbench notices')
    .addOption(coreOption())
    .addOption(textOption('--only <text>', 'only mutants with this in their name or place (as the list of survivors prints them); may be repeated'))
    .addOption(numberOption('--sample <n>', 'only so many mutants, drawn by the seed (default: all)'))
    .addOption(numberOption('--programs <n>', 'random programs for each mutant that the tables leave alive').default(DEFAULT_PROGRAMS, String(DEFAULT_PROGRAMS)))
    .addOption(secondsOption('seconds for them at most (default: as long as they take)'))
    .addOption(seedOption('of the sample and the programs').default(1n, '1'))
    .addOption(jobsOption('processes; what is found does not depend on it'))
    .addOption(new Option('--list', 'every mutant with what killed it, or why it is equivalent'))
    .addOption(jsonOption())
    .addOption(specsOption())
    .addHelpText('after', `
A mutant is the core with one small mistake. The literal tables, WFI's waiting, lockstep with the reference on random
programs, what the outside world saw and the scoreboard try to kill it. It meets a few programs and the rows about it; if it
lives, the original runs all rows and programs with a watch for it, and it meets those in which anything would have
differed. What still lives is proven equivalent, or survives and is listed with what would kill it and how many rows and
programs stirred it. ^C ends early; what was found is printed. With --seconds a slow machine may find less.
With --json: core, seed, seconds, mutants, killed, survived [{id, kind, place, rules, needs}], provenEquivalent,
killedByTables, countedForTables, score, tableScore, notReached; with --list results, too.
Exit codes: 0, 2 for wrong input, 130 after ^C.

Example:
  ghosthart mutate --sample 6 --seed 4
  ghosthart mutate --only sret.mstatus_tsr_op --list`)
    .action(async (options: MutateOptions) => {
      process.exitCode = await mutants(options);
    });
}

async function mutants(options: MutateOptions): Promise<number> {
  const { core, specs: overlays, only, json, list, jobs, seconds } = options;
  if (options.sample === 0n) return terminal.fail(failure('There is no mutant to judge.', 'Give --sample a number above 0.'));
  const [{ openLaboratory }, { LocalJudge, WorkerJudge }, { mutate }, { formatMutation, formatResult, mutationJson, resultJson }] =
    await Promise.all([import('../mutants/open.js'), import('../mutants/judges.js'), import('../mutants/run.js'), import('../mutants/report.js')]);
  const number = (value: bigint): number => Number(value % MOST);
  const setup = { core, overlays, only, seconds, programs: number(options.programs), seed: number(options.seed), sample: options.sample === undefined ? undefined : number(options.sample) };
  terminal.progress('compiling');
  const opened = await openLaboratory(setup);
  if (!opened.ok) return terminal.fail(opened);
  const { laboratory } = opened;
  if (laboratory.mutants.length === 0) {
    terminal.progress('');
    return terminal.fail(failure(`No mutant of ${core} has ${only.join(' or ')} in its name or place.`, 'Look at names with: ghosthart mutate --sample 20 --list.'));
  }
  const broken = laboratory.original();
  if (broken !== undefined) {
    terminal.progress('');
    return terminal.fail(failure(`${core} fails with no mistake planted (${broken.by}: ${broken.property}), so a dead mutant would mean nothing.`, 'Mend that first: ghosthart lockstep --random 1000.'));
  }
  let stopped = false;
  const interrupted = interruptible(() => { stopped = true; });
  const results = await mutate(laboratory, {
    judges: jobs === 1 ? [new LocalJudge(laboratory)] : Array.from({ length: jobs }, () => new WorkerJudge(setup)),
    stopped: () => stopped,
    onProgress: progressLine(),
    note: (text) => terminal.note(`ghosthart: ${text}`),
  });
  terminal.progress('');
  const early = interrupted();
  if (json === true) terminal.out(JSON.stringify({ ...mutationJson(results), ...(list === true ? { results: results.results.map(resultJson) } : {}) }));
  else terminal.out([...(list === true ? [...results.results.map(formatResult), ''] : []), formatMutation(results)].join('\n'));
  return early ? EXIT_CODE.interrupted : EXIT_CODE.success;
}

/** How far it is, on the terminal. */
function progressLine(): (progress: Progress) => void {
  const counts = { killed: 0, equivalent: 0, survived: 0, stillborn: 0 };
  return ({ done, total, verdict: { outcome } }) => {
    counts[outcome]++;
    terminal.progress(`${done} of ${total}: ${counts.killed} killed, ${counts.equivalent} proven equivalent, ${counts.survived} survived`);
  };
}
