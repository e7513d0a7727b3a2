/**
 * Where the memory of programs lies, as driver.S has it: windows, handlers' page, log and page tables in the last megabytes
 * of memory, apart from the image, so that tables can be made before the image is linked.
 */

/** x3 of every program: the handlers' page, right behind the windows. */
export const GP = 0x8700_8000n;
/** A page. */
export const PAGE = 0x1000n;
/** The four pages that programs load and store; only their ends count. */
export const WINDOWS: readonly bigint[] = [4n, 3n, 2n, 1n].map((n) => GP - n * PAGE);
/** Bytes at each end of a window that the driver fills and hashes. */
export const WINDOW_END = 0x100;
/** Pages that handlers need: their own and the log. */
export const HANDLER_PAGES: readonly bigint[] = [0n, 1n, 2n, 3n].map((n) => GP + n * PAGE);
/** Where page tables begin (aligned to 16 KiB). */
export const TABLES = GP + 0x3_8000n;
/** The image: driver and bodies, as megapages. */
export const CODE_MEGAPAGES: readonly bigint[] = [0x8000_0000n, 0x8020_0000n];
/** The first byte of memory. */
export const DRAM = 0x8000_0000n;
/** The first byte behind it. */
export const DRAM_END = 0x8800_0000n;
/** This bit set in an address of code gives the same code on a user page. */
export const ALIAS_BIT = 33;
/** Nothing is here, on either machine. */
export const NOWHERE = 0x1800_0000n;
