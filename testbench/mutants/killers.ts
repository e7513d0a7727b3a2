/**
 * What can kill a mutant: the literal tables, WFI's waiting, and on random
 * programs lockstep with the reference, what the outside world saw, the
 * scoreboard.
 */
import type { Isa, Uarch } from '../../model/spec/isa.js';
import { simpler } from '../arbitraries/shrink.js';
import { Lockstep } from '../lockstep/lockstep.js';
import type { ObservedCore } from '../lockstep/observed.js';
import { BusListener, firstLie } from '../lockstep/outside-world.js';
import type { Observation } from '../lockstep/records.js';
import { CoreSubject } from '../lockstep/subject.js';
import { Reference } from '../reference/reference.js';
import { Scoreboard } from '../scoreboard/scoreboard.js';
import { wordsOf } from '../scoreboard/words.js';
import { tables, type TableRow } from '../tables/index.js';
import { runRow } from '../tables/run.js';
import type { Mutant } from './mutant.js';
import { keepingFaults } from './keeping.js';
import { waitFaults } from './waiting.js';
import type { Supplied, Supply } from './supply.js';

/** How a mutant died. */
export interface Kill {
  readonly by: 'tables' | 'waiting' | 'keeping' | 'lockstep' | 'outside' | 'scoreboard';
  /** What failed: the row, or the first difference. */
  readonly property: string;
  /** Rows or programs run. */
  readonly executions: number;
  readonly seconds: number;
  /** Instructions of the shortest body found that still kills it. */
  readonly length?: number;
}

/** A core, and who looks at it. */
interface Bench {
  readonly core: ObservedCore;
  readonly lockstep: Lockstep;
  readonly bus: BusListener;
}

/** Nearly every program ends by itself earlier. */
export const MOST_CYCLES = 3000;
/** Simpler programs tried: a length is for orientation, and shrinking may stop early. */
const SHRINK_TRIES = 150;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The names in a text: `stage VS: sum is 0` has `stage`, `sum`, `mstatus.TSR: lost` has `mstatus`, `TSR`, `lost`. */
const namesIn = (text: string): readonly string[] => text.match(/[A-Za-z][A-Za-z0-9_]+/g) ?? [];

/** Rows in an order that does not depend on their tables, so that most mutants meet theirs early. */
function shuffled(rows: readonly TableRow[]): readonly TableRow[] {
  const key = (row: TableRow): number => [...row.id].reduce((hash, c) => Math.imul(hash ^ c.charCodeAt(0), 0x0100_0193), 0x811c_9dc5) >>> 0;
  return rows.map((row) => ({ row, k: key(row) })).sort((a, b) => a.k - b.k).map(({ row }) => row);
}

export class Killers {
  /** Of the tables: those that do not rest on tables being read anew, if the core keeps what it has read. */
  readonly rows: readonly TableRow[];
  /** Numbers of rows by what they name: their rules, the words of their names, their registers. */
  readonly #rowsNaming = new Map<string, number[]>();
  readonly #reference: Reference;

  constructor(readonly isa: Isa, readonly uarch: Uarch, readonly supply: Supply) {
    this.rows = shuffled(tables().filter(({ rules }) => uarch.translation === undefined || !rules.includes('choices:no-tlb')));
    const { cacheBlockBytes, reservationBytes } = isa.hart;
    this.#reference = new Reference({ cacheBlockBytes, reservationBytes });
    for (const [i, { id, rules, arrange }] of this.rows.entries()) {
      for (const name of new Set([...rules, ...namesIn(id), ...Object.keys(arrange.csrs ?? {})])) {
        const named = this.#rowsNaming.get(name);
        if (named === undefined) this.#rowsNaming.set(name, [i]);
        else named.push(i);
      }
    }
  }

  /** Numbers of all rows, those first that name something that a mutant names: of few rows before those of many. */
  rowsFor({ id, rules }: Mutant): readonly number[] {
    const named = [...new Set([...rules, ...namesIn(id)])].flatMap((name) => this.#rowsNaming.get(name) ?? []);
    const often = new Map<number, number>();
    for (const row of named) often.set(row, (often.get(row) ?? 0) + 1);
    // Many names in common before few; among equals the order that all rows have.
    const first = [...often].sort(([a, m], [b, n]) => n - m || a - b).map(([row]) => row);
    return [...new Set([...first, ...this.rows.keys()])];
  }

  /** Runs rows of these numbers until one fails. */
  tables(core: ObservedCore, numbers: Iterable<number>): Kill | undefined {
    const start = performance.now();
    const subject = new CoreSubject(core);
    const kill = (row: TableRow, i: number, what: string): Kill => ({ by: 'tables', property: `${row.id}: ${what}`, executions: i + 1, seconds: (performance.now() - start) / 1000 });
    let i = -1;
    for (const number of numbers) {
      const row = this.rows[number];
      if (row === undefined) continue;
      i++;
      try {
        const [difference] = runRow(subject, row);
        if (difference !== undefined) return kill(row, i, difference);
      } catch (error) {
        return kill(row, i, messageOf(error));
      }
    }
    return undefined;
  }

  /** Whether WFI waits for what it should. */
  waiting(core: ObservedCore): Kill | undefined {
    return this.#asked('waiting', () => waitFaults(core));
  }

  /** Whether what has been walked for is found again. */
  keeping(core: ObservedCore): Kill | undefined {
    return this.#asked('keeping', () => this.supply.keepings.flatMap(({ keeping, image }) => keepingFaults(core, keeping, image)));
  }

  #asked(by: Kill['by'], faults: () => readonly string[]): Kill | undefined {
    const start = performance.now();
    const kill = (property: string): Kill => ({ by, property, executions: 1, seconds: (performance.now() - start) / 1000 });
    try {
      const [fault] = faults();
      return fault === undefined ? undefined : kill(fault);
    } catch (error) {
      return kill(messageOf(error));
    }
  }

  /**
   * Runs random programs of these numbers until one fails.
   *
   * @param fresh - Gives a core in good order, whatever a mutant did to the last one.
   * @param seconds - For all of them at most.
   */
  programs(fresh: (again?: boolean) => ObservedCore, numbers: Iterable<number>, timed: boolean, seconds: number): Kill | undefined {
    const start = performance.now();
    const elapsed = (): number => (performance.now() - start) / 1000;
    let bench: Bench | undefined;
    let executions = 0;
    for (const number of numbers) {
      if (elapsed() >= seconds) break;
      bench ??= this.#bench(fresh());
      const supplied = this.supply.at(number, timed);
      executions++;
      const found = this.#run(bench, supplied, timed);
      if (found === undefined) continue;
      const took = elapsed();
      return { ...found, executions, seconds: took, length: this.#shrunk(this.#bench(fresh(true)), supplied, timed) };
    }
    return undefined;
  }

  #bench(core: ObservedCore): Bench {
    return { core, lockstep: new Lockstep(core, this.#reference), bus: new BusListener(core) };
  }

  #run({ core, lockstep, bus }: Bench, { program, asked }: Supplied, timed: boolean): Pick<Kill, 'by' | 'property'> | undefined {
    const records: Observation[] = [];
    bus.take();
    try {
      const { inputs } = program;
      const result = lockstep.run(program, { maxCycles: MOST_CYCLES, inputs, onRecord: (o) => { if (timed) records.push(o); } });
      if (result.kind === 'diverged') {
        const [first] = result.divergence.differences;
        return { by: 'lockstep', property: `${result.divergence.kind}: ${first?.what ?? ''} is ${first?.model ?? ''}, not ${first?.reference ?? ''}` };
      }
      const cut = result.outcome.kind === 'cycle-limit';
      if (!timed || asked === 'nobody') return undefined;
      const lie = asked === 'scoreboard' ? undefined : firstLie({ records, accesses: bus.take(), inputs, cyclesPerTick: this.isa.hart.cyclesPerTick, memory: core.memory.size, cut });
      if (lie !== undefined) return { by: 'outside', property: lie };
    } catch (error) {
      return { by: 'lockstep', property: messageOf(error) };
    }
    const late = new Scoreboard(this.isa, this.uarch, { fetch: wordsOf(program.segments, records) }).firstMistiming(records);
    return late === undefined ? undefined : { by: 'scoreboard', property: `record ${late.event.retirement.order} in cycle ${late.event.inputs.cycle}, predicted ${late.prediction.exact ? '' : 'at least '}${late.prediction.cycle}` };
  }

  /** Greedy: the first simpler program that still fails, again and again. */
  #shrunk(bench: Bench, start: Supplied, timed: boolean): number {
    let left = SHRINK_TRIES;
    let best = start;
    for (let found = true; found;) {
      found = false;
      for (const plan of best.plan === undefined ? [] : simpler(best.plan)) {
        if (left-- === 0) return best.length;
        const candidate = this.supply.build(plan, start.asked);
        if (this.#run(bench, candidate, timed) === undefined) continue;
        best = candidate;
        found = true;
        break;
      }
    }
    return best.length;
  }
}
