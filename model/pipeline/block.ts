/**
 * Instructions on a whole cache block at commit. Memory is always coherent, so
 * that managing a block changes nothing; zeroing one stores 8 bytes a cycle,
 * and is neither killed nor interrupted once it has begun.
 */
import { ONE, ZERO, and, concat, constant, eqConst, mux, not, read, slice, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Isa } from '../spec/isa.js';
import type { Committing } from './committing.js';
import type { Finish } from './system.js';

/** Bits of an address within a doubleword, which is what one store zeroes. */
const STORE_BITS = 3;
const STORE_BYTES = 2 ** STORE_BITS;

/** Bits of an address within a block. */
const blockBits = (isa: Isa): number => Math.log2(isa.hart.cacheBlockBytes);

/** Address of the first byte of the block that an address is in, 64 bits. */
export function blockOf(isa: Isa, address: Expr): Expr {
  const bits = blockBits(isa);
  return concat(slice(address, 63, bits), constant(bits, 0));
}

/** One bit: the instruction zeroes a block. */
export function zeroesBlock(here: Committing): Expr {
  return here.anyOp(here.opsOf('cbo').filter((op) => op.instruction.block?.zero === true));
}

/** One bit: a block instruction whose block, by an address that is physical, is not in memory. */
export function blockRefused(here: Committing): Expr {
  const { hart } = here.core;
  return and(here.is('cbo'), not(hart.inDram(blockOf(hart.isa, here.address), hart.isa.hart.cacheBlockBytes)));
}

/** Stores of the block done, from zero to the last but one. */
function storesDone({ core: { builder, hart } }: Committing): Register {
  return builder.register('block.count', blockBits(hart.isa) - STORE_BITS);
}

/** One bit: the block instruction in commit finishes in this cycle. */
export function blockDone(here: Committing): Expr {
  const count = storesDone(here);
  return mux(zeroesBlock(here), eqConst(read(count), 2 ** count.width - 1), ONE);
}

/** Carries out the block instruction in commit; its address is translated, its block in memory. */
export function blockInstruction(here: Committing, finish: Finish): void {
  const { builder, hart } = here.core;
  const zeroes = zeroesBlock(here);
  const count = storesDone(here);
  const first = blockOf(hart.isa, here.physical);
  const none = constant(64, 0);
  builder.when(zeroes, () => {
    const at: Expr = { kind: 'binary', width: 64, op: 'or', a: first, b: zext(concat(read(count), constant(STORE_BITS, 0)), 64) };
    builder.store(hart.dram, at, constant(4, STORE_BYTES), none);
    builder.assign(count, { kind: 'binary', width: count.width, op: 'add', a: read(count), b: constant(count.width, 1) });
  });
  builder.when(
    blockDone(here),
    () => finish({ next: here.sequentialPc, value: none, access: { reads: ZERO, writes: zeroes, stored: none, address: blockOf(hart.isa, here.address), bytes: constant(4, STORE_BYTES) } }),
    () => builder.count('stall.commit.block', 'stall.block'),
  );
}
