/** Explicit memory accesses: whose they are, where their bytes lie, and how they fault. */
import type { Mode } from '../retirement.js';
import { has, u64 } from './bits.js';
import { type IoTarget, ioTarget } from './devices.js';
import { accessFault, refusalFault } from './faults.js';
import type { Exception, Hart } from './hart.js';
import { DRAM_BASE, type Width } from './memory.js';
import { modeOf } from './modes.js';
import type { Need } from './needs.js';
import { pmpPermits } from './pmp.js';
import { MPRV, MPV, mppOf, SPVP } from './status.js';
import { translate } from './translation.js';

/** One explicit memory access. */
export interface Access {
  readonly need: Need;
  /** Virtual address of its first byte. */
  readonly address: bigint;
  readonly width: Width;
  /** The mode whose translation and protection apply; if virtual, its addresses are guest virtual addresses. */
  readonly as: Mode;
  /** The transformed instruction of a fault at the first byte (`H_trap_xtinst_val`); 0 if none is defined. */
  readonly tinst: number;
  /** LR, SC and AMOs are for main memory only. */
  readonly atomic: boolean;
}

/** Fields of an instruction that its transformation keeps; bits 19:15 become the Address Offset, immediates zero. */
export const KEPT = {
  /** rd, funct3 and opcode. */
  load: 0x7fff,
  /** rs2, funct3 and opcode. */
  store: (0x1f << 20) | (7 << 12) | 0x7f,
  /** Everything but rs1: HLV, HLVX, HSV, LR, SC, AMOs and cbo.*. */
  allButRs1: ~(0x1f << 15),
} as const;

/** The mode of an ordinary access: the current one, or with MPRV=1 that of MPV and MPP (`mstatus_mprv_hypervisor`). */
export function effectiveMode(hart: Hart): Mode {
  const { mstatus } = hart.csrs.values;
  return has(mstatus, MPRV) ? modeOf(mppOf(mstatus), has(mstatus, MPV)) : hart.mode;
}

/** HLV, HLVX and HSV act as VS or VU by SPVP, whatever MPRV says (`hlsv_priv`, `mstatus_mprv_hlsv`). */
export const guestMode = (hart: Hart): Mode => (has(hart.csrs.values.hstatus, SPVP) ? 'VS' : 'VU');

/** Where the bytes of an access are. */
export type Place =
  /** In DRAM, one after another. */
  | { readonly kind: 'dram'; readonly offset: number }
  /** In DRAM, from two offsets on: the first `lowBytes`, and the others. */
  | { readonly kind: 'split'; readonly offset: number; readonly lowBytes: number; readonly high: number }
  | Exclude<IoTarget, { kind: 'none' }>
  | { readonly kind: 'fault'; readonly exception: Exception };

/**
 * Finds the memory of an access. One that crosses an 8-byte boundary is split there, and each part
 * translated and checked by itself, the low one first (`pmp_misaligned_access_behavior`). A
 * misaligned atomic is an access fault before anything else (`LR_SC_ALIGNMENT`, `amo_alignment`).
 */
export function locate(hart: Hart, access: Access): Place {
  const { address, width } = access;
  if (access.atomic && Number(address & 7n) % width !== 0) return refuse(access, address);
  const lowBytes = 8 - Number(address & 7n);
  if (lowBytes >= width) return locatePart(hart, access, address, width);
  const low = locatePart(hart, access, address, lowBytes);
  if (low.kind !== 'dram') return low;
  const high = locatePart(hart, access, u64(address + BigInt(lowBytes)), width - lowBytes);
  if (high.kind !== 'dram') return high;
  if (high.offset === low.offset + lowBytes) return low;
  return { kind: 'split', offset: low.offset, lowBytes, high: high.offset };
}

/** Finds a part of an access, or all of it. Only all of it can be in I/O, if `ioTarget` supports it; HLVX and atomics never. */
function locatePart(hart: Hart, access: Access, address: bigint, bytes: number): Place {
  const { need, as, width } = access;
  const physical = translate(hart, address, need, as);
  if (typeof physical !== 'number') {
    return { kind: 'fault', exception: refusalFault(physical, { need, as, address, tinst: tinstAt(access, address) }) };
  }
  if (!pmpPermits(hart, physical, bytes, need, as === 'M')) return refuse(access, address);
  const offset = physical - DRAM_BASE;
  if (hart.dram.holds(offset, bytes)) return { kind: 'dram', offset };
  if (need === 'execute' || access.atomic || bytes !== width) return refuse(access, address);
  const target = ioTarget(physical, width);
  return target.kind === 'none' ? refuse(access, address) : target;
}

/** An access fault at the first byte of a part (`mtval_vaddr_wr2`). */
const refuse = (access: Access, address: bigint): Place => ({
  kind: 'fault',
  exception: accessFault({ need: access.need, as: access.as, address, tinst: tinstAt(access, address) }),
});

/** The transformed instruction for a fault in a part, whose distance it tells (`H_tinst_addr_offset`). */
const tinstAt = (access: Access, address: bigint): bigint =>
  access.tinst === 0 ? 0n : BigInt((access.tinst | (Number(u64(address - access.address)) << 15)) >>> 0);
