/**
 * Instructions on a whole cache block at commit. Memory is always coherent, so
 * that managing a block changes nothing; zeroing one stores 8 bytes a cycle,
 * and is neither killed nor interrupted once it has begun.
 */
import { ONE, ZERO, and, concat, constant, eqConst, mux, not, read, slice, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Committing } from './committing.js';
import type { Finish } from './system.js';

/** Bytes of a block: 2 to this power, aligned (CACHE_BLOCK_SIZE). */
const BLOCK_BITS = 6;
/** The same as a number. */
export const CACHE_BLOCK = 2 ** BLOCK_BITS;
/** Stores that zero a block, of 8 bytes each, less one. */
const LAST = 2 ** (BLOCK_BITS - 3) - 1;

/** Stores done of the eight, three bits. */
const stores = ({ core: { builder } }: Committing): Register => builder.register('block.count', BLOCK_BITS - 3);

/** Address of the first byte of the block that an address is in, 64 bits. */
export const blockOf = (address: Expr): Expr => concat(slice(address, 63, BLOCK_BITS), constant(BLOCK_BITS, 0));

/** One bit: the instruction zeroes a block. */
export function zeroesBlock(here: Committing): Expr {
  return here.anyOp(here.opsOf('cbo').filter((op) => op.instruction.block?.zero === true));
}

/** One bit: a block instruction whose block, by an address that is physical, is not in memory. */
export function blockRefused(here: Committing): Expr {
  return and(here.is('cbo'), not(here.core.hart.inDram(blockOf(here.address), CACHE_BLOCK)));
}

/** One bit: the block instruction in commit finishes in this cycle. */
export const blockDone = (here: Committing): Expr => mux(zeroesBlock(here), eqConst(read(stores(here)), LAST), ONE);

/** Carries out the block instruction in commit; its address is translated, its block in memory. */
export function blockInstruction(here: Committing, finish: Finish): void {
  const { builder, hart } = here.core;
  const zeroes = zeroesBlock(here);
  const count = stores(here);
  const first = blockOf(here.physical);
  const none = constant(64, 0);
  builder.when(zeroes, () => {
    const at: Expr = { kind: 'binary', width: 64, op: 'or', a: first, b: zext(concat(read(count), constant(3, 0)), 64) };
    builder.store(hart.dram, at, constant(4, 8), none);
    builder.assign(count, { kind: 'binary', width: count.width, op: 'add', a: read(count), b: constant(count.width, 1) });
  });
  builder.when(
    blockDone(here),
    () => finish({ next: here.sequentialPc, value: none, access: { reads: ZERO, writes: zeroes, stored: none, address: blockOf(here.address), bytes: constant(4, 8) } }),
    () => {
      builder.count('stall.commit.block');
      hart.boundary.pass();
    },
  );
}
