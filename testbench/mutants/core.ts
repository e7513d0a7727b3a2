/** Many mutants in one core: which of them it is can be changed between runs. */
import type { CompiledCore } from '../../model/compile.js';
import { SELECTOR } from '../../model/ir/superpose.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import { ObservedCore } from '../lockstep/observed.js';

/** A mutant of several in a core. */
export interface Choice {
  /** What the selector is set to. */
  readonly number: number;
  /** Registers that come out of reset with another value, by name. */
  readonly resets: ReadonlyMap<string, bigint>;
}

/** An observed core that comes out of every reset as the chosen mutant. */
export class MutantCore extends ObservedCore {
  // The first reset is the constructor's, before fields have values.
  #chosen: Choice | undefined;

  /** @param choice - Undefined for a core that has no selector. */
  constructor(compiled: CompiledCore, choice: Choice | undefined) {
    super(compiled);
    if (choice !== undefined) this.choose(choice);
  }

  /** Resets as another mutant. */
  choose(choice: Choice): void {
    this.#chosen = choice;
    this.reset();
  }

  override reset(replay: readonly InputEvent[] = []): void {
    super.reset(replay);
    if (!(#chosen in this) || this.#chosen === undefined) return;
    this.poke(SELECTOR, BigInt(this.#chosen.number));
    for (const [name, value] of this.#chosen.resets) this.poke(name, value);
  }
}
