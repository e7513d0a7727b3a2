/** `prediction:` of a core: what it has to guess the next instruction with. */
import type { z } from 'zod';
import type { Context } from './context.js';
import type { Prediction, ReturnPrediction } from './isa.js';
import { closed, listOf, small } from './shape.js';
import { checkedSize, MOST_ENTRIES, powerWithin, SIZE, within } from './sizes.js';

/** The schema. */
export const PREDICTION = closed({
  targets: SIZE, directions: small,
  returns: closed({ entries: small, links: listOf(small) }).exactOptional(),
});

/** A register file is read within a cycle. */
const DIRECTIONS = { least: 1, most: 512 } as const;
const RETURNS = { least: 1, most: 64 } as const;
/** Register 0 leads nowhere. */
const LINK = { least: 1, most: 31 } as const;

/** What guesses, or the mistakes in its description. */
export function buildPrediction({ targets, directions, returns }: z.output<typeof PREDICTION>, label: string, context: Context): Prediction {
  return {
    targets: checkedSize(targets, { least: 1, most: MOST_ENTRIES }, `${label}: targets`, context),
    directions: powerWithin(directions, DIRECTIONS, `${label}: the number of directions`, 'Bits of the address choose among them, so that it is a power of two.', context),
    ...(returns && { returns: buildReturns(returns, `${label}: returns`, context) }),
  };
}

type RawReturns = NonNullable<z.output<typeof PREDICTION>['returns']>;

function buildReturns({ entries, links }: RawReturns, label: string, context: Context): ReturnPrediction {
  return {
    entries: powerWithin(entries, RETURNS, `${label}: the number of entries`, 'They are a ring, whose places are counted in whole bits.', context),
    links: links.map((link) => within(link, LINK, `${label}: the number of a register`, context)),
  };
}
