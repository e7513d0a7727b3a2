/**
 * Builds the guest programs with the GNU cross tools (Debian's gcc-riscv64-unknown-elf, binutils-riscv64-unknown-elf).
 *
 * Nothing here is needed to use Ghosthart: the assembly programs go through its own assembler. The C program and the
 * cross-checks need the real tools, and say clearly when they are missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A tool that is not installed, or an input that it rejects. */
export class BuildError extends Error {
  override name = 'BuildError';
}

/** The folder that holds package.json, whether this runs from the TypeScript or from dist/. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = resolve(folder, '..');
    if (parent === folder) throw new BuildError('No package.json above the program sources.');
    folder = parent;
  }
  return folder;
})();

/**
 * The path of a program's source.
 *
 * @param name - File name under testbench/programs, such as `hello.S`.
 */
export const programPath = (name: string): string => join(packageRoot, 'testbench', 'programs', name);

/** The path of the demonstration's source. */
export const demoPath: string = join(packageRoot, 'testbench', 'demo', 'demo.S');

const PREFIX = 'riscv64-unknown-elf-';
/** Debian packages by tool, for the message that says what to install. */
const PACKAGE: Readonly<Record<string, string>> = {
  gcc: 'gcc-riscv64-unknown-elf', as: 'binutils-riscv64-unknown-elf', ld: 'binutils-riscv64-unknown-elf',
};

/**
 * Runs one of the cross tools.
 *
 * @param tool - `gcc`, `as` or `ld`.
 * @param input - Text for standard input.
 * @throws BuildError when the tool is missing or reports an error.
 */
export function crossTool(tool: string, args: readonly string[], input?: string): string {
  const command = PREFIX + tool;
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...(input === undefined ? {} : { input }) });
  if (result.error !== undefined) {
    if ('code' in result.error && result.error.code === 'ENOENT') {
      throw new BuildError(`${command} is not installed; on Debian: apt-get install ${PACKAGE[tool] ?? `a package with ${command}`}`);
    }
    throw new BuildError(`${command}: ${result.error.message}`);
  }
  if (result.status !== 0) throw new BuildError(`${command} ${args.join(' ')}\n${result.stderr}`);
  return result.stdout;
}

/** Options of the C program. */
export interface CProgramOptions {
  /** Console on the UART and exit through the test finisher, for a machine that does not poll `tohost`. */
  readonly finisher?: boolean;
}

/**
 * Compiles the C program of testbench/programs/c.
 *
 * @param output - Where the ELF goes.
 */
export function buildCProgram(output: string, { finisher = false }: CProgramOptions = {}): void {
  const source = (name: string): string => programPath(join('c', name));
  crossTool('gcc', [
    '-march=rv64im_zicsr', '-mabi=lp64', '-mcmodel=medany', '-O2', '-std=c11', '-Wall', '-Wextra', '-Werror',
    '-nostdlib', '-nostartfiles', '-ffreestanding', '-fno-builtin', '-static',
    ...(finisher ? ['-DFINISHER'] : []),
    '-T', source('link.ld'), '-Wl,--build-id=none', '-Wl,--no-warn-rwx-segments',
    '-o', output,
    ...['crt0.S', 'main.c', 'runtime.c', 'sort.c', 'crc.c', 'matrix.c', 'strings.c'].map(source),
  ]);
}

/** Where GNU ld puts the two sections of an assembly program. */
export interface Placement {
  readonly text?: bigint;
  /** Right behind .text when absent. */
  readonly data?: bigint;
}

/**
 * Assembles and links one .S file with GNU as and ld, without linker relaxation (so that `la` and `call` keep the two
 * instructions that they stand for).
 *
 * @param source - Path of the program, or its text when it has a line break.
 * @param output - Where the ELF goes.
 */
export function gnuAssemble(source: string, output: string, { text = 0x8000_0000n, data }: Placement = {}): void {
  const object = `${output}.o`;
  const inline = source.includes('\n');
  crossTool('as', [
    '-march=rv64imh_zicsr_zifencei', '-mabi=lp64', '-mno-relax', '-mno-arch-attr', '-o', object, inline ? '-' : source,
  ], inline ? source : undefined);
  const address = (value: bigint): string => `0x${value.toString(16)}`;
  crossTool('ld', [
    '--no-relax', '--build-id=none', '--no-warn-rwx-segments', '-N', '-e', '_start', '-Ttext', address(text),
    ...(data === undefined ? [] : ['-Tdata', address(data)]), '-o', output, object,
  ]);
}
