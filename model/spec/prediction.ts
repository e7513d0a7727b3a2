/** `prediction:` of a core: what it has to guess the next instruction with. */
import type { z } from 'zod';
import type { Context } from './context.js';
import type { Prediction } from './isa.js';
import { closed, small } from './shape.js';
import { checkedSize, isPowerOfTwo, MOST_ENTRIES, neighbours, SIZE, within } from './sizes.js';

/** The schema. */
export const PREDICTION = closed({ targets: SIZE, directions: small });

/** A register file is read within a cycle. */
const DIRECTIONS = { least: 1, most: 512 } as const;

/** What guesses, or the mistakes in its description. */
export function buildPrediction({ targets, directions }: z.output<typeof PREDICTION>, label: string, context: Context): Prediction {
  const { value, span } = directions;
  within(directions, DIRECTIONS, `${label}: the number of directions`, context);
  if (value > 0 && value <= DIRECTIONS.most && !isPowerOfTwo(value)) {
    context.report.add(span, `${label}: the number of directions is ${value}`, `${neighbours(value)} Bits of the address choose among them, so that it is a power of two.`);
  }
  return { targets: checkedSize(targets, { least: 1, most: MOST_ENTRIES }, `${label}: targets`, context), directions: value };
}
