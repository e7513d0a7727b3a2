/**
 * Load-reserved, store-conditional and atomic memory operations at commit.
 *
 * They are the oldest instruction and everything younger is thrown away, so
 * that what was read on the way here is what memory holds, and the store of
 * this cycle completes the operation (lr_sc_atomicity_axiom).
 */
import { ONE, ZERO, and, concat, constant, eq, mux, not, or, read, slice } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { ModuleBuilder } from './builder.js';
import type { Committing } from './committing.js';
import type { Finish } from './system.js';

/** Bytes of the reservation set: 2 to this power, aligned (LR_RESERVATION_SET_SIZE). */
const SET_BITS = 6;
/** Bits of a physical address. */
const PHYSICAL_BITS = 56;

/** The hart's reservation: whether there is one, and the number of its 64-byte block. */
export interface Reservation {
  readonly valid: Register;
  readonly block: Register;
}

/** The registers of the reservation. */
export function declareReservation(builder: ModuleBuilder): Reservation {
  return { valid: builder.register('reservation.valid', 1), block: builder.register('reservation.block', PHYSICAL_BITS - SET_BITS) };
}

/** There is no reservation any more: after any trap and any xRET. */
export function dropReservation(builder: ModuleBuilder): void {
  builder.assign(declareReservation(builder).valid, ZERO);
}

const blockOf = (address: Expr): Expr => slice(address, PHYSICAL_BITS - 1, SET_BITS);

/** One bit: this is an SC that does not hold the reservation. */
export function storeFails(here: Committing): Expr {
  const { valid, block } = declareReservation(here.core.builder);
  return and(here.is('sc'), not(and(read(valid), eq(read(block), blockOf(here.address)))));
}

/** What an amo stores, in the low bits; zero for other instructions. */
export function amoData(here: Committing): Expr {
  const { lowering } = here.core.hart;
  return here.perOp(here.opsOf('amo'), ({ instruction: { memory, name } }) => {
    if (memory?.new === undefined) return constant(64, 0);
    const width = memory.bytes * 8;
    const old = slice(here.value, width - 1, 0);
    const data = lowering.lower(memory.new, lowering.only({ mem: old }, here.registers), width, name);
    return width === 64 ? data : concat(constant(64 - width, 0), data);
  });
}

/** Carries out the atomic instruction in commit; its address is aligned and in memory. */
export function atomic(here: Committing, finish: Finish): void {
  const { builder, hart } = here.core;
  const { valid, block } = declareReservation(builder);
  const isAmo = here.is('amo');
  const isLr = here.is('lr');
  const failed = builder.wire('commit.sc.failed', storeFails(here));
  const stored = builder.wire('commit.stored', mux(isAmo, amoData(here), here.value));
  const result = here.perOp(here.opsOf('sc'), ({ instruction }) =>
    instruction.result === undefined ? constant(64, 0) : hart.lowering.lower(instruction.result, hart.lowering.only({ failed }, {}), 64, instruction.name));
  const value = mux(here.isStore, result, here.value);
  builder.when(and(not(isLr), not(failed)), () => here.storeToDram(stored));
  builder.when(isLr, () => {
    builder.assign(valid, ONE);
    builder.assign(block, blockOf(here.address));
  }, () => builder.when(here.isStore, () => builder.assign(valid, ZERO)));
  here.writeRegister(value);
  finish({ next: here.sequentialPc, value, access: { reads: here.isLoad, writes: and(or(here.isStore, isAmo), not(failed)), stored } });
}
