/**
 * Load-reserved, store-conditional and atomic memory operations at commit.
 *
 * They are the oldest instruction and everything younger is thrown away, so
 * that what was read on the way here is what memory holds, and the store of
 * this cycle completes the operation (lr_sc_atomicity_axiom).
 */
import { ONE, ZERO, and, concat, constant, eq, mux, not, or, read, slice } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Isa } from '../spec/isa.js';
import type { Committing } from './committing.js';
import type { Hart } from './hart.js';
import type { Finish } from './system.js';

/** The hart's reservation: whether there is one, and the number of its aligned block. */
export interface Reservation {
  readonly valid: Register;
  readonly block: Register;
}

/** The registers of the reservation. */
function declareReservation({ builder, isa }: Hart): Reservation {
  return { valid: builder.register('reservation.valid', 1), block: builder.register('reservation.block', 64 - setBits(isa)) };
}

/** Bits of an address within the bytes that LR reserves. */
const setBits = (isa: Isa): number => Math.log2(isa.hart.reservationBytes);

/** There is no reservation any more: after any trap and any xRET. */
export function dropReservation(hart: Hart): void {
  hart.builder.assign(declareReservation(hart).valid, ZERO);
}

const blockOf = (isa: Isa, address: Expr): Expr => slice(address, 63, setBits(isa));

/** One bit: this is an SC that does not hold the reservation. */
export function storeFails(here: Committing): Expr {
  const { hart } = here.core;
  const { valid, block } = declareReservation(hart);
  return and(here.is('sc'), not(and(read(valid), eq(read(block), blockOf(hart.isa, here.physical)))));
}

/** What an amo stores, in the low bits; zero for other instructions. */
export function amoData(here: Committing): Expr {
  const { lowering } = here.core.hart;
  return here.perOp(here.opsOf('amo'), ({ instruction: { memory, name } }) => {
    if (memory?.new === undefined) return constant(64, 0);
    const width = memory.bytes * 8;
    const old = slice(here.data, width - 1, 0);
    const data = lowering.lower(memory.new, lowering.only({ mem: old }, here.registers), width, name);
    return width === 64 ? data : concat(constant(64 - width, 0), data);
  });
}

/** Carries out the atomic instruction in commit; its address is aligned, translated and in memory. */
export function atomic(here: Committing, finish: Finish): void {
  const { builder, hart } = here.core;
  const { valid, block } = declareReservation(hart);
  const isAmo = here.is('amo');
  const isLr = here.is('lr');
  const failed = builder.wire('commit.sc.failed', storeFails(here));
  const stored = builder.wire('commit.stored', mux(isAmo, amoData(here), here.data));
  const result = here.perOp(here.opsOf('sc'), ({ instruction }) =>
    instruction.result === undefined ? constant(64, 0) : hart.lowering.lower(instruction.result, hart.lowering.only({ failed }, {}), 64, instruction.name));
  const value = mux(here.isStore, result, here.data);
  builder.when(and(not(isLr), not(failed)), () => here.storeToDram(stored, here.physical));
  builder.when(isLr, () => {
    builder.assign(valid, ONE);
    builder.assign(block, blockOf(hart.isa, here.physical));
  }, () => builder.when(here.isStore, () => builder.assign(valid, ZERO)));
  here.writeRegister(value);
  finish({ next: here.sequentialPc, value, loaded: here.data, access: { reads: here.isLoad, writes: and(or(here.isStore, isAmo), not(failed)), stored } });
}
