/**
 * `translation:` of a core: how large its caches of translations are, and what
 * each fence throws out of them.
 */
import type { z } from 'zod';
import type { Context } from './context.js';
import { type CacheSize, type Flush, type Instruction, type StageName, STAGES, type TranslationCaches } from './isa.js';
import { suggestion } from './nearest.js';
import type { Mapping } from './node.js';
import { anyList, anyMapping, closed, type Located, small, word } from './shape.js';

const SIZE = closed({ entries: small, ways: small });
const FLUSH = closed({ host: anyList.exactOptional(), guest: anyList.exactOptional() });

/** The fewest and the most. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** The schema. */
export const CACHES = closed({
  instruction: SIZE, data: SIZE, shared: SIZE, second: SIZE, pointers: SIZE,
  generation: small,
  latency: closed({ shared: small, entry: small }),
  flushes: anyMapping,
});

/** Bits of a register that says which entries of a way are valid. */
const MOST_SETS = 64;
const MOST_WAYS = 16;
const GENERATION = { least: 1, most: 16 } as const;
/** The first level is there, and has as many entries as its records can number (TRAIL_BITS). */
const FIRST_LEVEL: Bounds = { least: 1, most: 64 };
const BEHIND: Bounds = { least: 0, most: MOST_SETS * MOST_WAYS };
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

function within({ value, span }: Located<number>, { least, most }: Bounds, what: string, context: Context): number {
  if (value < least || value > most) context.report.add(span, `${what} is ${value}`, `Write ${least} to ${most}.`);
  return value;
}

const isPowerOfTwo = (n: number): boolean => n > 0 && Number.isInteger(Math.log2(n));

/** Powers of two that stand on either side of a number. */
function neighbours(n: number): string {
  const below = 2 ** Math.floor(Math.log2(n));
  return `Write ${below} or ${below * 2}.`;
}

/** A size that hardware can have: powers of two, not more ways than entries, not too many entries a way. */
function checkedSize({ entries, ways }: z.output<typeof SIZE>, { least, most }: Bounds, label: string, context: Context): CacheSize {
  const complain = ({ span }: Located<number>, message: string, mend: string): void => context.report.add(span, `${label}: ${message}`, mend);
  const power = 'Numbers of entries and ways are powers of two, so that bits of the address choose among them.';
  const [all, one] = [entries.value, ways.value];
  if (all < least) complain(entries, `${all} entries`, `Write at least ${least}.`);
  else if (all > most) complain(entries, `${all} entries`, `Write at most ${most}.`);
  else if (all > 0 && !isPowerOfTwo(all)) complain(entries, `${all} entries`, `${neighbours(all)} ${power}`);
  else if (one < 1) complain(ways, `${one} ways`, 'Write at least 1: an address has one entry to be in.');
  else if (one > MOST_WAYS) complain(ways, `${one} ways`, `Write at most ${MOST_WAYS}: each is compared in every cycle.`);
  else if (!isPowerOfTwo(one)) complain(ways, `${one} ways`, `${neighbours(one)} ${power}`);
  else if (all > 0 && one > all) complain(ways, `${one} ways of ${all} entries`, `Write at most ${all}.`);
  else if (all > one * MOST_SETS) complain(entries, `${all} entries in ${one} way${one === 1 ? '' : 's'}`, `Write at most ${one * MOST_SETS}: a way has at most ${MOST_SETS} entries.`);
  return { entries: all, ways: one };
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
