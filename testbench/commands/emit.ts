/**
 * `ghosthart emit`: what was generated, as text, and what it costs.
 */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Variant } from '../../model/backend/unit.js';
import type { Stats } from '../../model/backend/stats.js';
import { DEFAULT_MEMORY, unknownCore } from './cores.js';
import { EXIT_CODE, failure, specFailure } from './failure.js';
import { coreOption, specsOption } from './options.js';
import { specLayers } from './package.js';
import { terminal } from './terminal.js';

interface EmitOptions {
  readonly format?: 'ir' | 'sv' | 'wat';
  readonly stats?: boolean;
  readonly core: string;
  readonly variant: Variant;
  readonly specs: readonly string[];
}

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('emit')
    .description('print the generated hardware, its wasm, or its figures')
    .addOption(new Option('--format <format>', 'ir: the hardware; sv: the same in SystemVerilog; wat: the WebAssembly').choices(['ir', 'sv', 'wat']))
    .option('--stats', 'operations per region, bytes of state, sizes of functions')
    .addOption(coreOption())
    .addOption(new Option('--variant <variant>', 'of the wasm').choices(['plain', 'observed', 'traced']).default('plain'))
    .addOption(specsOption())
    .addHelpText('after', '\nExample:\n  ghosthart emit --stats')
    .action(async (options: EmitOptions) => {
      process.exitCode = await emit(options);
    });
}

async function emit({ format, stats, core, variant, specs: overlays }: EmitOptions): Promise<number> {
  if (format === undefined && stats !== true) return terminal.fail(failure('There is nothing to print.', 'Give --format ir, --format sv, --format wat or --stats.'));
  const unknown = unknownCore(core, overlays);
  if (unknown !== undefined) return terminal.fail(unknown);
  const { hardware, load } = await import('../../model/compile.js');
  const specs = load(specLayers(overlays));
  if (!specs.ok) return terminal.fail(await specFailure(specs.diagnostics));
  const uarch = specs.value.cores.find((c) => c.name === core);
  if (uarch === undefined) throw new Error(`${core} has a file, but no entry`);
  const built = hardware(specs.value, uarch);
  if (!built.ok) return terminal.fail(await specFailure(built.diagnostics));
  if (format === 'ir') {
    const { printModule } = await import('../../model/ir/print.js');
    terminal.out(printModule(built.value.module).trimEnd());
  }
  if (format === 'sv') {
    const { printVerilog } = await import('../../model/backend/verilog/verilog.js');
    const { REQUEST } = await import('../../model/machine/protocol.js');
    terminal.out(printVerilog(built.value.module, REQUEST).text.trimEnd());
  }
  if (format !== 'wat' && stats !== true) return EXIT_CODE.success;
  const { compileModule } = await import('../../model/backend/wasm.js');
  const compiled = compileModule(built.value.module, { variant, dramBytes: DEFAULT_MEMORY });
  if (format === 'wat') terminal.out(compiled.wat().trimEnd());
  if (stats === true) terminal.out(statsText(compiled.stats));
  return EXIT_CODE.success;
}

/** Figures of a compiled module as tables. */
export function statsText({ operations, functionBytes, wasmBytes, stateBytes }: Stats): string {
  const rows = (entries: ReadonlyMap<string, number>): string[] => {
    const sorted = [...entries].sort((a, b) => b[1] - a[1]);
    const width = Math.max(0, ...sorted.map(([name]) => name.length));
    return sorted.map(([name, n]) => `  ${name.padEnd(width)}  ${String(n).padStart(7)}`);
  };
  return [
    `${stateBytes} bytes of state, ${wasmBytes} bytes of wasm`,
    'operations by region, all of its branches counted', ...rows(operations),
    'bytes of code by function', ...rows(functionBytes),
  ].join('\n');
}
