/** What a CSR is, and the plain kinds. */
import { merge } from './bits.js';
import type { StoredCsr } from './csr-file.js';
import type { Extension } from './extensions.js';
import type { Hart } from './hart.js';

/** One CSR. */
export interface Csr {
  /** The value that rd receives. */
  readonly read: (hart: Hart) => bigint;
  /** The value that CSRRS and CSRRC modify, where it is not the one that rd receives. */
  readonly readForModify?: (hart: Hart) => bigint;
  readonly write: (hart: Hart, value: bigint) => void;
  /** The extension without which it does not exist. */
  readonly extension?: Extension;
}

/** The write of a CSR that has nothing to write. */
export const ignore = (): void => undefined;

/** A CSR that reads as one value. */
export const constant = (value: bigint): Csr => ({ read: () => value, write: ignore });

/** A CSR that stores its writable bits and reads as stored. */
export const stored = (csr: StoredCsr): Csr => ({
  read: (hart) => hart.csrs.values[csr],
  write: (hart, value) => hart.csrs.set(csr, merge(hart.csrs.values[csr], value, hart.writable[csr])),
});

/** A CSR that stores its bits and belongs to an extension. */
export const added = (extension: Extension, csr: StoredCsr): Csr => ({ ...stored(csr), extension });
