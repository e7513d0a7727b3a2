/**
 * `ghosthart replay`: a divergence once more.
 */
import type { Command } from 'commander';
import { readBundle, type Bundle } from './bundle.js';
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
The folder has its own overlays; the shipped specs are those of this version. If they have changed since, it says in which files.
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
  const different = ready.specHash !== bundle.specHash;
  if (different) terminal.note(`ghosthart: ${changeOf(bundle)}`);
  else if (packageVersion() !== bundle.version) terminal.note(`ghosthart: It was found with version ${bundle.version}, this is ${packageVersion()}.`);
  const result = runCase(one, ready);
  if (result.kind === 'agreed') {
    terminal.out(`Core and reference agree now: ${result.records} records, ${result.cycles} cycles.`);
    if (different) terminal.out(`With the specs of then: npx ghosthart@${bundle.version} replay ${directory}`);
    return EXIT_CODE.success;
  }
  const kept = await keepDivergence(shown(directory), one, result.divergence);
  if (!kept.ok) return tellUnkept(kept);
  terminal.out(kept.text);
  return EXIT_CODE.failure;
}

/** In which files the specs are not those with which it was found. */
function changeOf({ changedSpecs, version }: Bundle): string {
  const files = changedSpecs === undefined ? '' : changedSpecs.length === 0 ? ' (in the overlays)' : ` in ${changedSpecs.join(', ')}`;
  return `The specs have changed${files} since this was found with version ${version}; it runs with the present ones.`;
}
