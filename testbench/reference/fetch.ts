/** Instruction fetch: at pc, in 2-byte parcels with C, else 4 bytes at once. */
import { u64 } from './bits.js';
import { isLong } from './compressed.js';
import { accessFault, type Attempt, refusalFault } from './faults.js';
import type { Exception, Hart } from './hart.js';
import { inDram } from './physical.js';
import { translate } from './translation.js';

/**
 * The instruction at pc, 16 or 32 bits, or the exception of the parcel that cannot be fetched: its
 * epc is pc, its tval the parcel's address (`stval_faulting_address_variable_instr`). Bits that the
 * core saw (`given`) are accepted parcel by parcel, where the location held them at some time since
 * the last FENCE.I (`fence_i_op`); otherwise the true ones are fetched.
 */
export function fetch(hart: Hart, given: number | undefined): number | Exception {
  const { pc, mode } = hart;
  const physical = translate(hart, pc, 'fetch', mode);
  if (typeof physical !== 'number') return refusalFault(physical, attemptAt(hart, pc));
  if (!hart.isa.c) return parcel(hart, pc, physical, 4, given);
  const first = parcel(hart, pc, physical, 2, given === undefined ? undefined : given & 0xffff);
  if (typeof first !== 'number' || !isLong(first)) return first;
  const next = u64(pc + 2n);
  // Within a page the second parcel translates as the first one did.
  const behind = (next & 0xfffn) !== 0n ? physical + 2 : translate(hart, next, 'fetch', mode);
  if (typeof behind !== 'number') return refusalFault(behind, attemptAt(hart, next));
  const second = parcel(hart, next, behind, 2, given === undefined ? undefined : given >>> 16);
  return typeof second === 'number' ? ((second << 16) | first) >>> 0 : second;
}

/** Some bytes of an instruction, which must lie in DRAM (`ia_fault_exc_on_target`: the fault is of the instruction there). */
function parcel(
  hart: Hart, address: bigint, physical: number, bytes: 2 | 4, given: number | undefined,
): number | Exception {
  const { dram } = hart;
  const offset = inDram(hart, physical, bytes, 'fetch', hart.mode === 'M');
  if (offset === undefined) return accessFault(attemptAt(hart, address));
  const current = bytes === 4 ? dram.word(offset) : dram.half(offset);
  if (given === undefined || given >>> 0 === current) return current;
  return dram.heldSinceFence(offset, bytes, given >>> 0) ? given >>> 0 : current;
}

const attemptAt = ({ mode }: Hart, address: bigint): Attempt => ({ need: 'fetch', as: mode, address, tinst: 0n });
