/**
 * Test material: ELF files from a description, and a core of a few lines that
 * keeps the machine's protocol.
 */
import { EXIT, NO_ADDRESS, PIN, REGISTER, type Cell, type Core } from './protocol.js';
import type { MachineDescription } from './map.js';
import { PhysicalMemory } from './memory.js';

/** A machine of every device; mtime ticks every ten cycles. */
export const TEST_MACHINE: MachineDescription = {
  cyclesPerTick: 10,
  timebaseFrequency: 1_000_000,
  cacheBlockBytes: 32,
  reservationBytes: 64,
  extensions: ['i', 'm', 'a', 'c', 'zicsr', 'sstc', 's', 'u', 'h', 'sv39', 'sv48', 'zicboz'],
  resetPc: '0x80000000',
  regions: [
    { name: 'dram', device: 'dram', base: '0x80000000', size: '0x8000000' },
    { name: 'plic', device: 'plic', base: '0xc000000', size: '0x600000', contexts: ['meip', 'seip'] },
    { name: 'uart', device: 'uart', base: '0x10000000', size: '0x100', interrupt: 10 },
    { name: 'finisher', device: 'finisher', base: '0x100000', size: '0x1000' },
  ],
};

/** A loadable part of a test program. */
export interface TestSegment {
  readonly address: bigint;
  readonly data: Uint8Array;
  readonly memSize?: bigint;
}

/** Description of a test program. */
export interface TestElf {
  readonly entry?: bigint;
  readonly segments: readonly TestSegment[];
  readonly symbols?: Readonly<Record<string, bigint>>;
}

/** Lays out header, program headers, segment data, symbols, strings, section headers. */
export function buildElf({ entry = 0x8000_0000n, segments, symbols = {} }: TestElf): Uint8Array {
  const names = Object.entries(symbols);
  const strings = Buffer.from(`\0${names.map(([name]) => `${name}\0`).join('')}`);
  const dataStart = 64 + 56 * segments.length;
  const symbolStart = dataStart + segments.reduce((sum, s) => sum + s.data.length, 0);
  const symbolBytes = 24 * (names.length + 1);
  const stringStart = symbolStart + symbolBytes;
  const sectionStart = stringStart + strings.length;
  const bytes = new Uint8Array(sectionStart + 3 * 64);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 243, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, entry, true);
  view.setBigUint64(32, 64n, true);
  view.setBigUint64(40, BigInt(sectionStart), true);
  [64, 56, segments.length, 64, 3, 0].forEach((value, i) => view.setUint16(52 + 2 * i, value, true));
  let at = dataStart;
  segments.forEach((segment, i) => {
    const header = 64 + 56 * i;
    view.setUint32(header, 1, true);
    view.setUint32(header + 4, 7, true);
    const { address, data, memSize = BigInt(data.length) } = segment;
    [BigInt(at), address, address, BigInt(data.length), memSize].forEach((value, j) => view.setBigUint64(header + 8 + 8 * j, value, true));
    bytes.set(data, at);
    at += data.length;
  });
  let nameAt = 1;
  names.forEach(([name, value], i) => {
    const symbol = symbolStart + 24 * (i + 1);
    view.setUint32(symbol, nameAt, true);
    view.setUint16(symbol + 6, 0xfff1, true);
    view.setBigUint64(symbol + 8, value, true);
    nameAt += name.length + 1;
  });
  bytes.set(strings, stringStart);
  section(view, sectionStart + 64, 2, symbolStart, symbolBytes, 2);
  section(view, sectionStart + 128, 3, stringStart, strings.length, 0);
  return bytes;
}

function section(view: DataView, header: number, type: number, offset: number, size: number, link: number): void {
  view.setUint32(header + 4, type, true);
  view.setBigUint64(header + 24, BigInt(offset), true);
  view.setBigUint64(header + 32, BigInt(size), true);
  view.setUint32(header + 40, link, true);
}

/** DRAM of some pages with its dirty map, in a memory of its own. */
export function testMemory(pages = 4): PhysicalMemory {
  const map = { dirtyBase: 0, dirtyBytes: 4096, dramOffset: 4096, dramBytes: pages * 4096 };
  return new PhysicalMemory({ buffer: new ArrayBuffer(map.dramOffset + map.dramBytes) }, map);
}

/** What the test core does next: one step takes at least one cycle. */
export type Step =
  | { readonly do: 'nothing'; readonly cycles: number }
  | { readonly do: 'io'; readonly address: bigint; readonly bytes: number; readonly store?: bigint }
  /** Until the timer interrupt or a pin. */
  | { readonly do: 'wfi' }
  | { readonly do: 'timer'; readonly mtimecmp: bigint }
  /** Stores a word and raises the tohost reason. */
  | { readonly do: 'tohost'; readonly value: bigint };

/** A core that plays a list of steps, then idles without end; counters as the real one. */
export class TestCore implements Core {
  readonly registers = new Map<string, bigint>();
  /** Cycle and loaded value of every finished access. */
  readonly loads: { readonly cycle: bigint; readonly value: bigint }[] = [];
  /** Cycles at which a wait ended. */
  readonly wakes: bigint[] = [];
  exitReason = 0;
  cycle = 0n;
  /** Cycles executed, without the skipped ones. */
  executed = 0;
  #left = 0;
  #step = 0;

  constructor(
    readonly steps: readonly Step[],
    readonly cyclesPerTick: bigint,
    readonly memory: PhysicalMemory = testMemory(),
  ) {
    this.reset();
  }

  reset(): void {
    this.registers.clear();
    for (const name of [...Object.values(REGISTER), ...Object.values(PIN)]) this.registers.set(name, 0n);
    this.registers.set(REGISTER.mtimecmp, NO_ADDRESS);
    this.registers.set(REGISTER.counting, 1n);
    this.cycle = 0n;
    this.#step = 0;
    this.#left = 0;
  }

  cell(name: string): Cell | undefined {
    if (!this.registers.has(name)) return undefined;
    return { get: () => this.#get(name), set: (value) => void this.registers.set(name, value) };
  }

  run(cycles: number): number {
    for (let i = 1; i <= cycles; i++) {
      this.exitReason = this.#cycle();
      if (this.exitReason !== EXIT.none) return i;
    }
    return cycles;
  }

  #get(name: string): bigint {
    return this.registers.get(name) ?? 0n;
  }

  #count(): void {
    this.executed++;
    this.cycle++;
    this.registers.set(REGISTER.cycle, this.cycle);
    this.registers.set(REGISTER.mcycle, this.#get(REGISTER.mcycle) + 1n);
    const prescale = this.#get(REGISTER.prescale) + 1n;
    this.registers.set(REGISTER.prescale, prescale === this.cyclesPerTick ? 0n : prescale);
    if (prescale === this.cyclesPerTick) this.registers.set(REGISTER.mtime, this.#get(REGISTER.mtime) + 1n);
    this.registers.set(REGISTER.mtip, this.#get(REGISTER.mtime) >= this.#get(REGISTER.mtimecmp) ? 1n : 0n);
  }

  #cycle(): number {
    const pending = this.#get(REGISTER.mtip) === 1n;
    const line = this.#get(PIN.meip) === 1n;
    const step = this.steps[this.#step] ?? { do: 'wfi' };
    const reason = this.#perform(step, pending || line);
    this.#count();
    return reason;
  }

  #perform(step: Step, interrupt: boolean): number {
    switch (step.do) {
      case 'nothing':
        this.#left = this.#left === 0 ? step.cycles : this.#left;
        this.#left--;
        if (this.#left === 0) this.#step++;
        return EXIT.none;
      case 'io':
        return this.#access(step);
      case 'wfi':
        this.registers.set(REGISTER.until, this.#get(REGISTER.mtimecmp));
        if (!interrupt) return EXIT.wait;
        if (this.#step < this.steps.length) this.wakes.push(this.cycle);
        this.#step++;
        return EXIT.none;
      case 'timer':
        this.registers.set(REGISTER.mtimecmp, step.mtimecmp);
        this.#step++;
        return EXIT.none;
      case 'tohost':
        this.memory.write(this.#get(REGISTER.tohost), new Uint8Array(new BigUint64Array([step.value]).buffer));
        this.#step++;
        return EXIT.tohost;
    }
  }

  #access(step: Extract<Step, { do: 'io' }>): number {
    if (this.#get(REGISTER.ioAnswered) === 1n) {
      this.loads.push({ cycle: this.cycle, value: this.#get(REGISTER.ioResult) });
      this.registers.set(REGISTER.ioValid, 0n);
      this.registers.set(REGISTER.ioAnswered, 0n);
      this.#step++;
      return EXIT.none;
    }
    this.registers.set(REGISTER.ioValid, 1n);
    this.registers.set(REGISTER.ioAddress, step.address);
    this.registers.set(REGISTER.ioBytes, BigInt(step.bytes));
    this.registers.set(REGISTER.ioWrite, step.store === undefined ? 0n : 1n);
    this.registers.set(REGISTER.ioData, step.store ?? 0n);
    return EXIT.io;
  }
}
