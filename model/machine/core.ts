/**
 * A compiled core in linear memory, reached through its layout.
 */
import { HOST, readSignal, resetState, writeSignal, type Layout } from '../backend/layout.js';
import type { Cell, Core, LinearMemory } from './protocol.js';

/** What an instance of any variant exports. */
export interface CoreExports {
  /** Executes at most `cycles` cycles of the hart at `base`; returns how many. */
  readonly run: (base: number, cycles: number) => number;
}

export class WasmCore implements Core {
  readonly #memory: LinearMemory;
  readonly #run: (base: number, cycles: number) => number;
  #view: DataView;
  /** The state block as after reset. */
  #image: Uint8Array | undefined;

  /**
   * @param exports - Of the instance, whose imported memory is `memory`.
   * @param layout - Of the module.
   * @param base - Address of the hart's state block.
   */
  constructor(
    exports: CoreExports,
    memory: LinearMemory,
    readonly layout: Layout,
    readonly base: number = layout.memory.stateBase,
  ) {
    this.#memory = memory;
    this.#run = exports.run;
    this.#view = new DataView(memory.buffer);
  }

  /** Linear memory; a fresh view after it has grown. */
  get view(): DataView {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }

  run(cycles: number): number {
    return this.#run(this.base, cycles);
  }

  get exitReason(): number {
    return this.view.getUint32(this.base + HOST.reason, true);
  }

  get cycle(): bigint {
    return this.view.getBigUint64(this.base + HOST.cycle, true);
  }

  set cycle(value: bigint) {
    this.view.setBigUint64(this.base + HOST.cycle, value, true);
  }

  cell(name: string): Cell | undefined {
    const signal = this.layout.signals.find((s) => s.kind === 'register' && s.name === name);
    if (signal === undefined) return undefined;
    return {
      get: () => readSignal(signal, this.view, this.base),
      set: (value) => writeSignal(signal, this.view, value, this.base),
    };
  }

  reset(): void {
    const { buffer } = this.#memory;
    if (this.#image === undefined) {
      resetState(this.layout, buffer, this.base);
      this.#image = new Uint8Array(buffer, this.base, this.layout.stateBytes).slice();
    } else new Uint8Array(buffer, this.base, this.layout.stateBytes).set(this.#image);
  }
}
