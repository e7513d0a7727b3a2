/**
 * The extensions a row may need, or need to be absent, and the ones that are
 * there unless whoever runs the tables says otherwise.
 */
import type { HomeCsr } from '../retirement.js';
import type { Arrangement } from './row.js';

/** An extension beyond RV64I, M, Zicsr, Zifencei, Zicntr, S, U and H. `sv39` comes with Sv39x4, and so on. */
export type Extension =
  | 'a' | 'c' | 'zba' | 'zbb' | 'zbs' | 'zicond' | 'zawrs' | 'zihintpause' | 'zicbom' | 'zicboz'
  | 'svinval' | 'sv39' | 'sv48' | 'sv57' | 'svnapot' | 'svpbmt' | 'svadu' | 'sstc' | 'smstateen' | 'pmp';

/** Every extension there are rows for. */
export const EXTENSIONS: readonly Extension[] = [
  'a', 'c', 'zba', 'zbb', 'zbs', 'zicond', 'zawrs', 'zihintpause', 'zicbom', 'zicboz',
  'svinval', 'sv39', 'sv48', 'sv57', 'svnapot', 'svpbmt', 'svadu', 'sstc', 'smstateen', 'pmp',
];

/** What a hart has unless the runner of the tables says otherwise. The only place to add a name to. */
export const PRESENT: readonly Extension[] = ['a', 'c', 'zba', 'zbb', 'zbs', 'zicond', 'zawrs', 'zihintpause', 'zicbom', 'zicboz', 'svinval', 'sstc', 'smstateen', 'sv39', 'sv48', 'sv57', 'svnapot', 'svpbmt', 'svadu', 'pmp'];

/** What a row demands of the hart it runs on. */
export interface Demand {
  /** Extensions without which the row cannot be: all of them must be on. */
  readonly extensions?: readonly Extension[];
  /** Extensions with which the row is not true any more: none of them may be on. */
  readonly without?: readonly Extension[];
}

/** Whether a row holds on a hart with these extensions. Names the tables do not know demand nothing. */
export function demanded(row: Demand, extensions: readonly string[]): boolean {
  return (row.extensions ?? []).every((name) => extensions.includes(name)) && !(row.without ?? []).some((name) => extensions.includes(name));
}

/** PMP entry 0 over everything: NAPOT of all ones, with R, W and X. After reset S and U could do nothing. */
const PMP_OPEN: Readonly<Partial<Record<HomeCsr, bigint>>> = { pmpaddr0: 0x003f_ffff_ffff_ffffn, pmpcfg0: 0x1fn };

/** Every state enable that there is: ENVCFG and SE0 of 0, SE of the others. After reset nothing below M could touch what they guard. */
const STATEEN_OPEN: Readonly<Partial<Record<HomeCsr, bigint>>> = {
  mstateen0: 0xc000_0000_0000_0000n, mstateen1: 0x8000_0000_0000_0000n, mstateen2: 0x8000_0000_0000_0000n, mstateen3: 0x8000_0000_0000_0000n,
  hstateen0: 0xc000_0000_0000_0000n, hstateen1: 0x8000_0000_0000_0000n, hstateen2: 0x8000_0000_0000_0000n, hstateen3: 0x8000_0000_0000_0000n,
};

/**
 * The state a row arranges, with what an extension would lock opened: all of
 * memory by PMP, and all of the state enables, each unless the row arranges
 * any register of that kind itself.
 */
export function opened(arrangement: Arrangement, extensions: readonly string[]): Arrangement {
  const named = Object.keys(arrangement.csrs ?? {});
  const open = {
    ...(extensions.includes('pmp') && !named.some((name) => name.startsWith('pmp')) ? PMP_OPEN : {}),
    ...(extensions.includes('smstateen') && !named.some((name) => /^[mh]stateen/.test(name)) ? STATEEN_OPEN : {}),
  };
  return { ...arrangement, csrs: { ...open, ...arrangement.csrs } };
}
