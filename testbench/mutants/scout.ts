/** Runs ahead of mutants: which rows and programs stir which of them, each run once for all. */
import type { ObservedCore } from '../lockstep/observed.js';
import { CoreSubject } from '../lockstep/subject.js';
import type { TableRow } from '../tables/index.js';
import { runRow } from '../tables/run.js';
import { MOST_CYCLES } from './killers.js';
import type { Supplied } from './supply.js';
import { STIRRED } from './watch.js';

/** What a run is cut off after may still finish its last instruction: no latency is as long. */
const LAST_INSTRUCTION = 1000;

/** For each mutant the numbers of what stirs it, ascending. */
export type Stirrings = readonly (readonly number[])[];

/** A core that runs as the original and watches (`watch.ts`). */
export class Scout {
  readonly #subject: CoreSubject;
  /** Of the first cover point, in what the core shows. */
  readonly #offset: number;

  /**
   * @param mutants - How many are watched for.
   * @param strangers - Those that everything stirs.
   */
  constructor(readonly core: ObservedCore, readonly mutants: number, readonly strangers: ReadonlySet<number>) {
    this.#subject = new CoreSubject(core);
    const { covers, offset } = core.core.layout.observation;
    this.#offset = (covers.find((c) => c.name === STIRRED)?.offset ?? offset) - offset;
  }

  /** What rows of the tables stir. */
  rows(rows: readonly TableRow[]): Stirrings {
    return this.#gathered(rows.keys(), (number) => {
      const row = rows[number];
      if (row !== undefined) runRow(this.#subject, row);
    });
  }

  /** What programs of these numbers stir. */
  programs(numbers: Iterable<number>, at: (number: number) => Supplied): Stirrings {
    const { core } = this;
    return this.#gathered(numbers, (number) => {
      const { program } = at(number);
      core.reset(program.inputs);
      core.load(program);
      core.run(MOST_CYCLES + LAST_INSTRUCTION, { records: () => undefined, trapped: () => undefined });
    });
  }

  #gathered(numbers: Iterable<number>, run: (number: number) => void): Stirrings {
    const found: number[][] = Array.from({ length: this.mutants }, () => []);
    for (const number of numbers) {
      run(number);
      const { observation } = this.core.core;
      for (const [mutant, list] of found.entries()) if (observation[this.#offset + mutant] === 1 || this.strangers.has(mutant)) list.push(number);
    }
    return found;
  }
}
