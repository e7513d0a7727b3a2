/** The environment-configuration and state-enable CSRs. */
import { merge } from './bits.js';
import { constant, type Csr } from './csr.js';
import type { Hart } from './hart.js';
import { CBIE } from './status.js';
import { type HStateen, hstateenInEffect, hstateenVisible } from './views.js';

/**
 * `menvcfg`, `henvcfg` and `senvcfg`: CBIE keeps its value when the reserved 2 is written
 * (`MENVCFG_CBIE_WARL`, `HENVCFG_CBIE_WARL`, `SENVCFG_CBIE_WARL`), a bit that is read-only zero
 * for now what is stored below.
 */
export const environment = (csr: 'menvcfg' | 'henvcfg' | 'senvcfg', visible: (hart: Hart) => bigint): Csr => ({
  read: (hart) => hart.csrs.values[csr] & visible(hart),
  write: (hart, value) => {
    const writable = (value & CBIE) >> 4n === 2n ? visible(hart) & ~CBIE : visible(hart);
    hart.csrs.set(csr, merge(hart.csrs.values[csr], value, writable));
  },
});

/** `hstateen0` .. `hstateen3`: bits are read-only zero where `mstateen` has zero (`mstateen_lower_priv_roz`). */
export const hstateen = (csr: HStateen): Csr => ({
  extension: 'smstateen',
  read: (hart) => hstateenInEffect(hart, csr),
  write: (hart, value) => hart.csrs.set(csr, merge(hart.csrs.values[csr], value, hstateenVisible(hart, csr))),
});

/** `sstateen0` .. `sstateen3`: there is no state of user level to enable (`stateen_unimplemented_state_roz`). */
export const sstateen: Csr = { ...constant(0n), extension: 'smstateen' };
