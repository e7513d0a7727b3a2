/** `caches:` of a core: sizes and times of those of instructions and data. */
import type { z } from 'zod';
import type { Context } from './context.js';
import { type LineCache, type LineCaches, WRITE_POLICIES } from './isa.js';
import { closed, type Located, oneOf, small } from './shape.js';
import { checkedSize, isPowerOfTwo, neighbours, within } from './sizes.js';

const LINES = { entries: small, ways: small, line: small, miss: small } as const;

/** The schema. */
export const LINE_CACHES = closed({
  instruction: closed(LINES).exactOptional(),
  data: closed({ ...LINES, write: oneOf(WRITE_POLICIES) }).exactOptional(),
});

/** Tags of a set are read within a cycle. */
const ENTRIES = { least: 1, most: 512 } as const;
const LINE = { least: 8, most: 4096 } as const;
const MISS = { least: 1, most: 1000 } as const;

/** The caches, or the mistakes in their description. */
export function buildLineCaches({ instruction, data }: z.output<typeof LINE_CACHES>, label: string, context: Context): LineCaches {
  return {
    ...(instruction && { instruction: built(instruction, `${label}: instruction`, context) }),
    ...(data && { data: { ...built(data, `${label}: data`, context), write: data.write.value } }),
  };
}

type Raw = Readonly<Record<keyof typeof LINES, Located<number>>>;

function built({ entries, ways, line, miss }: Raw, label: string, context: Context): LineCache {
  within(line, LINE, `${label}: the number of bytes of a line`, context);
  if (line.value >= LINE.least && line.value <= LINE.most && !isPowerOfTwo(line.value)) {
    context.report.add(line.span, `${label}: lines of ${line.value} bytes`, `${neighbours(line.value)} A line is a power of two, so that the lowest bits of the address lie in it.`);
  }
  return { ...checkedSize({ entries, ways }, ENTRIES, label, context), line: line.value, miss: within(miss, MISS, `${label}: the latency of a miss`, context) };
}
