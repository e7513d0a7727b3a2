/**
 * `translation:` of a core: how large its caches of translations are, and what
 * each fence throws out of them.
 */
import type { z } from 'zod';
import type { Context } from './context.js';
import { type CacheSize, type Flush, type Instruction, type StageName, STAGES, type TranslationCaches } from './isa.js';
import { suggestion } from './nearest.js';
import type { Mapping } from './node.js';
import { anyList, anyMapping, closed, small, word } from './shape.js';
import { type Bounds, checkedSize, MOST_ENTRIES, SIZE, within } from './sizes.js';

const FLUSH = closed({ host: anyList.exactOptional(), guest: anyList.exactOptional() });

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

/** The caches, or the mistakes in their description. */
export function buildCaches(raw: z.output<typeof CACHES>, instructions: readonly Instruction[], label: string, context: Context): TranslationCaches {
  const size = (name: 'instruction' | 'data' | 'shared' | 'second' | 'pointers', bounds: Bounds): CacheSize => checkedSize(raw[name], bounds, `${label}: ${name}`, context);
  const cycles = (name: 'shared' | 'entry'): number => within(raw.latency[name], { least: 1, most: MOST_CYCLES }, `${label}: the latency of ${name}`, context);
  return {
    instruction: size('instruction', FIRST_LEVEL), data: size('data', FIRST_LEVEL),
    shared: size('shared', BEHIND), second: size('second', BEHIND), pointers: size('pointers', BEHIND),
    generation: within(raw.generation, GENERATION, `${label}: the width of a generation`, context),
    latency: { shared: cycles('shared'), entry: cycles('entry') },
    flushes: buildFlushes(raw.flushes, instructions, `${label}: flushes`, context),
  };
}

/** Fences alone flush, and by what they are told of stages. */
function buildFlushes(raw: Mapping, instructions: readonly Instruction[], label: string, context: Context): ReadonlyMap<string, Flush> {
  const fences = instructions.filter((i) => i.class === 'fence').map((i) => i.name);
  const flushes = new Map<string, Flush>();
  for (const { key, value } of raw.entries) {
    if (!fences.includes(key.text) && context.complete) context.complain(key, `${label}: there is no fence ${key.text}`, suggestion(key.text, fences, 'Name an instruction of the class fence.'));
    const flush = context.read(FLUSH, value, `${label}: ${key.text}`);
    if (flush === undefined) continue;
    const stages = (side: 'host' | 'guest'): readonly StageName[] => (flush[side]?.items ?? []).flatMap((item) => {
      const name = context.read(word, item, `${label}: ${key.text}`);
      const stage = isStage(name?.text) ? name.text : undefined;
      if (name !== undefined && stage === undefined) context.complain(name, `${label}: ${key.text}: there is no stage ${name.text}`, `Stages are ${Object.keys(STAGES).join(', ')}.`);
      return stage ?? [];
    });
    flushes.set(key.text, { host: stages('host'), guest: stages('guest') });
  }
  return flushes;
}

const isStage = (name: string | undefined): name is StageName => name !== undefined && Object.hasOwn(STAGES, name);
