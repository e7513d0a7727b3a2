/** The CSRs of address translation and of physical memory protection. */
import { bits, merge } from './bits.js';
import type { Csr } from './csr.js';
import { isLocked, PMPADDR, writtenConfig } from './pmp.js';
import { isMode } from './stages.js';

const ATP_MODE = bits(63, 60);

/** `satp` and `vsatp`: a write of an unsupported MODE has no effect at all (`satp_mode_op_unsupported`, `vsatp_mode_unsupported_v1`). */
export const addressTranslation = (csr: 'satp' | 'vsatp'): Csr => ({
  read: (hart) => hart.csrs.values[csr],
  write: (hart, value) => {
    if (isMode(hart.isa, value >> 60n)) hart.csrs.set(csr, value);
  },
});

/** `hgatp`: MODE keeps its value when an unsupported one is written, the other fields are written all the same (`HGATP_MODE_WARL`). */
export const hgatp: Csr = {
  read: (hart) => hart.csrs.values.hgatp,
  write: (hart, value) => {
    const writable = isMode(hart.isa, value >> 60n) ? hart.writable.hgatp : hart.writable.hgatp & ~ATP_MODE;
    hart.csrs.set('hgatp', merge(hart.csrs.values.hgatp, value, writable));
  },
};

/** `pmpcfg0` and `pmpcfg2` (`PMPCFG_WARL`). */
export const pmpcfg = (csr: 'pmpcfg0' | 'pmpcfg2'): Csr => ({
  extension: 'pmp',
  read: (hart) => hart.csrs.values[csr],
  write: (hart, value) => hart.csrs.set(csr, writtenConfig(hart.csrs.values[csr], value)),
});

/** `pmpaddr0` .. `pmpaddr15`, unless locked. */
export function pmpaddr(csr: (typeof PMPADDR)[number], entry: number): Csr {
  return {
    extension: 'pmp',
    read: (hart) => hart.csrs.values[csr],
    write: (hart, value) => {
      if (!isLocked(hart, entry)) hart.csrs.set(csr, value & hart.writable[csr]);
    },
  };
}
