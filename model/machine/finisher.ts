/**
 * The test finisher (`sifive,test1`): one 32-bit register that ends the run.
 */

/** What a write to the finisher asks for. */
export type Finish = { readonly kind: 'exited'; readonly code: number } | { readonly kind: 'reset' };

const PASS = 0x5555n;
const FAIL = 0x3333n;
const RESET = 0x7777n;

/**
 * Meaning of a store to the finisher.
 *
 * @param offset - Byte offset in its region; only 0 does anything.
 * @param data - Stored value; its low 32 bits count: command in 15..0, exit code in 31..16.
 * @returns The end of the run, or undefined for a value without meaning (ignored, as the hardware does).
 */
export function finish(offset: number, data: bigint): Finish | undefined {
  if (offset !== 0) return undefined;
  const code = Number((data >> 16n) & 0xffffn);
  switch (data & 0xffffn) {
    case PASS:
      return { kind: 'exited', code: 0 };
    case FAIL:
      return { kind: 'exited', code };
    case RESET:
      return { kind: 'reset' };
    default:
      return undefined;
  }
}
