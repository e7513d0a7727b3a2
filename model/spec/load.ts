/**
 * From spec files to specs: read this first, it is the table of contents.
 *
 * Text becomes trees that know their places (`yaml`), trees become declared
 * names with overlays merged (`declarations`), and each section becomes typed
 * entries checked against the others. Mistakes are collected on the way; specs
 * come out only if there are none.
 */
import { Context } from './context.js';
import { buildCompressed } from './compressed.js';
import { buildCsrs } from './csrs.js';
import { Declarations } from './declarations.js';
import type { Diagnostic, Outcome, SourceFile } from './diagnostic.js';
import { checkOverlaps } from './encodings.js';
import { hashOf, layersOf, readLayers, type SpecFile } from './files.js';
import { buildEvents, checkSelectors } from './events.js';
import { buildFormats, buildPseudos } from './formats.js';
import { buildFunctions } from './functions.js';
import { buildHart } from './hart.js';
import { buildInstructions } from './instructions.js';
import type { Specs } from './isa.js';
import { buildNotApplicable, type NotApplicable } from './not-applicable.js';
import { buildProtection } from './protection.js';
import { Report } from './report.js';
import { RuleBook, type Citation } from './rulebook.js';
import { buildPermits } from './tables.js';
import { buildTranslation } from './translation.js';
import { buildTraps } from './traps.js';
import { buildCores } from './uarch.js';
import { buildVariables, VariableSpace } from './variables.js';
import { parseYaml } from './yaml.js';

/**
 * The specs in some directories: `isa/*.yaml`, `hart.yaml`, `uarch/*.yaml`,
 * `rules/*.tsv`, `not-applicable.yaml`.
 *
 * The first directory is complete; each further one overlays it: entries of
 * the same name replace, new ones add.
 *
 * @returns The specs, or every mistake in them.
 */
export function loadSpecs(directories: readonly string[]): Outcome<Specs> {
  const report = new Report();
  return load(readLayers(directories, report), report);
}

/**
 * The same from texts in memory.
 *
 * What precedes `isa/`, `uarch/`, `rules/` and a file's name in a path is its
 * layer; layers count in order of appearance.
 */
export function loadFromFiles(files: readonly SourceFile[]): Outcome<Specs> {
  const report = new Report();
  return load(layersOf(files, report), report);
}

/** Specs as far as they can be understood, with every mistake found so far. */
export interface Attempt {
  /** Without the entries that are broken; undefined if an essential part is. */
  readonly specs: Specs | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the files declare a CSR, variable or function of that name, broken or not. */
  readonly declares: (name: string) => boolean;
}

/** The same directories, for somebody who looks for further mistakes in what is left. */
export function attemptSpecs(directories: readonly string[]): Attempt {
  const report = new Report();
  return attempt(readLayers(directories, report), report);
}

/** What the specs do about the manual's rules. */
export interface RuleUse {
  /** Rule names by chapter: `hypervisor`. */
  readonly chapters: ReadonlyMap<string, readonly string[]>;
  readonly citations: readonly Citation[];
  readonly notApplicable: readonly NotApplicable[];
}

/** What the specs do about the manual's rules, or every mistake in them. */
export function loadRuleUse(directories: readonly string[]): Outcome<RuleUse> {
  const report = new Report();
  const { rules: { chapters, citations }, notApplicable, diagnostics } = attempt(readLayers(directories, report), report);
  return report.empty ? { ok: true, value: { chapters, citations, notApplicable } } : { ok: false, diagnostics };
}

function attempt(files: readonly SpecFile[], report: Report): Attempt & { readonly rules: RuleBook; readonly notApplicable: readonly NotApplicable[] } {
  const context = declare(files, report);
  const specs = build(context, hashOf(files));
  const layers = new Map(files.map(({ source, layer }) => [source, layer]));
  const notApplicable = buildNotApplicable(context, (file) => layers.get(file) ?? 0);
  const sections = ['csrs', 'variables', 'functions'] as const;
  return { specs, rules: context.rules, notApplicable, diagnostics: report.diagnostics, declares: (name) => sections.some((s) => context.declarations.of(s).has(name)) };
}

function load(files: readonly SpecFile[], report: Report): Outcome<Specs> {
  const { specs, diagnostics } = attempt(files, report);
  return report.empty && specs !== undefined ? { ok: true, value: specs } : { ok: false, diagnostics };
}

/** Everything that the files declare. */
function declare(files: readonly SpecFile[], report: Report): Context {
  const rules = new RuleBook(files, report);
  const declarations = new Declarations(rules, report);
  let complete = report.empty;
  for (const file of files) {
    if (file.kind === 'rules') continue;
    const top = parseYaml(file.source, report);
    if (top === undefined) complete = false;
    else declarations.collect(file, top);
  }
  return new Context(report, rules, declarations, complete);
}

/** All sections, each after those it names. Nothing if an essential part is missing, which is then reported. */
function build(context: Context, hash: string): Specs | undefined {
  const formats = buildFormats(context);
  const csrs = buildCsrs(context);
  const variables = buildVariables(context);
  const space = new VariableSpace(context, csrs, variables);
  const permits = buildPermits({ context, space, use: 'permit' });
  const instructions = buildInstructions(formats, { context, space, use: 'case' });
  const compressed = buildCompressed(formats, instructions, context);
  checkOverlaps([...instructions.values()], context);
  checkOverlaps([...compressed.values()], context);
  const pseudos = buildPseudos(context);
  const functions = buildFunctions(context);
  const traps = buildTraps({ context, space, use: 'delegation' });
  const translation = buildTranslation(context, csrs);
  const protection = buildProtection(context, csrs);
  const events = buildEvents(context);
  checkSelectors(csrs, events, context);
  const hart = buildHart(context, events);
  const cores = buildCores(instructions.values(), context);
  if (traps === undefined || hart === undefined) return undefined;
  return {
    isa: {
      formats: [...formats.values()], instructions: [...instructions.values()], compressed: [...compressed.values()], pseudos: [...pseudos.values()],
      csrs: [...csrs.values()], variables: [...variables.values()], permits: [...permits.values()],
      functions: [...functions.values()], traps, ...(translation && { translation }), ...(protection && { protection }), hart, hash,
    },
    cores,
  };
}
