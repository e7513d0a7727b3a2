/**
 * Plans from numbers: the same number is the same program, everywhere.
 */
import type { Isa } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { Dice } from './dice.js';
import { ItemMaker, type Drawn } from './items.js';
import { BIASES, type Bias, type Profile } from './profile.js';
import type { Item, Plan, Setting, World } from './program.js';
import { SetupMaker, type Setup } from './setup.js';
import { Shapes } from './shapes.js';
import { INDEX, makeSpaces, NO_TABLES, TABLE } from './tables.js';

/** Items of a body at most. */
export const MOST_ITEMS = 40;
/** Guests of a system, and items of each kernel, each user, and the hypervisor before it enters the first. */
export const MOST_WORLDS = 3;
const MOST_GUEST_ITEMS = 10;
const MOST_BOOT_ITEMS = 6;
/** STIP and SSIP of mip, set. */
const HAND_DOWN = { csr: 0x344, bits: 0x22, set: true } as const;
/** Makes of a seed that of what counters count. */
const COUNTED = 0x5bd1_e995;
/** mtime while guests run. */
const TICK = [16, 60] as const;

/** With TVM the hypervisor could not give its guests tables. */
const TVM = 0x10_0000n;

/** medeleg, and its bits of calls from U and VS. */
const [MEDELEG, CALLS] = [0x302, 0x500n];
const withCalls = (settings: readonly Setting[]): readonly Setting[] =>
  [{ csr: MEDELEG, value: (settings.find((s) => s.csr === MEDELEG)?.value ?? 0n) | CALLS }, ...settings.filter((s) => s.csr !== MEDELEG)];

/** At least one in so many systems gives its guests page tables, where there are any at all. */
const SPACED = 3;

/** The same with page tables for its guests, which they can reach by the pointer to somewhere strange. */
function spaced(plan: Plan, dice: Dice): Plan {
  const { tables, spaces } = makeSpaces(dice, plan.worlds.length);
  return {
    ...plan, tables,
    mstatus: dice.oneIn(8) ? plan.mstatus : plan.mstatus & ~TVM,
    wild: dice.oneIn(4) ? plan.wild : dice.pick([TABLE.VS, TABLE.G]) + BigInt(INDEX.data * 8),
    worlds: plan.worlds.map((world, i) => {
      const space = spaces[i];
      return space === undefined ? world : { ...world, space };
    }),
  };
}

/** Makes plans from 32-bit seeds. */
export class PlanMaker {
  readonly shapes: Shapes;
  readonly #items: ItemMaker;
  readonly #setup: SetupMaker;

  readonly #bias: Bias;

  /**
   * @param profile - What the programs are mostly made of.
   * @param favourites - Names of instructions that come often.
   * @param drawn - Hears what every item is made as.
   */
  constructor(isa: Isa, profile: Profile = 'all', favourites: readonly string[] = [], readonly drawn: (kind: Drawn['kind']) => void = () => undefined) {
    this.#bias = BIASES[profile];
    this.shapes = new Shapes(isa);
    this.#items = new ItemMaker(isa, this.shapes, this.#bias, favourites);
    this.#setup = new SetupMaker(isa, (dice) => this.#items.word(dice), this.#bias);
  }

  /** A single item, as for a restless body that starts in the mode. */
  item(dice: Dice, mode: Mode): Item {
    return this.#draw(dice, mode, false);
  }

  #draw(dice: Dice, mode: Mode, calm: boolean): Item {
    const { kind, item } = this.#items.make(dice, mode, calm);
    this.drawn(kind);
    return item;
  }

  /** Everything but the body, for a body of so many items. */
  setup(dice: Dice, length: number): Setup {
    return this.#setup.make(dice, length);
  }

  /** The plan of a seed. */
  make(seed: number): Plan {
    const plan = this.#plan(seed);
    // A stream of its own: beside what is counted, a program is the same whether anything is.
    return { ...plan, settings: [...plan.settings, ...this.#setup.counted(new Dice(seed ^ COUNTED))] };
  }

  #plan(seed: number): Plan {
    // A stream of its own: a program is the same whether there are systems or not, unless it is one.
    const chance = new Dice(~seed);
    if (chance.oneIn(this.#bias.systems)) return this.#system(chance);
    const dice = new Dice(seed);
    const length = dice.below(MOST_ITEMS + 1);
    const setup = this.#setup.make(dice, length);
    // Most programs trap seldom, so that pipelines fill; the others at almost every turn.
    const calm = !dice.oneIn(this.#bias.restless);
    return { ...setup, body: Array.from({ length }, () => this.#draw(dice, setup.mode, calm)), worlds: [] };
  }

  /** A hypervisor that enters its guests after a few instructions of its own, in a share of programs with page tables for them. */
  #system(dice: Dice): Plan {
    const length = dice.below(MOST_BOOT_ITEMS + 1);
    const setup = { ...this.#setup.make(dice, length), tables: NO_TABLES };
    const mode = dice.oneIn(3) ? 'M' : 'HS';
    const plan: Plan = {
      ...setup, mode,
      settings: dice.oneIn(4) ? setup.settings : withCalls(setup.settings),
      // M mostly returns to where a trap came from, and often hands its timer down: the hypervisor's tick.
      handlers: dice.oneIn(2) ? setup.handlers : { ...setup.handlers, M: { ...setup.handlers.M, before: [HAND_DOWN] } },
      mtimecmp: setup.mtimecmp ?? (dice.oneIn(2) ? BigInt(dice.between(...TICK)) : undefined),
      returns: dice.oneIn(4) ? setup.returns : [],
      budget: dice.between(8, 24),
      body: this.#bodyOf(dice, mode, length, true),
      worlds: Array.from({ length: dice.between(1, MOST_WORLDS) }, () => this.world(dice)),
    };
    const { translated } = this.#bias;
    return translated !== 0 && dice.oneIn(Math.min(translated, SPACED)) ? spaced(plan, dice) : plan;
  }

  /** A guest. */
  world(dice: Dice): World {
    return {
      entry: dice.oneIn(4) ? 'VU' : 'VS',
      kernel: this.#calling(dice, this.#bodyOf(dice, 'VS', dice.below(MOST_GUEST_ITEMS + 1))),
      user: this.#bodyOf(dice, 'VU', dice.below(MOST_GUEST_ITEMS + 1)),
      state: this.#setup.state(dice),
    };
  }

  /** Mostly with a call of the hypervisor somewhere. */
  #calling(dice: Dice, items: readonly Item[]): readonly Item[] {
    return dice.oneIn(3) ? items : items.toSpliced(dice.below(items.length + 1), 0, { words: [this.shapes.word('ecall')] });
  }

  #bodyOf(dice: Dice, mode: Mode, length: number, calm = !dice.oneIn(this.#bias.restless)): readonly Item[] {
    return Array.from({ length }, () => this.#draw(dice, mode, calm));
  }
}
