/**
 * Whole runs of a shipped core as values: everything that can be seen of one,
 * in whichever variants it ran.
 */
import { HOST } from '../../model/backend/layout.js';
import type { Variant } from '../../model/backend/unit.js';
import { WasmCore } from '../../model/machine/core.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import { instantiate } from '../../model/machine/instance.js';
import { Machine } from '../../model/machine/machine.js';
import { PhysicalMemory } from '../../model/machine/memory.js';
import { describeOutcome } from '../../model/machine/outcome.js';
import { RECORD_KINDS, TRAIL_LOW } from '../../model/pipeline/record.js';
import { compiledCore, type CoreName } from './cores.js';
import type { Image } from './hazards.js';

/** A program and what the host does to it. */
export type Scenario = Image & { readonly inputs?: readonly InputEvent[] };

/** A stretch of a run in one variant: at most that many cycles. */
export interface Stretch {
  readonly variant: Variant;
  readonly cycles: number;
}

/** What is left of a run. */
export interface Seen {
  readonly outcome: string;
  readonly cycle: bigint;
  /** Every register by name, every array, in layout order. */
  readonly state: readonly string[];
  /** Pages that were written, as hexadecimal. */
  readonly memory: readonly string[];
  /** Records with the CSR changes before them: 64-bit words, joined by commas, and their cycle. */
  readonly records: readonly { readonly cycle: bigint; readonly words: string }[];
}

const ALWAYS = 65_536;

/** A core of which all variants share one memory. */
export class VariantsMachine {
  readonly core: WasmCore;
  readonly machine: Machine;
  readonly #linear: WebAssembly.Memory;
  readonly #stretches: () => Stretch;
  #records: { readonly cycle: bigint; readonly words: string }[] = [];
  #changes: string[] = [];
  /** Stretches of the run that recorded: from, to (exclusive). */
  readonly recorded: { readonly from: bigint; readonly to: bigint }[] = [];

  /** @param stretches - What to run next, asked again after every stretch. */
  constructor(name: CoreName, stretches: () => Stretch, { skipIdle = true } = {}) {
    const { layout, machine: description } = compiledCore(name, 'plain').description;
    this.#linear = new WebAssembly.Memory({ initial: layout.memory.pages });
    this.#stretches = stretches;
    const runs = new Map<Variant, (base: number, cycles: number) => number>();
    const instance = (variant: Variant): ((base: number, cycles: number) => number) => {
      const known = runs.get(variant) ?? instantiate(compiledCore(name, variant).wasm, this.#linear).run;
      runs.set(variant, known);
      return known;
    };
    this.core = new WasmCore({ run: (base, cycles) => this.#stretch(instance, base, cycles) }, this.#linear, layout);
    this.machine = new Machine({
      core: this.core,
      memory: new PhysicalMemory(this.#linear, layout.memory),
      description,
      skipIdle,
      drainRing: () => this.#drain(),
      drainWave: () => {
        this.core.view.setUint32(this.core.base + HOST.waveHead, 0, true);
        return true;
      },
    });
  }

  /** Runs a scenario from power-on. */
  see(scenario: Scenario, maxCycles = 4_000): Seen {
    const { machine, core } = this;
    machine.reset(scenario.inputs ?? []);
    core.view.setUint32(core.base + HOST.ringHead, 0, true);
    this.#records = [];
    this.#changes = [];
    this.recorded.length = 0;
    machine.load(scenario);
    const outcome = describeOutcome(machine.run({ maxCycles }));
    this.#drain();
    return { outcome, cycle: machine.cycle, state: this.#state(), memory: this.#memory(), records: this.#records };
  }

  #stretch(instance: (variant: Variant) => (base: number, cycles: number) => number, base: number, cycles: number): number {
    const { variant, cycles: most } = this.#stretches();
    const from = this.core.cycle;
    const done = instance(variant)(base, Math.min(cycles, most));
    if (variant !== 'plain') this.recorded.push({ from, to: this.core.cycle });
    return done;
  }

  #drain(): void {
    const { view, base, layout } = this.core;
    // The plain variant's layout describes the same records; it only never writes one.
    const { recordFields, recordBytes, memory } = layout;
    const bytes = view.getUint32(base + HOST.ringHead, true);
    view.setUint32(base + HOST.ringHead, 0, true);
    for (let at = 0; at < bytes; at += recordBytes) {
      const word = (name: string): bigint => view.getBigUint64(memory.ringBase + at + 8 * recordFields.indexOf(name), true);
      // Trails of translations are the observed variant's alone.
      if (word('kind') === BigInt(RECORD_KINDS.walk)) continue;
      const words = recordFields.map((name) => (name === 'lines' ? BigInt.asUintN(TRAIL_LOW, word(name)) : word(name))).join();
      this.#changes.push(words);
      if (word('kind') === BigInt(RECORD_KINDS.csr)) continue;
      this.#records.push({ cycle: word('cycle'), words: this.#changes.join(' ') });
      this.#changes = [];
    }
  }

  #state(): readonly string[] {
    const { layout, view, base } = this.core;
    const registers = layout.signals.filter((s) => s.kind === 'register').map((s) => `${s.name}=${this.core.cell(s.name)?.get()}`);
    const arrays = layout.arrays.flatMap((a) => Array.from({ length: a.depth }, (_, i) => {
      const at = base + a.offset + i * a.stride;
      return `${a.name}[${i}]=${a.stride === 8 ? view.getBigUint64(at, true) : view.getUint32(at, true)}`;
    }));
    return [...registers, ...arrays];
  }

  #memory(): readonly string[] {
    return this.machine.memory.snapshot().map(({ address, data }) => `${address.toString(16)}: ${Buffer.from(data).toString('hex')}`);
  }
}

/** A machine that runs one variant only. */
export const machineIn = (variant: Variant, name: CoreName, options?: { readonly skipIdle?: boolean }): VariantsMachine =>
  new VariantsMachine(name, () => ({ variant, cycles: ALWAYS }), options);
