/** What the specs say of CSRs, and of the permits of whatever needs one. */
import type { Span } from './diagnostic.js';
import type { BitRange, Condition, Entry, Operation } from './instruction-set.js';

/** A field of a CSR. Exactly one of: stored, constant, alias, computed. */
export interface CsrField {
  readonly name: string;
  readonly span: Span;
  readonly rules: readonly string[];
  readonly bits: BitRange;
  readonly source:
    /** Stored in this CSR. `legal`: other values leave the field unchanged. `writable`: mask of writable bits within the field (default all). */
    | { readonly kind: 'stored'; readonly reset: bigint; readonly legal?: readonly bigint[]; readonly writable: bigint;
        /** Read value where it differs from the stored one (mip.SEIP: software bit or line). */
        readonly read?: Operation;
        /** One bit over `value` (the field's bits of what is written): 0 leaves the field as it is. */
        readonly writeIf?: Operation }
    | { readonly kind: 'constant'; readonly value: bigint }
    /** The bits live in a field (or whole CSR) elsewhere. Where `visible` is 0, bit by bit, they read zero and ignore writes. */
    | { readonly kind: 'alias'; readonly of: string; readonly visible?: Operation; readonly readonly: boolean }
    | { readonly kind: 'computed'; readonly read: Operation };
}

export interface Csr extends Entry {
  /** 12 bits. */
  readonly address: number;
  readonly fields: readonly CsrField[];
  /** The CSR whose address reaches this one when V=1: `satp` for `vsatp`. */
  readonly substitutes?: string;
  /** A permit table of its own beside the general one (`csr`): an access is illegal if either says so, else virtual if either does. */
  readonly permit?: string;
  /** One bit over `value` (bits<64>): 0 ignores the write as a whole. */
  readonly writeIf?: Operation;
  /** The CSR counts by itself. */
  readonly counts?: Counting;
}

/** What a CSR counts, unless the condition `inhibit` (one bit) holds; `event`: the field, `csr.FIELD`, that holds the number of one of `Hart.events`. */
export type Counting =
  | { readonly what: 'cycles' | 'retired'; readonly inhibit: Operation }
  | { readonly what: 'events'; readonly event: string; readonly inhibit: Operation };

/** A derived variable of permit tables: one expression, a small domain. */
export interface Variable extends Entry {
  readonly value: Operation;
  readonly width: number;
}

export type Permission = 'allow' | 'illegal' | 'virtual';

export interface PermitRow extends Entry {
  readonly when: Condition;
  readonly then: Permission;
}

/** Ordered, total: the first row that matches decides. */
export interface PermitTable extends Entry {
  readonly rows: readonly PermitRow[];
}
