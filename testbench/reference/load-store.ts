/** Loads and stores, also of virtual machines, on the physical memory map (bare translation). */
import { has, u64 } from './bits.js';
import { ioTarget } from './devices.js';
import type { Decoded, Exception, Execute, Hart, Outcome } from './hart.js';
import { Dram, type Width, widthMask } from './memory.js';
import { isVirtual } from './modes.js';
import { forbidden, hypervisorAccessPermission } from './permissions.js';
import { CAUSE, MPRV, MPV, mppOf } from './status.js';

/** What a load's destination register gets from the bytes read. */
export type Extension = 'signed' | 'unsigned';

/** How an explicit memory access looks at memory. */
interface Access {
  readonly address: bigint;
  readonly width: Width;
  /** As though V=1: faulting addresses are guest virtual addresses. */
  readonly guest: boolean;
  /** HLVX: execute permission takes the place of read permission (`hlsv_u_op`). */
  readonly executable: boolean;
}

/** V of an explicit access: that of the current mode, or with MPRV=1 that of MPV and MPP (`mstatus_mprv_hypervisor`). */
function effectiveVirtualization(hart: Hart): boolean {
  const { mstatus } = hart.csrs.values;
  if (!has(mstatus, MPRV)) return isVirtual(hart.mode);
  return has(mstatus, MPV) && mppOf(mstatus) !== 3;
}

const ordinary = (hart: Hart, address: bigint, width: Width): Access => ({
  address, width, guest: effectiveVirtualization(hart), executable: false,
});

/**
 * HLV, HLVX and HSV act as though V=1, overriding MPRV (`hlsv_priv`, `mstatus_mprv_hlsv`). SPVP
 * chooses between VS and VU, which is without effect as long as nothing is translated.
 */
const asGuest = (address: bigint, width: Width, executable: boolean): Access => ({
  address, width, guest: true, executable,
});

/** Only the address field of rs1 differs from the trapping instruction. */
const HYPERVISOR_FIELDS = ~(0x1f << 15);
/** Fields rd, funct3 and opcode of a load. */
const LOAD_FIELDS = 0x7fff;
/** Fields rs2, funct3 and opcode of a store. */
const STORE_FIELDS = (0x1f << 20) | (7 << 12) | 0x7f;

/**
 * The transformed instruction: bits 19:15 hold the distance of the faulting address from
 * that of the access, immediates are zero (`H_trap_xtinst_val`, `H_tinst_addr_offset`).
 */
function transformed(insn: number, fields: number, offset: bigint): bigint {
  return BigInt(((insn & fields) | (Number(offset) << 15)) >>> 0);
}

/** An access fault at the first byte of the part that failed (`mtval_vaddr_wr2`). */
function accessFault(access: Access, insn: number, fields: number, cause: number, address: bigint): Exception {
  const tinst = transformed(insn, fields, u64(address - access.address));
  return { cause, tval: address, gva: access.guest, tinst };
}

/** Where the bytes of an access are. */
type Place =
  | { readonly kind: 'dram'; readonly offset: number }
  | { readonly kind: 'clint'; readonly offset: number }
  | { readonly kind: 'opaque' }
  | { readonly kind: 'fault'; readonly address: bigint };

/**
 * Finds the memory of an access. Misaligned accesses work in DRAM; one that crosses an 8-byte
 * boundary is split there, low part first. I/O supports what `ioTarget` says, and no HLVX.
 */
function locate(hart: Hart, access: Access): Place {
  const { address, width } = access;
  const offset = Dram.offsetOf(address);
  if (hart.dram.holds(offset, width)) return { kind: 'dram', offset };
  const target = access.executable ? undefined : ioTarget(Number(address), width);
  if (target !== undefined && target.kind !== 'none') return target;
  const boundary = (address & ~7n) + 8n;
  const lowBytes = Number(boundary - address);
  const lowPartInDram = lowBytes < width && hart.dram.holds(offset, lowBytes);
  return { kind: 'fault', address: lowPartInDram ? u64(boundary) : address };
}

/** Reads and records an access; the value is zero-extended. */
function read(hart: Hart, access: Access, insn: number, fields: number): bigint | Exception {
  const place = locate(hart, access);
  let value: bigint;
  switch (place.kind) {
    case 'dram':
      value = hart.dram.read(place.offset, access.width);
      break;
    case 'clint':
      value = hart.inputs.ioData ?? hart.clint.read(place.offset, access.width);
      break;
    case 'opaque':
      value = hart.inputs.ioData ?? 0n;
      break;
    case 'fault':
      return accessFault(access, insn, fields, CAUSE.loadAccessFault, place.address);
  }
  value &= widthMask(access.width);
  hart.memAddr = access.address;
  hart.memRmask = (1 << access.width) - 1;
  hart.memRdata = value;
  return value;
}

/** Writes and records an access. */
function write(hart: Hart, access: Access, value: bigint, insn: number, fields: number): Outcome {
  const place = locate(hart, access);
  const data = value & widthMask(access.width);
  switch (place.kind) {
    case 'dram':
      hart.dram.write(place.offset, access.width, data);
      break;
    case 'clint':
      hart.clint.write(place.offset, access.width, data);
      break;
    case 'opaque':
      break;
    case 'fault':
      return accessFault(access, insn, fields, CAUSE.storeAccessFault, place.address);
  }
  hart.memAddr = access.address;
  hart.memWmask = (1 << access.width) - 1;
  hart.memWdata = data;
  return undefined;
}

function loadInto(hart: Hart, { insn, rd }: Decoded, access: Access, fields: number, extension: Extension): Outcome {
  const value = read(hart, access, insn, fields);
  if (typeof value !== 'bigint') return value;
  hart.writeRd(rd, extension === 'signed' ? BigInt.asIntN(8 * access.width, value) : value);
  return undefined;
}

/** LB .. LD (`ldst_ea`, `load_op`, `load_exc_x0`). */
export const load =
  (width: Width, extension: Extension): Execute =>
  (hart, insn) => {
    const address = u64(hart.x(insn.rs1) + insn.imm);
    return loadInto(hart, insn, ordinary(hart, address, width), LOAD_FIELDS, extension);
  };

/** SB .. SD (`ldst_ea`, `store_op`). */
export const store =
  (width: Width): Execute =>
  (hart, { insn, rs1, rs2, imm }) => {
    const address = u64(hart.x(rs1) + imm);
    return write(hart, ordinary(hart, address, width), hart.x(rs2), insn, STORE_FIELDS);
  };

/** HLV, and HLVX if `executable` (`hlsv_op`, `hlsv_u_op`). */
export const hypervisorLoad =
  (width: Width, extension: Extension, executable: boolean): Execute =>
  (hart, insn) => {
    const permission = hypervisorAccessPermission(hart);
    if (permission !== 'permitted') return forbidden(permission, insn.insn);
    return loadInto(hart, insn, asGuest(hart.x(insn.rs1), width, executable), HYPERVISOR_FIELDS, extension);
  };

/** HSV (`hlsv_op`). */
export const hypervisorStore =
  (width: Width): Execute =>
  (hart, { insn, rs1, rs2 }) => {
    const permission = hypervisorAccessPermission(hart);
    if (permission !== 'permitted') return forbidden(permission, insn);
    return write(hart, asGuest(hart.x(rs1), width, false), hart.x(rs2), insn, HYPERVISOR_FIELDS);
  };
