/**
 * `ghosthart asm`: assembly text to an ELF64 executable, by the specs' own
 * tables.
 */
import type { Command } from 'commander';
import { writeElf } from '../assembly/elf.js';
import { DEFAULT_MEMORY, readyCore } from './cores.js';
import { about, EXIT_CODE } from './failure.js';
import { writeFileWhole } from './files.js';
import { specsOption } from './options.js';
import { assembleFile } from './program.js';
import { terminal } from './terminal.js';

interface AsmOptions {
  readonly output?: string;
  readonly specs: readonly string[];
}

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('asm <file>')
    .description('assemble a program')
    .option('-o, --output <file>', 'the executable (default: the name of the program with .elf)')
    .addOption(specsOption())
    .addHelpText('after', '\nExample:\n  ghosthart asm testbench/programs/hello.S -o out/hello.elf')
    .action(async (file: string, options: AsmOptions) => {
      process.exitCode = await asm(file, options);
    });
}

async function asm(file: string, { output, specs }: AsmOptions): Promise<number> {
  const ready = await readyCore({ core: 'five-stage', variants: ['plain'], overlays: specs, memory: DEFAULT_MEMORY });
  if (!ready.ok) return terminal.fail(ready);
  const assembled = assembleFile(file, ready.tables);
  if (!assembled.ok) return terminal.fail(assembled.message.includes('\n') ? assembled : about(file, assembled));
  const failed = writeFileWhole(output ?? `${file.replace(/\.[sS]$/, '')}.elf`, writeElf(assembled.program));
  return failed === undefined ? EXIT_CODE.success : terminal.fail(failed);
}
