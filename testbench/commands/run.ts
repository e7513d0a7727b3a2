/**
 * `ghosthart run`: a program on the plain core, with waves of the cycles asked
 * for, its console on the terminal and its statistics at the end.
 */
import type { Command } from 'commander';
import { describeOutcome, type Outcome } from '../../model/machine/outcome.js';
import { DRAM_BASE } from '../../model/machine/memory.js';
import { DEFAULT_LIMIT } from '../../waves/vcd.js';
import { addLogOptions, RunLogs, type LogOptions } from '../logs/run-logs.js';
import { Board, type WaveWindow } from './board.js';
import { readyCore } from './cores.js';
import { about, EXIT_CODE, failure, type Failure } from './failure.js';
import { checkTarget } from './files.js';
import { Keys } from './keys.js';
import { coreOption, jsonOption, memoryOption, numberOption, sizeOption, specsOption } from './options.js';
import { packageVersion } from './package.js';
import { readProgram } from './program.js';
import { statisticsOf, statisticsText } from './statistics.js';
import { GuestConsole, guardOutput, interruptibly, terminal } from './terminal.js';

interface RunOptions extends LogOptions {
  readonly core: string;
  readonly specs: readonly string[];
  readonly memory: number;
  readonly vcd?: string;
  readonly from?: bigint;
  readonly to?: bigint;
  readonly vcdLimit?: number;
  readonly maxCycles?: bigint;
  readonly json?: boolean;
  readonly skipIdle: boolean;
}

const HELP = `
The program is an ELF64 executable or assembly (.S). Its console is standard output, statistics go to standard error;
with --json the object is on standard output and the console on standard error. Standard input is its keyboard: a program that
waits (WFI) with the UART's receive interrupt enabled waits for it.
With --vcd every idle cycle is executed, so that the wave shows it.

Exit codes: the program's own (above 255: 255); 2 for wrong input or output; 124 when --max-cycles ends it;
125 when it ends without a code (it waits for ever, asks for a reset, misuses HTIF); 130 for ^C.

Example:
  ghosthart run testbench/programs/hello.S`;

/** Adds the command. */
export function define(program: Command): void {
  addLogOptions(program.command('run <file>'))
    .description('run a program, dump waves, print statistics')
    .addOption(coreOption())
    .option('--vcd <file>', 'write a wave, with a GTKWave save file beside it')
    .addOption(numberOption('--from <cycle>', 'first cycle of the wave'))
    .addOption(numberOption('--to <cycle>', 'cycle at which the wave ends'))
    .addOption(sizeOption('--vcd-limit <bytes>', 'size at which the wave stops (default: 2000000000, none with --to)'))
    .addOption(memoryOption())
    .addOption(numberOption('--max-cycles <n>', 'stop after so many cycles'))
    .addOption(jsonOption())
    .option('--no-skip-idle', 'execute every idle cycle')
    .addOption(specsOption())
    .addHelpText('after', HELP)
    .action(async (file: string, options: RunOptions) => {
      process.exitCode = await run(file, options);
    });
}

async function run(file: string, options: RunOptions): Promise<number> {
  const window = windowOf(options);
  if (window !== undefined && 'ok' in window) return terminal.fail(window);
  const variant = RunLogs.variant(options);
  const ready = await readyCore({
    core: options.core, variants: window === undefined ? [variant] : [variant, 'traced'], overlays: options.specs, memory: options.memory,
  });
  if (!ready.ok) return terminal.fail(ready);
  const program = readProgram(file, ready.tables, { base: DRAM_BASE, size: BigInt(options.memory) });
  if (!program.ok) return terminal.fail(program);
  const logs = RunLogs.open(file, program, { base: DRAM_BASE, size: BigInt(options.memory) }, options);
  if (!(logs instanceof RunLogs)) return terminal.fail(logs);
  const plain = ready.variant(variant);
  const guest = new GuestConsole(options.json === true ? process.stderr : process.stdout);
  const board: Board = new Board({
    plain,
    ...(window === undefined ? {} : { traced: ready.variant('traced') }),
    tables: ready.tables,
    version: packageVersion(),
    specHash: ready.specHash,
    print: (bytes) => guest.print(bytes),
    skipIdle: options.skipIdle && window === undefined,
    keyPressed: () => keys.pressed(),
    onRecords: (words) => logs.ring(words),
  });
  const keys = new Keys(board.machine);
  guardOutput(() => {
    logs.close();
    board.endWave();
  });
  if (!board.machine.load(program)) return terminal.fail(about(file, failure('It does not fit into memory.', 'Give the machine more memory with -m.')));
  logs.begin(board.core, plain.description, () => board.machine.stop());
  const outcome = await interruptibly(keys, () => undefined, () => board.run(options.maxCycles, window));
  guest.flush();
  board.drainRecords();
  const unwritten = logs.finish(board.memory);
  if (unwritten !== undefined) return terminal.fail(unwritten);
  if (outcome.kind === 'failed') return terminal.fail(failure(outcome.message, outcome.mend));
  if (!guest.atLineStart) terminal.note('');
  const code = exitCodeOf(outcome);
  const statistics = statisticsOf(board.core, board.machine, plain.description, outcome.kind === 'exited' ? outcome.code : code);
  if (outcome.kind !== 'exited') terminal.note(`ghosthart: ${describeOutcome(outcome)}${mendOf(outcome, options)}`);
  if (window !== undefined) terminal.note(waveNote(window, board));
  if (options.json === true) terminal.out(JSON.stringify(statistics));
  else terminal.note(statisticsText(statistics));
  return board.wave?.kind === 'failed' ? EXIT_CODE.usage : code;
}

function windowOf({ vcd, from, to, vcdLimit }: RunOptions): WaveWindow | undefined | Failure {
  if (vcd === undefined) {
    if (from === undefined && to === undefined && vcdLimit === undefined) return undefined;
    return failure('--from, --to and --vcd-limit say how much of a wave to write, but there is no --vcd.', 'Name the wave: --vcd core.vcd.');
  }
  if (to !== undefined && to <= (from ?? 0n)) return failure(`The wave would end at cycle ${to}, before it begins.`, 'Give a --to above --from.');
  const wrong = checkTarget(vcd);
  if (wrong !== undefined) return wrong;
  return { path: vcd, from: from ?? 0n, to, limit: vcdLimit ?? (to === undefined ? DEFAULT_LIMIT : undefined) };
}

function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'exited':
      return Math.min(outcome.code, 255);
    case 'cycle-limit':
      return EXIT_CODE.limit;
    case 'stopped':
      return EXIT_CODE.interrupted;
    default:
      return EXIT_CODE.noCode;
  }
}

function mendOf(outcome: Outcome, { maxCycles }: RunOptions): string {
  if (outcome.kind === 'cycle-limit') return ` Raise --max-cycles (${maxCycles}) to run on.`;
  if (outcome.kind === 'wfi-forever') return ' Enable an interrupt that can come (mie, mtimecmp) before WFI, or end the program through tohost.';
  return '';
}

function waveNote({ path, from }: WaveWindow, { wave, machine }: Board): string {
  if (wave === undefined) return `ghosthart: The run ended at cycle ${machine.cycle}, before cycle ${from}: there is no wave. Lower --from.`;
  if (wave.kind === 'limit') return `ghosthart: ${wave.message}`;
  if (wave.kind === 'failed') return `ghosthart: ${wave.message} ${wave.mend}`;
  return `wave: ${path}  (gtkwave -a ${path.replace(/\.vcd$/, '')}.gtkw)`;
}
