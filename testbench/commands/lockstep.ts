/**
 * `ghosthart lockstep`: core and reference side by side, instruction by
 * instruction, on a program or on random ones.
 */
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import type { Profile } from '../arbitraries/profile.js';
import { describeOutcome } from '../../model/machine/outcome.js';
import { DRAM_BASE } from '../../model/machine/memory.js';
import type { Case } from './bundle.js';
import { keepDivergence, runCase, tellUnkept } from './check-case.js';
import { readyCore } from './cores.js';
import { EXIT_CODE, failure } from './failure.js';
import { coreOption, jsonOption, memoryOption, numberOption, profileOption, seedOption, specsOption } from './options.js';
import { readProgram } from './program.js';
import { GuestConsole, terminal } from './terminal.js';

/** Options of the command. */
export interface LockstepOptions {
  readonly core: string;
  readonly specs: readonly string[];
  readonly memory: number;
  readonly random?: bigint;
  readonly seed?: bigint;
  readonly profile: Profile;
  readonly maxCycles: bigint;
  readonly out: string;
  readonly coverage?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('lockstep [file]')
    .description('compare core and reference on a program, or on random ones')
    .addOption(numberOption('--random <n>', 'run so many random programs instead of a file'))
    .addOption(seedOption('of the random programs (default: a new one, printed)'))
    .addOption(profileOption())
    .option('--coverage', 'print what the random programs reached')
    .addOption(coreOption())
    .addOption(memoryOption())
    .addOption(numberOption('--max-cycles <n>', 'stop after so many cycles').default(100_000_000n, '100000000'))
    .option('--out <dir>', 'where the folder of a divergence goes', 'out/lockstep')
    .addOption(jsonOption())
    .addOption(specsOption())
    .addHelpText('after', `
With --json: programs, records, cycles, seconds, diverged (the folders of divergences), with --coverage also coverage.
Exit codes: 0 if they agree, 1 if they part, 2 for wrong input, 130 for ^C, after which random programs tell how many there were.

Example:
  ghosthart lockstep testbench/programs/traps.S`)
    .action(async (file: string | undefined, options: LockstepOptions) => {
      process.exitCode = await lockstep(file, options);
    });
}

async function lockstep(file: string | undefined, options: LockstepOptions): Promise<number> {
  if ((file === undefined) === (options.random === undefined)) {
    return terminal.fail(failure(file === undefined ? 'There is no program to run.' : 'A file and --random exclude each other.', 'Give either a file or --random N.'));
  }
  if (file !== undefined && options.coverage === true) return terminal.fail(failure('--coverage tells what random programs reach, and this is a file.', 'Leave it out, or give --random N.'));
  if (file !== undefined) return lockstepFile(file, options);
  const { lockstepRandom } = await import('./random.js');
  return lockstepRandom(options);
}

async function lockstepFile(file: string, options: LockstepOptions): Promise<number> {
  const { core, specs: overlays, memory, json } = options;
  const ready = await readyCore({ core, variants: ['observed'], overlays, memory });
  if (!ready.ok) return terminal.fail(ready);
  const program = readProgram(file, ready.tables, { base: DRAM_BASE, size: BigInt(memory) });
  if (!program.ok) return terminal.fail(program);
  const one: Case = { core, memory, program, inputs: [], maxCycles: Number(options.maxCycles), overlays };
  const guest = new GuestConsole(json === true ? process.stderr : process.stdout);
  const began = performance.now();
  const result = runCase(one, ready, (bytes) => guest.print(bytes));
  const seconds = Number(((performance.now() - began) / 1000).toFixed(3));
  guest.flush();
  if (!guest.atLineStart) guest.print(Buffer.from('\n'));
  guest.flush();
  const directory = join(options.out, basename(file, extname(file)));
  const kept = result.kind === 'diverged' ? await keepDivergence(directory, one, result.divergence) : undefined;
  if (kept?.ok === false) return tellUnkept(kept);
  if (json === true) {
    terminal.out(JSON.stringify({ programs: 1, records: result.records, cycles: Number(result.cycles), seconds, diverged: kept === undefined ? [] : [directory] }));
  }
  if (kept !== undefined) {
    (json === true ? terminal.note : terminal.out)(kept.text);
    return EXIT_CODE.failure;
  }
  if (json !== true) terminal.out(`${core} and the reference agree: ${result.records} records, ${result.cycles} cycles, ${seconds} s.`);
  if (result.kind === 'agreed' && result.outcome.kind !== 'exited') terminal.note(`ghosthart: ${describeOutcome(result.outcome)}`);
  return EXIT_CODE.success;
}

