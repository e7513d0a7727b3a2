/** What an access asks of memory, and which exceptions tell that it was refused. */
import { CAUSE } from './status.js';

export type Need =
  /** An instruction fetch. */
  | 'fetch'
  /** A load, also LR. */
  | 'read'
  /** HLVX: a load that needs execute in place of read permission (`hlsv_u_op`). */
  | 'execute'
  /** A store, also SC. */
  | 'write'
  /** An AMO: a store that also loads. */
  | 'update'
  /** Management of a cache block, which a load or a store must be permitted to do (`cbm_access`). */
  | 'manage';

/** The exception codes of an access, by what refuses it. */
interface Causes {
  readonly access: number;
  readonly page: number;
  readonly guestPage: number;
}

const FETCH: Causes = {
  access: CAUSE.instructionAccessFault, page: CAUSE.instructionPageFault, guestPage: CAUSE.instructionGuestPageFault,
};
const LOAD: Causes = { access: CAUSE.loadAccessFault, page: CAUSE.loadPageFault, guestPage: CAUSE.loadGuestPageFault };
const STORE: Causes = { access: CAUSE.storeAccessFault, page: CAUSE.storePageFault, guestPage: CAUSE.storeGuestPageFault };

/** `mcause_exccode_ld_ldrsv`, `mcause_exccode_st_sc_amo`, `cbm_unperm_fault` */
export const CAUSES: Readonly<Record<Need, Causes>> = {
  fetch: FETCH, read: LOAD, execute: LOAD, write: STORE, update: STORE, manage: STORE,
};
