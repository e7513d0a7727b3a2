/**
 * Time: the cycle counter, mtime and its comparison, and the CLINT's memory
 * map. One assignment per register and cycle: a store to mtime wins over its
 * tick.
 */
import { ONE, add, and, binary, concat, constant, eqConst, mux, read, slice, zext } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { ClintRegisters, Region } from '../spec/isa.js';
import type { Hart } from './hart.js';

/** An access to the CLINT in this cycle. */
export interface ClintAccess {
  /** One bit: it happens now and writes. */
  readonly writes: Expr;
  /** Physical address. */
  readonly address: Expr;
  /** 4 or 8, four bits. */
  readonly bytes: Expr;
  readonly data: Expr;
}

const regionOf = ({ isa }: Hart): Region | undefined => isa.hart.regions.find((r) => r.device === 'clint');

const offsetIn = (hart: Hart, address: Expr): Expr => slice(binary('sub', address, constant(64, regionOf(hart)?.base ?? 0n)), 31, 0);

/** Where its registers lie; without a CLINT nothing asks. */
const registersOf = (hart: Hart): ClintRegisters => regionOf(hart)?.registers ?? { msip: 0, mtimecmp: 0, mtime: 0 };

/** The tick of a cycle without a CLINT store. */
export function tick(hart: Hart): void {
  const { builder, clint, cycle } = hart;
  builder.assign(cycle, add(read(cycle), constant(64, 1)));
  const ticks = ticksNow(hart);
  if (clint.prescale !== undefined) builder.assign(clint.prescale, add(read(clint.prescale), constant(clint.prescale.width, 1)));
  builder.when(ticks, () => {
    const next = add(read(clint.mtime), constant(64, 1));
    builder.assign(clint.mtime, next);
    builder.assign(clint.mtip, binary('geu', next, read(clint.mtimecmp)));
  });
}

const ticksNow = ({ clint }: Hart): Expr =>
  clint.prescale === undefined ? ONE : eqConst(read(clint.prescale), (1n << BigInt(clint.prescale.width)) - 1n);

/** The tick of a cycle in which the CLINT may be stored to. */
export function tickWithAccess(hart: Hart, access: ClintAccess): void {
  const { builder, clint, cycle } = hart;
  builder.assign(cycle, add(read(cycle), constant(64, 1)));
  if (clint.prescale !== undefined) builder.assign(clint.prescale, add(read(clint.prescale), constant(clint.prescale.width, 1)));
  const at = registersOf(hart);
  const ticked = mux(ticksNow(hart), add(read(clint.mtime), constant(64, 1)), read(clint.mtime));
  const mtime = stored(hart, access, at.mtime, read(clint.mtime), ticked);
  const mtimecmp = stored(hart, access, at.mtimecmp, read(clint.mtimecmp), read(clint.mtimecmp));
  builder.assign(clint.mtime, mtime);
  builder.assign(clint.mtimecmp, mtimecmp);
  builder.assign(clint.mtip, binary('geu', mtime, mtimecmp));
  const msip = and(access.writes, eqConst(offsetIn(hart, access.address), at.msip));
  builder.assign(clint.msip, mux(msip, slice(access.data, 0, 0), read(clint.msip)));
}

/** A 64-bit register after a store of its whole or one half; `kept` where the store misses it. */
function stored(hart: Hart, { writes, address, bytes, data }: ClintAccess, at: number, old: Expr, kept: Expr): Expr {
  const offset = offsetIn(hart, address);
  const whole = eqConst(bytes, 8);
  const low = and(writes, eqConst(offset, at));
  const high = and(writes, eqConst(offset, at + 4));
  const halves = mux(low, concat(slice(old, 63, 32), slice(data, 31, 0)), mux(high, concat(slice(data, 31, 0), slice(old, 31, 0)), kept));
  return mux(and(low, whole), data, halves);
}

/** What a load of 4 or 8 bytes returns. */
export function clintRead(hart: Hart, address: Expr, bytes: Expr): Expr {
  const { clint } = hart;
  const at = registersOf(hart);
  const offset = offsetIn(hart, address);
  const wide = (place: number, value: Expr, otherwise: Expr): Expr =>
    mux(eqConst(offset, place), mux(eqConst(bytes, 8), value, zext(slice(value, 31, 0), 64)), mux(eqConst(offset, place + 4), zext(slice(value, 63, 32), 64), otherwise));
  return wide(at.mtimecmp, read(clint.mtimecmp), wide(at.mtime, read(clint.mtime), mux(eqConst(offset, at.msip), zext(read(clint.msip), 64), constant(64, 0))));
}

