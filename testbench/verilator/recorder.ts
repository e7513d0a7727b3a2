/**
 * The WebAssembly core on its machine, cycle by cycle: the hash of its
 * registers after each, and everything that the host did in between. Of the
 * devices only their effects are kept, so whatever they are, the same program
 * runs on hardware that has none.
 */
import { readSignal } from '../../model/backend/layout.js';
import type { CompiledCore } from '../../model/compile.js';
import { WasmCore } from '../../model/machine/core.js';
import type { Program } from '../../model/machine/elf.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import { instantiate } from '../../model/machine/instance.js';
import { Machine } from '../../model/machine/machine.js';
import { PhysicalMemory } from '../../model/machine/memory.js';
import type { Outcome } from '../../model/machine/outcome.js';
import { EXIT, type Cell, type Core } from '../../model/machine/protocol.js';
import { arrayBytes, blockOf, placed, stateOf, type Block } from './block.js';
import { hashWords } from './hash.js';
import type { Effect, Job } from './jobs.js';

/** What is run. */
export type RecordedProgram = Pick<Program, 'entry' | 'segments' | 'symbols'> & { readonly inputs?: readonly InputEvent[] };

/** A run to compare with. */
export interface Recording {
  readonly job: Job;
  /** Two words a cycle. */
  readonly hashes: Uint32Array;
  /** Of the large arrays at the end; two words. */
  readonly arrays: Uint32Array;
  readonly outcome: Outcome;
}

/** A core that is run one cycle at a time, and looks what has happened to it in between. */
export class SteppedCore implements Core {
  readonly #inner: WasmCore;
  readonly #block: Block;
  readonly #linear: WebAssembly.Memory;
  readonly #words: Int32Array;
  readonly #seen: Uint8Array;
  #hashes = new Uint32Array(1 << 16);
  #cycles = 0;
  effects: Effect[] = [];

  constructor(inner: WasmCore, linear: WebAssembly.Memory) {
    this.#inner = inner;
    this.#linear = linear;
    this.#block = blockOf(inner.layout);
    this.#words = new Int32Array(this.#block.bytes / 4);
    this.#seen = new Uint8Array(this.#block.registerBytes);
  }

  get cycles(): number {
    return this.#cycles;
  }

  get hashes(): Uint32Array {
    return this.#hashes.slice(0, 2 * this.#cycles);
  }

  run(cycles: number): number {
    this.#noteEffects();
    let done = 0;
    do {
      done += this.#inner.run(1);
      this.#hash();
    } while (done < cycles && this.#inner.exitReason === EXIT.none);
    this.#look();
    return done;
  }

  get exitReason(): number {
    return this.#inner.exitReason;
  }

  get cycle(): bigint {
    return this.#inner.cycle;
  }

  set cycle(value: bigint) {
    throw new Error(`cycles up to ${value} were skipped: a recorded run executes them`);
  }

  cell(name: string): Cell | undefined {
    return this.#inner.cell(name);
  }

  reset(): void {
    this.#inner.reset();
    this.#cycles = 0;
    this.effects = [];
    this.#look();
  }

  /** The hash of the large arrays now. */
  largeArrays(): Uint32Array {
    const { large } = this.#block;
    const bytes = new Uint8Array(arrayBytes(large));
    for (const { array, at } of placed(large)) bytes.set(stateOf(array, this.#linear.buffer, this.#inner.base), at);
    const into = new Uint32Array(2);
    hashWords(new Int32Array(bytes.buffer), into, 0);
    return into;
  }

  /** The registers as the last cycle left them, whatever the host did since. */
  get left(): Uint8Array {
    return this.#seen.slice();
  }

  get #registers(): Uint8Array {
    return new Uint8Array(this.#linear.buffer, this.#inner.base + this.#block.start, this.#block.registerBytes);
  }

  #look(): void {
    this.#seen.set(this.#registers);
  }

  /** Registers that are not what the last cycle left. */
  #noteEffects(): void {
    if (Buffer.compare(this.#seen, this.#registers) === 0) return;
    const { view, base } = this.#inner;
    const before = new DataView(this.#seen.buffer);
    for (const [index, signal] of this.#block.registers.entries()) {
      const value = readSignal(signal, view, base);
      if (value !== readSignal(signal, before, -this.#block.start)) this.effects.push({ kind: 'register', cycle: this.cycle, index, value });
    }
  }

  #hash(): void {
    const bytes = new Uint8Array(this.#words.buffer);
    bytes.set(this.#registers);
    for (const { array, at } of placed(this.#block.small, this.#block.registerBytes)) bytes.set(stateOf(array, this.#linear.buffer, this.#inner.base), at);
    if (this.#hashes.length < 2 * (this.#cycles + 1)) {
      const longer = new Uint32Array(2 * this.#hashes.length);
      longer.set(this.#hashes);
      this.#hashes = longer;
    }
    hashWords(this.#words, this.#hashes, 2 * this.#cycles);
    this.#cycles++;
  }
}

/** Runs programs on one compiled core and records them. */
export class Recorder {
  readonly #core: SteppedCore;
  readonly #machine: Machine;
  /** Bytes of memory. */
  readonly memory: PhysicalMemory;

  /** @param plain - The plain variant. */
  constructor({ wasm, description }: CompiledCore) {
    const linear = new WebAssembly.Memory({ initial: description.layout.memory.pages });
    this.memory = new PhysicalMemory(linear, description.layout.memory);
    this.#core = new SteppedCore(new WasmCore(instantiate(wasm, linear), linear, description.layout), linear);
    this.#machine = new Machine({
      core: this.#core, memory: this.memory, description: description.machine, skipIdle: false,
      onHostWrite: (address, data) => this.#core.effects.push({ kind: 'memory', cycle: this.#core.cycle, address, data: data.slice() }),
    });
  }

  /** Runs a program for so many cycles, unless it ends. */
  record(program: RecordedProgram, maxCycles: number): Recording {
    this.#machine.reset(program.inputs);
    if (!this.#machine.load(program)) throw new Error('the program does not fit into memory');
    const outcome = this.#machine.run({ maxCycles });
    const { cycles, hashes, effects } = this.#core;
    return { job: { cycles, segments: program.segments, effects }, hashes, arrays: this.#core.largeArrays(), outcome };
  }

  /** The registers after so many cycles of the same run, as a block has them. */
  registersAfter(program: RecordedProgram, cycles: number): Uint8Array {
    this.record(program, cycles);
    return this.#core.left;
  }
}
