/**
 * `ghosthart boot`: firmware that knows nothing of us, on the plain core, with
 * the terminal as its console.
 */
import type { Command } from 'commander';
import type { Program } from '../../model/machine/elf.js';
import { readBytes } from '../../model/machine/elf-file.js';
import { flawOfTree } from '../../model/machine/fdt.js';
import { describeOutcome, type Outcome } from '../../model/machine/outcome.js';
import type { Machine } from '../../model/machine/machine.js';
import { DRAM_BASE } from '../../model/machine/memory.js';
import { bootImage, treeFor, type BootMachine, type BootParts } from '../boot/image.js';
import { Dialogue, stepsOf, unescaped } from '../boot/script.js';
import { Board } from './board.js';
import { readyCore } from './cores.js';
import { about, EXIT_CODE, failure, type Failure } from './failure.js';
import { writeFileWhole } from './files.js';
import { Keys } from './keys.js';
import { coreOption, memoryOption, numberOption, specsOption, textOption } from './options.js';
import { packageVersion } from './package.js';
import { statisticsOf, statisticsText } from './statistics.js';
import { GuestConsole, guardOutput, interruptibly, terminal } from './terminal.js';

interface BootOptions {
  readonly bios?: string;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly bootargs?: string;
  readonly dtb?: string;
  readonly dumpDtb?: string;
  readonly memory: number;
  readonly core: string;
  readonly specs: readonly string[];
  readonly maxCycles?: bigint;
  readonly seconds?: bigint;
  readonly expect: readonly string[];
  readonly type: readonly string[];
}

const HELP = `
Firmware and kernel are ELF64 files, or raw images that go to 0x80000000 and 0x80200000. The firmware starts in M-mode with
the hart's number in a0 and the address of a device tree in a1; it ends through the test finisher, which the tree names.
Each --type is typed when the --expect of the same number has appeared on the console; when all have appeared the run ends.
In both, \\n, \\r, \\t and \\\\ stand for one character.

Exit codes: 0 when everything expected has appeared; else the firmware's own (0 for a power-off), 1 if something expected has
not appeared; 2 for wrong input; 124 when --max-cycles or --seconds ends it; 125 when it waits for ever; 130 for ^C.

Example:
  ghosthart boot --bios /usr/lib/u-boot/qemu-riscv64/u-boot.bin`;

/** Adds the command. */
export function define(program: Command): void {
  program.command('boot')
    .description('boot firmware and kernels, with the terminal as console')
    .option('--bios <file>', 'firmware, which runs first in M-mode')
    .option('--kernel <file>', 'what the firmware starts')
    .option('--initrd <file>', 'initial RAM disk')
    .option('--bootargs <text>', 'command line for the kernel')
    .option('--dtb <file>', 'a device tree in the place of ours')
    .option('--dump-dtb <file>', 'write our device tree to a file and end')
    .addOption(memoryOption())
    .addOption(coreOption())
    .addOption(numberOption('--max-cycles <n>', 'stop after so many cycles'))
    .addOption(numberOption('--seconds <n>', 'stop after so many seconds'))
    .addOption(textOption('--expect <text>', 'end when the console has shown this; may be repeated'))
    .addOption(textOption('--type <text>', 'type this when the --expect of the same number has appeared'))
    .addOption(specsOption())
    .addHelpText('after', HELP)
    .action(async (options: BootOptions) => {
      process.exitCode = await boot(options);
    });
}

async function boot(options: BootOptions): Promise<number> {
  const parts = readParts(options);
  if ('ok' in parts) return terminal.fail(parts);
  const ready = await readyCore({ core: options.core, variants: ['plain'], overlays: options.specs, memory: options.memory });
  if (!ready.ok) return terminal.fail(ready);
  const plain = ready.variant('plain');
  const { machine, interrupts } = plain.description;
  const on: BootMachine = { machine, interrupts, memory: { base: DRAM_BASE, size: BigInt(options.memory) }, tables: ready.tables };
  if (options.dumpDtb !== undefined) return dump(options.dumpDtb, treeFor(on, parts));
  const program = bootImage(parts, on);
  if (!program.ok) return terminal.fail(program);
  const guest = new GuestConsole(process.stdout);
  const dialogue = new Dialogue(stepsOf(options.expect.map(unescaped), options.type.map(unescaped)), (bytes) => board.machine.type(bytes));
  const board: Board = new Board({
    plain, tables: ready.tables, version: packageVersion(), specHash: ready.specHash, skipIdle: true,
    print: (bytes) => {
      guest.print(bytes);
      if (dialogue.hear(bytes)) board.machine.stop();
    },
  });
  guardOutput();
  board.machine.load(program);
  const keys = new Keys(board.machine);
  const timer = options.seconds === undefined ? undefined : setTimeout(() => keys.stop(), Number(options.seconds) * 1000);
  let interrupted = false;
  const outcome = await interruptibly(keys, () => { interrupted = true; }, () => run(board.machine, program, keys, options.maxCycles));
  clearTimeout(timer);
  guest.flush();
  if (!guest.atLineStart) terminal.note('');
  const ending = endingOf(outcome, { met: options.expect.length > 0 && dialogue.done, awaited: dialogue.awaited, interrupted });
  if (ending.note !== undefined) terminal.note(`ghosthart: ${ending.note}`);
  terminal.note(statisticsText(statisticsOf(board.core, board.machine, plain.description, ending.code)));
  return ending.code;
}

/** Runs on through resets, and through waits that only a key can end, as long as somebody may press one. */
async function run(machine: Machine, program: Program, keys: Keys, maxCycles: bigint | undefined): Promise<Outcome> {
  let left = maxCycles;
  for (;;) {
    const before = machine.cycle;
    const outcome = await machine.runAsync(left === undefined ? {} : { maxCycles: left });
    if (left !== undefined) left -= machine.cycle - before;
    if (outcome.kind === 'reset') {
      machine.reset();
      machine.load(program);
    } else if (outcome.kind !== 'wfi-forever' || !await keys.pressed()) return outcome;
  }
}

/** Why it is over, and with which exit code. */
function endingOf(outcome: Outcome, { met, awaited, interrupted }: { readonly met: boolean; readonly awaited: string | undefined; readonly interrupted: boolean }): { readonly code: number; readonly note?: string } {
  if (met) return { code: EXIT_CODE.success };
  const missing = awaited === undefined ? undefined : `The console has not shown ${JSON.stringify(awaited)}.`;
  const told = (code: number, sentence: string): { readonly code: number; readonly note: string } => ({ code, note: missing === undefined ? sentence : `${sentence} ${missing}` });
  switch (outcome.kind) {
    case 'exited':
      if (missing !== undefined) return told(EXIT_CODE.failure, describeOutcome(outcome));
      return { code: Math.min(outcome.code, 255) };
    case 'cycle-limit':
      return told(EXIT_CODE.limit, 'The cycle limit is reached. Raise --max-cycles to run on.');
    case 'stopped':
      return interrupted ? told(EXIT_CODE.interrupted, describeOutcome(outcome)) : told(EXIT_CODE.limit, 'The time is over. Raise --seconds to run on.');
    default:
      return told(EXIT_CODE.noCode, describeOutcome(outcome));
  }
}

function dump(path: string, tree: Uint8Array): number {
  const wrong = writeFileWhole(path, tree);
  if (wrong !== undefined) return terminal.fail(wrong);
  terminal.out(`${path}: ${tree.length} bytes; dtc -I dtb -O dts ${path} shows it`);
  return EXIT_CODE.success;
}

/** The files that are named, read. */
function readParts(options: BootOptions): BootParts | Failure {
  const { bios, bootargs, dumpDtb } = options;
  if (bios === undefined && dumpDtb === undefined) return failure('There is nothing to boot.', 'Name the firmware: --bios FILE.');
  if (options.dtb !== undefined && (options.initrd !== undefined || bootargs !== undefined)) {
    return failure('--initrd and --bootargs are told in our device tree, which --dtb replaces.', 'Leave --dtb out, or put them into that tree.');
  }
  if (options.expect.includes('')) return failure('--expect waits for an empty text, which has always been shown.', 'Give it what the console is to show.');
  if (options.type.length > options.expect.length) return failure(`There are ${options.type.length} texts to type and ${options.expect.length} to wait for.`, 'Give each --type its --expect.');
  const files: Partial<Record<'bios' | 'kernel' | 'initrd' | 'tree', Uint8Array>> = {};
  for (const [part, path] of [['bios', bios], ['kernel', options.kernel], ['initrd', options.initrd], ['tree', options.dtb]] as const) {
    if (path === undefined) continue;
    const bytes = readBytes(path);
    if (!(bytes instanceof Uint8Array)) return about(path, bytes);
    files[part] = bytes;
  }
  const { tree } = files;
  const flaw = tree === undefined ? undefined : flawOfTree(tree);
  if (flaw !== undefined) return about(options.dtb ?? '', failure(flaw, 'Make one with dtc, or begin with --dump-dtb.'));
  return { bios: files.bios ?? new Uint8Array(), ...files, ...(bootargs === undefined ? {} : { bootargs }) };
}
