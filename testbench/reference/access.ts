/** Explicit memory accesses: whose they are, where their bytes lie, and how they fault (bare translation). */
import type { Mode } from '../retirement.js';
import { has, u64 } from './bits.js';
import { type IoTarget, ioTarget } from './devices.js';
import type { Exception, Hart } from './hart.js';
import { Dram, type Width } from './memory.js';
import { isVirtual, modeOf } from './modes.js';
import { CAUSE, MPRV, MPV, mppOf, SPVP } from './status.js';

/** What an access does: `execute` reads with execute in place of read permission (HLVX, `hlsv_u_op`). */
export type Kind = 'read' | 'execute' | 'write';

/** One explicit memory access. */
export interface Access {
  readonly kind: Kind;
  /** Virtual address of its first byte. */
  readonly address: bigint;
  readonly width: Width;
  /** The mode whose translation and protection apply; if virtual, its addresses are guest virtual addresses. */
  readonly as: Mode;
  /** The transformed instruction of a fault at the first byte (`H_trap_xtinst_val`). */
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
  /** Everything but rs1: HLV, HLVX, HSV, LR, SC and AMOs. */
  allButRs1: ~(0x1f << 15),
} as const;

/** The mode of an ordinary access: the current one, or with MPRV=1 that of MPV and MPP (`mstatus_mprv_hypervisor`). */
export function effectiveMode(hart: Hart): Mode {
  const { mstatus } = hart.csrs.values;
  return has(mstatus, MPRV) ? modeOf(mppOf(mstatus), has(mstatus, MPV)) : hart.mode;
}

/** HLV, HLVX and HSV act as VS or VU by SPVP, whatever MPRV says (`hlsv_priv`, `mstatus_mprv_hlsv`). */
export const guestMode = (hart: Hart): Mode => (has(hart.csrs.values.hstatus, SPVP) ? 'VS' : 'VU');

const ACCESS_FAULT: Readonly<Record<Kind, number>> = {
  read: CAUSE.loadAccessFault, execute: CAUSE.loadAccessFault, write: CAUSE.storeAccessFault,
};

/** An access fault at the first byte of the part that failed; tinst tells its distance (`mtval_vaddr_wr2`, `H_tinst_addr_offset`). */
export function accessFault(access: Access, address: bigint): Exception {
  const offset = Number(u64(address - access.address));
  const tinst = BigInt((access.tinst | (offset << 15)) >>> 0);
  return { cause: ACCESS_FAULT[access.kind], tval: address, gva: isVirtual(access.as), tinst };
}

/** Where the bytes of an access are. */
export type Place =
  | { readonly kind: 'dram'; readonly offset: number }
  | Exclude<IoTarget, { kind: 'none' }>
  | { readonly kind: 'fault'; readonly exception: Exception };

/**
 * Finds the memory of an access. Misaligned accesses work in DRAM; one that crosses an 8-byte
 * boundary is split there, low part first. I/O supports what `ioTarget` says, no HLVX and nothing
 * atomic. A misaligned atomic is an access fault before anything else (`LR_SC_ALIGNMENT`, `amo_alignment`).
 */
export function locate(hart: Hart, access: Access): Place {
  const { address, width } = access;
  if (access.atomic && Number(address & 7n) % width !== 0) return faultAt(access, address);
  const offset = Dram.offsetOf(address);
  if (hart.dram.holds(offset, width)) return { kind: 'dram', offset };
  const target = access.kind === 'execute' || access.atomic ? undefined : ioTarget(Number(address), width);
  if (target !== undefined && target.kind !== 'none') return target;
  const boundary = (address & ~7n) + 8n;
  const lowBytes = Number(boundary - address);
  const lowPartInDram = lowBytes < width && hart.dram.holds(offset, lowBytes);
  return faultAt(access, lowPartInDram ? u64(boundary) : address);
}

const faultAt = (access: Access, address: bigint): Place => ({
  kind: 'fault', exception: accessFault(access, address),
});
