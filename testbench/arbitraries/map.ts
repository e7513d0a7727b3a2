/**
 * Where the parts of a random program lie, and what its registers are for.
 *
 * Everything is in the first pages of memory, so that a reset is cheap and a
 * 12-bit offset from `x16` reaches all but the end of a long body.
 */

/** First byte of DRAM, and of the program. */
export const BASE = 0x8000_0000n;

/** Offsets from {@link BASE}. */
export const AT = {
  prologue: 0,
  finish: 0x100,
  M: 0x120,
  HS: 0x200,
  VS: 0x2c0,
  tohost: 0x380,
  fromhost: 0x388,
  table: 0x400,
  data: 0x600,
  body: 0x800,
} as const;

/** Instructions of the prologue at most. */
export const PROLOGUE_LIMIT = 64;
/** Words of a vector table: one for every interrupt number. */
export const VECTORS = 16;
/** 64-bit slots of the table that the prologue loads from, and of data. */
export const TABLE_SLOTS = (AT.data - AT.table) / 8;
export const DATA_SLOTS = (AT.body - AT.data) / 8;

/** Registers of the body's computations: x0 and these. */
export const POOL = 16;
/** Of them, those that the prologue loads: x1 to this one. */
export const LOADED = 8;

/** Registers that hold addresses. The body computes into them only by accident. */
export const POINTER = {
  /** Start of the data. */
  data: 16,
  /** First address behind DRAM, or, where the body is translated, of the second page of its data. */
  end: 17,
  mtimecmp: 18,
  msip: 19,
  /** mtime. */
  mtime: 20,
  /** Start of the body. */
  body: 21,
  uart: 22,
  /** Somewhere strange. */
  wild: 23,
} as const;

/** Of the body's registers, the one by which the code at the end of its first page comes back. */
export const LINK = 15;
/** Traps that the handlers still serve; they end the program at 0. */
export const BUDGET = 24;
/** Where the handlers go on after a fetch that faulted. */
export const RESUME = 25;
/** Two scratch registers for each handler; M's also serve the prologue. */
export const SCRATCH = { VS: [26, 27], HS: [28, 29], M: [30, 31] } as const;

/** Memory that the model and the reference have by default (the prologue must know its end). */
export const DRAM_BYTES = 128n << 20n;
