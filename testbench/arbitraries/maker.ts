/**
 * Plans from numbers: the same number is the same program, everywhere.
 */
import type { Isa } from '../../model/spec/isa.js';
import { Dice } from './dice.js';
import { ItemMaker } from './items.js';
import type { Plan } from './program.js';
import { SetupMaker } from './setup.js';
import { Shapes } from './shapes.js';

/** Items of a body at most. */
export const MOST_ITEMS = 40;

/** Makes plans from 32-bit seeds. */
export class PlanMaker {
  readonly shapes: Shapes;
  readonly #items: ItemMaker;
  readonly #setup: SetupMaker;

  constructor(isa: Isa) {
    this.shapes = new Shapes(isa);
    this.#items = new ItemMaker(isa, this.shapes);
    this.#setup = new SetupMaker(isa, (dice) => this.#items.word(dice));
  }

  /** The plan of a seed. */
  make(seed: number): Plan {
    const dice = new Dice(seed);
    const length = dice.below(MOST_ITEMS + 1);
    const setup = this.#setup.make(dice, length);
    // Most programs trap seldom, so that pipelines fill; the others at almost every turn.
    const calm = !dice.oneIn(3);
    return { ...setup, body: Array.from({ length }, () => this.#items.make(dice, setup.mode, calm)) };
  }
}
