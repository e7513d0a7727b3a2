/**
 * Profiles: what random programs are mostly made of. A profile changes odds
 * only; whatever one can make, the others can too, but that `physical` makes no
 * page tables and opens all of memory.
 */

/** What `--profile` takes. */
export const PROFILES = ['all', 'transitions', 'interrupts', 'pipeline', 'csr', 'translation', 'physical'] as const;
export type Profile = (typeof PROFILES)[number];

/** The kinds of items of a body. */
export type ItemKind =
  // Single instructions, with something around them at most.
  | 'compute' | 'long' | 'move' | 'load-use' | 'guest-move' | 'device' | 'atomic' | 'reserve' | 'block' | 'branch' | 'jal' | 'jalr'
  | 'short' | 'short-move' | 'short-branch' | 'short-jump' | 'csr' | 'csr-pair' | 'trap' | 'ecall' | 'xret' | 'system' | 'wait' | 'fence' | 'order' | 'raw'
  // Idioms, by what they are about: privilege, interrupts, the pipeline, CSRs, tables.
  | 'borrow' | 'guest-mix'
  | 'interrupt-write' | 'return-to-interrupt' | 'wait-edge'
  | 'fed' | 'shadow' | 'modify' | 'patch' | 'edge' | 'run-off'
  | 'effect'
  | 'edit' | 'straddle' | 'cross';

/** What each profile has more of than the others. */
export const THEMES: Readonly<Record<Exclude<Profile, 'all' | 'physical'>, readonly ItemKind[]>> = {
  transitions: ['xret', 'ecall', 'trap', 'borrow', 'system', 'guest-move', 'guest-mix', 'return-to-interrupt'],
  interrupts: ['interrupt-write', 'wait', 'wait-edge', 'return-to-interrupt'],
  pipeline: ['long', 'load-use', 'fed', 'shadow', 'branch', 'jal', 'jalr', 'short-branch', 'short-jump', 'modify', 'patch', 'edge', 'run-off'],
  csr: ['csr', 'csr-pair', 'effect'],
  translation: ['edit', 'straddle', 'cross', 'fence', 'borrow', 'guest-move', 'guest-mix'],
};

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

/** A theme so many times as often. */
const more = (theme: keyof typeof THEMES, factor: number): Bias['items'] => Object.fromEntries(THEMES[theme].map((kind) => [kind, factor]));

/** The odds of each profile. */
export const BIASES: Readonly<Record<Profile, Bias>> = {
  all: { items: {}, restless: 3, systems: 8, quiet: 1, translated: 4, guarded: 8 },
  transitions: { items: { ...more('transitions', 4), xret: 6, fence: 3, 'csr-pair': 2, effect: 2 }, restless: 1, systems: 2, quiet: 2, translated: 8, guarded: 16 },
  interrupts: { items: { ...more('interrupts', 12), 'csr-pair': 2, xret: 2 }, restless: 2, systems: 2, quiet: 0, translated: 8, guarded: 16 },
  pipeline: { items: { ...more('pipeline', 5), reserve: 2 }, restless: 2, systems: 20, quiet: 2, translated: 8, guarded: 16 },
  csr: { items: { ...more('csr', 6), effect: 10 }, restless: 2, systems: 10, quiet: 2, translated: 8, guarded: 8 },
  translation: { items: { ...more('translation', 6), edit: 10, straddle: 16, cross: 8, move: 2, xret: 2, atomic: 2 }, restless: 1, systems: 6, quiet: 2, translated: 1, guarded: 4 },
  // For claims in which the address of an access is where it goes.
  physical: { items: {}, restless: 3, systems: 8, quiet: 1, translated: 0, guarded: 0 },
};
