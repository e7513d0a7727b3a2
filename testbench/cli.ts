/**
 * The command line. Each command is a file of `commands/`, loaded when it is
 * called: a run does not wait for what a compilation needs.
 */
import { Command, CommanderError } from 'commander';
import { EXIT_CODE } from './commands/failure.js';
import { guardOutput, terminal } from './commands/terminal.js';
import { withoutPlus } from './logs/plus-arguments.js';

interface CommandModule {
  readonly define: (program: Command) => void;
}

const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  run: () => import('./commands/run.js'),
  boot: () => import('./commands/boot.js'),
  lockstep: () => import('./commands/lockstep.js'),
  fuzz: () => import('./commands/fuzz.js'),
  replay: () => import('./commands/replay.js'),
  asm: () => import('./commands/asm.js'),
  disasm: () => import('./commands/disasm.js'),
  spec: () => import('./commands/spec.js'),
  emit: () => import('./commands/emit.js'),
  transitions: () => import('./commands/transitions.js'),
  mutate: () => import('./commands/mutate.js'),
  bench: () => import('./commands/bench.js'),
  'rvfi-dii': () => import('./commands/rvfi-dii.js'),
  init: () => import('./commands/init.js'),
  demo: () => import('./commands/demo.js'),
};

/**
 * Runs a command; the exit code goes to `process.exitCode`.
 *
 * @param args - What follows the program's name.
 */
export async function main(args: readonly string[]): Promise<void> {
  guardOutput();
  try {
    const program = await programFor(args);
    await program.parseAsync(withoutPlus(args), { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeFor(error);
  }
}

const commandOf = (name: string): (() => Promise<CommandModule>) | undefined => (Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined);

async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('ghosthart')
    .description('A cycle-accurate RISC-V core with the hypervisor extension, generated from YAML, checked against a reference, seen in GTKWave.')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(usageLine(text, args)) })
    .helpCommand(false)
    .addHelpText('after', '\nBegin with:\n  ghosthart demo\n\nA command with --help shows its options and an example.');
  const [first = ''] = args;
  const only = commandOf(first);
  const needed = only === undefined ? Object.values(COMMANDS) : [only];
  for (const load of needed) (await load()).define(program);
  if (first === '--version' || first === '-V') program.version(await versionText(), '-V, --version', 'package version and hash of the specs');
  else program.option('-V, --version', 'package version and hash of the specs');
  return program;
}

/** A mistake in the usage on one line, with where to look. */
function usageLine(text: string, args: readonly string[]): string {
  const [first = ''] = args;
  const sentence = text.replace(/^error: /, '').trim().replaceAll('\n', ' ');
  return `ghosthart: ${sentence}${/[.)?]$/.test(sentence) ? '' : '.'} Try ghosthart ${commandOf(first) === undefined ? '' : `${first} `}--help.\n`;
}

async function versionText(): Promise<string> {
  const { packageVersion, specHash } = await import('./commands/package.js');
  const specs = await specHash([]);
  return `ghosthart ${packageVersion()} specs ${specs.ok ? specs.hash : 'unreadable'}`;
}

function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODE.success : EXIT_CODE.usage;
  const text = error instanceof Error ? error.message : String(error);
  terminal.note(`ghosthart: internal error: ${text.split('\n')[0] ?? ''}. This is a mistake in Ghosthart: please report it (GHOSTHART_DEBUG=1 shows where).`);
  if (process.env['GHOSTHART_DEBUG'] !== undefined && error instanceof Error) terminal.note(error.stack ?? '');
  return EXIT_CODE.internal;
}
