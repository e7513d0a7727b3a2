/**
 * `ghosthart spec`: the specs checked, read and counted.
 */
import type { Command } from 'commander';
import { nearest } from '../../model/spec/nearest.js';
import type { Specs } from '../../model/spec/isa.js';
import { EXIT_CODE, failure, specFailure, type Failure } from './failure.js';
import { jsonOption, specsOption } from './options.js';
import { specLayers } from './package.js';
import { chaptersText, rulesByChapter } from './rules.js';
import { terminal } from './terminal.js';

interface SpecOptions {
  readonly specs: readonly string[];
  readonly json?: boolean;
}

/** Adds the commands. */
export function define(program: Command): void {
  const spec = program.command('spec').description('check the specs, show an entry, count the rules')
    .addHelpText('after', '\nExample:\n  ghosthart spec check');
  spec.command('check').description('report every mistake in the specs')
    .addOption(specsOption())
    .addHelpText('after', '\nExample:\n  ghosthart spec check')
    .action(async ({ specs }: SpecOptions) => {
      process.exitCode = await check(specs);
    });
  spec.command('show <name>').description('print an instruction, a CSR, a permit table, a cause, a core as a person reads it')
    .addOption(specsOption())
    .addHelpText('after', '\nExample:\n  ghosthart spec show hlv.wu')
    .action(async (name: string, { specs }: SpecOptions) => {
      process.exitCode = await show(name, specs);
    });
  spec.command('rules').description("count the manual's normative rules that are tested, cited, not applicable and missing")
    .addOption(jsonOption())
    .addOption(specsOption())
    .addHelpText('after', `
Tested: named by a row of the literal tables or by a test. Cited: by the specs, and not tested.
Not applicable: of a chapter whose extension is out of scope. Missing: none of these.

Example:
  ghosthart spec rules`)
    .action(async ({ specs, json }: SpecOptions) => {
      process.exitCode = await rules(specs, json === true);
    });
}

async function loaded(overlays: readonly string[]): Promise<{ readonly ok: true; readonly specs: Specs } | Failure> {
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(overlays));
  return specs.ok ? { ok: true, specs: specs.value } : specFailure(specs.diagnostics);
}

async function check(overlays: readonly string[]): Promise<number> {
  const compiler = await import('../../model/compile.js');
  const { specs, diagnostics } = compiler.check(specLayers(overlays));
  if (specs === undefined || diagnostics.length > 0) return terminal.fail(await specFailure(diagnostics));
  const { isa, cores } = specs;
  terminal.out(`No mistakes: ${isa.instructions.length} instructions, ${isa.compressed.length} compressed, ${isa.csrs.length} CSRs, ${isa.permits.length} permit tables, ${cores.length} cores (${cores.map((c) => c.name).join(', ')}).`);
  return EXIT_CODE.success;
}

async function show(name: string, overlays: readonly string[]): Promise<number> {
  const outcome = await loaded(overlays);
  if (!outcome.ok) return terminal.fail(outcome);
  const { renderEntry } = await import('../../model/spec/render.js');
  const text = renderEntry(outcome.specs, name);
  if (text === undefined) {
    const guess = nearest(name, namesOf(outcome.specs));
    return terminal.fail(failure(`The specs have no entry ${name}.`, guess === undefined ? 'Give the name of an instruction, a CSR, a permit table, a cause or a core.' : `Did you mean ${guess}?`));
  }
  terminal.out(text.trimEnd());
  return EXIT_CODE.success;
}

function namesOf({ isa, cores }: Specs): readonly string[] {
  const { traps } = isa;
  return [isa.instructions, isa.compressed, isa.pseudos, isa.csrs, isa.permits, isa.variables, isa.functions, isa.formats, traps.exceptions, traps.interrupts, cores]
    .flatMap((entries) => entries.map((e: { readonly name: string }) => e.name));
}

async function rules(overlays: readonly string[], json: boolean): Promise<number> {
  const chapters = await rulesByChapter(overlays);
  if (!chapters.ok) return terminal.fail(chapters);
  terminal.out(json ? JSON.stringify({ chapters: chapters.chapters }) : chaptersText(chapters.chapters));
  return EXIT_CODE.success;
}
