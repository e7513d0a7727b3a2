/**
 * A machine for one program: the plain core, and while a wave is wanted the
 * traced one on the same memory. All variants share the layout, so the change
 * happens between two cycles and nothing else notices.
 */
import { CLOCK_PERIOD, HOST, hasText, vcdId } from '../../model/backend/layout.js';
import type { CompiledCore } from '../../model/compile.js';
import { WasmCore } from '../../model/machine/core.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import { instantiate } from '../../model/machine/instance.js';
import { Machine } from '../../model/machine/machine.js';
import { PhysicalMemory } from '../../model/machine/memory.js';
import type { Outcome } from '../../model/machine/outcome.js';
import type { Cell, Core } from '../../model/machine/protocol.js';
import type { WriteFailure } from '../../waves/failure.js';
import { WaveRecorder } from '../../waves/recorder.js';
import { createTextLane, textLanes } from '../../waves/text.js';
import type { VcdStatus } from '../../waves/vcd.js';
import { createDisassembler } from '../assembly/disassemble.js';
import type { AssemblyTables } from '../assembly/tables.js';
import { writeView } from './view.js';

export interface BoardOptions {
  readonly plain: CompiledCore;
  /** Needed for waves. */
  readonly traced?: CompiledCore;
  readonly tables: AssemblyTables;
  readonly version: string;
  readonly specHash: string;
  readonly print?: (bytes: Uint8Array) => void;
  readonly skipIdle: boolean;
  /** Whether a key has been pressed for which the program waits; absent: none ever is. */
  readonly keyPressed?: () => Promise<boolean>;
  readonly replay?: readonly InputEvent[];
  /** Takes the records when `plain` is an observed core: whole records of 64-bit words, used during the call only. */
  readonly onRecords?: (words: BigUint64Array) => void;
}

/** A core of which either of two variants runs the next cycles. */
class SwitchedCore implements Core {
  constructor(readonly plain: WasmCore, readonly traced: WasmCore | undefined) {}

  tracing = false;

  get #active(): WasmCore {
    return this.tracing && this.traced !== undefined ? this.traced : this.plain;
  }

  run(cycles: number): number {
    return this.#active.run(cycles);
  }

  get exitReason(): number {
    return this.plain.exitReason;
  }

  get cycle(): bigint {
    return this.plain.cycle;
  }

  set cycle(value: bigint) {
    this.plain.cycle = value;
  }

  cell(name: string): Cell | undefined {
    return this.plain.cell(name);
  }

  reset(): void {
    this.plain.reset();
  }
}

/** Which cycles a wave shows. */
export interface WaveWindow {
  /** Path of the VCD; save file and filters go beside it. */
  readonly path: string;
  /** First cycle. */
  readonly from: bigint;
  /** Cycle at which it ends; undefined for the end of the run. */
  readonly to: bigint | undefined;
  /** Bytes at which it stops. */
  readonly limit: number | undefined;
  /** Cycle at which the marker stands. */
  readonly marker?: bigint;
}

export class Board {
  readonly core: WasmCore;
  readonly machine: Machine;
  readonly memory: PhysicalMemory;
  readonly #options: BoardOptions;
  readonly #linear: WebAssembly.Memory;
  readonly #switched: SwitchedCore;
  readonly #sample: (() => void) | undefined;
  #recorder: WaveRecorder | undefined;
  #window: WaveWindow | undefined;
  /** How the last wave ended. */
  wave: VcdStatus | undefined;

  constructor(options: BoardOptions) {
    const { plain, traced, tables } = options;
    const { layout, machine: description } = plain.description;
    this.#options = options;
    this.#linear = new WebAssembly.Memory({ initial: layout.memory.pages });
    this.core = new WasmCore(instantiate(plain.wasm, this.#linear), this.#linear, layout);
    const lanes = textLanes(layout.signals, hasText, vcdId);
    const instance = traced === undefined ? undefined : instantiate(traced.wasm, this.#linear, createTextLane(createDisassembler(tables), lanes, this.#linear));
    this.#sample = instance === undefined ? undefined : () => instance.sample?.(this.core.base);
    this.#switched = new SwitchedCore(this.core, instance === undefined ? undefined : new WasmCore(instance, this.#linear, layout));
    this.memory = new PhysicalMemory(this.#linear, layout.memory);
    this.machine = new Machine({
      core: this.#switched,
      memory: this.memory,
      description,
      skipIdle: options.skipIdle,
      ...(options.print === undefined ? {} : { print: options.print }),
      drainRing: () => this.drainRecords(),
      drainWave: () => this.#drainWave(),
    });
    this.machine.reset(options.replay);
  }

  /** Runs until the program ends, the cycles are over or somebody stops it. */
  async run(maxCycles: bigint | undefined, window?: WaveWindow): Promise<Outcome | WriteFailure> {
    const end = maxCycles === undefined ? undefined : this.machine.cycle + maxCycles;
    if (window === undefined) return this.#until(end);
    const before = this.machine.cycle < window.from ? await this.#until(least(window.from, end)) : undefined;
    if (before !== undefined && (before.kind !== 'cycle-limit' || this.machine.cycle === end)) return before;
    const failed = this.beginWave(window);
    if (failed !== undefined) return failed;
    const during = await this.#until(least(window.to, end));
    const finished = this.endWave();
    if (finished?.kind === 'failed') return finished;
    return during.kind === 'cycle-limit' && this.machine.cycle !== end ? this.#until(end) : during;
  }

  /** Runs to a cycle. A wave that has ended by itself does not end the run. */
  async #until(cycle: bigint | undefined): Promise<Outcome> {
    for (;;) {
      const tracing = this.#switched.tracing;
      const outcome = await this.machine.runAsync(cycle === undefined ? {} : { maxCycles: cycle - this.machine.cycle });
      if (outcome.kind === 'wfi-forever' && this.machine.awaitsKey && await this.#options.keyPressed?.() === true) continue;
      const waveEnded = tracing && !this.#switched.tracing;
      if (outcome.kind !== 'stopped' || !waveEnded || this.wave?.kind === 'failed') return outcome;
    }
  }

  /** Traces from the next cycle on. */
  beginWave(window: WaveWindow): WriteFailure | undefined {
    const { path, limit } = window;
    if (this.#sample === undefined) throw new Error('a wave needs the traced variant');
    const { layout, base } = this.core;
    const begun = WaveRecorder.begin(path, { layout, base, memory: this.#linear, sample: this.#sample }, {
      origin: { version: this.#options.version, specs: this.#options.specHash },
      host: HOST,
      clockPeriod: CLOCK_PERIOD,
      lanes: textLanes(layout.signals, hasText, vcdId),
      disassemble: createDisassembler(this.#options.tables),
      limit,
    });
    if (!(begun instanceof WaveRecorder)) return begun;
    this.#recorder = begun;
    this.#switched.tracing = true;
    this.#window = window;
    return undefined;
  }

  /** The wave has ended: save file and filters go beside it, unless nothing is left of it. */
  #concludeWave(status: VcdStatus): VcdStatus {
    this.#recorder = undefined;
    this.#switched.tracing = false;
    if (status.kind === 'failed' || this.#window === undefined) return (this.wave = status);
    const { path, marker } = this.#window;
    const failed = writeView(path, this.#options.plain.description, marker === undefined ? undefined : Number(marker) * CLOCK_PERIOD);
    return (this.wave = failed ?? status);
  }

  /** Completes the wave at the current cycle; undefined if there is none. */
  endWave(): VcdStatus | undefined {
    return this.#recorder === undefined ? this.wave : this.#concludeWave(this.#recorder.finish());
  }

  /** Hands on the records that have gathered; without a taker they are dropped (the traced variant makes them on the way). */
  drainRecords(): void {
    const { view, base, layout } = this.core;
    const bytes = view.getUint32(base + HOST.ringHead, true);
    view.setUint32(base + HOST.ringHead, 0, true);
    if (bytes > 0) this.#options.onRecords?.(new BigUint64Array(this.#linear.buffer, layout.memory.ringBase, bytes / 8));
  }

  #drainWave(): boolean {
    if (this.#recorder === undefined) return false;
    if (this.#recorder.drain()) return true;
    this.#concludeWave(this.#recorder.status);
    return false;
  }
}

function least(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
