/** Compiles mutants: many superposed in one module where they fit, others each on its own. */
import { compileModule } from '../../model/backend/wasm.js';
import { compile, hardware, type CompiledCore } from '../../model/compile.js';
import type { Module } from '../../model/ir/ir.js';
import { superpose } from '../../model/ir/superpose.js';
import { verify } from '../../model/ir/verify.js';
import { elaborate } from '../../model/pipeline/elaborate.js';
import type { Specs, Uarch } from '../../model/spec/isa.js';
import { ObservedCore } from '../lockstep/observed.js';
import { MutantCore } from './core.js';
import type { Mutant } from './mutant.js';
import { Scout } from './scout.js';
import { watching } from './watch.js';

const DRAM_BYTES = 128 << 20;

/** A mutant that can run. */
export interface Cast {
  readonly mutant: Mutant;
  readonly module: Module;
  /** A core in good order that is this mutant. `again`: the last one may be spoilt. */
  readonly core: (again?: boolean) => MutantCore;
}

/** Mutants that cannot run: a mistake in the specs that `spec check` finds. */
export interface Stillborn {
  readonly mutant: Mutant;
  readonly why: string;
}

/** Mutants that were compiled together. */
export interface Batch {
  readonly casts: readonly Cast[];
  readonly stillborn: readonly Stillborn[];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Foundry {
  readonly original: Module;
  readonly #compiled: CompiledCore;
  readonly #homes: string;

  constructor(readonly specs: Specs, readonly uarch: Uarch) {
    const built = hardware(specs, uarch, this.#told);
    const compiled = compile(specs, uarch, 'observed', DRAM_BYTES);
    if (!built.ok || !compiled.ok) throw new Error(`${uarch.name} does not compile`);
    this.original = built.value.module;
    this.#homes = built.value.homes.join();
    this.#compiled = compiled.value;
  }

  /** What a core keeps of translations, the reference has to be told. */
  get #told(): 'trails' | 'nothing' {
    return this.uarch.translation === undefined ? 'nothing' : 'trails';
  }

  /** The hardware of a mutant. */
  #hardware({ change }: Mutant): { readonly module: Module; readonly homes: string } | string {
    if (change.of === 'hardware') return { module: change.apply(this.original), homes: this.#homes };
    try {
      const [isa, uarch] = change.of === 'isa' ? [change.apply(this.specs.isa), this.uarch] : [this.specs.isa, change.apply(this.uarch)];
      const elaborated = elaborate(isa, uarch, this.#told);
      return elaborated.ok ? { module: elaborated.module, homes: elaborated.homes.join() } : (elaborated.diagnostics[0]?.message ?? 'it has mistakes');
    } catch (error) {
      // What the loader would have refused makes the elaboration stumble.
      return messageOf(error);
    }
  }

  /** Compiles a batch. */
  cast(mutants: readonly Mutant[]): Batch {
    const stillborn: Stillborn[] = [];
    const alive: { readonly mutant: Mutant; readonly module: Module }[] = [];
    const alone: { readonly mutant: Mutant; readonly module: Module }[] = [];
    for (const mutant of mutants) {
      const built = this.#hardware(mutant);
      if (typeof built === 'string') stillborn.push({ mutant, why: built });
      else (built.homes === this.#homes ? alive : alone).push({ mutant, module: built.module });
    }
    const { module, misfits } = superpose(this.original, alive.map((a) => withResetsOf(this.original, a.module)));
    const together = this.#withLayout(module);
    let shared: { readonly core: MutantCore; readonly user: Mutant } | undefined;
    const casts = alive.flatMap(({ mutant, module: own }, i): Cast[] => {
      if (misfits.some((m) => m.number === i + 1)) {
        alone.push({ mutant, module: own });
        return [];
      }
      const choice = { number: i + 1, resets: resetsOf(own, this.original) };
      return [{
        mutant, module: own,
        core: (again = false) => {
          // What knows no bounds may have written anywhere.
          const spoilt = shared === undefined || again || shared.user.change.of === 'hardware';
          const core = spoilt || shared === undefined ? new MutantCore(together, choice) : shared.core;
          if (!spoilt) core.choose(choice);
          shared = { core, user: mutant };
          return core;
        },
      }];
    });
    // What is no sound hardware, `spec check` refuses.
    const unsound = alone.filter(({ module: own }) => verify(own).length > 0);
    stillborn.push(...unsound.map(({ mutant, module: own }) => ({ mutant, why: verify(own)[0]?.message ?? '' })));
    const single = alone.filter((a) => !unsound.includes(a)).flatMap(({ mutant, module: own }): readonly Cast[] => {
      try {
        const compiled = this.#alone(mutant, own);
        let core = new MutantCore(compiled, undefined);
        return [{ mutant, module: own, core: (again = false) => (core = again ? new MutantCore(compiled, undefined) : core) }];
      } catch (error) {
        // It lacks what every machine needs: no program would have run on it.
        stillborn.push({ mutant, why: messageOf(error) });
        return [];
      }
    });
    return { casts: [...casts, ...single], stillborn };
  }

  /** A core that runs as the original and watches for mutants. */
  scout(casts: readonly Cast[]): Scout {
    const { module, strangers } = watching(this.original, casts.map((c) => c.module));
    return new Scout(new ObservedCore(this.#withLayout(module)), casts.length, strangers);
  }

  #withLayout(module: Module): CompiledCore {
    const { wasm, layout } = compileModule(module, { variant: 'observed', dramBytes: DRAM_BYTES });
    return { wasm, description: { ...this.#compiled.description, layout } };
  }

  #alone({ change }: Mutant, module: Module): CompiledCore {
    if (change.of === 'hardware') return this.#withLayout(module);
    const compiled = change.of === 'isa'
      ? compile({ ...this.specs, isa: change.apply(this.specs.isa) }, this.uarch, 'observed', DRAM_BYTES)
      : compile(this.specs, change.apply(this.uarch), 'observed', DRAM_BYTES);
    return compiled.ok ? compiled.value : this.#withLayout(module);
  }
}

/** Where a mutant comes out of reset with other values: those are given to it then, so that it fits over the original. */
function resetsOf(mutant: Module, original: Module): ReadonlyMap<string, bigint> {
  const own = new Map(original.registers.map((r) => [r.name, r.reset]));
  return new Map(mutant.registers.flatMap(({ name, reset }) => ((own.get(name) ?? reset) === reset ? [] : [[name, reset]])));
}

const withResetsOf = (original: Module, mutant: Module): Module => {
  const own = new Map(original.registers.map((r) => [r.name, r.reset]));
  return { ...mutant, registers: mutant.registers.map((r) => ({ ...r, reset: own.get(r.name) ?? r.reset })) };
};
