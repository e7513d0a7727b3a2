/** CSRs of the hypervisor whose bits are read-only zero while the machine's are: what is in effect, and writable. */
import type { Hart } from './hart.js';
import { ADUE, PBMTE, STCE } from './status.js';

export type MStateen = 'mstateen0' | 'mstateen1' | 'mstateen2' | 'mstateen3';
export type HStateen = 'hstateen0' | 'hstateen1' | 'hstateen2' | 'hstateen3';

/** The machine register that masks each `hstateen` (`mstateen_lower_priv_roz`). */
const MASK: Readonly<Record<HStateen, MStateen>> = {
  hstateen0: 'mstateen0', hstateen1: 'mstateen1', hstateen2: 'mstateen2', hstateen3: 'mstateen3',
};

/** ADUE, PBMTE and STCE of `henvcfg` follow those of `menvcfg`. */
const MASKED = ADUE | PBMTE | STCE;

/**
 * The bits of `henvcfg` that are not read-only zero now (`menvcfg_adue_henvcfg_adue_rdonly0`,
 * `menvcfg_pbmte_henvcfg_pbmte_rdonly0`, `menvcfg_stce_op`). What is stored below stays.
 */
export const henvcfgVisible = ({ csrs, writable }: Hart): bigint => writable.henvcfg & (csrs.values.menvcfg | ~MASKED);

/** The bits of an `hstateen` that are not read-only zero now. */
export const hstateenVisible = ({ csrs }: Hart, csr: HStateen): bigint => csrs.values[MASK[csr]];

/** `henvcfg` as it reads and as it counts. */
export const henvcfgInEffect = (hart: Hart): bigint => hart.csrs.values.henvcfg & henvcfgVisible(hart);

/** An `hstateen` as it reads and as it counts. */
export const hstateenInEffect = (hart: Hart, csr: HStateen): bigint =>
  hart.csrs.values[csr] & hstateenVisible(hart, csr);
