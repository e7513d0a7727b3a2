/**
 * Profiles: what random programs are mostly made of. A profile changes odds
 * only; whatever one can make, the others can too.
 */

/** What `--profile` takes. */
export const PROFILES = ['all', 'transitions', 'interrupts', 'pipeline', 'csr'] as const;
export type Profile = (typeof PROFILES)[number];

/** The kinds of items of a body that are not calm. */
export type ItemKind =
  | 'compute' | 'long' | 'move' | 'load-use' | 'guest-move' | 'device' | 'atomic' | 'branch' | 'jal' | 'jalr' | 'csr' | 'csr-pair' | 'interrupt-write'
  | 'trap' | 'ecall' | 'xret' | 'borrow' | 'system' | 'wait' | 'fence' | 'order' | 'modify' | 'raw';

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
}

/** The odds of each profile. */
export const BIASES: Readonly<Record<Profile, Bias>> = {
  all: { items: {}, restless: 3, systems: 8, quiet: 1 },
  transitions: { items: { xret: 5, ecall: 3, trap: 3, borrow: 4, system: 4, fence: 3, 'guest-move': 2, 'csr-pair': 2 }, restless: 1, systems: 2, quiet: 2 },
  interrupts: { items: { 'interrupt-write': 8, wait: 8, 'csr-pair': 2, xret: 2 }, restless: 2, systems: 2, quiet: 0 },
  pipeline: { items: { long: 6, 'load-use': 8, branch: 4, jal: 3, jalr: 3, modify: 8, move: 3, compute: 2, 'csr-pair': 2 }, restless: 2, systems: 20, quiet: 2 },
  csr: { items: { csr: 6, 'csr-pair': 8 }, restless: 1, systems: 10, quiet: 2 },
};
