/** The executed matrix as text and as JSON. */
import type { CellResult } from './execute.js';
import type { TransitionResults } from './run.js';
import { cellName, stateText } from './names.js';
import { rulesText, writtenText } from './words.js';
import { outcomeText } from './decide.js';

/** A cell on which the sides part, or that was not executed. */
export interface Failing {
  /** Its name. */
  readonly cell: string;
  readonly core: string;
  readonly mode: string;
  readonly event: string;
  readonly state: string;
  readonly rules: readonly string[];
  readonly what: string;
}

/** The object that `transitions --json` prints. */
export interface TransitionsJson {
  readonly cells: number;
  readonly executed: number;
  readonly agreeing: number;
  readonly disagreeing: readonly Failing[];
  readonly unexecuted: readonly Failing[];
  readonly pruned: readonly { readonly name: string; readonly reason: string }[];
  readonly supportDifferences?: readonly { readonly event: string; readonly mode: string; readonly bit: string; readonly readBy: string }[];
  readonly cores: readonly { readonly core: string; readonly executed: number; readonly agreeing: number; readonly seconds: number }[];
  readonly seconds: number;
}

const round = (seconds: number): number => Number(seconds.toFixed(3));

function failing(core: string, result: CellResult): Failing | undefined {
  if (result.kind === 'agreeing') return undefined;
  const { cell } = result;
  const what = result.kind === 'disagreeing' ? result.difference : result.reason;
  return { cell: cellName(cell), core, mode: cell.mode, event: cell.event.id, state: stateText(cell), rules: cell.expected.rules, what };
}

/** Figures and failures. A cell counts as agreeing if it agrees on every core. */
export function transitionsJson({ cells, cores, pruned, supportDifferences, seconds }: TransitionResults): TransitionsJson {
  const of = (kind: CellResult['kind']): Failing[] => cores.flatMap(({ core, results }) => results.flatMap((r) => (r.kind === kind ? failing(core, r) ?? [] : [])));
  const onAll = (wanted: (r: CellResult) => boolean): number => cells.filter((_, i) => cores.every(({ results }) => results[i] !== undefined && wanted(results[i]))).length;
  return {
    cells: cells.length,
    executed: onAll((r) => r.kind !== 'unexecuted'),
    agreeing: onAll((r) => r.kind === 'agreeing'),
    disagreeing: of('disagreeing'),
    unexecuted: of('unexecuted'),
    pruned,
    ...(supportDifferences && { supportDifferences }),
    cores: cores.map(({ core, results, seconds: s }) => ({
      core,
      executed: results.filter((r) => r.kind !== 'unexecuted').length,
      agreeing: results.filter((r) => r.kind === 'agreeing').length,
      seconds: round(s),
    })),
    seconds: round(seconds),
  };
}

/** Everything agrees and nothing is left out. */
export const allAgree = ({ cells, agreeing, supportDifferences = [] }: TransitionsJson): boolean => cells === agreeing && supportDifferences.length === 0;

const HEADINGS = ['from', 'event', 'state', 'outcome', 'written', 'rules', 'agreement'] as const;
/** Widest a column gets; the page has everything. */
const WIDEST = 60;

/** One line per cell: where it goes, the cause, what is written, the rule, whether the sides agree. */
export function formatTransitions(results: TransitionResults): string {
  const [first] = results.cores;
  const rows = results.cells.map((cell, i) => {
    const kinds = results.cores.map(({ results: r }) => r[i]?.kind ?? 'unexecuted');
    const result = first?.results[i];
    const record = result !== undefined && 'record' in result ? result.record : undefined;
    const agreement = kinds.every((k) => k === 'agreeing') ? 'agree' : kinds.includes('disagreeing') ? 'DISAGREE' : 'NOT EXECUTED';
    return [cell.mode, cell.event.id, stateText(cell), outcomeText(cell.expected), record === undefined ? '' : writtenText(record), rulesText(cell), agreement];
  });
  const widths = HEADINGS.map((heading, i) => Math.min(WIDEST, rows.reduce((w, row) => Math.max(w, row[i]?.length ?? 0), heading.length)));
  const line = (row: readonly string[]): string => row.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ').trimEnd();
  return `${[line(HEADINGS), ...rows.map(line), '', summary(results)].join('\n')}\n`;
}

/** `load_page_fault, store_page_fault (there is no translation)` */
function byReason(pruned: TransitionsJson['pruned']): readonly string[] {
  const reasons = [...new Set(pruned.map((p) => p.reason))];
  return reasons.map((reason) => `${pruned.filter((p) => p.reason === reason).map((p) => p.name).join(', ')} (${reason})`);
}

/** The figures, what was left out and why, and every failure. */
export function summary(results: TransitionResults): string {
  const { cells, executed, agreeing, disagreeing, unexecuted, pruned, supportDifferences, cores, seconds } = transitionsJson(results);
  const failures = [...disagreeing.map((f) => ['disagrees', f] as const), ...unexecuted.map((f) => ['was not executed', f] as const)];
  return [
    `${cells} cells, ${executed} executed, ${agreeing} agreeing; ${seconds.toFixed(1)} s (${cores.map((c) => `${c.core} ${c.seconds.toFixed(1)} s`).join(', ')}).`,
    ...(pruned.length === 0 ? [] : [`Without cells: ${byReason(pruned).join('; ')}.`]),
    ...failures.map(([what, f]) => `${f.cell} ${what} on ${f.core}: ${f.what}. Rules: ${f.rules.join(', ')}.`),
    ...(supportDifferences ?? []).map((d) => `${d.event} in ${d.mode}: only the ${d.readBy} ${d.readBy === 'specs' ? 'read' : 'reads'} ${d.bit}.`),
  ].join('\n');
}
