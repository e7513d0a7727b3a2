/** Instructions that compute rd from their operands and do nothing else. */
import type { Execute } from './hart.js';

/** A result in rd from rs1 and rs2, unsigned. Registers take it modulo 2^64 (`add_overflow`). */
export const registers =
  (result: (a: bigint, b: bigint) => bigint): Execute =>
  (hart, { rd, rs1, rs2 }) => {
    hart.writeRd(rd, result(hart.x(rs1), hart.x(rs2)));
    return undefined;
  };
/** The same from two's-complement operands. */
export const signedRegisters =
  (result: (a: bigint, b: bigint) => bigint): Execute =>
  (hart, { rd, rs1, rs2 }) => {
    hart.writeRd(rd, result(hart.sx(rs1), hart.sx(rs2)));
    return undefined;
  };
/** A result in rd from rs1 and the sign-extended immediate. */
export const immediate =
  (result: (a: bigint, imm: bigint) => bigint): Execute =>
  (hart, { rd, rs1, imm }) => {
    hart.writeRd(rd, result(hart.x(rs1), imm));
    return undefined;
  };
/** The same with rs1 as a two's-complement number. */
export const signedImmediate =
  (result: (a: bigint, imm: bigint) => bigint): Execute =>
  (hart, { rd, rs1, imm }) => {
    hart.writeRd(rd, result(hart.sx(rs1), imm));
    return undefined;
  };
