/**
 * A compiled core in linear memory, reached through its layout.
 */
import { HOST, readSignal, resetState, writeSignal, type Layout, type Signal } from '../backend/layout.js';
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
  /** State block and observation as after reset. */
  #image: readonly { readonly at: number; readonly bytes: Uint8Array }[] | undefined;
  /** By name: whoever arranges states asks for the same few again and again. */
  readonly #registers: ReadonlyMap<string, Signal>;

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
    this.#registers = new Map(layout.signals.flatMap((s) => (s.kind === 'register' ? [[s.name, s]] : [])));
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
    const signal = this.#registers.get(name);
    if (signal === undefined) return undefined;
    return {
      get: () => readSignal(signal, this.view, this.base),
      set: (value) => writeSignal(signal, this.view, value, this.base),
    };
  }

  /** The cover points and the registers behind them, as `layout.observation` names them from its `offset` on. */
  get observation(): Uint8Array {
    const { offset, bytes } = this.layout.observation;
    return new Uint8Array(this.#memory.buffer, this.base + offset, bytes);
  }

  reset(): void {
    const { buffer } = this.#memory;
    const { stateBytes, observation: { offset, bytes: observed } } = this.layout;
    if (this.#image === undefined) {
      resetState(this.layout, buffer, this.base);
      this.#image = [{ at: this.base, length: stateBytes }, { at: this.base + offset, length: observed }]
        .map(({ at, length }) => ({ at, bytes: new Uint8Array(buffer, at, length).slice() }));
    } else for (const { at, bytes } of this.#image) new Uint8Array(buffer, at, bytes.length).set(bytes);
  }
}
