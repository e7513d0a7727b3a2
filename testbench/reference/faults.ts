/** The exceptions of accesses to memory. */
import type { Mode } from '../retirement.js';
import type { Exception } from './hart.js';
import { isVirtual } from './modes.js';
import { CAUSES, type Need } from './needs.js';
import type { Refusal } from './translation.js';

/** An access, or the part of one that is refused. */
export interface Attempt {
  readonly need: Need;
  /** As whom it is made: the addresses of virtual modes are guest virtual addresses (`mstatus_gva_op`, `hstatus_gva_op`). */
  readonly as: Mode;
  /** The virtual address of its first byte. */
  readonly address: bigint;
  /** The transformed instruction, 0 for a fetch. */
  readonly tinst: bigint;
}

/** Physical memory refuses the access itself. */
export const accessFault = ({ need, as, address, tinst }: Attempt): Exception => ({
  cause: CAUSES[need].access, tval: address, gva: isVirtual(as), tinst,
});

/** Pseudoinstructions for implicit accesses: a read of a PTE, and an update (`H_trap_xtinst_guestpage_rw`). */
const PSEUDO = { read: 0x3000n, write: 0x3020n } as const;

/** Translation refuses the access. The transformed instruction tells of explicit accesses only (`H_trap_xtinst_exception`). */
export function refusalFault(refusal: Refusal, attempt: Attempt): Exception {
  const { need, as, address, tinst } = attempt;
  const common = { tval: address, gva: isVirtual(as) };
  switch (refusal.kind) {
    case 'page':
      return { ...common, cause: CAUSES[need].page, tinst };
    case 'pte':
      return { ...common, cause: CAUSES[need].access, tinst: 0n };
    case 'guest-page':
      return {
        ...common, cause: CAUSES[need].guestPage, tval2: refusal.address,
        tinst: refusal.implicit === 'no' ? tinst : PSEUDO[refusal.implicit],
      };
  }
}
