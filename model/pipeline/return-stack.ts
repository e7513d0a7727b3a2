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
import { ONE, ZERO, add, and, binary, constant, element, eqConst, mux, not, or, read } from '../ir/build.js';
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

/** Declares what travels with an instruction: that it returns, that it calls. */
export function describeReturns(core: Core): void {
  const { builder, decoder, values, place, uarch } = core;
  const links = uarch.prediction?.returns?.links;
  if (links === undefined) return;
  const at = place.decode;
  const isLink = (register: Expr): Expr => anyOf(links.map((number) => eqConst(register, number)));
  const jumps = (): Expr => decoder.unit(values.at('control', at), 'jump');
  values.define('calls', 1, at, () => builder.wire('predict.calls', and(jumps(), isLink(values.at('rd', at)))));
  values.define('returns', 1, at, () => {
    const control = values.at('control', at);
    const source = operandField(core, decoder.expand(values.at('insn', at)), control, 'rs1') ?? constant(5, 0);
    // One that goes where the register led that it links to has a partner in a coroutine's place: it only calls.
    const same = binary('eq', source, values.at('rd', at));
    return builder.wire('predict.returns_now', and(jumps(), decoder.field(control, 'uses1'), isLink(source), not(same)));
  });
}

/** What the instruction in a stage does to the stack, if there is one. */
function stackUse({ values }: Core, stage: number): StackUse {
  return { pops: values.at('returns', stage), pushes: values.at('calls', stage), link: nextPc(values.at('pc', stage), values.at('insn', stage)) };
}

/** Where the return in the second stage goes. */
export function guessReturn(core: Core, stack: ReturnStack): Expr {
  const { stages, place } = core;
  return stack.guess(stages.slice(place.decode + 1).map(({ index, valid }) => {
    const { pops, pushes, link } = stackUse(core, index);
    return { pops: and(valid, pops), pushes: and(valid, pushes), link };
  }));
}

/** A usual instruction retires: the stack learns of calls and returns. */
export function learnReturns(core: Core): void {
  const { builder, returns, place } = core;
  if (returns === undefined) return;
  const use = stackUse(core, place.commit);
  builder.when(or(use.pops, use.pushes), () => returns.retire(use));
}
