/**
 * The manual's normative rules by what holds them: entries of the specs, rows
 * of the literal tables, tests, mutants, or a reason why they bind nothing here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hardware } from '../../model/compile.js';
import type { Diagnostic, Outcome, Span } from '../../model/spec/diagnostic.js';
import type { Specs } from '../../model/spec/isa.js';
import { loadRuleUse } from '../../model/spec/load.js';

/** Counts of a chapter; `missing` by name. The four add up to the chapter. */
export interface Chapter {
  /** Named by a row of the tables or by a test. */
  readonly tested: number;
  /** Cited by the specs, and not tested. */
  readonly cited: number;
  readonly notApplicable: number;
  readonly missing: readonly string[];
}

/** A rule and all that holds it. */
export interface HeldRule {
  readonly name: string;
  readonly chapter: string;
  /** Entries of the specs that cite it, and where. */
  readonly entries: readonly { readonly entry: string; readonly span: Span }[];
  /** Rows of the literal tables that name it, by id. */
  readonly rows: readonly string[];
  /** Test files that name it. */
  readonly tests: readonly string[];
  /** Why it binds nothing, if it does not. */
  readonly reason?: string;
}

/** What holds a rule, in the words of the table. */
export function standing({ entries, rows, tests, reason }: Omit<HeldRule, 'name' | 'chapter'>): 'tested' | 'cited' | 'not applicable' | 'missing' {
  if (rows.length + tests.length > 0) return 'tested';
  if (entries.length > 0) return 'cited';
  return reason === undefined ? 'missing' : 'not applicable';
}

/** Every rule of every chapter, in the manual's order; or the mistakes in the specs. */
export async function heldRules(layers: readonly string[]): Promise<Outcome<readonly HeldRule[]>> {
  const use = loadRuleUse(layers);
  if (!use.ok) return use;
  const { chapters, citations, notApplicable } = use.value;
  const entries = grouped(citations.map(({ rule, entry, span }) => [rule, { entry, span }]));
  const reasons = new Map(notApplicable.flatMap(({ reason, rules }) => rules.map(({ rule }) => [rule, reason])));
  const { rows, tests } = await claims();
  const rules = [...chapters].flatMap(([chapter, names]) => names.map((name): HeldRule => {
    const reason = reasons.get(name);
    return { name, chapter, entries: entries.get(name) ?? [], rows: rows.get(name) ?? [], tests: tests.get(name) ?? [], ...(reason !== undefined && { reason }) };
  }));
  return { ok: true, value: rules };
}

/** Rules by chapter, counted. */
export function chaptersOf(rules: readonly HeldRule[]): Readonly<Record<string, Chapter>> {
  return Object.fromEntries([...grouped(rules.map((rule) => [rule.chapter, rule]))].map(([chapter, all]) => {
    const like = (what: string): readonly string[] => all.filter((rule) => standing(rule) === what).map(({ name }) => name);
    return [chapter, { tested: like('tested').length, cited: like('cited').length, notApplicable: like('not applicable').length, missing: like('missing') }];
  }));
}

/** Rules that the specs set aside although a row or a test claims them. */
export async function testedButSetAside(layers: readonly string[]): Promise<readonly Diagnostic[]> {
  const use = loadRuleUse(layers);
  if (!use.ok) return use.diagnostics;
  const { rows, tests } = await claims();
  return use.value.notApplicable.flatMap(({ name, rules }) => rules.flatMap(({ rule, span }): readonly Diagnostic[] => {
    const by = [...(rows.get(rule) ?? []), ...(tests.get(rule) ?? [])][0];
    return by === undefined ? [] : [{ span, message: `${name}: ${rule} is tested by ${by}`, mend: 'A rule is either tested or not applicable: remove it here, or there if the test does not need it.' }];
  }));
}

/** How many mutants of a core carry each rule. Those of the decoder and the pipeline carry none. */
export async function mutantsByRule(specs: Specs): Promise<ReadonlyMap<string, number>> {
  const { allMutants } = await import('../mutants/all.js');
  const [core] = specs.cores;
  const built = core && hardware(specs, core);
  if (core === undefined || built === undefined || !built.ok) return new Map();
  const counts = new Map<string, number>();
  for (const { rules } of allMutants(specs.isa, core, built.value.module)) for (const rule of new Set(rules)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

/** Rows of the tables and test files by the rules that they name. */
export async function claims(): Promise<{ readonly rows: ReadonlyMap<string, readonly string[]>; readonly tests: ReadonlyMap<string, readonly string[]> }> {
  const { tables } = await import('../tables/index.js');
  const testbench = fileURLToPath(new URL('..', import.meta.url));
  const files = readdirSync(testbench, { recursive: true, encoding: 'utf8' }).filter((file) => /\.test\.[jt]s$/.test(file)).sort();
  return {
    rows: grouped(tables().flatMap(({ id, rules }) => rules.map((rule): [string, string] => [rule, id]))),
    tests: grouped(files.flatMap((file) => namedIn(readFileSync(join(testbench, file), 'utf8')).map((rule): [string, string] => [rule, file]))),
  };
}

/** A test says in a comment which rules it claims: `// rules: sret_op, sret_v0`. */
export function namedIn(test: string): readonly string[] {
  const lists = [...test.matchAll(/^\s*(?:\/\/|\*) rules: (.+)$/gm)].map(([, list = '']) => list);
  return [...new Set(lists.flatMap((list) => list.split(/[\s,]+/)).filter((word) => word !== ''))];
}

function grouped<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
