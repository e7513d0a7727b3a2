/** Many mutants in one core: which of them it is can be changed between runs. */
import type { CompiledCore } from '../../model/compile.js';
import { SELECTOR } from '../../model/ir/superpose.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import { ObservedCore } from '../lockstep/observed.js';

/** An observed core that comes out of every reset as the chosen mutant. */
export class MutantCore extends ObservedCore {
  // The first reset is the constructor's, before fields have values.
  #chosen: { readonly number: number } | undefined;

  /** @param number - What the selector is set to; undefined for a core that has none. */
  constructor(compiled: CompiledCore, number: number | undefined) {
    super(compiled);
    if (number !== undefined) this.choose(number);
  }

  /** Resets as another mutant. */
  choose(number: number): void {
    this.#chosen = { number };
    this.reset();
  }

  override reset(replay: readonly InputEvent[] = []): void {
    super.reset(replay);
    if (#chosen in this && this.#chosen !== undefined) this.poke(SELECTOR, BigInt(this.#chosen.number));
  }
}
