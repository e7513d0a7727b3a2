/** The stages of address translation: which tables each walks, and what its fields permit. */
import { has } from './bits.js';
import type { StoredCsr } from './csr-file.js';
import type { Isa } from './extensions.js';
import type { Hart } from './hart.js';
import { ADUE, MXR, PBMTE, SUM } from './status.js';
import { henvcfgInEffect } from './views.js';

/** Page tables of one stage and how they are to be read. Its fields are asked when a decision needs them, not before. */
export interface Stage {
  /** The CSR with the scheme and the root. */
  readonly atp: 'satp' | 'vsatp' | 'hgatp';
  /** Incoming addresses have two more bits, and the root table four times the entries (`hgatp_mode_x4`). */
  readonly widened: boolean;
  /** Supervisor accesses may reach user pages. */
  sum(hart: Hart): boolean;
  /** Explicit loads may read what is only executable. */
  mxr(hart: Hart): boolean;
  /** A and D are set by the walk; otherwise their absence is a page fault (Svade). */
  updates(hart: Hart): boolean;
  /** Svpbmt is in use: PTEs may have memory types. */
  types(hart: Hart): boolean;
}

/** The only stage of HS and U (`satp_op`, `sstatus_sum_op`, `sstatus_mxr_op`, `menvcfg_adue_op`, `menvcfg_pbmte_op`). */
export const SUPERVISOR: Stage = {
  atp: 'satp',
  widened: false,
  sum: ({ csrs }) => has(csrs.values.mstatus, SUM),
  mxr: ({ csrs }) => has(csrs.values.mstatus, MXR),
  updates: ({ csrs }) => has(csrs.values.menvcfg, ADUE),
  types: ({ csrs }) => has(csrs.values.menvcfg, PBMTE),
};

/** VS-stage: the guest's tables, in guest physical memory (`vsatp_op`, `vsstatus_mxr_vm`, `henvcfg_adue_op`, `henvcfg_pbmte_op`). */
export const GUEST: Stage = {
  atp: 'vsatp',
  widened: false,
  sum: ({ csrs }) => has(csrs.values.vsstatus, SUM),
  mxr: ({ csrs }) => has(csrs.values.mstatus | csrs.values.vsstatus, MXR),
  updates: (hart) => has(henvcfgInEffect(hart), ADUE),
  types: (hart) => has(henvcfgInEffect(hart), PBMTE),
};

/** G-stage: from guest physical to supervisor physical addresses, always as a user (`hgatp_op`, `sstatus_mxr_vm`, `H_vm_gpapriv`). */
export const G_STAGE: Stage = { ...SUPERVISOR, atp: 'hgatp', widened: true };

/** What an atp CSR says: a scheme, and where its tables are. */
export interface Tables {
  /** Levels of the tables; 0 is Bare: no translation. */
  readonly levels: number;
  /** Pages below an entry of the root table. */
  readonly span: number;
  /** Physical page number of the root table. */
  readonly root: number;
}

/** Levels of the page tables by MODE: Sv39, Sv48, Sv57 and their x4 variants (`Sv39_LEVELS`, `Sv48_LEVELS`, `Sv57_LEVELS`). */
const LEVELS: Readonly<Record<number, number>> = { 8: 3, 9: 4, 10: 5 };

const PPN = (1n << 44n) - 1n;
const known = new Map<StoredCsr, { readonly value: bigint; readonly tables: Tables }>();

/** Reads an atp CSR; the last reading of each is remembered, as a value determines it. */
export function tablesOf(hart: Hart, { atp }: Stage): Tables {
  const value = hart.csrs.values[atp];
  const last = known.get(atp);
  if (last !== undefined && last.value === value) return last.tables;
  const levels = LEVELS[Number(value >> 60n)] ?? 0;
  const tables = { levels, span: 512 ** (levels - 1), root: Number(value & PPN) };
  known.set(atp, { value, tables });
  return tables;
}

/** Whether a MODE can be selected (`satp_mode_sxlen64`, `hgatp_mode_sv`). */
export function isMode(isa: Isa, mode: bigint): boolean {
  switch (mode) {
    case 0n:
      return true;
    case 8n:
      return isa.sv39;
    case 9n:
      return isa.sv48;
    case 10n:
      return isa.sv57;
    default:
      return false;
  }
}
