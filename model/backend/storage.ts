/** Access to the byte-addressed memory: DRAM in linear memory, with the map of dirty pages. */
import binaryen from 'binaryen';
import type { Expr, Memory, Statement } from '../ir/ir.js';
import { IrError } from '../ir/build.js';
import type { Code } from './code.js';
import type { Expressions } from './expressions.js';
import { DIRTY_PAGE_SHIFT } from './layout.js';
import type { Unit } from './unit.js';

type Ref = binaryen.ExpressionRef;

/** The offset of a physical address in its memory, as i32. */
export function memoryOffset(unit: Unit, expressions: Expressions, memory: Memory, address: Expr, code: Code): Ref {
  const { i32 } = unit.wasm;
  const low = expressions.toI32(address, code, true);
  const base = BigInt.asUintN(32, memory.base);
  return base === 0n ? low : i32.sub(low, unit.const('i32', base));
}

/** The value that a `load` statement reads, zero-extended. */
export function loadMemory(unit: Unit, expressions: Expressions, s: Extract<Statement, { kind: 'load' }>, code: Code): Ref {
  const { i32, i64 } = unit.wasm;
  const at = memoryOffset(unit, expressions, s.memory, s.address, code);
  const dram = unit.layout.memory.dramOffset;
  expressions.operations += 2;
  switch (s.into.width) {
    case 8: return i32.load8_u(dram, 1, at);
    case 16: return i32.load16_u(dram, 1, at);
    case 32: return i32.load(dram, 1, at);
    case 64: return i64.load(dram, 1, at);
    default: throw new IrError(`load into ${s.into.name}: ${s.into.width} bits are not 1, 2, 4 or 8 bytes`);
  }
}

/**
 * Stores the low bytes of `data` and marks the pages.
 *
 * @param at - Makes the offset in the memory.
 * @param bytes - Makes the number of bytes: 1, 2, 4, 8; with anything else nothing is stored.
 * @param data - Makes the data, i64.
 */
export function storeMemory(unit: Unit, at: () => Ref, bytes: () => Ref, data: () => Ref): Ref {
  const { wasm } = unit;
  const { i32, i64 } = wasm;
  const dram = unit.layout.memory.dramOffset;
  const is = (n: number): Ref => i32.eq(bytes(), i32.const(n));
  const sized = wasm.if(is(8), i64.store(dram, 1, at(), data()),
    wasm.if(is(4), i64.store32(dram, 1, at(), data()),
      wasm.if(is(1), i64.store8(dram, 1, at(), data()), i64.store16(dram, 1, at(), data()))));
  const last = i32.sub(i32.add(at(), bytes()), i32.const(1));
  return wasm.block(null, [sized, markDirty(unit, at()), markDirty(unit, last)], binaryen.none);
}

function markDirty(unit: Unit, at: Ref): Ref {
  const { i32 } = unit.wasm;
  return i32.store8(unit.layout.memory.dirtyBase, 1, i32.shr_u(at, i32.const(DIRTY_PAGE_SHIFT)), i32.const(1));
}
