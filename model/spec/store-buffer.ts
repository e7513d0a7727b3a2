/** `store_buffer:` of a core. */
import type { z } from 'zod';
import type { Context } from './context.js';
import type { StoreBuffer } from './isa.js';
import { closed, small } from './shape.js';
import { within } from './sizes.js';

/** The schema. */
export const STORE_BUFFER = closed({ entries: small, cycles: small });

const ENTRIES = { least: 1, most: 16 } as const;
const CYCLES = { least: 1, most: 100 } as const;

/** The buffer, or the mistakes in its description. */
export const buildStoreBuffer = ({ entries, cycles }: z.output<typeof STORE_BUFFER>, label: string, context: Context): StoreBuffer => ({
  entries: within(entries, ENTRIES, `${label}: the number of entries`, context),
  cycles: within(cycles, CYCLES, `${label}: the number of cycles of a store`, context),
});
