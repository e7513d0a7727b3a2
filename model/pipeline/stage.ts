/**
 * One pipeline stage: when it holds an instruction, when it waits, when what
 * it holds is thrown away, and which values travel on with the instruction.
 *
 * The rules of the hand-over are written here once. A stage advances when it
 * is valid, nothing stalls it and the next stage takes its instruction. Every
 * stall and kill has a reason, which is a signal (`execute.stall.store`), a
 * statistic and a name in the documentation.
 */
import { ONE, and, not, or, read } from '../ir/build.js';
import type { Expr, Register, Width } from '../ir/ir.js';
import type { EventName } from '../spec/isa.js';
import { anyOf, type ModuleBuilder, type RegisterOptions } from './builder.js';

/** A condition with its reason. */
interface Reason {
  readonly name: string;
  readonly condition: Expr;
}

interface Stall extends Reason {
  /** What counters are told in a cycle that it costs. */
  readonly event: EventName;
}

export class Stage {
  readonly valid: Expr;
  /** None in fetch, which always has a next instruction. */
  readonly #validRegister: Register | undefined;
  readonly #stalls: Stall[] = [];
  readonly #kills: Reason[] = [];
  #advance: Expr | undefined;
  #ready: Expr | undefined;

  /**
   * @param name - As the uarch file names it.
   * @param index - Position, 0 is fetch.
   */
  constructor(
    readonly builder: ModuleBuilder,
    readonly name: string,
    readonly index: number,
  ) {
    this.#validRegister = index === 0 ? undefined : builder.register(`${name}.valid`, 1);
    this.valid = this.#validRegister === undefined ? ONE : read(this.#validRegister);
  }

  /** A register of this stage. */
  register(name: string, width: Width, options: RegisterOptions = {}): Register {
    return this.builder.register(`${this.name}.${name}`, width, options);
  }

  /** While the condition holds, the instruction stays. */
  stallOn(condition: Expr, reason: string, event: EventName): void {
    const wire = this.builder.wire(`${this.name}.stall.${reason}`, and(this.valid, condition));
    this.#stalls.push({ name: `${this.name}.${reason}`, condition: wire, event });
  }

  /** In the cycle in which the condition holds, the instruction in this stage is thrown away. */
  killOn(condition: Expr, reason: string): void {
    const wire = this.builder.wire(`${this.name}.kill.${reason}`, and(this.valid, condition));
    this.#kills.push({ name: `${this.name}.${reason}`, condition: wire });
  }

  /** The stage holds an instruction that no stall keeps. */
  get unstalled(): Expr {
    return and(this.valid, not(anyOf(this.#stalls.map((s) => s.condition))));
  }

  /** The conditions of all stalls so far. */
  get pendingReasons(): readonly Expr[] {
    return this.#stalls.map((s) => s.condition);
  }

  /** Settles the hand-over to `next` (undefined: the last stage, which always drains). Call once all stalls are known, last stage first. */
  settle(next: Stage | undefined): void {
    const taken = next === undefined ? ONE : next.ready;
    this.#advance = this.builder.wire(`${this.name}.advance`, and(this.unstalled, taken));
    this.#ready = this.builder.wire(`${this.name}.ready`, or(not(this.valid), this.#advance));
  }

  /** The instruction leaves this cycle. */
  get advance(): Expr {
    if (this.#advance === undefined) throw new Error(`stage ${this.name}: advance asked for before settle`);
    return this.#advance;
  }

  /** The stage can take an instruction this cycle. */
  get ready(): Expr {
    if (this.#ready === undefined) throw new Error(`stage ${this.name}: ready asked for before settle`);
    return this.#ready;
  }

  /** Any kill this cycle. */
  get killed(): Expr {
    return anyOf(this.#kills.map((k) => k.condition));
  }

  /** Statistics: cycles that each reason cost (the first that applies). */
  countStalls(): void {
    this.builder.firstOf(this.#stalls.map((s) => ({ when: s.condition, then: () => this.builder.count(`stall.${s.name}`, s.event) })));
  }

  /** Fills, empties or keeps the stage, given what the stage before it does. */
  take(arrives: Expr, latch: () => void): void {
    const { builder } = this;
    builder.when(
      arrives,
      () => {
        this.hold(ONE);
        latch();
      },
      () => builder.when(or(this.ready, this.killed), () => this.empty()),
    );
  }

  /** From the next cycle on the stage holds an instruction, or none. */
  hold(valid: Expr): void {
    if (this.#validRegister !== undefined) this.builder.assign(this.#validRegister, valid);
  }

  /** Throws away what the stage holds. */
  empty(): void {
    this.hold(not(ONE));
  }
}

/**
 * A value that belongs to an instruction: made in one stage, latched from
 * stage to stage as far as anything asks for it.
 */
export class Travelling {
  readonly #stages: readonly Stage[];
  readonly #values = new Map<string, { readonly width: Width; readonly madeIn: number; readonly make: () => Expr; readonly options: RegisterOptions; made: Expr | undefined; asked: number }>();

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
  }

  /** Declares a value made in stage `madeIn`; `make` runs when first needed there. `options`: of the registers that it travels in. */
  define(name: string, width: Width, madeIn: number, make: () => Expr, options: RegisterOptions = {}): void {
    if (this.#values.has(name)) throw new Error(`value ${name} defined twice`);
    this.#values.set(name, { width, madeIn, make, options, made: undefined, asked: madeIn });
  }

  /** The value for the instruction that is in stage `index`. */
  at(name: string, index: number): Expr {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`no value ${name} travels`);
    const stage = this.#stages[index];
    if (stage === undefined || index < value.madeIn) throw new Error(`value ${name} asked for in stage ${index}, before it is made`);
    value.asked = Math.max(value.asked, index);
    if (index > value.madeIn) return read(stage.register(name, value.width, value.options));
    value.made ??= value.make();
    return value.made;
  }

  /** Latches all that travels into stage `index`. */
  latch(index: number): void {
    const stage = this.#stages[index];
    if (stage === undefined) return;
    for (const [name, value] of this.#values) {
      if (value.madeIn < index && value.asked >= index) stage.builder.assign(stage.register(name, value.width, value.options), this.at(name, index - 1));
    }
  }
}
