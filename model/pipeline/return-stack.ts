/**
 * Where returns go: behind the calls before them.
 *
 * A jump that writes a link register is a call, one that goes to what a link
 * register holds is a return. The stack keeps the addresses behind calls that
 * have retired; those of calls still in flight are taken from the stages, so
 * that a return finds what the program's order says, however near its call is,
 * and nothing has to be put right when instructions are thrown away. It is a
 * ring: a call too many takes the place of the oldest.
 */
import { ONE, ZERO, add, and, binary, constant, element, eq, eqConst, mux, not, or, read } from '../ir/build.js';
import type { Expr, Register, RegisterArray } from '../ir/ir.js';
import type { ReturnPrediction } from '../spec/isa.js';
import { anyOf, type ModuleBuilder } from './builder.js';
import { operandField, type Core } from './core.js';
import { nextPc } from './encoding.js';

/** What an instruction does to the stack. */
interface StackUse {
  /** One bit: it returns. Before it calls, if it does both. */
  readonly pops: Expr;
  /** One bit: it calls. */
  readonly pushes: Expr;
  /** The address behind it. */
  readonly link: Expr;
}

export class ReturnStack {
  readonly #entries: RegisterArray;
  /** The entry written last that no return has used. Absent: there is but one. */
  readonly #top: Register | undefined;

  constructor(readonly builder: ModuleBuilder, readonly size: ReturnPrediction) {
    const { entries } = size;
    this.#entries = builder.array('predict.returns', entries, 64);
    this.#top = entries === 1 ? undefined : builder.register('predict.returns.top', Math.log2(entries));
  }

  /** Where a return goes. `older`: what is in flight before it, youngest first. */
  guess(older: readonly StackUse[]): Expr {
    const top = this.#top;
    const one = (): Expr => constant(top?.width ?? 1, 1);
    let found: Expr = ZERO;
    let link: Expr = constant(64, 0);
    // Entries between the one that it uses and the top, as it was before those in flight that have been looked at.
    let away: Expr = constant(top?.width ?? 1, 0);
    for (const use of older) {
      const wrote = and(use.pushes, not(found), top === undefined ? ONE : eqConst(away, 0));
      link = mux(wrote, use.link, link);
      found = or(found, wrote);
      if (top !== undefined) away = moved(away, use.pops, use.pushes, one());
    }
    return mux(found, link, element(this.#entries, top === undefined ? ZERO : binary('sub', read(top), away)));
  }

  /** A call or return has retired. */
  retire({ pops, pushes, link }: StackUse): void {
    const { builder } = this;
    const top = this.#top;
    const next = top === undefined ? ZERO : moved(read(top), pushes, pops, constant(top.width, 1));
    if (top !== undefined) builder.assign(top, next);
    builder.when(pushes, () => builder.write(this.#entries, next, link));
  }
}

/** A place in the ring, one further if `up`, one back if `down`. */
const moved = (place: Expr, up: Expr, down: Expr, one: Expr): Expr =>
  mux(and(up, not(down)), add(place, one), mux(and(down, not(up)), binary('sub', place, one), place));

/** What the instruction in a stage does to the stack, if there is one; from its bits, which few instructions have to be asked for. */
function stackUse(core: Core, { size: { links } }: ReturnStack, stage: number): StackUse {
  const { decoder, values } = core;
  const [control, insn, rd] = [values.at('control', stage), values.at('insn', stage), values.at('rd', stage)];
  const isLink = (register: Expr): Expr => anyOf(links.map((number) => eqConst(register, number)));
  const jumps = decoder.unit(control, 'jump');
  const source = operandField(core, decoder.expand(insn), control, 'rs1') ?? constant(5, 0);
  // A jump to where the register leads that it writes only calls.
  const returns = and(jumps, decoder.field(control, 'uses1'), isLink(source), not(eq(source, rd)));
  return { pops: returns, pushes: and(jumps, isLink(rd)), link: nextPc(values.at('pc', stage), insn) };
}

/** One bit: the instruction in the second stage returns. */
export const returnsNow = (core: Core, stack: ReturnStack): Expr => stackUse(core, stack, core.place.decode).pops;

/** Where it goes, then. */
export function guessReturn(core: Core, stack: ReturnStack): Expr {
  const { stages, place } = core;
  return stack.guess(stages.slice(place.decode + 1).map(({ index, valid }) => {
    const { pops, pushes, link } = stackUse(core, stack, index);
    return { pops: and(valid, pops), pushes: and(valid, pushes), link };
  }));
}

/** A jump retires: the stack learns of calls and returns. Yields one bit: it has returned. */
export function learnReturn(core: Core, stack: ReturnStack): Expr {
  const use = stackUse(core, stack, core.place.commit);
  core.builder.when(or(use.pops, use.pushes), () => stack.retire(use));
  return use.pops;
}
