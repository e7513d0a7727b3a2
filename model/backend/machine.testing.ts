/** A compiled module on a memory, for tests. */
import type { Module } from '../ir/ir.js';
import { HOST, readSignal, resetState, writeSignal } from './layout.js';
import type { Layout, Signal } from './layout.js';
import { compileModule } from './wasm.js';
import type { Variant } from './wasm.js';

/** Size of DRAM in tests. */
export const TEST_DRAM = 65536;

type Run = (base: number, cycles: number) => number;

/** One memory, and instances of variants on it. */
export class TestMachine {
  readonly view: DataView;
  readonly base: number;
  readonly #runs: ReadonlyMap<Variant, Run>;
  readonly #sample: ((base: number) => void) | undefined;
  readonly texts: { readonly signal: number; readonly value: bigint }[] = [];

  constructor(module: Module, variants: readonly Variant[]) {
    const compiled = variants.map((variant) => ({ variant, ...compileModule(module, { variant, dramBytes: TEST_DRAM }) }));
    const [first] = compiled;
    if (first === undefined) throw new Error('no variant');
    this.layout = first.layout;
    const memory = new WebAssembly.Memory({ initial: this.layout.memory.pages });
    this.view = new DataView(memory.buffer);
    this.base = this.layout.memory.stateBase;
    const env = {
      memory,
      text: (signal: number, value: bigint, pointer: number): number => {
        this.texts.push({ signal, value: BigInt.asUintN(64, value) });
        return pointer;
      },
    };
    let sample: ((base: number) => void) | undefined;
    this.#runs = new Map(compiled.map(({ variant, wasm }) => {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)), { env });
      if (typeof exports['sample'] === 'function') sample = (base) => { call(exports['sample'], base); };
      return [variant, (base: number, cycles: number) => call(exports['run'], base, cycles)];
    }));
    this.#sample = sample;
    resetState(this.layout, memory.buffer);
  }

  readonly layout: Layout;

  run(variant: Variant, cycles: number): number {
    const run = this.#runs.get(variant);
    if (run === undefined) throw new Error(`${variant} was not compiled`);
    return run(this.base, cycles);
  }

  sample(): void {
    this.#sample?.(this.base);
  }

  signal(name: string): Signal {
    const signal = [...this.layout.signals, ...this.layout.observation.registers].find((s) => s.name === name);
    if (signal === undefined) throw new Error(`no signal ${name}`);
    return signal;
  }

  get(name: string): bigint {
    return readSignal(this.signal(name), this.view, this.base);
  }

  set(name: string, value: bigint): void {
    writeSignal(this.signal(name), this.view, value, this.base);
  }

  counter(name: string): bigint {
    const counter = this.layout.counters.find((c) => c.name === name);
    return counter === undefined ? 0n : this.view.getBigUint64(this.base + counter.offset, true);
  }

  array(name: string): bigint[] {
    const array = this.layout.arrays.find((a) => a.name === name);
    if (array === undefined) throw new Error(`no array ${name}`);
    return Array.from({ length: array.depth }, (_, i) => {
      const at = this.base + array.offset + i * array.stride;
      return array.stride === 8 ? this.view.getBigUint64(at, true) : BigInt(this.view.getUint32(at, true));
    });
  }

  /** The cover points reached: family and number. */
  get points(): ReadonlySet<string> {
    const { covers } = this.layout.observation;
    return new Set(covers.flatMap((family) => {
      const size = 2 ** family.axes.reduce((sum, axis) => sum + axis.width, 0);
      const bytes = new Uint8Array(this.view.buffer, this.base + family.offset, size);
      return [...bytes.entries()].filter(([, byte]) => byte !== 0).map(([index]) => `${family.name} ${index}`);
    }));
  }

  byte(offset: number): number {
    return this.view.getUint8(this.layout.memory.dramOffset + offset);
  }

  dirty(page: number): boolean {
    return this.view.getUint8(this.layout.memory.dirtyBase + page) === 1;
  }

  get reason(): number {
    return this.view.getUint32(this.base + HOST.reason, true);
  }

  /** Takes the records out of the ring. */
  takeRecords(): bigint[][] {
    const { recordBytes, memory } = this.layout;
    const bytes = this.view.getUint32(this.base + HOST.ringHead, true);
    this.view.setUint32(this.base + HOST.ringHead, 0, true);
    return Array.from({ length: recordBytes === 0 ? 0 : bytes / recordBytes }, (_, i) =>
      this.layout.recordFields.map((_name, f) => this.view.getBigUint64(memory.ringBase + i * recordBytes + 8 * f, true)));
  }

  /** Takes the text out of the wave buffer. */
  takeWave(): string {
    const bytes = this.view.getUint32(this.base + HOST.waveHead, true);
    this.view.setUint32(this.base + HOST.waveHead, 0, true);
    return Buffer.from(this.view.buffer, this.layout.memory.waveBase, bytes).toString('latin1');
  }
}

function call(f: WebAssembly.ExportValue | undefined, ...operands: readonly number[]): number {
  if (typeof f !== 'function') throw new Error('not exported');
  return Number(f(...operands));
}
