/** What the specs say of addresses: translation by page tables (`translation.yaml`) and physical protection (`pmp.yaml`). */
import type { Variable } from './csr-file.js';
import type { BitRange, Condition, Entry, Operation } from './instruction-set.js';
import type { StageFault } from './trap-rules.js';

/** The stages of address translation: S alone while V=0; VS and G, one upon the other, for a guest. */
export const STAGES = { S: 0n, VS: 1n, G: 2n } as const;
export type StageName = keyof typeof STAGES;

/** How a translated access is checked. `execute`: a load that needs execute permission in the place of read permission (HLVX). */
export const ACCESSES = { fetch: 0n, load: 1n, store: 2n, execute: 3n } as const;
export type Access = keyof typeof ACCESSES;

/**
 * What a page-table entry means for an access: it is refused, the entry names
 * the next table, its A or D bit must be written first, or it is the leaf that
 * translates.
 */
export const ENTRY_OUTCOMES = ['fault', 'pointer', 'update', 'leaf'] as const;
export type EntryOutcome = (typeof ENTRY_OUTCOMES)[number];

/** A translation scheme: Sv39. */
export interface Scheme extends Entry {
  /** Value of the MODE field, not 0. */
  readonly mode: bigint;
  /** Tables from the root to the last. */
  readonly levels: number;
}

/** A stage of translation: whose tables, and which state its checks depend on. */
export interface TranslationStage extends Entry {
  readonly name: StageName;
  /** The CSR with the fields MODE and PPN. */
  readonly register: string;
  /** The field of it that tells one address space or virtual machine from another. Absent: there is one. */
  readonly space?: string;
  /** Bits by which addresses, and with them the root table, are wider than the scheme's. */
  readonly widened: number;
  /** What the address bits above must be: copies of the highest (`sign`), or zero. */
  readonly above: 'sign' | 'zero';
  readonly fault: StageFault;
  /** One bit each; may use `privilege` (2 bits, of the access) and `implicit` (the access is one to a table of the other stage). */
  readonly user: Operation;
  readonly sum: Operation;
  readonly mxr: Operation;
  readonly adue: Operation;
  readonly pbmte: Operation;
}

/** Whose translation an access goes through: a fetch's, a load's or store's own, or the guest's (HLV, HSV). */
export const ORIGINS = ['fetch', 'self', 'guest'] as const;
export type OriginName = (typeof ORIGINS)[number];
export interface Origin extends Entry {
  readonly name: OriginName;
  /** One bit. */
  readonly V: Operation;
  /** Two bits: 0 U, 1 S, 3 M. */
  readonly privilege: Operation;
}

/** A field of a page-table entry, or of a configuration of memory protection. */
export interface EntryField {
  readonly name: string;
  readonly bits: BitRange;
}

/** A row of the table that says what a page-table entry means; the first that matches decides. */
export interface EntryRow extends Entry {
  readonly when: Condition;
  readonly then: EntryOutcome;
}

/** Address translation: `translation.yaml`. */
export interface Translation {
  readonly schemes: readonly Scheme[];
  /** S; with guests VS and G, too. */
  readonly stages: readonly TranslationStage[];
  readonly origins: readonly Origin[];
  /** Fields of an entry, `pte.NAME` in conditions and operations. */
  readonly fields: readonly EntryField[];
  /** Derived from an entry and its level. */
  readonly variables: readonly Variable[];
  readonly rows: readonly EntryRow[];
}

/** How much of an access the deciding entry of memory protection holds. */
export const PMP_MATCHES = { none: 0n, part: 1n, all: 2n } as const;

/** What memory protection says of an access. */
export type Protection = 'allow' | 'refuse';

/** An entry of physical memory protection. */
export interface ProtectionEntry extends Entry {
  /** The field of 8 bits with its configuration: `pmpcfg0.pmp0cfg`. */
  readonly config: string;
  /** The CSR with bits 55-2 of its address. */
  readonly address: string;
}

/** A row of the table that says what an entry allows; the first that matches decides. */
export interface ProtectionRow extends Entry {
  readonly when: Condition;
  readonly then: Protection;
}

/** Physical memory protection: `pmp.yaml`. */
export interface MemoryProtection {
  /** Lowest number first: it decides before the others. */
  readonly entries: readonly ProtectionEntry[];
  /** Fields of a configuration, `entry.NAME` in conditions. */
  readonly fields: readonly EntryField[];
  readonly rows: readonly ProtectionRow[];
}
