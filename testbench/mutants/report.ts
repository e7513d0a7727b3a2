/** The results of mutation testing for people and as JSON. */
import type { Proof } from './equivalence.js';
import type { Kill } from './killers.js';
import { TABLE_KINDS, placeOf, type Kind } from './mutant.js';
import { countsForTables, type MutantResult, type MutationResults } from './run.js';

/** A survivor as JSON. */
export interface SurvivorJson {
  readonly id: string;
  readonly kind: Kind;
  readonly place?: string;
  readonly rules: readonly string[];
  /** What would kill it. */
  readonly needs: string;
}

/** What became of a mutant, as JSON. */
export interface ResultJson extends Omit<SurvivorJson, 'needs'> {
  readonly outcome: MutantResult['outcome'];
  /** What killed it: rows or programs until then, seconds, instructions of the shrunk body. */
  readonly kill?: Kill;
  /** Why it is none. */
  readonly proof?: Proof;
  /** Of a survivor. */
  readonly needs?: string;
}

/** The object of `mutate --json`. */
export interface MutationJson {
  readonly core: string;
  readonly seed: number;
  readonly seconds: number;
  readonly mutants: number;
  readonly killed: number;
  readonly survived: readonly SurvivorJson[];
  readonly provenEquivalent: number;
  /** Of the mutants that the second score counts, those that the literal tables kill. */
  readonly killedByTables: number;
  readonly countedForTables: number;
  /** Killed of those not proven equivalent, 0 to 1. */
  readonly score: number;
  readonly tableScore: number;
  /** Drawn, but the session ended before. */
  readonly notReached: number;
}

interface Counts {
  readonly mutants: number;
  readonly killed: number;
  readonly equivalent: number;
  readonly survived: number;
  readonly byTables: number;
}

const killOf = (result: MutantResult): readonly Kill[] => (result.outcome === 'killed' ? [result.kill] : []);

function count(results: readonly MutantResult[]): Counts {
  const of = (outcome: MutantResult['outcome']): number => results.filter((r) => r.outcome === outcome).length;
  return {
    mutants: results.length, killed: of('killed'), equivalent: of('equivalent'), survived: of('survived'),
    byTables: results.flatMap(killOf).filter(({ by }) => by === 'tables').length,
  };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${(100 * ratio(part, whole)).toFixed(1)} %`);

/** What would kill a survivor, as far as can be told mechanically. */
function needs({ mutant: { kind }, differs, stirredBy }: Extract<MutantResult, { readonly outcome: 'survived' }>): string {
  const where = `a state in which ${differs.replace(' (too large to decide)', '')} differs`;
  const so = stirredBy === 0 ? 'nothing stirred it' : `${stirredBy} rows and programs stirred it, and nothing came of it`;
  return TABLE_KINDS.has(kind) ? `a row that reaches ${where} (${so})` : `a program that reaches ${where}, or a proof that there is none (${so})`;
}

/** One line: what became of a mutant, by what, how soon. */
export function formatResult(result: MutantResult): string {
  const { mutant: { id }, outcome } = result;
  const line = (what: string): string => `${outcome.padEnd(11)} ${id}  ${what}`;
  switch (result.outcome) {
    case 'killed': {
      const { by, property, executions, seconds, length } = result.kill;
      return line(`by ${by}: ${property} (${executions} ${by === 'tables' ? 'rows' : 'programs'}, ${seconds.toFixed(2)} s${length === undefined ? '' : `, ${length} instructions`})`);
    }
    case 'equivalent': {
      const { how, invariants, lines } = result.proof;
      return line(`${how}${invariants.length === 0 ? '' : `; rests on: ${invariants.join(', ')}`}; lines ${lines.slice(0, 12)}`);
    }
    case 'survived':
      return line(`needs ${needs(result)}`);
  }
}

const common = ({ mutant }: MutantResult): Omit<SurvivorJson, 'needs'> => {
  const place = placeOf(mutant);
  return { id: mutant.id, kind: mutant.kind, ...(place === undefined ? {} : { place }), rules: mutant.rules };
};

/** A mutant as JSON. */
export function resultJson(result: MutantResult): ResultJson {
  const { outcome } = result;
  switch (outcome) {
    case 'killed':
      return { ...common(result), outcome, kill: result.kill };
    case 'equivalent':
      return { ...common(result), outcome, proof: result.proof };
    case 'survived':
      return { ...common(result), outcome, needs: needs(result) };
  }
}

/** As JSON. */
export function mutationJson({ core, seed, seconds, results, notReached }: MutationResults): MutationJson {
  const all = count(results);
  const counted = results.filter(countsForTables);
  const byTables = count(counted).byTables;
  return {
    core, seed, seconds: Number(seconds.toFixed(3)), mutants: all.mutants, killed: all.killed,
    survived: results.flatMap((r): SurvivorJson[] => (r.outcome === 'survived' ? [{ ...common(r), needs: needs(r) }] : [])),
    provenEquivalent: all.equivalent, killedByTables: byTables, countedForTables: counted.length,
    score: ratio(all.killed, all.mutants - all.equivalent), tableScore: ratio(byTables, counted.length), notReached,
  };
}

const columns = (cells: readonly string[], widths: readonly number[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ').trimEnd();

/** One line per kind, with what killed and how soon. */
function table(results: readonly MutantResult[]): readonly string[] {
  const kinds = [...new Set(results.map((r) => r.mutant.kind))];
  const widths = [14, 7, 7, 7, 7, 7, 9, 7, 10, 10, 8, 8, 8];
  const line = (name: string, of: readonly MutantResult[]): string => {
    const c = count(of);
    const kills = of.flatMap(killOf);
    const by = (who: string): string => String(kills.filter((k) => k.by === who).length);
    const programs = kills.filter((k) => k.by !== 'tables' && k.by !== 'waiting' && k.by !== 'keeping').map((k) => k.executions).sort((a, b) => a - b);
    const lengths = kills.flatMap((k) => (k.length === undefined ? [] : [k.length])).sort((a, b) => a - b);
    const middle = (list: readonly number[]): string => String(list[list.length >> 1] ?? '-');
    return columns([name, String(c.mutants), String(c.killed), by('tables'), by('waiting'), by('keeping'), by('lockstep'), by('outside'), by('scoreboard'), String(c.equivalent), String(c.survived), middle(programs), middle(lengths)], widths);
  };
  return [
    columns(['', 'mutants', 'killed', 'tables', 'waiting', 'keeping', 'lockstep', 'outside', 'scoreboard', 'equivalent', 'survived', 'programs', 'length'], widths),
    ...kinds.map((kind) => line(kind, results.filter((r) => r.mutant.kind === kind))),
    line('all', results),
  ];
}

/** For people: scores, a table by kind, every survivor with its place and rules. */
export function formatMutation(results: MutationResults): string {
  const json = mutationJson(results);
  const survivors = json.survived.flatMap(({ id, place, rules, needs: what }) => [
    `  ${id}${place === undefined ? '' : `  (${place})`}`, ...(rules.length === 0 ? [] : [`    rules: ${rules.join(', ')}`]), `    needs: ${what}`,
  ]);
  return [
    `Mutants of ${json.core}, seed ${json.seed}, ${json.seconds.toFixed(0)} s. Programs and length are medians: until the kill, and of the shrunk body.`,
    '',
    ...table(results.results),
    '',
    `Score:        ${json.killed} of ${json.mutants - json.provenEquivalent} not proven equivalent: ${percent(json.killed, json.mutants - json.provenEquivalent)}`,
    `Tables alone: ${json.killedByTables} of ${json.countedForTables} permit, delegation, trap-entry, xRET and substitution mutants: ${percent(json.killedByTables, json.countedForTables)} (${results.rows} rows)`,
    ...(results.notReached === 0 ? [] : [`${results.notReached} more were not reached.`]),
    ...(results.stillborn === 0 ? [] : [`${results.stillborn} more are refused by spec check and not counted.`]),
    ...(survivors.length === 0 ? ['No survivors.'] : ['', 'Survivors:', ...survivors]),
  ].join('\n');
}
