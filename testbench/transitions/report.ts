/** The executed matrix as text and as JSON. */
import type { Assignment } from './atoms.js';
import type { Cell } from './cells.js';
import { outcomeText } from './decide.js';
import { type Group, GROUPS } from './event.js';
import type { CellResult } from './execute.js';
import type { LeftOut } from './left-out.js';
import { cellName, stateText } from './names.js';
import type { TransitionResults } from './run.js';
import { differenceTable, disagreementLines } from './words.js';
import { writesText } from './writes.js';

/** A cell on which the sides part, or that was not executed. */
export interface Failing {
  /** Its name. */
  readonly cell: string;
  readonly core: string;
  readonly mode: string;
  readonly event: string;
  readonly state: string;
  readonly rules: readonly string[];
  /** What each side says where they differ, a line each; or why there was no execution. */
  readonly what: readonly string[];
  /** The record of each side, with the lines marked that the other's lacks. */
  readonly log: readonly string[];
}

const AGREEMENTS = { agreeing: 'agree', disagreeing: 'disagree', unexecuted: 'not executed' } as const;
type Agreement = (typeof AGREEMENTS)[CellResult['kind']];

/** A row of the table: a cell on all cores. */
export interface TransitionRow {
  /** Its name. */
  readonly cell: string;
  readonly from: string;
  readonly event: string;
  /** Values by bit. */
  readonly state: Readonly<Record<string, number>>;
  readonly to: string;
  /** Absent: the instruction retires. */
  readonly trap?: { readonly cause: number; readonly interrupt: boolean; readonly gva: boolean };
  /** `mepc`, `mstatus.MPP`, `x12`, `memory`: written, whether or not the value changes. */
  readonly written: readonly string[];
  readonly rules: readonly string[];
  /** On every core, or what it is on the worst. */
  readonly agreement: Agreement;
}

/** The object that `transitions --json` prints. */
export interface TransitionsJson {
  readonly cells: number;
  /** Cells by kind of event; kinds without cells are absent. */
  readonly groups: Readonly<Partial<Record<Group, number>>>;
  readonly executed: number;
  readonly agreeing: number;
  readonly disagreeing: readonly Failing[];
  readonly unexecuted: readonly Failing[];
  /** Causes that nothing raises. */
  readonly pruned: readonly { readonly name: string; readonly reason: string }[];
  /** Bits that decisions read and that have one value. */
  readonly fixed: LeftOut['bits'];
  /** Values that no state shows together. */
  readonly impossible: readonly { readonly mode: string; readonly event: string; readonly values: Readonly<Record<string, number>> }[];
  readonly supportDifferences?: readonly { readonly event: string; readonly mode: string; readonly bit: string; readonly readBy: string }[];
  readonly cores: readonly { readonly core: string; readonly executed: number; readonly agreeing: number; readonly seconds: number }[];
  readonly seconds: number;
  readonly table: readonly TransitionRow[];
}

/** The figures alone. */
export type TransitionFigures = Omit<TransitionsJson, 'table'>;

const numbers = (values: Assignment): Readonly<Record<string, number>> => Object.fromEntries([...values].map(([name, value]) => [name, Number(value)]));
const round = (seconds: number): number => Number(seconds.toFixed(3));

function failing(core: string, result: CellResult): readonly Failing[] {
  if (result.kind === 'agreeing') return [];
  const { cell } = result;
  const [what, log] = result.kind === 'disagreeing' ? [differenceTable(result.disagreement), disagreementLines(result.disagreement)] : [[result.reason], []];
  return [{ cell: cellName(cell), core, mode: cell.mode, event: cell.event.id, state: stateText(cell), rules: cell.expected.rules, what, log }];
}

/** Figures and failures. A cell counts as agreeing if it agrees on every core. */
export function transitionFigures({ cells, cores, leftOut, supportDifferences, seconds }: TransitionResults): TransitionFigures {
  const of = (kind: CellResult['kind']): Failing[] => cores.flatMap(({ core, results }) => results.flatMap((r) => (r.kind === kind ? failing(core, r) : [])));
  const onAll = (wanted: (r: CellResult) => boolean): number => cells.filter((_, i) => cores.every(({ results }) => results[i] !== undefined && wanted(results[i]))).length;
  return {
    cells: cells.length,
    groups: Object.fromEntries(GROUPS.map((group) => [group, cells.filter((c) => c.event.group === group).length] as const).filter(([, count]) => count > 0)),
    executed: onAll((r) => r.kind !== 'unexecuted'),
    agreeing: onAll((r) => r.kind === 'agreeing'),
    disagreeing: of('disagreeing'),
    unexecuted: of('unexecuted'),
    pruned: leftOut.causes,
    fixed: leftOut.bits,
    impossible: leftOut.impossible.map(({ mode, event, values }) => ({ mode, event, values: numbers(values) })),
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

/** Figures, failures and the whole table. */
export function transitionsJson(results: TransitionResults): TransitionsJson {
  const table = results.cells.map((cell, i): TransitionRow => {
    const { mode, event, shown, expected: { next, trap, writes, rules } } = cell;
    const taken = trap && { trap: { cause: trap.cause, interrupt: trap.interrupt, gva: trap.gva } };
    return { cell: cellName(cell), from: mode, event: event.id, state: numbers(shown), to: next, ...taken, written: writes, rules, agreement: agreementOf(results, i) };
  });
  return { ...transitionFigures(results), table };
}

/** Everything agrees and nothing is left out. */
export const allAgree = ({ cells, agreeing, supportDifferences = [] }: TransitionFigures): boolean => cells === agreeing && supportDifferences.length === 0;

/** The kind of the worst result of a cell. */
function agreementOf({ cores }: TransitionResults, index: number): Agreement {
  const kinds = cores.map(({ results }) => results[index]?.kind ?? 'unexecuted');
  return AGREEMENTS[kinds.find((k) => k === 'disagreeing') ?? kinds.find((k) => k === 'unexecuted') ?? 'agreeing'];
}

/**
 * A block for each mode and event, and in it one for each decision: where it
 * goes and the cause, whether the sides agree, what is written, the rules, and
 * the state in which that is so, a line for each cell.
 *
 * ```
 * VS sret
 *   cause 22 to M: agree
 *     writes  mstatus.{MPV,MPP,GVA,MPIE,MIE} mepc mcause mtval mtval2 mtinst
 *     rules   H_virtinst_vs_sret_vtsr1, trap_def_M_mode, H_trap_m_csrwrites
 *     state   hstatus.VTSR=1 medeleg[22]=0 vsstatus.SPP=0
 *             hstatus.VTSR=1 medeleg[22]=0 vsstatus.SPP=1
 * ```
 */
export function formatTransitions(results: TransitionResults): string {
  const blocks = new Map<string, Map<string, string[]>>();
  results.cells.forEach((cell, i) => {
    const block = grouped(blocks, `${cell.mode} ${cell.event.id}`, () => new Map<string, string[]>());
    grouped(block, decisionText(cell, agreementOf(results, i)), (): string[] => []).push(stateText(cell));
  });
  const text = [...blocks].flatMap(([heading, decisions]) => [
    heading,
    ...[...decisions].flatMap(([decision, states]) => [decision, `    state   ${states.join('\n            ')}`]),
    '',
  ]);
  return `${[...text, summary(results)].join('\n')}\n`;
}

function grouped<T>(groups: Map<string, T>, key: string, empty: () => T): T {
  const found = groups.get(key) ?? empty();
  groups.set(key, found);
  return found;
}

function decisionText({ expected }: Cell, agreement: Agreement): string {
  const shown = agreement === 'agree' ? agreement : agreement.toUpperCase();
  return [`  ${outcomeText(expected)}: ${shown}`, `    writes  ${writesText(expected.writes) || 'nothing'}`, `    rules   ${expected.rules.join(', ')}`].join('\n');
}

/** `load_page_fault, store_page_fault (there is no translation)` */
function byReason(all: readonly { readonly name: string; readonly reason: string }[]): string {
  const reasons = [...new Set(all.map((p) => p.reason))];
  return reasons.map((reason) => `${all.filter((p) => p.reason === reason).map((p) => p.name).join(', ')} (${reason})`).join('; ');
}

/** The same, but `mcounteren[3]` to `mcounteren[31]` as `mcounteren[31:3]` where all else is equal. */
function inRuns(bits: LeftOut['bits']): LeftOut['bits'] {
  const runs = new Map<string, { readonly bit: LeftOut['bits'][number]; readonly low: number; readonly high: number }>();
  for (const bit of bits) {
    const [, register, number] = /^(.*)\[(\d+)\]$/.exec(bit.bit) ?? [];
    const key = [register ?? bit.bit, bit.value, bit.reason, ...bit.modes].join(' ');
    const low = Number(number ?? 0);
    const run = runs.get(key);
    if (run !== undefined && run.high + 1 === low) runs.set(key, { ...run, high: low });
    else runs.set(run === undefined ? key : `${key} ${low}`, { bit, low, high: low });
  }
  return [...runs.values()].map(({ bit, low, high }) => (low === high ? bit : { ...bit, bit: bit.bit.replace(/\[\d+\]$/, `[${high}:${low}]`) }));
}

/** What has no cells, a line for each kind. */
function leftOutLines({ causes, bits, impossible }: LeftOut): readonly string[] {
  const fixed = inRuns(bits).map(({ bit, value, modes, reason }) => ({ name: `${bit}=${value} in ${modes.join(' ')}`, reason }));
  return [
    ...(causes.length === 0 ? [] : [`Causes without cells: ${byReason(causes)}.`]),
    ...(fixed.length === 0 ? [] : [`Bits with one value, though decisions read them: ${byReason(fixed)}.`]),
    ...impossible.map(({ mode, event, values }) => `No cell ${mode} ${event} ${stateText({ shown: values })}: no state shows these together.`),
  ];
}

/** The figures, what was left out and why, and every failure; of a single cell, with the records of both sides. */
export function summary(results: TransitionResults): string {
  const { cells, executed, agreeing, disagreeing, unexecuted, supportDifferences, cores, seconds } = transitionFigures(results);
  const told = (verb: string) => (f: Failing): readonly string[] => [`${f.cell} ${verb} on ${f.core}.`, ...(cells === 1 && f.log.length > 0 ? f.log : f.what).map((line) => `  ${line}`.trimEnd()), `  Rules: ${f.rules.join(', ')}.`];
  return [
    `${cells} cells, ${executed} executed, ${agreeing} agreeing; ${seconds.toFixed(1)} s (${cores.map((c) => `${c.core} ${c.seconds.toFixed(1)} s`).join(', ')}).`,
    ...leftOutLines(results.leftOut),
    ...disagreeing.flatMap(told('disagrees')),
    ...unexecuted.flatMap(told('was not executed')),
    ...(supportDifferences ?? []).map((d) => `${d.event} in ${d.mode}: only the ${d.readBy} ${d.readBy === 'specs' ? 'read' : 'reads'} ${d.bit}.`),
  ].join('\n');
}
