/** Zaamo and Zalrsc: AMOs, LR and SC, in main memory only. */
import { type Access, effectiveMode, KEPT, locate } from './access.js';
import { type Decoded, type Exception, type Execute, type Hart } from './hart.js';
import { DRAM_BASE, widthMask } from './memory.js';
import type { Encoding } from './pattern.js';

type AtomicWidth = 4 | 8;

/** The access of an atomic instruction at rs1, which has no offset. */
const atomic = (hart: Hart, { standard, rs1 }: Decoded, need: 'read' | 'write' | 'update', width: AtomicWidth): Access => ({
  need, address: hart.x(rs1), width, as: effectiveMode(hart), tinst: standard & KEPT.allButRs1, atomic: true,
});

/** Where in DRAM its bytes are, or why they cannot be accessed. */
function offsetOf(hart: Hart, access: Access): number | Exception {
  const place = locate(hart, access);
  switch (place.kind) {
    case 'dram':
      return place.offset;
    case 'fault':
      return place.exception;
    default:
      throw new Error(`an atomic access located in ${place.kind}: locate() must have refused it`);
  }
}

/** What an atomic writes to rd: its memory operand, sign-extended (`lr_sc_rv64`, `amo_operand_size`). */
const extended = (value: bigint, width: AtomicWidth): bigint => BigInt.asIntN(8 * width, value);

/** The reserved bytes, aligned, around an offset in DRAM, as a physical address. */
const reservationAround = ({ reservationBytes }: Hart, offset: number): number => DRAM_BASE + offset - (offset % reservationBytes);

/** LR reserves the block of bytes around its address (`lr_w_op`, `LR_RESERVATION_SET_SIZE`). */
const loadReserved =
  (width: AtomicWidth): Execute =>
  (hart, insn) => {
    const access = atomic(hart, insn, 'read', width);
    const offset = offsetOf(hart, access);
    if (typeof offset !== 'number') return offset;
    const value = hart.dram.read(offset, width);
    hart.reservation = reservationAround(hart, offset);
    hart.recordRead(access.address, width, value);
    hart.writeRd(insn.rd, extended(value, width));
    return undefined;
  };

/**
 * SC stores if its address lies in the reservation, and invalidates that either way (`sc_w_success`,
 * `sc_w_failure`, `sc_reservation_invalidate`). Faults come before failure: it is checked as a store
 * whatever it will do (`sc_retire_permission`).
 */
const storeConditional =
  (width: AtomicWidth): Execute =>
  (hart, insn) => {
    const access = atomic(hart, insn, 'write', width);
    const offset = offsetOf(hart, access);
    if (typeof offset !== 'number') return offset;
    const succeeds = hart.reservation === reservationAround(hart, offset);
    hart.reservation = undefined;
    if (succeeds) {
      const value = hart.x(insn.rs2) & widthMask(width);
      hart.dram.write(offset, width, value);
      hart.recordWrite(access.address, width, value);
    }
    // sc_failure_code
    hart.writeRd(insn.rd, succeeds ? 0n : 1n);
    return undefined;
  };

/** What an AMO stores, from the memory operand and rs2, both sign-extended. */
type Combine = (memory: bigint, register: bigint) => bigint;

/** Reads, combines, writes: all its faults are store/AMO faults. */
const amo =
  (width: AtomicWidth, combine: Combine): Execute =>
  (hart, insn) => {
    const access = atomic(hart, insn, 'update', width);
    const offset = offsetOf(hart, access);
    if (typeof offset !== 'number') return offset;
    const old = hart.dram.read(offset, width);
    const value = combine(extended(old, width), extended(hart.x(insn.rs2), width)) & widthMask(width);
    hart.dram.write(offset, width, value);
    hart.recordRead(access.address, width, old);
    hart.recordWrite(access.address, width, value);
    hart.writeRd(insn.rd, extended(old, width));
    return undefined;
  };

const unsignedLess = (a: bigint, b: bigint): boolean => BigInt.asUintN(64, a) < BigInt.asUintN(64, b);

/** By funct5. Sign extension keeps the order of unsigned words. */
const COMBINE: Readonly<Record<string, Combine>> = {
  '00001': (_memory, register) => register,
  '00000': (memory, register) => memory + register,
  '00100': (memory, register) => memory ^ register,
  '01100': (memory, register) => memory & register,
  '01000': (memory, register) => memory | register,
  '10000': (memory, register) => (memory < register ? memory : register),
  '10100': (memory, register) => (memory < register ? register : memory),
  '11000': (memory, register) => (unsignedLess(memory, register) ? memory : register),
  '11100': (memory, register) => (unsignedLess(memory, register) ? register : memory),
};

const WIDTHS = [['010', 4], ['011', 8]] as const;

/** All encodings; `aq` and `rl` are any. LR has rs2 = 0. */
export const ATOMIC: readonly Encoding[] = WIDTHS.flatMap(([funct3, width]): Encoding[] => [
  [`00010 -- 00000 ----- ${funct3} ----- 0101111`, loadReserved(width)],
  [`00011 -- ----- ----- ${funct3} ----- 0101111`, storeConditional(width)],
  ...Object.entries(COMBINE).map(([funct5, combine]): Encoding => [
    `${funct5} -- ----- ----- ${funct3} ----- 0101111`, amo(width, combine),
  ]),
]);
