/** Loads and stores, also of virtual machines. */
import { type Access, effectiveMode, guestMode, KEPT, locate } from './access.js';
import { u64 } from './bits.js';
import type { Decoded, Exception, Execute, Hart, Outcome } from './hart.js';
import { type Width, widthMask } from './memory.js';
import { forbidden, hypervisorAccessPermission } from './permissions.js';

/** What a load's destination register gets from the bytes read. */
export type Signedness = 'signed' | 'unsigned';

/** Reads and records an access; the value is zero-extended. */
export function read(hart: Hart, access: Access): bigint | Exception {
  const place = locate(hart, access);
  let value: bigint;
  switch (place.kind) {
    case 'dram':
      value = hart.dram.read(place.offset, access.width);
      break;
    case 'split':
      value = hart.dram.readParts(place, access.width);
      break;
    case 'clint':
      value = hart.inputs.ioData ?? hart.clint.read(place.offset, access.width);
      break;
    case 'opaque':
      value = hart.inputs.ioData ?? 0n;
      break;
    case 'fault':
      return place.exception;
  }
  value &= widthMask(access.width);
  hart.recordRead(access.address, access.width, value);
  return value;
}

/** Writes and records an access. */
export function write(hart: Hart, access: Access, value: bigint): Outcome {
  const place = locate(hart, access);
  const data = value & widthMask(access.width);
  switch (place.kind) {
    case 'dram':
      hart.dram.write(place.offset, access.width, data);
      break;
    case 'split':
      hart.dram.writeParts(place, access.width, data);
      break;
    case 'clint':
      hart.clint.write(place.offset, access.width, data);
      break;
    case 'opaque':
      break;
    case 'fault':
      return place.exception;
  }
  hart.recordWrite(access.address, access.width, data);
  return undefined;
}

function loadInto(hart: Hart, rd: number, access: Access, signedness: Signedness): Outcome {
  const value = read(hart, access);
  if (typeof value !== 'bigint') return value;
  hart.writeRd(rd, signedness === 'signed' ? BigInt.asIntN(8 * access.width, value) : value);
  return undefined;
}

/** An access of an ordinary load or store at rs1 + imm (`ldst_ea`). */
const ordinary = (hart: Hart, { standard, rs1, imm }: Decoded, need: 'read' | 'write', width: Width): Access => ({
  need, address: u64(hart.x(rs1) + imm), width, as: effectiveMode(hart),
  tinst: standard & (need === 'read' ? KEPT.load : KEPT.store), atomic: false,
});

/** An access of HLV, HLVX or HSV at rs1. */
const asGuest = (hart: Hart, { standard, rs1 }: Decoded, need: 'read' | 'execute' | 'write', width: Width): Access => ({
  need, address: hart.x(rs1), width, as: guestMode(hart), tinst: standard & KEPT.allButRs1, atomic: false,
});

/** LB .. LD (`load_op`, `load_exc_x0`). */
export const load =
  (width: Width, signedness: Signedness): Execute =>
  (hart, insn) =>
    loadInto(hart, insn.rd, ordinary(hart, insn, 'read', width), signedness);

/** SB .. SD (`store_op`). */
export const store =
  (width: Width): Execute =>
  (hart, insn) =>
    write(hart, ordinary(hart, insn, 'write', width), hart.x(insn.rs2));

/** HLV, and HLVX if `executable` (`hlsv_op`, `hlsv_u_op`). */
export const hypervisorLoad =
  (width: Width, signedness: Signedness, executable: boolean): Execute =>
  (hart, insn) => {
    const permission = hypervisorAccessPermission(hart);
    if (permission !== 'permitted') return forbidden(permission, insn.insn);
    return loadInto(hart, insn.rd, asGuest(hart, insn, executable ? 'execute' : 'read', width), signedness);
  };

/** HSV (`hlsv_op`). */
export const hypervisorStore =
  (width: Width): Execute =>
  (hart, insn) => {
    const permission = hypervisorAccessPermission(hart);
    if (permission !== 'permitted') return forbidden(permission, insn.insn);
    return write(hart, asGuest(hart, insn, 'write', width), hart.x(insn.rs2));
  };
