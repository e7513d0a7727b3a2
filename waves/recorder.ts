/**
 * From a running traced core to a dump: header from the state as it is, then
 * whatever the core has formatted, then the end time.
 */
import type { HOST, Layout, Signal } from '../model/backend/layout.js';
import type { WriteFailure } from './failure.js';
import { vcdHeader, type VcdOrigin } from './header.js';
import type { WaveSignal } from './signal.js';
import { textValue, type TextLane } from './text.js';
import { VcdFile, type VcdStatus } from './vcd.js';

/** A traced core in linear memory. */
export interface TracedCore {
  readonly layout: Layout;
  /** Address of the hart's state block. */
  readonly base: number;
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Brings the slots of wires up to date (the export `sample`). */
  readonly sample: () => void;
}

export interface RecorderOptions {
  readonly origin: VcdOrigin;
  /** Slots of the host in the state block (the backend's `HOST`). */
  readonly host: Pick<typeof HOST, 'cycle' | 'waveHead' | 'waveStamp'>;
  /** Nanoseconds per cycle (the backend's `CLOCK_PERIOD`). */
  readonly clockPeriod: number;
  /** Text lanes, as given to `createTextLane`, and the text of an instruction word. */
  readonly lanes: readonly TextLane[];
  readonly disassemble: (insn: number) => string;
  /** Bytes at which the dump stops; undefined for none. */
  readonly limit: number | undefined;
}

export class WaveRecorder {
  readonly #core: TracedCore;
  readonly #options: RecorderOptions;
  readonly #file: VcdFile;

  private constructor(core: TracedCore, options: RecorderOptions, file: VcdFile) {
    this.#core = core;
    this.#options = options;
    this.#file = file;
  }

  /** Begins a dump with the cycle about to be executed; call between two cycles. */
  static begin(path: string, core: TracedCore, options: RecorderOptions): WaveRecorder | WriteFailure {
    core.sample();
    const slots = new Slots(core);
    const time = slots.u64(options.host.cycle) * BigInt(options.clockPeriod);
    slots.view.setUint32(core.base + options.host.waveHead, 0, true);
    slots.view.setBigUint64(core.base + options.host.waveStamp, time, true);
    const { signals } = core.layout;
    const values = new Map(signals.map((signal): [string, bigint] => [signal.id, slots.signal(signal)]));
    for (const { signalIndex, signal } of options.lanes) {
      const explained = signals[signalIndex];
      if (explained !== undefined) values.set(signal.id, textValue(options.disassemble(Number(slots.signal(explained)))));
    }
    const all: readonly WaveSignal[] = [...signals, ...options.lanes.map((lane) => lane.signal)];
    const file = VcdFile.open(path, vcdHeader(options.origin, all, ({ id }) => values.get(id) ?? 0n, time), options.limit);
    return file instanceof VcdFile ? new WaveRecorder(core, options, file) : file;
  }

  /** How the dump stands. */
  get status(): VcdStatus {
    return this.#file.status;
  }

  /**
   * Empties the wave buffer into the dump.
   *
   * @returns Whether the dump goes on; if not, `status` says why.
   */
  drain(): boolean {
    const { base, layout } = this.#core;
    const { view } = new Slots(this.#core);
    const head = base + this.#options.host.waveHead;
    const length = view.getUint32(head, true);
    view.setUint32(head, 0, true);
    return this.#file.write(new Uint8Array(view.buffer, base + layout.memory.waveBase - layout.memory.stateBase, length)).kind === 'open';
  }

  /** Completes the dump at the current cycle: after a run, or when it was interrupted. */
  finish(): VcdStatus {
    this.drain();
    const { host, clockPeriod } = this.#options;
    return this.#file.close(new Slots(this.#core).u64(host.cycle) * BigInt(clockPeriod));
  }
}

/** The state block. */
class Slots {
  readonly view: DataView<ArrayBuffer>;
  readonly #base: number;

  constructor({ memory, base }: TracedCore) {
    this.view = new DataView(memory.buffer);
    this.#base = base;
  }

  u64(offset: number): bigint {
    return this.view.getBigUint64(this.#base + offset, true);
  }

  signal({ bytes, offset }: Signal): bigint {
    return bytes === 8 ? this.u64(offset) : BigInt(this.view.getUint32(this.#base + offset, true));
  }
}
