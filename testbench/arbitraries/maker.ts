/**
 * Plans from numbers: the same number is the same program, everywhere.
 */
import type { Isa } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { Dice } from './dice.js';
import { ItemMaker } from './items.js';
import { BIASES, type Bias, type Profile } from './profile.js';
import type { Item, Plan } from './program.js';
import { SetupMaker } from './setup.js';
import { Shapes } from './shapes.js';

/** Items of a body at most. */
export const MOST_ITEMS = 40;

/** Makes plans from 32-bit seeds. */
export class PlanMaker {
  readonly shapes: Shapes;
  readonly #items: ItemMaker;
  readonly #setup: SetupMaker;

  readonly #bias: Bias;

  /** @param profile - What the programs are mostly made of. */
  constructor(isa: Isa, profile: Profile = 'all') {
    this.#bias = BIASES[profile];
    this.shapes = new Shapes(isa);
    this.#items = new ItemMaker(isa, this.shapes, this.#bias);
    this.#setup = new SetupMaker(isa, (dice) => this.#items.word(dice), this.#bias);
  }

  /** A single item, as for a restless body that starts in the mode. */
  item(dice: Dice, mode: Mode): Item {
    return this.#items.make(dice, mode, false);
  }

  /** Everything but the body, for a body of so many items. */
  setup(dice: Dice, length: number): Omit<Plan, 'body'> {
    return this.#setup.make(dice, length);
  }

  /** The plan of a seed. */
  make(seed: number): Plan {
    const dice = new Dice(seed);
    const length = dice.below(MOST_ITEMS + 1);
    const setup = this.#setup.make(dice, length);
    // Most programs trap seldom, so that pipelines fill; the others at almost every turn.
    const calm = !dice.oneIn(this.#bias.restless);
    return { ...setup, body: Array.from({ length }, () => this.#items.make(dice, setup.mode, calm)) };
  }
}
