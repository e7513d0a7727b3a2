/**
 * `ghosthart spec`: the specs checked, read and counted.
 */
import { Option, type Command } from 'commander';
import { nearest, suggestion } from '../../model/spec/nearest.js';
import type { Specs } from '../../model/spec/isa.js';
import { EXIT_CODE, failure, specFailure, type Failure } from './failure.js';
import { jsonOption, specsOption } from './options.js';
import { specLayers } from './package.js';
import { chaptersOf, heldRules, mutantsByRule, testedButSetAside } from './rules.js';
import { chaptersText, ruleJson, ruleLine, ruleText } from './rules-text.js';
import { terminal } from './terminal.js';

interface SpecOptions {
  readonly specs: readonly string[];
  readonly json?: boolean;
}

interface RulesOptions extends SpecOptions {
  readonly chapter?: string;
  readonly list?: boolean;
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
  spec.command('rules [name]').description("count the manual's normative rules that are tested, cited, not applicable and missing; or say what holds one")
    .addOption(new Option('--chapter <name>', 'only the rules of this file of specs/rules'))
    .addOption(new Option('--list', 'each rule on a line, with its place in the specs and what claims it'))
    .addOption(jsonOption())
    .addOption(specsOption())
    .addHelpText('after', `
Tested: named by a row of the literal tables or by a test. Cited: by the specs, and not tested.
Not applicable: set aside, with its reason, in specs/not-applicable.yaml. Missing: none of these.
A mutant carries the rules of the entry that it changes.

Example:
  ghosthart spec rules
  ghosthart spec rules sret_v1
  ghosthart spec rules --chapter hypervisor --list`)
    .action(async (name: string | undefined, options: RulesOptions) => {
      process.exitCode = await rules(name, options);
    });
}

async function loaded(overlays: readonly string[]): Promise<{ readonly ok: true; readonly specs: Specs } | Failure> {
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(overlays));
  return specs.ok ? { ok: true, specs: specs.value } : specFailure(specs.diagnostics);
}

async function check(overlays: readonly string[]): Promise<number> {
  const compiler = await import('../../model/compile.js');
  const { specs, diagnostics: inSpecs } = compiler.check(specLayers(overlays));
  const diagnostics = inSpecs.length > 0 ? inSpecs : await testedButSetAside(specLayers(overlays));
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

async function rules(name: string | undefined, { specs: overlays, json, chapter, list }: RulesOptions): Promise<number> {
  const held = await heldRules(specLayers(overlays));
  if (!held.ok) return terminal.fail(await specFailure(held.diagnostics));
  const known = new Set(held.value.map((rule) => rule.chapter));
  if (chapter !== undefined && !known.has(chapter)) return terminal.fail(failure(`There is no chapter ${chapter}.`, suggestion(chapter, known, 'Chapters are the files of specs/rules, without .tsv.')));
  const wanted = held.value.filter((rule) => (name === undefined || rule.name === name) && (chapter === undefined || rule.chapter === chapter));
  if (wanted.length === 0) return terminal.fail(failure(`There is no rule ${name ?? ''}${chapter === undefined ? '' : ` in the chapter ${chapter}`}.`, suggestion(name ?? '', held.value.map((rule) => rule.name), 'Rules are in the first column of specs/rules/*.tsv.')));
  if (name === undefined && list !== true) {
    const chapters = chaptersOf(wanted);
    terminal.out(json === true ? JSON.stringify({ chapters }) : chaptersText(chapters));
    return EXIT_CODE.success;
  }
  const outcome = await loaded(overlays);
  if (!outcome.ok) return terminal.fail(outcome);
  const mutants = await mutantsByRule(outcome.specs);
  const print = name === undefined ? ruleLine : ruleText;
  terminal.out(json === true ? JSON.stringify({ rules: wanted.map((rule) => ruleJson(rule, mutants.get(rule.name) ?? 0)) }) : wanted.map((rule) => print(rule, mutants.get(rule.name) ?? 0)).join('\n'));
  return EXIT_CODE.success;
}
