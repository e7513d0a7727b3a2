/**
 * `ghosthart transitions`: the matrix of every privilege transition, and of
 * every decision about a page-table entry, executed on the cores and the
 * reference; one cell as a program, with its wave.
 */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { CompiledCore } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import type { AssemblyTables } from '../assembly/tables.js';
import { MODES, type Mode } from '../retirement.js';
import type { Cell } from '../transitions/cells.js';
import { type Group, GROUPS } from '../transitions/event.js';
import { cellName, type CellName, parseCellName } from '../transitions/names.js';
import type { TransitionOptions, TransitionResults } from '../transitions/run.js';
import type { CellFilter } from '../transitions/session.js';
import type { Witness } from '../transitions/witness.js';
import { Board } from './board.js';
import { DEFAULT_MEMORY, readyCore, type ReadyCore } from './cores.js';
import { EXIT_CODE, failure, specFailure, type Failure } from './failure.js';
import { checkTarget, writeFileWhole } from './files.js';
import { jobsOption } from './long-run.js';
import { jsonOption, specsOption } from './options.js';
import { coreNames, packageVersion, specLayers } from './package.js';
import { terminal } from './terminal.js';

interface TransitionsOptions {
  readonly core?: string;
  readonly mode?: Mode;
  readonly event?: string;
  readonly group?: Group;
  readonly rule?: string;
  readonly cell?: CellName;
  readonly html?: string;
  readonly vcd?: string;
  readonly jobs: number;
  readonly json?: boolean;
  readonly specs: readonly string[];
}

/** Cycles that a witness needs at most: its prologue, its event and what a scheduled wake-up waits for. */
const WITNESS_CYCLES = 4_000n;

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('transitions')
    .description('execute every privilege transition on the cores and the reference')
    .option('--core <name>', 'one core of specs/uarch (default: all)')
    .addOption(new Option('--mode <mode>', 'only from this mode').choices(MODES))
    .addOption(new Option('--group <group>', 'only events of this kind').choices(GROUPS))
    .option('--event <text>', 'only events with this text in their name: sret, hgatp, machine_timer')
    .option('--rule <name>', 'only cells that this rule decides')
    .addOption(new Option('--cell <name>', 'one cell, by mode, event and as many values as tell it apart: its program is printed, too').argParser(cellNamed))
    .option('--html <file>', 'write the matrix as a page')
    .option('--vcd <file>', 'with --cell: write the wave of its program')
    .addOption(jobsOption('processes, if there is work enough; what is found does not depend on it'))
    .addOption(jsonOption())
    .addOption(specsOption())
    .addHelpText('after', `
Cells differ in every bit that the specs or the reference read while they decide. Exit code 1 if the two do not read the
same, or if a cell disagrees or was not executed.

Example:
  ghosthart transitions --event sret --mode VS
  ghosthart transitions --event 'load, S entry' --mode HS
  ghosthart transitions --cell 'VS sret hstatus.VTSR=1 medeleg[22]=0 vsstatus.SPP=1' --vcd sret.vcd`)
    .action(async (options: TransitionsOptions) => {
      process.exitCode = await transitions(options);
    });
}

function cellNamed(text: string): CellName {
  const name = parseCellName(text);
  if (name === undefined) throw new InvalidArgumentError("Give mode, event and values, as the matrix shows them: 'VS sret hstatus.VTSR=1'.");
  return name;
}

async function transitions(options: TransitionsOptions): Promise<number> {
  if (options.vcd !== undefined && options.cell === undefined) return terminal.fail(failure('--vcd writes the wave of one cell.', "Name it: --cell 'VS sret hstatus.VTSR=1 medeleg[22]=0 vsstatus.SPP=1'."));
  for (const path of [options.html, options.vcd]) {
    const wrong = path === undefined ? undefined : checkTarget(path);
    if (wrong !== undefined) return terminal.fail(wrong);
  }
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(options.specs));
  if (!specs.ok) return terminal.fail(await specFailure(specs.diagnostics));
  const ready: ReadyCore[] = [];
  for (const core of options.core === undefined ? coreNames(options.specs) : [options.core]) {
    const one = await readyCore({ core, variants: options.vcd === undefined ? ['observed'] : ['observed', 'traced'], overlays: options.specs, memory: DEFAULT_MEMORY });
    if (!one.ok) return terminal.fail(one);
    ready.push(one);
  }
  return execute(options, specs.value.isa, ready);
}

async function execute(options: TransitionsOptions, isa: Isa, ready: readonly ReadyCore[]): Promise<number> {
  const [first] = ready;
  if (first === undefined) return terminal.fail(failure('There is no core.', 'Add a file to specs/uarch.'));
  const { allAgree, formatTransitions, summary, transitionFigures, transitionsJson } = await import('../transitions/report.js');
  const results = await resultsOf(options, isa, ready.map((r) => r.variant('observed')));
  terminal.progress('');
  if ('ok' in results) return terminal.fail(results);
  if (results.cells.length === 0) return terminal.fail(failure('No cell passes the filter.', 'Loosen it: --event takes a part of a name, --rule a whole one, --cell a mode, the whole name of an event and values.'));
  if (options.cell !== undefined) {
    const [cell, ...more] = results.cells;
    if (cell === undefined || more.length > 0) return terminal.fail(ambiguous(results.cells));
    const witness = results.session.writer.write(cell);
    const failed = witness && await showCell(cell, witness, first, options);
    if (failed !== undefined) return terminal.fail(failed);
  }
  if (options.html !== undefined) {
    const { transitionsHtml } = await import('../transitions/html.js');
    const failed = writeFileWhole(options.html, transitionsHtml(results, first.tables, options.specs));
    if (failed !== undefined) return terminal.fail(failed);
  }
  if (options.json === true) terminal.out(JSON.stringify(transitionsJson(results)));
  else terminal.out(options.html === undefined ? formatTransitions(results).trimEnd() : `${summary(results)}\nThe page is ${options.html}.`);
  return allAgree(transitionFigures(results)) ? EXIT_CODE.success : EXIT_CODE.failure;
}

/** Events whose search takes longer than a process needs to prepare for it. */
const WORTH_A_WORKER = 100;

/** What comes of the cells asked for, by this process or by several. */
async function resultsOf(options: TransitionsOptions, isa: Isa, cores: readonly CompiledCore[]): Promise<TransitionResults | Failure> {
  const [{ runTransitions }, { prepare }, { comparedEvents }, { WorkerHand }] = await Promise.all([
    import('../transitions/run.js'), import('../transitions/session.js'), import('../transitions/shares.js'), import('../transitions/hands.js'),
  ]);
  const filter = filterOf(options);
  const run: TransitionOptions = { isa, cores, filter, onProgress: ({ what, done, total }) => terminal.progress(`${what}: ${done} of ${total}`) };
  if (options.jobs === 1 || comparedEvents(prepare(isa).matrix, filter).length < WORTH_A_WORKER) return runTransitions(run);
  const setup = { cores: cores.map((c) => c.description.core), overlays: options.specs, filter };
  const hands = Array.from({ length: options.jobs }, () => new WorkerHand(setup));
  try {
    return await runTransitions({ ...run, hands });
  } catch (error) {
    return failure(`A worker ended: ${error instanceof Error ? error.message : String(error)}.`, 'Run it again; --jobs 1 does without workers.');
  } finally {
    await Promise.all(hands.map((hand) => hand.close()));
  }
}

function filterOf({ mode, event, group, rule, cell }: TransitionsOptions): CellFilter {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(event === undefined ? {} : { event }),
    ...(group === undefined ? {} : { group }),
    ...(rule === undefined ? {} : { rule }),
    ...(cell === undefined ? {} : { cell }),
  };
}

/** Cells told when a name has several. */
const MOST_TOLD = 8;

function ambiguous(cells: readonly Cell[]): Failure {
  const told = cells.slice(0, MOST_TOLD).map((cell) => `  ${cellName(cell)}`);
  const rest = cells.length - told.length;
  return failure(`${cells.length} cells have this name:\n${[...told, ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n')}`, 'Add values that tell one apart.');
}

/** The program of a cell, on the terminal and as a wave. */
async function showCell(cell: Cell, witness: Witness, ready: ReadyCore, { json, vcd }: TransitionsOptions): Promise<Failure | undefined> {
  if (json !== true) terminal.out(await listingOf(cell, witness, ready.tables));
  if (vcd === undefined) return undefined;
  return waveOf(witness, ready.variant('observed'), ready, vcd);
}

async function listingOf(cell: Cell, witness: Witness, tables: AssemblyTables): Promise<string> {
  const { listing, WordText } = await import('../transitions/listing.js');
  return listing(cell, witness, new WordText(tables));
}

async function waveOf(witness: Witness, plain: CompiledCore, ready: ReadyCore, path: string): Promise<Failure | undefined> {
  const board = new Board({
    plain, traced: ready.variant('traced'), tables: ready.tables, version: packageVersion(), specHash: ready.specHash,
    skipIdle: false, replay: witness.inputs, onRecords: () => undefined,
  });
  if (!board.machine.load(witness)) return failure('The witness does not fit into memory.', 'This is a mistake in Ghosthart: please report it.');
  const outcome = await board.run(WITNESS_CYCLES, { path, from: 0n, to: undefined, limit: undefined });
  return outcome.kind === 'failed' ? failure(outcome.message, outcome.mend) : undefined;
}

