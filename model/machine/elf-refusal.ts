/**
 * What the parts of the ELF reader share: refusals, and ranges in a file.
 */

/** Why the bytes are no such program. */
export interface Refusal {
  readonly ok: false;
  /** One sentence: `It is a 32-bit ELF file.` */
  readonly message: string;
  /** What to do about it, one sentence. */
  readonly mend: string;
}

/** Builds a refusal. */
export const refuse = (message: string, mend: string): Refusal => ({ ok: false, message, mend });

/** Whether the range `start`, `length` lies in a file of `size` bytes; 64-bit safe. */
export const inside = (start: bigint, length: bigint, size: number): boolean => start + length <= BigInt(size);
