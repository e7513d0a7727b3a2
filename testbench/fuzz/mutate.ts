/**
 * New plans from old ones. A plan is a value and stays one: whatever comes
 * out of here shrinks, prints and is saved like any other.
 */
import { MOST_ITEMS, MOST_WORLDS, type PlanMaker } from '../arbitraries/maker.js';
import type { Dice } from '../arbitraries/dice.js';
import type { Item, Plan } from '../arbitraries/program.js';
import { registerValue } from '../arbitraries/values.js';

type Step = (plan: Plan, dice: Dice) => Plan;

/** Most changes to one plan. */
const MOST_STEPS = 4;
const WORD_BITS = 32;
/** The prologue has no room for more. */
const MOST_SETTINGS = 32;
/** Bits of mstatus that trap, delegate or borrow privilege, and its interrupt enables and their predecessors. */
const MSTATUS_BITS = [1, 3, 5, 7, 8, 17, 20, 21, 22];

/** Changes and recombines plans. */
export class Mutator {
  readonly #steps: readonly Step[];

  /** @param others - Plans to take parts from, now and later. */
  constructor(readonly maker: PlanMaker, readonly others: () => readonly Plan[]) {
    const body = (change: (body: readonly Item[], dice: Dice, plan: Plan) => readonly Item[]): Step =>
      (plan, dice) => ({ ...plan, body: change(plan.body, dice, plan).slice(0, MOST_ITEMS) });
    const place = (list: readonly unknown[], dice: Dice): number => dice.below(list.length + 1);
    const fresh = (dice: Dice, plan: Plan): Item => this.maker.item(dice, plan.mode);
    const insert = body((items, dice, plan) => items.toSpliced(place(items, dice), 0, fresh(dice, plan)));
    const replace = body((items, dice, plan) => (items.length === 0 ? items : items.with(dice.below(items.length), fresh(dice, plan))));
    const drop = body((items, dice) => items.toSpliced(dice.below(items.length + 1), dice.between(1, 3)));
    const repeat = body((items, dice) => {
      const from = place(items, dice);
      return items.toSpliced(place(items, dice), 0, ...items.slice(from, from + dice.between(1, 4)));
    });
    const splice = body((items, dice) => {
      const { body: other } = this.#other(dice);
      const from = place(other, dice);
      return items.toSpliced(place(items, dice), dice.below(6), ...other.slice(from, from + dice.between(1, 12)));
    });
    const cross = body((items, dice) => {
      const { body: other } = this.#other(dice);
      return [...items.slice(0, place(items, dice)), ...other.slice(place(other, dice))];
    });
    this.#steps = [
      insert, insert, insert, replace, replace, drop, repeat, splice, splice, splice, cross,
      body((items, dice) => (items.length === 0 ? items : changeWord(items, dice))),
      (plan, dice) => ({ ...this.#other(dice), body: plan.body }),
      (plan, dice) => ({ ...plan, ...this.maker.setup(dice, plan.body.length), body: plan.body }),
      (plan, dice) => this.#changeWorlds(plan, dice),
      (plan, dice) => ({ ...plan, mode: dice.pick(['M', 'HS', 'U', 'VS', 'VU']) }),
      (plan, dice) => ({ ...plan, mstatus: plan.mstatus ^ (1n << BigInt(dice.pick(MSTATUS_BITS))) }),
      (plan, dice) => this.#changeSetting(plan, dice),
      (plan, dice) => ({ ...plan, registers: plan.registers.map((v) => (dice.oneIn(4) ? registerValue(dice) : v)) }),
      (plan, dice) => changeLines(plan, dice, this.maker),
      (plan, dice) => ({ ...plan, returns: this.#other(dice).returns, handlers: this.#other(dice).handlers }),
    ];
  }

  /** A plan somewhat unlike this one. */
  mutate(plan: Plan, dice: Dice): Plan {
    let changed = plan;
    for (let left = dice.between(1, MOST_STEPS); left > 0; left--) changed = dice.pick(this.#steps)(changed, dice);
    return changed;
  }

  #other(dice: Dice): Plan {
    const others = this.others();
    return others.length === 0 ? this.maker.make(dice.word()) : dice.pick(others);
  }

  /** Another guest, or one guest with another's kernel, user or state. */
  #changeWorlds(plan: Plan, dice: Dice): Plan {
    const { worlds } = plan;
    const at = dice.below(worlds.length);
    const world = worlds[at];
    const fresh = this.maker.world(dice);
    const known = this.#other(dice).worlds;
    const other = known.length > 0 ? dice.pick(known) : fresh;
    if (world === undefined || (dice.oneIn(4) && worlds.length < MOST_WORLDS)) return { ...plan, worlds: [...worlds, other] };
    return { ...plan, worlds: worlds.with(at, dice.pick([fresh, other, { ...world, kernel: other.kernel }, { ...world, user: other.user }, { ...world, state: other.state }, { ...world, ...(other.space === undefined ? {} : { space: other.space }) }])) };
  }

  /** Another value of a CSR that the prologue sets, from another plan, or one setting more. */
  #changeSetting(plan: Plan, dice: Dice): Plan {
    const other = this.#other(dice).settings;
    if (other.length === 0) return plan;
    const setting = dice.pick(other);
    const at = plan.settings.findIndex((s) => s.csr === setting.csr);
    return { ...plan, settings: at < 0 ? [...plan.settings.slice(0, MOST_SETTINGS - 1), setting] : plan.settings.with(at, dice.oneIn(3) ? { ...setting, value: 0n } : setting) };
  }
}

/** One bit of one word; a jump stays the jump that it is. */
function changeWord(items: readonly Item[], dice: Dice): readonly Item[] {
  const at = dice.below(items.length);
  const item = items[at];
  if (item === undefined) return items;
  const last = item.words.length - 1;
  const index = dice.below(item.words.length);
  if (item.jump !== undefined && index === last) return items.with(at, { ...item, jump: { ...item.jump, items: dice.between(-4, 4) } });
  const word = item.words[index] ?? 0;
  return items.with(at, { ...item, words: item.words.with(index, (word ^ (1 << dice.below(WORD_BITS))) >>> 0) });
}

/** Moves what comes from outside in time, or draws it anew. */
function changeLines(plan: Plan, dice: Dice, maker: PlanMaker): Plan {
  const { events, mtimecmp, msip } = maker.setup(dice, plan.body.length);
  if (dice.oneIn(2)) return { ...plan, events, mtimecmp, msip };
  const by = BigInt(dice.between(-8, 8));
  const moved = plan.events.map((e) => ({ ...e, cycle: e.cycle + by < 0n ? 0n : e.cycle + by }));
  return { ...plan, events: moved, mtimecmp: plan.mtimecmp === undefined ? mtimecmp : plan.mtimecmp + BigInt(dice.below(3)) };
}
