/**
 * Simpler variants of a plan, the most hopeful first: fewer items, then a
 * shorter story before them, then shorter items and smaller numbers.
 */
import { BASE } from './map.js';
import { PARTS, type Handler, type Item, type Plan, type World } from './program.js';
import { encode, operandsOf, type Operands, type Shapes } from './shapes.js';
import { NO_TABLES } from './tables.js';

/** The list without one of its parts, for ever smaller parts. */
function* without<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = list.length - size; at >= 0; at -= size) yield [...list.slice(0, at), ...list.slice(at + size)];
    if (list.length % size !== 0 && size < list.length) yield list.slice(size);
  }
}

/** Modes in which a body can start, the simplest first: fewer things between it and M. */
const STARTS = ['M', 'HS', 'VS', 'U', 'VU'] as const;

const PLAIN: Handler = { vectored: false, clears: false, before: [] };

function* simplerHandlers({ handlers }: Plan): Generator<Plan['handlers']> {
  for (const mode of ['M', 'HS', 'VS'] as const) {
    const handler = handlers[mode];
    if (handler.vectored || handler.clears || handler.before.length > 0) yield { ...handlers, [mode]: PLAIN };
    if (handler.before.length > 0) yield { ...handlers, [mode]: { ...handler, before: [] } };
  }
}

/** One mode to return to, then fewer, then the same with U for one of them. */
function* simplerReturns({ returns }: Plan): Generator<readonly bigint[]> {
  if (returns.length === 0) return;
  yield [];
  if (returns.length > 1) for (const mode of new Set(returns)) yield [mode];
  for (const fewer of without(returns)) if (fewer.length > 0) yield fewer;
  for (const [i, mode] of returns.entries()) if (mode !== 0n) yield returns.with(i, 0n);
}

/** Numbers nearer to 0. */
function* smaller(value: number): Generator<number> {
  if (value !== 0) yield 0;
  const half = Math.trunc(value / 2);
  if (half !== 0) yield half;
}

function* simplerSetup(plan: Plan): Generator<Plan> {
  for (const events of without(plan.events)) yield { ...plan, events };
  for (const settings of without(plan.settings)) yield { ...plan, settings };
  if (plan.tables.entries.length > 0) {
    yield { ...plan, tables: NO_TABLES };
    for (const entries of without(plan.tables.entries)) yield { ...plan, tables: { ...plan.tables, entries } };
    for (const settings of without(plan.tables.settings)) yield { ...plan, tables: { ...plan.tables, settings } };
    if (plan.tables.window !== BASE) yield { ...plan, tables: { ...plan.tables, window: BASE } };
  }
  if (plan.mtimecmp !== undefined) yield { ...plan, mtimecmp: undefined };
  if (plan.msip) yield { ...plan, msip: false };
  for (const returns of simplerReturns(plan)) yield { ...plan, returns };
  for (const handlers of simplerHandlers(plan)) yield { ...plan, handlers };
  if (plan.mstatus !== 0n) yield { ...plan, mstatus: 0n };
  if (plan.data.some((v) => v !== 0n)) yield { ...plan, data: [] };
  if (plan.wild !== 0n) yield { ...plan, wild: 0n };
  for (const mode of STARTS.slice(0, STARTS.indexOf(plan.mode))) yield { ...plan, mode };
  for (const budget of smaller(plan.budget)) yield { ...plan, budget };
  for (const resume of smaller(plan.resume)) yield { ...plan, resume };
  for (const [i, value] of plan.registers.entries()) {
    if (value !== 0n) yield { ...plan, registers: plan.registers.with(i, 0n) };
  }
}

/** The program's body, and those of its guests. */
function bodiesOf(plan: Plan): readonly { readonly items: readonly Item[]; readonly put: (items: readonly Item[]) => Plan }[] {
  const guest = (i: number, world: World): Plan => ({ ...plan, worlds: plan.worlds.with(i, world) });
  return [
    { items: plan.body, put: (body) => ({ ...plan, body }) },
    ...plan.worlds.flatMap((world, i) => [
      { items: world.kernel, put: (kernel: readonly Item[]) => guest(i, { ...world, kernel }) },
      { items: world.user, put: (user: readonly Item[]) => guest(i, { ...world, user }) },
    ]),
  ];
}

/** Items without one of their words; the last word of a jump stays. */
function* shorterItems(body: readonly Item[]): Generator<readonly Item[]> {
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

/** Instructions with simpler operands; where a jump leads is the item's. */
function* simplerWords(body: readonly Item[], shapes: Shapes): Generator<readonly Item[]> {
  for (const [i, item] of body.entries()) {
    for (const [at, word] of item.words.entries()) {
      const jumps = item.jump !== undefined && at === item.words.length - 1;
      for (const simplified of simplerOperands(word, jumps, shapes)) yield body.with(i, { ...item, words: item.words.with(at, simplified) });
    }
    const { jump } = item;
    if (jump !== undefined && jump.skew !== 0) yield body.with(i, { ...item, jump: { ...jump, skew: 0 } });
    if (jump !== undefined && jump.items !== 1) yield body.with(i, { ...item, jump: { ...jump, items: 1 } });
  }
}

function* simplerOperands(word: number, jumps: boolean, shapes: Shapes): Generator<number> {
  const shape = shapes.find(word);
  if (shape === undefined) return;
  const operands = operandsOf(shape, word);
  const written = (changed: Operands): number => encode(shape, { ...operands, ...changed });
  if ((word & shape.ignored) !== 0) yield written({});
  for (const name of ['rd', 'rs1', 'rs2', 'zimm'] as const) if (operands[name] !== 0) yield (written({ [name]: 0 }) | (word & shape.ignored)) >>> 0;
  if (!jumps) for (const imm of smaller(operands.imm)) yield (written({ imm }) | (word & shape.ignored)) >>> 0;
}

/** Guests with fewer instructions, then with less state. */
function* simplerWorlds(world: World): Generator<World> {
  const { space, ...bare } = world;
  if (space !== undefined) yield bare;
  if (space?.fenced === true) yield { ...world, space: { ...space, fenced: false } };
  if (space !== undefined && space.vsatp !== 0n && space.hgatp !== 0n) yield { ...world, space: { ...space, vsatp: 0n } };
  for (const kernel of without(world.kernel)) yield { ...world, kernel };
  for (const user of without(world.user)) yield { ...world, user };
  for (const state of without(world.state)) yield { ...world, state };
}

/** Every plan that is one step simpler. `shapes`: instructions are made simpler as well. */
export function* simpler(plan: Plan, shapes?: Shapes): Generator<Plan> {
  for (const worlds of without(plan.worlds)) yield { ...plan, worlds };
  for (const body of without(plan.body)) yield { ...plan, body };
  for (const [i, world] of plan.worlds.entries()) for (const simple of simplerWorlds(world)) yield { ...plan, worlds: plan.worlds.with(i, simple) };
  yield* simplerSetup(plan);
  for (const { items, put } of bodiesOf(plan)) for (const shorter of shorterItems(items)) yield put(shorter);
  yield* smallerNumbers(plan);
  if (shapes === undefined) return;
  for (const { items, put } of bodiesOf(plan)) for (const simple of simplerWords(items, shapes)) yield put(simple);
}

/** The same without handlers and registers that every program has. What is claimed about programs with all of them may not hold for these. */
function* leaner(plan: Plan): Generator<Plan> {
  const { omits = [] } = plan;
  for (const kept of without(PARTS.filter((part) => !omits.includes(part)))) yield { ...plan, omits: PARTS.filter((part) => !kept.includes(part)) };
}

/** Both: for whoever only asks whether two cores still differ. */
export function* everySimpler(plan: Plan, shapes: Shapes): Generator<Plan> {
  yield* simpler(plan, shapes);
  yield* leaner(plan);
}
