/**
 * `translation:` of a core: how large its caches of translations are, and what
 * each fence throws out of them.
 */
import type { z } from 'zod';
import type { Context } from './context.js';
import { type CacheSize, FENCE_LIMITS, type FenceLimit, type Flush, type Instruction, type StageName, STAGES, type TranslationCaches } from './isa.js';
import { suggestion } from './nearest.js';
import type { Mapping } from './node.js';
import { anyList, anyMapping, closed, listOf, type Located, oneOf, small, word } from './shape.js';
import { type Bounds, checkedSize, MOST_ENTRIES, SIZE, within } from './sizes.js';

const FLUSH = closed({ host: anyList.exactOptional(), guest: anyList.exactOptional(), by: listOf(oneOf(FENCE_LIMITS)).exactOptional() });

/** The schema. */
export const CACHES = closed({
  instruction: SIZE, data: SIZE, shared: SIZE, second: SIZE, pointers: SIZE,
  generation: small,
  latency: closed({ shared: small, entry: small }),
  flushes: anyMapping,
});

const GENERATION = { least: 1, most: 16 } as const;
/** The first level is there, and has as many entries as its records can number (TRAIL_BITS). */
const FIRST_LEVEL: Bounds = { least: 1, most: 64 };
const BEHIND: Bounds = { least: 0, most: MOST_ENTRIES };
const MOST_CYCLES = 1000;
/** Of a cache whose entries are compared with a fence's operands, each of them in the one cycle of the fence. */
const MOST_COMPARED = 64;
/** Whose entries have what is compared: pointers and leaves of S and VS are found by a virtual address, those of G by a guest's physical one. */
const TAGGED: Readonly<Record<FenceLimit, readonly StageName[]>> = { address: ['S', 'VS'], guest_address: ['G'], asid: ['S', 'VS'], vmid: ['VS', 'G'] };

/** The caches, or the mistakes in their description. */
export function buildCaches(raw: z.output<typeof CACHES>, instructions: readonly Instruction[], label: string, context: Context): TranslationCaches {
  const size = (name: 'instruction' | 'data' | 'shared' | 'second' | 'pointers', bounds: Bounds): CacheSize => checkedSize(raw[name], bounds, `${label}: ${name}`, context);
  const cycles = (name: 'shared' | 'entry'): number => within(raw.latency[name], { least: 1, most: MOST_CYCLES }, `${label}: the latency of ${name}`, context);
  const flushes = buildFlushes(raw.flushes, instructions, `${label}: flushes`, context);
  checkCompared(raw, flushes, label, context);
  return {
    instruction: size('instruction', FIRST_LEVEL), data: size('data', FIRST_LEVEL),
    shared: size('shared', BEHIND), second: size('second', BEHIND), pointers: size('pointers', BEHIND),
    generation: within(raw.generation, GENERATION, `${label}: the width of a generation`, context),
    latency: { shared: cycles('shared'), entry: cycles('entry') },
    flushes,
  };
}

/** Caches are small, if a fence looks at all of their entries. */
function checkCompared(raw: z.output<typeof CACHES>, flushes: ReadonlyMap<string, Flush>, label: string, { report }: Context): void {
  const [fence] = [...flushes].find(([, { by }]) => by !== undefined) ?? [];
  if (fence === undefined) return;
  for (const name of ['shared', 'second', 'pointers'] as const) {
    const { value, span } = raw[name].entries;
    if (value > MOST_COMPARED) report.add(span, `${label}: ${name}: ${value} entries, all compared in one cycle`, `Write at most ${MOST_COMPARED}, or remove \`by\` from ${fence} and the other fences.`);
  }
}

/** Fences alone flush, and by what they are told of stages. */
function buildFlushes(raw: Mapping, instructions: readonly Instruction[], label: string, context: Context): ReadonlyMap<string, Flush> {
  const fences = instructions.filter((i) => i.class === 'fence').map((i) => i.name);
  const flushes = new Map<string, Flush>();
  for (const { key, value } of raw.entries) {
    const fence = instructions.find((i) => i.class === 'fence' && i.name === key.text);
    if (fence === undefined && context.complete) context.complain(key, `${label}: there is no fence ${key.text}`, suggestion(key.text, fences, 'Name an instruction of the class fence.'));
    const flush = context.read(FLUSH, value, `${label}: ${key.text}`);
    if (flush === undefined) continue;
    const stages = (side: 'host' | 'guest'): readonly StageName[] => (flush[side]?.items ?? []).flatMap((item) => {
      const name = context.read(word, item, `${label}: ${key.text}`);
      const stage = isStage(name?.text) ? name.text : undefined;
      if (name !== undefined && stage === undefined) context.complain(name, `${label}: ${key.text}: there is no stage ${name.text}`, `Stages are ${Object.keys(STAGES).join(', ')}.`);
      return stage ?? [];
    });
    const [host, guest] = [stages('host'), stages('guest')];
    const { by } = flush;
    if (by !== undefined && fence !== undefined) checkLimits(by, fence, [...host, ...guest], `${label}: ${key.text}`, context);
    flushes.set(key.text, { host, guest, ...(by && { by: by.map(({ value }) => value) }) });
  }
  return flushes;
}

/** Entries are compared with what the fence has, and what they have. */
function checkLimits(by: readonly Located<FenceLimit>[], { name, limits = {} }: Instruction, flushed: readonly StageName[], label: string, { report }: Context): void {
  const has = FENCE_LIMITS.filter((limit) => limits[limit] !== undefined);
  for (const { value: limit, span } of by) {
    if (limits[limit] === undefined) {
      report.add(span, `${label}: ${name} has no ${limit}`, has.length === 0 ? 'Remove `by`: its entry in specs/isa/ names no limits.' : `Write ${has.join(', ')}, or some of these.`);
    } else if (!TAGGED[limit].some((stage) => flushed.includes(stage))) {
      report.add(span, `${label}: ${limit} is of nothing that it flushes`, `Remove it, or let the fence flush ${TAGGED[limit].join(' or ')}.`);
    }
  }
}

const isStage = (name: string | undefined): name is StageName => name !== undefined && Object.hasOwn(STAGES, name);
