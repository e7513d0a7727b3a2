/**
 * Profiles: what random programs are mostly made of. A profile changes odds
 * only; whatever one can make, the others can too, but that `physical` makes no
 * page tables and opens all of memory.
 */

/** What `--profile` takes. */
export const PROFILES = ['all', 'transitions', 'interrupts', 'pipeline', 'csr', 'translation', 'physical'] as const;
export type Profile = (typeof PROFILES)[number];

/** The kinds of items of a body that are not calm. */
export type ItemKind =
  | 'compute' | 'long' | 'move' | 'load-use' | 'guest-move' | 'device' | 'atomic' | 'reserve' | 'block' | 'short' | 'short-move' | 'short-branch' | 'short-jump' | 'edge' | 'branch' | 'jal' | 'jalr' | 'csr' | 'csr-pair' | 'interrupt-write'
  | 'trap' | 'ecall' | 'xret' | 'borrow' | 'system' | 'wait' | 'fence' | 'order' | 'modify' | 'raw' | 'edit' | 'straddle' | 'cross';

/** Odds of a profile. */
export interface Bias {
  /** Factors of the usual weights. */
  readonly items: Readonly<Partial<Record<ItemKind, number>>>;
  /** One in so many programs has no calm items. */
  readonly restless: number;
  /** One in so many programs is a whole system: a hypervisor and its guests. */
  readonly systems: number;
  /** So many programs of three have no interrupts. */
  readonly quiet: number;
  /** One in so many programs has page tables; 0: none. */
  readonly translated: number;
  /** One in so many programs has memory protection with small regions in it; 0: all of memory is open. */
  readonly guarded: number;
}

/** The odds of each profile. */
export const BIASES: Readonly<Record<Profile, Bias>> = {
  all: { items: {}, restless: 3, systems: 8, quiet: 1, translated: 4, guarded: 8 },
  transitions: { items: { xret: 5, ecall: 3, trap: 3, borrow: 4, system: 4, fence: 3, 'guest-move': 2, 'csr-pair': 2 }, restless: 1, systems: 2, quiet: 2, translated: 8, guarded: 16 },
  interrupts: { items: { 'interrupt-write': 8, wait: 8, 'csr-pair': 2, xret: 2 }, restless: 2, systems: 2, quiet: 0, translated: 8, guarded: 16 },
  pipeline: { items: { long: 6, 'load-use': 8, branch: 4, jal: 3, jalr: 3, modify: 8, reserve: 2, short: 3, 'short-branch': 3, 'short-jump': 2, edge: 2, move: 3, compute: 2, 'csr-pair': 2 }, restless: 2, systems: 20, quiet: 2, translated: 8, guarded: 16 },
  csr: { items: { csr: 6, 'csr-pair': 8 }, restless: 1, systems: 10, quiet: 2, translated: 8, guarded: 8 },
  translation: { items: { edit: 8, straddle: 16, cross: 8, move: 2, 'guest-move': 4, borrow: 3, fence: 2, xret: 2, atomic: 2 }, restless: 2, systems: 8, quiet: 2, translated: 1, guarded: 4 },
  // For claims in which the address of an access is where it goes.
  physical: { items: {}, restless: 3, systems: 8, quiet: 1, translated: 0, guarded: 0 },
};
