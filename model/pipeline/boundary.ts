/**
 * The boundary before an instruction: what time and the lines from outside
 * were when interrupts were asked there.
 *
 * Most instructions commit in that very cycle. One that takes longer keeps what
 * it saw; its record tells that. One that is *bound* has passed its boundary
 * before it was fetched for good: commit has walked for its fetch and has left
 * A in page tables, so it must be the next that retires or traps. Interrupts
 * wait for it, and its CSR reads see time and lines as of its boundary.
 */
import { ZERO, and, mux, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Isa } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';

/** What is sampled, with widths in bits. */
const SAMPLED = { mtime: 64, mtip: 1, meip: 1, seip: 1, hgeip: 9 } as const;
type Sampled = keyof typeof SAMPLED;
type Samples = Readonly<Record<Sampled, Expr>>;

export class Boundary {
  /** The instruction in commit has passed its boundary in an earlier cycle. */
  readonly waiting: Register;
  /** So has the instruction that commits next, before it was fetched. Absent: that cannot be. */
  readonly #bound: Register | undefined;

  /** @param live - Time and lines in this cycle. */
  constructor(readonly builder: ModuleBuilder, isa: Isa, readonly live: Samples) {
    this.waiting = builder.register('commit.waiting', 1);
    this.#bound = isa.translation === undefined ? undefined : builder.register('fetch.bound', 1);
  }

  /** One bit: the next instruction that commits is bound. */
  get bound(): Expr {
    return this.#bound === undefined ? ZERO : read(this.#bound);
  }

  /** What was bound has executed. */
  unbind(): void {
    if (this.#bound !== undefined) this.builder.assign(this.#bound, ZERO);
  }

  #register(name: Sampled): Register {
    return this.builder.register(`commit.sampled.${name}`, SAMPLED[name]);
  }

  #all(of: (name: Sampled) => Expr): Samples {
    return { mtime: of('mtime'), mtip: of('mtip'), meip: of('meip'), seip: of('seip'), hgeip: of('hgeip') };
  }

  /** What the instruction sees that commits in this cycle. */
  get seen(): Samples {
    return this.#all((name) => mux(this.bound, read(this.#register(name)), this.live[name]));
  }

  /** What its record tells. */
  get told(): Samples {
    const passed = or(read(this.waiting), this.bound);
    return this.#all((name) => mux(passed, read(this.#register(name)), this.live[name]));
  }

  /**
   * A cycle of an instruction that needs attention: its boundary is here, unless it was before.
   *
   * @param restarts - One bit: it is over; otherwise it takes longer than this cycle.
   * @param refetches - One bit: it is to be fetched again, bound.
   * @param waits - One bit: it waits for an interrupt, and sees what comes from here on.
   */
  pass({ restarts, refetches, waits }: { readonly restarts: Expr; readonly refetches: Expr; readonly waits: Expr }): void {
    const { builder } = this;
    builder.assign(this.waiting, not(restarts));
    builder.when(not(or(restarts, read(this.waiting), this.bound)), () => {
      for (const name of ['mtime', 'mtip', 'meip', 'seip', 'hgeip'] as const) builder.assign(this.#register(name), this.live[name]);
    });
    if (this.#bound !== undefined) builder.assign(this.#bound, or(refetches, and(this.bound, not(or(restarts, waits)))));
  }
}
