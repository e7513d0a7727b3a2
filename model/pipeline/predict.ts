/**
 * Which instruction comes next: predicted while an instruction is in the second
 * stage, put right when it leaves execute, learned from what retires.
 *
 * The target buffer knows where taken branches and jumps went, by the whole of
 * their address; of branches, two bits say whether they will go there again.
 * Whatever stands there is only a guess, right or wrong, of any instruction.
 * Returns may have a stack of their own (return-stack.ts).
 */
import { ZERO, and, binary, concat, constant, element, eq, eqConst, mux, not, or, slice } from '../ir/build.js';
import type { Expr, RegisterArray } from '../ir/ir.js';
import type { Prediction } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';
import type { Core } from './core.js';
import { nextPc } from './encoding.js';
import { guessReturn, learnReturn, returnsNow } from './return-stack.js';
import { ofHit, Ways } from './ways.js';

/** Bits of an address that choose nothing: instructions are at even ones. */
const ALIGNED = 1;
/** The most that a branch's two bits say: it will surely be taken. */
const SURELY = 3;

/**
 * A guess about what follows an instruction, 64 bits: an address with bit 0
 * set, or 0 for the instruction behind it.
 */
type Guess = Expr;
const elsewhere = (target: Expr): Guess => or(target, constant(64, 1));
const guessed = (guess: Guess): Expr => slice(guess, 0, 0);
const guessedTarget = (guess: Guess): Expr => concat(slice(guess, 63, ALIGNED), constant(ALIGNED, 0));

/** The entries of a way of the target buffer. */
interface Targets {
  /** Address of the instruction, its lowest bit 1; 0: there is none. */
  readonly source: RegisterArray;
  /** Where it goes; bit 0: it is a jump, which always does. */
  readonly target: RegisterArray;
}

export class Predictor {
  readonly #ways: Ways;
  readonly #targets: readonly Targets[];
  readonly #directions: RegisterArray;

  constructor(readonly builder: ModuleBuilder, { targets, directions }: Prediction) {
    const ways = new Ways(builder, 'predict.targets', targets);
    this.#ways = ways;
    this.#targets = ways.ways.map((way) => ({
      source: builder.array(ways.called(way, 'source'), ways.sets, 64),
      target: builder.array(ways.called(way, 'target'), ways.sets, 64),
    }));
    this.#directions = builder.array('predict.directions', directions, 2);
  }

  #set(pc: Expr): Expr {
    return this.#ways.setOf(slice(pc, 63, ALIGNED));
  }

  #look(pc: Expr): readonly { readonly there: Expr; readonly target: Expr }[] {
    const set = this.#set(pc);
    return this.#targets.map((t) => ({ there: eq(element(t.source, set), or(pc, constant(64, 1))), target: element(t.target, set) }));
  }

  #direction(pc: Expr): Expr {
    const { depth } = this.#directions;
    return depth === 1 ? ZERO : slice(pc, ALIGNED + Math.log2(depth) - 1, ALIGNED);
  }

  /** What follows the instruction at an address. */
  guess(pc: Expr): Guess {
    const { there, target } = ofHit<{ readonly target: Expr; readonly there: Expr }>(this.#look(pc), (hit, a, b) => ({ there: hit, target: mux(hit, a.target, b.target) }));
    const likely = slice(element(this.#directions, this.#direction(pc)), 1, 1);
    return mux(and(there, or(slice(target, 0, 0), likely)), elsewhere(target), constant(64, 0));
  }

  /** A branch or jump retires. `jump`, `taken`: one bit each; `target`: where it goes if it is taken. */
  learn(pc: Expr, jump: Expr, taken: Expr, target: Expr): void {
    const { builder } = this;
    builder.when(not(jump), () => {
      const place = this.#direction(pc);
      const now = element(this.#directions, place);
      const up = mux(eqConst(now, SURELY), now, binary('add', now, constant(2, 1)));
      const down = mux(eqConst(now, 0), now, binary('sub', now, constant(2, 1)));
      builder.write(this.#directions, place, mux(taken, up, down));
    });
    builder.when(taken, () => {
      const set = this.#set(pc);
      this.#ways.fill(set, this.#look(pc).map(({ there }) => there), 64, (way) => {
        const targets = this.#targets[way];
        if (targets === undefined) return;
        builder.write(targets.source, set, or(pc, constant(64, 1)));
        builder.write(targets.target, set, concat(slice(target, 63, ALIGNED), jump));
      });
    });
  }
}

/** Declares what travels with an instruction: a guess. Only branches and jumps are looked for. */
export function describePrediction(core: Core): void {
  const { builder, predictor, returns, decoder, values, place } = core;
  if (predictor === undefined) return;
  const at = place.decode;
  values.define('guess', 64, at, () => {
    const control = values.at('control', at);
    const flow = or(decoder.unit(control, 'branch'), decoder.unit(control, 'jump'));
    const found = predictor.guess(values.at('pc', at));
    const guess = returns === undefined ? found : mux(returnsNow(core, returns), elsewhere(guessReturn(core, returns)), found);
    // In one piece, so that nothing of it is computed for other instructions.
    return builder.wire('predict.guess', mux(flow, guess, constant(64, 0)));
  });
}

/** Where the fetch looks behind the instruction in the second stage. */
export function follower({ predictor, values, place }: Core, behind: Expr): Expr {
  if (predictor === undefined) return behind;
  const guess = values.at('guess', place.decode);
  return mux(guessed(guess), guessedTarget(guess), behind);
}

/** What the execute stage finds of the instruction that leaves it. */
export interface Repair {
  /** One bit: something else follows than was fetched. */
  readonly wrong: Expr;
  readonly target: Expr;
}

/** Without a predictor, every taken one goes elsewhere. */
export function repair({ builder, predictor, values, place }: Core): Repair {
  const at = (name: string): Expr => values.at(name, place.execute);
  const [taken, address] = [at('taken'), at('address')];
  if (predictor === undefined) return { wrong: taken, target: address };
  const guess = at('guess');
  return {
    wrong: or(
      builder.wire('predict.misled', and(guessed(guess), not(and(taken, eq(elsewhere(address), guess))))),
      builder.wire('predict.missed', and(taken, not(guessed(guess)))),
    ),
    target: mux(taken, address, nextPc(at('pc'), at('insn'))),
  };
}

/** A usual instruction retires: the predictor learns of branches and jumps, but for returns where there is a stack for them. */
export function learn(core: Core): void {
  const { builder, predictor, returns, decoder, values, place } = core;
  if (predictor === undefined) return;
  const at = (name: string): Expr => values.at(name, place.commit);
  const jump = decoder.unit(at('control'), 'jump');
  builder.when(or(jump, decoder.unit(at('control'), 'branch')), () => {
    const returned = returns === undefined ? ZERO : learnReturn(core, returns);
    builder.when(not(returned), () => predictor.learn(at('pc'), jump, at('taken'), at('address')));
  });
}
