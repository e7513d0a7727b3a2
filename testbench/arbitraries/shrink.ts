/**
 * Simpler variants of a plan, the most hopeful first: fewer items, then a
 * shorter story before them, then shorter items and smaller numbers.
 */
import type { Handler, Item, Plan, World } from './program.js';

/** The list without one of its parts, for ever smaller parts. */
function* without<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = list.length - size; at >= 0; at -= size) yield [...list.slice(0, at), ...list.slice(at + size)];
    if (list.length % size !== 0 && size < list.length) yield list.slice(size);
  }
}

const PLAIN: Handler = { vectored: false, clears: false, before: [] };

function* simplerHandlers({ handlers }: Plan): Generator<Plan['handlers']> {
  for (const mode of ['M', 'HS', 'VS'] as const) {
    const handler = handlers[mode];
    if (handler.vectored || handler.clears || handler.before.length > 0) yield { ...handlers, [mode]: PLAIN };
    if (handler.before.length > 0) yield { ...handlers, [mode]: { ...handler, before: [] } };
  }
}

function* simplerSetup(plan: Plan): Generator<Plan> {
  for (const events of without(plan.events)) yield { ...plan, events };
  for (const settings of without(plan.settings)) yield { ...plan, settings };
  if (plan.mtimecmp !== undefined) yield { ...plan, mtimecmp: undefined };
  if (plan.msip) yield { ...plan, msip: false };
  if (plan.returns.length > 0) yield { ...plan, returns: [] };
  for (const handlers of simplerHandlers(plan)) yield { ...plan, handlers };
  if (plan.mstatus !== 0n) yield { ...plan, mstatus: 0n };
  if (plan.data.some((v) => v !== 0n)) yield { ...plan, data: [] };
  if (plan.wild !== 0n) yield { ...plan, wild: 0n };
  if (plan.mode !== 'M') yield { ...plan, mode: 'M' };
  for (const [i, value] of plan.registers.entries()) {
    if (value !== 0n) yield { ...plan, registers: plan.registers.with(i, 0n) };
  }
}

/** Items without one of their words; the last word of a jump stays. */
function* shorterItems({ body }: Plan): Generator<readonly Item[]> {
  for (const [i, item] of body.entries()) {
    const { words, jump } = item;
    if (words.length < 2) continue;
    for (let at = 0; at < words.length - (jump === undefined ? 0 : 1); at++) yield body.with(i, { ...item, words: words.toSpliced(at, 1) });
  }
}

/** Single bits of a number, cleared one at a time, and all but one. */
function* fewerBits(value: bigint): Generator<bigint> {
  const bits = [...value.toString(2)].reverse().flatMap((c, i) => (c === '1' ? [1n << BigInt(i)] : []));
  if (bits.length < 2) return;
  for (const part of without(bits)) if (part.length > 0) yield part.reduce((a, b) => a | b, 0n);
}

function* smallerNumbers(plan: Plan): Generator<Plan> {
  for (const [i, setting] of plan.settings.entries()) {
    for (const value of fewerBits(setting.value)) yield { ...plan, settings: plan.settings.with(i, { ...setting, value }) };
  }
  for (const mstatus of fewerBits(plan.mstatus)) yield { ...plan, mstatus };
}

/** Guests with fewer instructions, then with less state. */
function* simplerWorlds(world: World): Generator<World> {
  for (const kernel of without(world.kernel)) yield { ...world, kernel };
  for (const user of without(world.user)) yield { ...world, user };
  for (const state of without(world.state)) yield { ...world, state };
}

/** Every plan that is one step simpler. */
export function* simpler(plan: Plan): Generator<Plan> {
  for (const worlds of without(plan.worlds)) yield { ...plan, worlds };
  for (const body of without(plan.body)) yield { ...plan, body };
  for (const [i, world] of plan.worlds.entries()) for (const simple of simplerWorlds(world)) yield { ...plan, worlds: plan.worlds.with(i, simple) };
  yield* simplerSetup(plan);
  for (const body of shorterItems(plan)) yield { ...plan, body };
  yield* smallerNumbers(plan);
}
