/**
 * Plans as text: one program of the corpus, small, readable and checked when
 * it is read. Numbers are hex; zeros of the data are left out.
 */
import { z } from 'zod';
import { decodeInputLog, encodeInputLog } from '../../model/machine/input-log.js';
import { DATA_SLOTS, LOADED } from '../arbitraries/map.js';
import { MOST_WORLDS } from '../arbitraries/maker.js';
import { PARTS, type Item, type Plan, type Setting, type Space } from '../arbitraries/program.js';
import type { Shape, Shapes } from '../arbitraries/shapes.js';
import { NO_TABLES } from '../arbitraries/tables.js';

/** What is known of a program beside the program. */
export interface Origin {
  /** Seed of the run that found it, and number of the program in it. */
  readonly seed: number;
  readonly program: number;
  /** Points that it was the first to reach. */
  readonly points: readonly string[];
}

/** What a file holds. */
export interface PlanFile extends Origin {
  readonly plan: Plan;
}

/** A file, or why it is none. */
export type PlanResult = { readonly ok: true; readonly file: PlanFile } | { readonly ok: false; readonly message: string };

const FORMAT = 1;
const MOST_ITEMS = 128;
const MOST_WORDS = 32;
const MOST_ENTRIES = 1024;

const hex = z.string().regex(/^[0-9a-f]{1,16}$/).transform((text) => BigInt(`0x${text}`));
const word = z.number().int().min(0).max(0xffff_ffff);
const csr = z.number().int().min(0).max(0xfff);
const handler = z.strictObject({
  vectored: z.boolean(),
  clears: z.boolean(),
  before: z.array(z.strictObject({ csr, bits: z.number().int().min(-2048).max(2047), set: z.boolean() })).max(1),
});
const settings = z.array(z.tuple([csr, hex])).max(64);
const items = z.array(z.strictObject({ words: z.array(word).min(1).max(MOST_WORDS), jump: z.tuple([z.number().int().min(-64).max(64), z.number().int().min(-8).max(8)]).optional() })).max(MOST_ITEMS);
const space = z.strictObject({ vsatp: hex, hgatp: hex, kernel: hex, user: hex, fenced: z.boolean() });
const schema = z.strictObject({
  format: z.literal(FORMAT),
  seed: z.number().int(),
  program: z.number().int(),
  points: z.array(z.string()),
  mode: z.enum(['M', 'HS', 'U', 'VS', 'VU']),
  mstatus: hex,
  settings,
  tables: z.strictObject({ entries: z.array(z.tuple([hex, hex])).max(MOST_ENTRIES), settings: z.array(z.tuple([csr, hex])).max(8), window: hex }).optional(),
  registers: z.array(hex).max(LOADED),
  wild: hex,
  mtimecmp: hex.optional(),
  msip: z.boolean(),
  handlers: z.strictObject({ M: handler, HS: handler, VS: handler }),
  returns: z.array(hex).max(8),
  budget: z.number().int().min(0).max(2047),
  resume: z.number().int().min(0).max(MOST_ITEMS),
  data: z.array(z.tuple([z.number().int().min(0).max(DATA_SLOTS - 1), hex])),
  body: items,
  worlds: z.array(z.strictObject({ entry: z.enum(['VS', 'VU']), kernel: items, user: items, state: settings, space: space.optional() })).max(MOST_WORLDS).optional(),
  events: z.string(),
  omits: z.array(z.enum(PARTS)).max(PARTS.length).optional(),
});

/** The text of a program. */
export function encodePlan({ plan, seed, program, points }: PlanFile): string {
  const text = (value: bigint): string => value.toString(16);
  const itemsOf = (list: readonly Item[]) => list.map(({ words, jump }) => ({ words, ...(jump === undefined ? {} : { jump: [jump.items, jump.skew] }) }));
  const settingsOf = (list: readonly Setting[]) => list.map((s) => [s.csr, text(s.value)]);
  const spaceOf = ({ vsatp, hgatp, kernel, user, fenced }: Space) => ({ vsatp: text(vsatp), hgatp: text(hgatp), kernel: text(kernel), user: text(user), fenced });
  const worlds = plan.worlds.map((world) => ({
    entry: world.entry, kernel: itemsOf(world.kernel), user: itemsOf(world.user), state: settingsOf(world.state),
    ...(world.space === undefined ? {} : { space: spaceOf(world.space) }),
  }));
  return `${JSON.stringify({
    format: FORMAT, seed, program, points,
    mode: plan.mode,
    mstatus: text(plan.mstatus),
    settings: settingsOf(plan.settings),
    ...(plan.tables.entries.length + plan.tables.settings.length === 0 && plan.tables.window === NO_TABLES.window ? {} : {
      tables: {
        entries: plan.tables.entries.map((e) => [text(e.address), text(e.value)]),
        settings: plan.tables.settings.map((one) => [one.csr, text(one.value)]),
        window: text(plan.tables.window),
      },
    }),
    registers: plan.registers.map(text),
    wild: text(plan.wild),
    ...(plan.mtimecmp === undefined ? {} : { mtimecmp: text(plan.mtimecmp) }),
    msip: plan.msip,
    handlers: plan.handlers,
    returns: plan.returns.map(text),
    budget: plan.budget,
    resume: plan.resume,
    data: plan.data.flatMap((value, i) => (value === 0n ? [] : [[i, text(value)]])),
    body: itemsOf(plan.body),
    ...(worlds.length === 0 ? {} : { worlds }),
    events: encodeInputLog(plan.events),
    ...(plan.omits === undefined ? {} : { omits: plan.omits }),
  })}\n`;
}

/** Reads what {@link encodePlan} wrote. */
export function decodePlan(text: string, shapes: Shapes): PlanResult {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, message: 'It is no JSON.' };
  }
  const checked = schema.safeParse(parsed);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return { ok: false, message: `It is no program: ${issue === undefined ? 'wrong shape' : `${issue.path.join('.')}: ${issue.message}`}.` };
  }
  const { seed, program, points, mtimecmp, data, body, worlds = [], events, settings: set, omits, tables, format: _, ...rest } = checked.data;
  const log = decodeInputLog(events);
  if (!log.ok) return { ok: false, message: log.message };
  const bodies = [body, ...worlds.flatMap(({ kernel, user }) => [kernel, user])].map((list) => decodeItems(list, shapes));
  if (bodies.includes(undefined)) return { ok: false, message: 'An item that should end with a jump does not.' };
  const slots = new Map(data);
  const plan: Plan = {
    ...rest,
    mtimecmp,
    settings: settingsFrom(set),
    tables: tables === undefined ? NO_TABLES : {
      entries: tables.entries.map(([address, value]) => ({ address, value })),
      settings: settingsFrom(tables.settings),
      window: tables.window,
    },
    data: data.length === 0 ? [] : Array.from({ length: DATA_SLOTS }, (__, i) => slots.get(i) ?? 0n),
    body: bodies[0] ?? [],
    worlds: worlds.map(({ entry, state, space: own }, i) => ({
      entry, kernel: bodies[2 * i + 1] ?? [], user: bodies[2 * i + 2] ?? [], state: settingsFrom(state), ...(own === undefined ? {} : { space: own }),
    })),
    events: log.events,
    ...(omits === undefined ? {} : { omits }),
  };
  return { ok: true, file: { seed, program, points, plan } };
}

const settingsFrom = (list: z.infer<typeof settings>): readonly Setting[] => list.map(([address, value]) => ({ csr: address, value }));

/** Undefined if a word is no jump that should be one. */
function decodeItems(list: z.infer<typeof items>, shapes: Shapes): readonly Item[] | undefined {
  const decoded: Item[] = [];
  for (const { words, jump } of list) {
    const imm = jump === undefined ? undefined : jumpShape(words[words.length - 1] ?? 0, shapes)?.imm;
    if (jump !== undefined && imm === undefined) return undefined;
    decoded.push(jump === undefined || imm === undefined ? { words } : { words, jump: { items: jump[0], skew: jump[1], imm } });
  }
  return decoded;
}

/** The branch or jump that a word is. */
function jumpShape(jump: number, shapes: Shapes): Shape | undefined {
  return [...shapes.of(['branch', 'jump']), ...shapes.shortOf(['branch', 'jump'])].find((s) => s.imm !== undefined && ((jump ^ s.match) & ~s.free) === 0);
}
