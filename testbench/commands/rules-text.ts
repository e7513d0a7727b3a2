/**
 * The rules as text and JSON: counts of chapters, and what holds each rule.
 */
import { lineOf } from '../../model/spec/yaml.js';
import { standing, type Chapter, type HeldRule } from './rules.js';

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

/** A rule on one line: where the specs decide it, and how much is claimed of it. */
export function ruleLine(rule: HeldRule, mutants: number): string {
  const { name, entries: [first, ...others], rows, tests, reason } = rule;
  const place = first === undefined ? reason ?? '' : `${placeOf(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  const counts = [[rows.length, 'row'], [tests.length, 'test'], [mutants, 'mutant']] as const;
  const claimed = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`).join(', ');
  return `${name.padEnd(40)} ${standing(rule).padEnd(14)} ${[place, claimed].filter((part) => part !== '').join('; ')}`.trimEnd();
}

/** A rule with every entry, row and test. */
export function ruleText(rule: HeldRule, mutants: number): string {
  const { name, chapter, entries, rows, tests, reason } = rule;
  const section = (title: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', `  ${title}`, ...lines.map((line) => `    ${line}`)]);
  return [
    `${name}: a rule of the chapter ${chapter}, ${standing(rule)}`,
    ...(reason === undefined ? [] : ['', `  ${reason}`]),
    ...section('Entries of the specs', entries.map((one) => `${placeOf(one)}  ${one.entry}`)),
    ...section('Rows of the literal tables', rows),
    ...section('Tests', tests),
    ...section('Mutants', mutants === 0 ? [] : [`${mutants} carry it`]),
  ].join('\n');
}

/** The same as data. */
export function ruleJson(rule: HeldRule, mutants: number): object {
  const { name, chapter, entries, rows, tests, reason } = rule;
  return { name, chapter, standing: standing(rule), entries: entries.map((one) => ({ entry: one.entry, place: placeOf(one) })), rows, tests, mutants, ...(reason !== undefined && { reason }) };
}

const placeOf = ({ span }: HeldRule['entries'][number]): string => `${span.file.path}:${lineOf(span)}`;
