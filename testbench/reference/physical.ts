/** What physical memory allows: protection first, then the attributes of its regions. */
import type { Hart } from './hart.js';
import { DRAM_BASE } from './memory.js';
import { pmpPermits } from './pmp.js';
import type { PageNeed } from './walk.js';

/**
 * The offset in DRAM of some bytes at a physical address; undefined where protection refuses them,
 * or where there is no DRAM, all of which is readable, writable and executable.
 */
export function inDram(hart: Hart, address: number, bytes: number, need: PageNeed, machine: boolean): number | undefined {
  if (!pmpPermits(hart, address, bytes, need, machine)) return undefined;
  const offset = address - DRAM_BASE;
  return hart.dram.holds(offset, bytes) ? offset : undefined;
}
