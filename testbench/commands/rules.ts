/**
 * The manual's normative rules by what we do about them, chapter by chapter.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayers } from '../../model/spec/files.js';
import { Report } from '../../model/spec/report.js';
import { specFailure, type Failure } from './failure.js';
import { specLayers } from './package.js';

/** Counts of a chapter; `missing` by name. The four add up to the chapter. */
export interface Chapter {
  readonly tested: number;
  readonly cited: number;
  readonly notApplicable: number;
  readonly missing: readonly string[];
}

/**
 * Chapters whose extension this version does not have: their rules bind
 * nothing here. Compressed, atomic, floating-point, bit-manipulation, cache,
 * state-enable and timer-compare extensions come later or never.
 */
const OUT_OF_SCOPE: ReadonlySet<string> = new Set([
  'a-st-ext', 'b-st-ext', 'c-st-ext', 'cmo', 'd-st-ext', 'f-st-ext', 'smstateen', 'sscofpmf', 'sstc', 'zawrs', 'zicond',
  'shgatpa', 'shvsatpa', 'ssccptr',
]);

/** Every chapter of `rules/`. */
export async function rulesByChapter(overlays: readonly string[]): Promise<{ readonly ok: true; readonly chapters: Readonly<Record<string, Chapter>> } | Failure> {
  const report = new Report();
  const files = readLayers(specLayers(overlays), report);
  if (!report.empty) return specFailure(report.diagnostics);
  const cited = new Set(files.filter(({ kind }) => kind !== 'rules').flatMap(({ source }) => words(withoutComments(source.text))));
  const tested = await testedNames();
  const chapters: Record<string, Chapter> = {};
  for (const { kind, name, source } of files) {
    if (kind !== 'rules') continue;
    const rules = namesIn(source.text);
    const open = rules.filter((rule) => !tested.has(rule) && !cited.has(rule));
    chapters[name] = {
      tested: rules.filter((rule) => tested.has(rule)).length,
      cited: rules.filter((rule) => cited.has(rule) && !tested.has(rule)).length,
      notApplicable: OUT_OF_SCOPE.has(name) ? open.length : 0,
      missing: OUT_OF_SCOPE.has(name) ? [] : open,
    };
  }
  return { ok: true, chapters };
}

/** Names in the rows of the literal tables and in the test files. */
async function testedNames(): Promise<ReadonlySet<string>> {
  const { tables } = await import('../tables/index.js');
  const names = new Set(tables().flatMap((row) => row.rules));
  const testbench = fileURLToPath(new URL('..', import.meta.url));
  for (const file of readdirSync(testbench, { recursive: true, encoding: 'utf8' })) {
    if (/\.test\.[jt]s$/.test(file)) for (const word of words(readFileSync(join(testbench, file), 'utf8'))) names.add(word);
  }
  return names;
}

const words = (text: string): readonly string[] => text.match(/[A-Za-z]\w+(?:-\w+)*/g) ?? [];
const withoutComments = (yaml: string): string => yaml.replace(/(^|\s)#.*$/gm, '');

/** First column of each line that is not a comment. */
function namesIn(tsv: string): readonly string[] {
  return tsv.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t')[0] ?? '').filter((name) => name !== 'name');
}

/** A table for people, and the sum. */
export function chaptersText(chapters: Readonly<Record<string, Chapter>>): string {
  const rows = Object.entries(chapters).map(([name, c]) => ({ name, counts: [c.tested, c.cited, c.notApplicable, c.missing.length] }));
  const sums = [0, 1, 2, 3].map((i) => rows.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0));
  const line = (name: string, cells: readonly (string | number)[]): string => name.padEnd(14) + cells.map((cell) => String(cell).padStart(16)).join('');
  return [
    line('chapter', ['tested', 'cited only', 'not applicable', 'missing']),
    ...rows.map(({ name, counts }) => line(name, counts)),
    line('all', sums),
  ].join('\n');
}
