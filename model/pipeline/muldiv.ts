/**
 * The unit for multiplication and division, in execute: a result of more than
 * one cycle is waited for while a count runs down.
 */
import { ONE, ZERO, and, binary, constant, eqConst, mux, not, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { anyOf } from './builder.js';
import { stageOf, type Core } from './core.js';
import type { ExecuteUnit, Op } from './decode.js';
import { divisionOf, divisionsIn, Divider, paceOf, type Division, type Pace } from './divider.js';

/** An operation of the unit. */
interface MulDivOp {
  readonly op: Op;
  /** What it yields, as if at once. */
  readonly value: Expr;
  /** Cycles that it stays in execute. */
  readonly cycles: number;
  /** Left out if the divider does not compute it. */
  readonly division?: Division;
}

/** What the rest of execute sees of the unit. */
export interface MulDiv {
  /** The result is there in this cycle, if the instruction is one of the unit's. */
  readonly ready: Expr;
  readonly result: Expr;
  /** Describes the unit's cycle, for the block in which its instruction is in execute. */
  readonly cycle: (operandsReady: Expr) => void;
}

/** The classes of which the unit has the instructions: a product of one cycle is a result like any other, on its way to the stage that yields it. */
export const muldivClasses = ({ uarch }: Core): readonly ExecuteUnit[] => (uarch.latency.multiply > 1 ? ['multiply', 'muldiv'] : ['muldiv']);

/** One bit: a control word is that of an instruction of the unit. */
export const isMuldiv = (core: Core, control: Expr): Expr => anyOf(muldivClasses(core).map((unit) => core.decoder.unit(control, unit)));

/** The unit; `valueOf` is what an instruction yields, 64 bits. */
export function muldivUnit(core: Core, ops: readonly Op[], valueOf: (op: Op) => Expr): MulDiv {
  const { builder, uarch: { latency } } = core;
  const pace = paceOf(latency.divide);
  const all = ops.map((op) => timed(op, valueOf(op), latency, pace));
  const short = all.filter(({ cycles }) => cycles === 1);
  const long = all.filter(({ cycles }) => cycles > 1);
  const atOnce = perOp(core, short, ({ value }) => value);
  if (long.length === 0) return { ready: ONE, result: atOnce, cycle: () => undefined };
  const unit = new LongOperations(core, long, pace);
  const isShort = isOneOf(core, short);
  const busy = read(builder.register('muldiv.busy', 1));
  const ready = mux(isShort, ONE, and(busy, eqConst(unit.count, 0)));
  return { ready, result: mux(isShort, atOnce, unit.result), cycle: (operandsReady) => unit.cycle(ready, operandsReady) };
}

function timed(op: Op, value: Expr, { multiply, divide }: Core['uarch']['latency'], pace: Pace | undefined): MulDivOp {
  if (divisionsIn(value).size === 0) return { op, value, cycles: multiply };
  const division = pace === undefined ? undefined : divisionOf(value);
  return { op, value, cycles: divide, ...(division === undefined ? {} : { division }) };
}

function perOp<T extends { readonly op: Op }>(core: Core, ops: readonly T[], valueOf: (one: T) => Expr): Expr {
  const control = core.values.at('control', core.place.execute);
  const byOp = new Map(ops.map((one) => [one.op, valueOf(one)]));
  return core.decoder.perOp(control, ops.map(({ op }) => op), (op) => byOp.get(op) ?? constant(64, 0));
}

function isOneOf(core: Core, ops: readonly MulDivOp[]): Expr {
  const control = core.values.at('control', core.place.execute);
  return anyOf(ops.map(({ op }) => eqConst(core.decoder.field(control, 'op'), op.index)));
}

/** Those of more than one cycle. Divisions go through the divider; what is computed at once is held. */
class LongOperations {
  readonly #core: Core;
  readonly #ops: readonly MulDivOp[];
  readonly #held: readonly MulDivOp[];
  readonly #divided: readonly (MulDivOp & { readonly division: Division })[];
  readonly #divider: { readonly hardware: Divider; readonly idle: number } | undefined;

  constructor(core: Core, ops: readonly MulDivOp[], pace: Pace | undefined) {
    this.#core = core;
    this.#ops = ops;
    this.#held = ops.filter(({ division }) => division === undefined);
    this.#divided = ops.flatMap((one) => (one.division === undefined ? [] : [{ ...one, division: one.division }]));
    if (pace !== undefined && this.#divided.length > 0) this.#divider = { hardware: new Divider(core.builder, pace.bits), idle: pace.idle };
  }

  /** Cycles of waiting left. */
  get count(): Expr {
    return read(this.#count);
  }

  get #count(): Register {
    const longest = Math.max(...this.#ops.map(({ cycles }) => cycles));
    return this.#core.builder.register('muldiv.count', Math.max(1, Math.ceil(Math.log2(longest))));
  }

  /** When the count has run down. */
  get result(): Expr {
    const held = (): Expr => read(this.#core.builder.register('muldiv.result', 64));
    const quotient = this.#divider?.hardware.result;
    return perOp(this.#core, this.#ops, ({ division }) => (division === undefined || quotient === undefined ? held() : division.valueOf(quotient)));
  }

  cycle(ready: Expr, operandsReady: Expr): void {
    const { builder } = this.#core;
    const busy = builder.register('muldiv.busy', 1);
    builder.firstOf(
      [
        { when: stageOf(this.#core, 'execute').advance, then: () => builder.assign(busy, ZERO) },
        { when: ready, then: () => undefined },
        { when: read(busy), then: () => this.#goOn() },
      ],
      () => builder.when(operandsReady, () => {
        builder.assign(busy, ONE);
        this.#begin();
      }),
    );
  }

  #begin(): void {
    const { builder } = this.#core;
    const count = this.#count;
    builder.assign(count, perOp(this.#core, this.#ops, ({ cycles }) => constant(count.width, cycles - 2)));
    if (this.#held.length > 0) builder.assign(builder.register('muldiv.result', 64), perOp(this.#core, this.#held, ({ value }) => value));
    const { hardware } = this.#divider ?? {};
    if (hardware === undefined) return;
    const operand = (of: (division: Division) => Expr): Expr => perOp(this.#core, this.#divided, ({ division }) => of(division));
    this.#whenDividing(() => hardware.begin(operand((d) => d.dividend), operand((d) => d.divisor), operand((d) => (d.signed ? ONE : ZERO))));
  }

  #goOn(): void {
    const { builder } = this.#core;
    const count = this.#count;
    builder.assign(count, binary('sub', read(count), constant(count.width, 1)));
    const divider = this.#divider;
    if (divider === undefined) return;
    const { hardware, idle } = divider;
    const steps = idle === 0 ? ONE : not(binary('geu', constant(count.width, idle), read(count)));
    this.#whenDividing(() => builder.when(steps, () => hardware.step()));
  }

  #whenDividing(then: () => void): void {
    this.#core.builder.when(this.#held.length === 0 ? ONE : isOneOf(this.#core, this.#divided), then);
  }
}
