/**
 * `ghosthart replay`: a divergence once more.
 */
import type { Command } from 'commander';
import { readBundle } from './bundle.js';
import { keepDivergence, runCase, tellUnkept } from './check-case.js';
import { readyCore } from './cores.js';
import { EXIT_CODE } from './failure.js';
import { packageVersion, shown } from './package.js';
import { terminal } from './terminal.js';

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('replay <directory>')
    .description('reproduce a divergence that lockstep or fuzz has written')
    .addHelpText('after', `
Exit codes: 1 if core and reference still part, 0 if they agree now, 2 for wrong input.

Example (specs with a mistake in them, to have a divergence):
  ghosthart lockstep testbench/demo/demo.S --specs testbench/demo/mistake
  ghosthart replay out/lockstep/demo`)
    .action(async (directory: string) => {
      process.exitCode = await replay(directory);
    });
}

async function replay(directory: string): Promise<number> {
  const bundle = readBundle(directory);
  if (!bundle.ok) return terminal.fail(bundle);
  const one = bundle.case;
  const ready = await readyCore({ core: one.core, variants: ['observed'], overlays: one.overlays, memory: one.memory });
  if (!ready.ok) return terminal.fail(ready);
  if (ready.specHash !== bundle.specHash) terminal.note(`ghosthart: The specs have changed since (${bundle.specHash.slice(0, 12)}, now ${ready.specHash.slice(0, 12)}).`);
  if (packageVersion() !== bundle.version) terminal.note(`ghosthart: It was found with version ${bundle.version}, this is ${packageVersion()}.`);
  const result = runCase(one, ready);
  if (result.kind === 'agreed') {
    terminal.out(`Core and reference agree now: ${result.records} records, ${result.cycles} cycles.`);
    return EXIT_CODE.success;
  }
  const kept = await keepDivergence(shown(directory), one, result.divergence);
  if (!kept.ok) return tellUnkept(kept);
  terminal.out(kept.text);
  return EXIT_CODE.failure;
}
