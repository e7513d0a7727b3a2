/** Where the parts of a witness program lie. Everything but page tables, and what an entry of memory protection is about, is in one page, so that running one is cheap. */
import type { Operand } from './event.js';

/** First byte of DRAM, and of the program. */
export const BASE = 0x8000_0000n;

/** Offsets from {@link BASE}; `target` is also that of what is translated, in its page. */
export const AT = { code: 0, vectors: 0x400, finish: 0x500, data: 0x540, tohost: 0x580, fromhost: 0x588, table: 0x5c0, target: 0xfc0, guarded: 0x2000 } as const;

/** Bytes of the program's page. */
export const PAGE = 0x1000;

/** Entries of the vector table: one for each cause of an interrupt. */
export const VECTORS = 64;

/** Where all trap vectors point. */
export const HANDLER = BASE + BigInt(AT.vectors);

/** Where there is no memory and no device. */
const OUTSIDE = 0n;

/** The value of an operand of the event's instruction; `value` is chosen by the cell, `translated` by its page tables. */
export function operandValue(operand: Operand, chosen = 0n): bigint {
  switch (operand) {
    case 'zero':
      return 0n;
    case 'one':
      return 1n;
    case 'data':
      return BASE + BigInt(AT.data);
    case 'misaligned':
      return BASE + BigInt(AT.data) + 2n;
    case 'outside':
      return OUTSIDE;
    case 'guarded':
      return BASE + BigInt(AT.guarded);
    case 'value': case 'translated':
      return chosen;
  }
}
