/** `caches:` of a core: sizes and times of those of instructions and data. */
import type { z } from 'zod';
import type { Context } from './context.js';
import { type LineCache, type LineCaches, WRITE_POLICIES } from './isa.js';
import { closed, type Located, oneOf, small } from './shape.js';
import { checkedSize, powerWithin, within } from './sizes.js';

const LINES = { entries: small, ways: small, line: small, hit: small.exactOptional(), miss: small } as const;

/** The schema. */
export const LINE_CACHES = closed({
  instruction: closed(LINES).exactOptional(),
  data: closed({ ...LINES, write: oneOf(WRITE_POLICIES) }).exactOptional(),
});

/** Tags of a set are read within a cycle. */
const ENTRIES = { least: 1, most: 512 } as const;
const LINE = { least: 8, most: 4096 } as const;
const MISS = { least: 1, most: 1000 } as const;
const HIT = { least: 1, most: 100 } as const;

/** The caches, or the mistakes in their description. */
export function buildLineCaches({ instruction, data }: z.output<typeof LINE_CACHES>, label: string, context: Context): LineCaches {
  return {
    ...(instruction && { instruction: built(instruction, `${label}: instruction`, context) }),
    ...(data && { data: { ...built(data, `${label}: data`, context), write: data.write.value } }),
  };
}

type Raw = Readonly<Record<'entries' | 'ways' | 'line' | 'miss', Located<number>>> & { readonly hit?: Located<number> };

function built({ entries, ways, line, hit, miss }: Raw, label: string, context: Context): LineCache {
  return {
    ...checkedSize({ entries, ways }, ENTRIES, label, context),
    line: powerWithin(line, LINE, `${label}: the number of bytes of a line`, 'The lowest bits of an address lie in it, so that it is a power of two.', context),
    hit: hit === undefined ? HIT.least : within(hit, HIT, `${label}: the latency of a hit`, context),
    miss: within(miss, MISS, `${label}: the latency of a miss`, context),
  };
}
