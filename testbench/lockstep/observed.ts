/**
 * An observed core on its machine: runs programs and hands out records and
 * architectural state.
 */
import type { CompiledCore, CoreDescription } from '../../model/compile.js';
import { HOST } from '../../model/backend/layout.js';
import { WasmCore } from '../../model/machine/core.js';
import { instantiate } from '../../model/machine/instance.js';
import type { Program } from '../../model/machine/elf.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import { Machine } from '../../model/machine/machine.js';
import { PhysicalMemory } from '../../model/machine/memory.js';
import type { Outcome } from '../../model/machine/outcome.js';
import { EXIT, PIN, REGISTER, type Cell } from '../../model/machine/protocol.js';
import type { ArchitecturalState, HostWrite } from '../retirement.js';
import { EVENT_COUNTERS, RecordDecoder, modeOf, type Observation } from './records.js';
import type { Outside } from './silence.js';

/** Who listens to a run. */
export interface Listener {
  /** Records, in program order. */
  records(observations: readonly Observation[]): void;
  /** A trap has been taken: the state in storage is that after its record. */
  trapped(): void;
}

/** The bit of mcountinhibit of the first of EVENT_COUNTERS. */
const FIRST_EVENT_COUNTER = 3;
/** Counters that go on behind a record. */
const COUNTING: ReadonlySet<string> = new Set(['mcycle', ...EVENT_COUNTERS]);

/** A CSR that stores bits. */
interface Home {
  readonly name: string;
  /** Read-only bits, which have no storage. */
  readonly constant: bigint;
  readonly cell: Cell;
  readonly width: number;
}

export class ObservedCore {
  readonly machine: Machine;
  readonly core: WasmCore;
  readonly memory: PhysicalMemory;
  readonly #compiled: CompiledCore;
  readonly #linear: WebAssembly.Memory;
  readonly #decoder: RecordDecoder;
  readonly #homes: readonly Home[];
  readonly #homeOf: ReadonlyMap<string, Home>;
  readonly #cells = new Map<string, Cell>();
  readonly #x: { readonly offset: number; readonly stride: number };
  readonly #priv: Cell;
  readonly #V: Cell;
  readonly #stop: Cell;
  readonly #inhibit: Cell;
  readonly #reserved: Cell;
  readonly #reservedBlock: Cell;
  readonly #outside: Readonly<Record<keyof typeof PIN | 'msip' | 'mtime' | 'mtimecmp', Cell>>;
  readonly #underway: readonly Cell[];
  #hostWrites: HostWrite[] = [];
  #listener: Listener | undefined;
  #last: Observation | undefined;
  #pc = 0n;

  /** What a reference must be told to be this core's: how large its memory and its blocks are. */
  get choices(): { readonly dramBytes: number; readonly cacheBlockBytes: number; readonly reservationBytes: number } {
    const { cacheBlockBytes, reservationBytes } = this.#compiled.description.machine;
    return { dramBytes: Number(this.memory.size), cacheBlockBytes, reservationBytes };
  }

  /** @param print - Console output. */
  constructor(compiled: CompiledCore, { print, skipIdle = true }: { readonly print?: (bytes: Uint8Array) => void; readonly skipIdle?: boolean } = {}) {
    const { description } = compiled;
    const { layout } = description;
    this.#compiled = compiled;
    this.#linear = new WebAssembly.Memory({ initial: layout.memory.pages });
    this.core = new WasmCore(instantiate(compiled.wasm, this.#linear), this.#linear, layout);
    this.memory = new PhysicalMemory(this.#linear, layout.memory);
    this.machine = new Machine({
      core: this.core,
      memory: this.memory,
      description: description.machine,
      skipIdle,
      ...(print === undefined ? {} : { print }),
      drainRing: () => this.#drain(),
      onHostWrite: (address, data) => {
        this.#drain();
        this.#hostWrites.push({ address, data: data.slice() });
      },
      onTrap: () => {
        this.#drain();
        this.#listener?.trapped();
      },
    });
    const widths = new Map(layout.signals.map(({ name, width }) => [name, width]));
    const homes = description.homes.map(({ name, constant }): Home => (
      { name, constant: BigInt(constant), cell: this.#cell(`csr.${name}`), width: widths.get(`csr.${name}`) ?? 64 }));
    this.#homes = homes;
    this.#homeOf = new Map(homes.map((home) => [home.name, home]));
    this.#decoder = new RecordDecoder(homes);
    const x = layout.arrays.find((a) => a.name === 'x');
    if (x === undefined) throw new Error('the core has no register file x');
    this.#x = x;
    this.#priv = this.#cell('priv');
    this.#V = this.#cell('V');
    this.#stop = this.#cell('observe.stop');
    this.#inhibit = this.#cell('csr.mcountinhibit');
    this.#reserved = this.#cell(REGISTER.reserved);
    this.#reservedBlock = this.#cell(REGISTER.reservedBlock);
    this.#outside = {
      meip: this.#cell(PIN.meip), seip: this.#cell(PIN.seip), hgeip: this.#cell(PIN.hgeip),
      msip: this.#cell('clint.msip'), mtime: this.#cell(REGISTER.mtime), mtimecmp: this.#cell(REGISTER.mtimecmp),
    };
    this.#underway = [this.#cell('commit.waiting'), ...[this.core.cell('fetch.bound')].flatMap((cell) => cell ?? [])];
    this.reset();
  }

  /** What the core was compiled from and to. */
  get description(): CoreDescription {
    return this.#compiled.description;
  }

  /**
   * Whether the next instruction has passed its boundary without a record yet: it waits, for a device or an interrupt, or
   * it is being translated and may have written page tables.
   */
  get underway(): boolean {
    return this.#underway.some((cell) => cell.get() === 1n);
  }

  /** Whether the core said, in the cycle that it ran last, that it waits for an interrupt. */
  get waits(): boolean {
    return this.core.exitReason === EXIT.wait;
  }

  /** How often the event of each of `EVENT_COUNTERS` has been counted since the last record. */
  get untold(): readonly bigint[] {
    return this.#decoder.untold;
  }

  /** What the outside shows the hart in the next cycle. */
  outside(): Outside {
    const { meip, seip, hgeip, msip, mtime, mtimecmp } = this.#outside;
    const time = mtime.get();
    const ptes = this.#decoder.waiting;
    return {
      cycle: this.core.cycle, mtime: time, meip: meip.get() === 1n, seip: seip.get() === 1n, hgeip: hgeip.get(),
      insn: undefined, ioData: undefined, hostWrites: [], ...(ptes && { ptes }), msip: msip.get() === 1n, mtip: time >= mtimecmp.get(),
    };
  }

  #cell(name: string): Cell {
    const known = this.#cells.get(name);
    if (known !== undefined) return known;
    const cell = this.core.cell(name);
    if (cell === undefined) throw new Error(`the core has no register ${name}`);
    this.#cells.set(name, cell);
    return cell;
  }

  /** Power-on. */
  reset(replay: readonly InputEvent[] = []): void {
    this.machine.reset(replay);
    this.#stop.set(1n);
    this.#decoder.reset();
    this.#hostWrites = [];
    this.#last = undefined;
    this.#pc = BigInt(this.#compiled.description.machine.resetPc);
    this.core.view.setUint32(this.core.base + HOST.ringHead, 0, true);
  }

  /** Puts a program into memory; false if it does not fit. */
  load(program: Pick<Program, 'entry' | 'segments' | 'symbols'>): boolean {
    this.#pc = program.entry;
    return this.machine.load(program);
  }

  /** Runs at most that many cycles; the listener has heard everything when this returns. */
  run(maxCycles: number, listener: Listener): Outcome {
    this.#listener = listener;
    const outcome = this.machine.run({ maxCycles });
    this.#drain();
    this.#listener = undefined;
    return outcome;
  }

  #drain(): void {
    const { view, base, layout } = this.core;
    const bytes = view.getUint32(base + HOST.ringHead, true);
    if (bytes === 0) return;
    view.setUint32(base + HOST.ringHead, 0, true);
    const words = new BigUint64Array(this.#linear.buffer, layout.memory.ringBase, bytes / 8);
    const observations = this.#decoder.decode(words, this.#hostWrites);
    if (observations.length === 0) return;
    this.#hostWrites = [];
    this.#last = observations[observations.length - 1];
    this.#listener?.records(observations);
  }

  /** What the host wrote after the last record: no record tells it any more. */
  takeHostWrites(): readonly HostWrite[] {
    const writes = this.#hostWrites;
    this.#hostWrites = [];
    return writes;
  }

  setX(index: number, value: bigint): void {
    this.core.view.setBigUint64(this.core.base + this.#x.offset + index * this.#x.stride, value, true);
  }

  /** Architectural state after the last record, from storage (pc: from the record). */
  state(): ArchitecturalState {
    const { view, base } = this.core;
    const x: bigint[] = [];
    for (let i = 0; i < 32; i++) x.push(view.getBigUint64(base + this.#x.offset + i * this.#x.stride, true));
    const csrs: Record<string, bigint> = {};
    for (const { name, constant, cell } of this.#homes) csrs[name] = cell.get() | constant;
    for (const name of COUNTING) csrs[name] = BigInt.asUintN(64, (csrs[name] ?? 0n) - this.#since(name));
    const { reservation } = this;
    return {
      x, pc: this.#last?.retirement.pc_wdata ?? this.#pc, mode: modeOf(Number(this.#V.get() * 4n + this.#priv.get())), csrs,
      ...(reservation === undefined ? {} : { reservation }),
    };
  }

  /** Physical address of the reserved bytes, if there are any. */
  get reservation(): bigint | undefined {
    return this.#reserved.get() === 1n ? this.#reservedBlock.get() * BigInt(this.choices.reservationBytes) : undefined;
  }

  /** What a counter of {@link COUNTING} has counted since the last record. */
  #since(name: string): bigint {
    const event = EVENT_COUNTERS.indexOf(name);
    const bit = event < 0 ? 0n : BigInt(FIRST_EVENT_COUNTER + event);
    if ((this.#inhibit.get() >> bit & 1n) === 1n) return 0n;
    return event < 0 ? this.core.cycle - ((this.#last?.inputs.cycle ?? -1n) + 1n) : this.#decoder.untold[event] ?? 0n;
  }

  /** Whether {@link state} would equal this; much cheaper than building it. */
  agrees(state: ArchitecturalState): boolean {
    const { view, base } = this.core;
    const last = this.#last;
    if (state.pc !== (last?.retirement.pc_wdata ?? this.#pc) || state.mode !== modeOf(Number(this.#V.get() * 4n + this.#priv.get()))) return false;
    if (state.reservation !== this.reservation) return false;
    const { offset, stride } = this.#x;
    for (let i = 0; i < 32; i++) if (state.x[i] !== view.getBigUint64(base + offset + i * stride, true)) return false;
    for (const { name, constant, cell } of this.#homes) {
      const value = constant === 0n ? cell.get() : cell.get() | constant;
      if (value === state.csrs[name]) continue;
      if (!COUNTING.has(name) || BigInt.asUintN(64, value - this.#since(name)) !== state.csrs[name]) return false;
    }
    return true;
  }

  /** Stores a home CSR's value between cycles; read-only bits have no storage and are dropped. */
  pokeCsr(name: string, value: bigint): void {
    const home = this.#homeOf.get(name);
    if (home === undefined) throw new Error(`CSR ${name} stores nothing`);
    home.cell.set(BigInt.asUintN(home.width, value & ~home.constant));
  }

  /** Sets a register by name between cycles. */
  poke(name: string, value: bigint): void {
    this.#cell(name).set(value);
  }
}

