/**
 * A core with its memory and devices: runs programs, in slices between which
 * the host acts.
 *
 * Order at a cycle boundary: first what the core asked for (device access,
 * HTIF command), then host effects, then the next cycle. Everything that the
 * host decides is in the input log, so program and log determine a run.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DeviceBus } from './bus.js';
import type { Program } from './elf.js';
import { serveTohost, type HtifSymbols } from './htif.js';
import { IdleSkipper } from './idle-skip.js';
import { PIN_LIMIT, type InputEvent } from './input-log.js';
import { InputQueue } from './inputs.js';
import type { DrivenLine, MachineDescription } from './map.js';
import type { PhysicalMemory } from './memory.js';
import type { Outcome } from './outcome.js';
import { EXIT, NO_ADDRESS, PIN, REGISTER, type Cell, type Core, type Pin } from './protocol.js';

/** Most cycles of one `run` of the core: V8 does not replace the code of a running frame. */
export const SLICE_CYCLES = 65_536;
/** The async run lets the event loop turn at most this often, in milliseconds. */
const TURN_MILLISECONDS = 8;

export interface MachineOptions {
  readonly core: Core;
  readonly memory: PhysicalMemory;
  /** What is around the hart, as the core was built. */
  readonly description: MachineDescription;
  /** Console output of UART and HTIF. */
  readonly print?: (bytes: Uint8Array) => void;
  /** A recorded input log to play back, ascending by cycle. */
  readonly replay?: readonly InputEvent[];
  /** Default true. Off, every idle cycle is executed (for waves: a skip is not dumped); nothing else differs. */
  readonly skipIdle?: boolean;
  /** Empties the record ring; called when it is full. Without it a full ring is an error of the caller. */
  readonly drainRing?: () => void;
  /** Empties the wave buffer; called when it is full. Returns false to stop the run (no more waves wanted). */
  readonly drainWave?: () => boolean;
  /** Called after the cycle of every trap while the core's `observe.stop` is set. */
  readonly onTrap?: () => void;
  /** Every write of the host into memory after loading: what the lockstep reference must be told. */
  readonly onHostWrite?: (address: bigint, data: Uint8Array) => void;
}

export interface RunOptions {
  /** Cycles to run in this call at most; unlimited if absent. */
  readonly maxCycles?: bigint | number;
}

export class Machine {
  readonly core: Core;
  readonly memory: PhysicalMemory;
  readonly bus: DeviceBus;
  readonly #options: MachineOptions;
  readonly #inputs: InputQueue;
  readonly #idle: IdleSkipper;
  readonly #io: Readonly<Record<'valid' | 'write' | 'address' | 'bytes' | 'data' | 'answered' | 'result', Cell>>;
  readonly #pc: Cell;
  readonly #tohost: Cell | undefined;
  readonly #dramSize: Cell | undefined;
  readonly #reserved: { readonly valid: Cell; readonly block: Cell } | undefined;
  #htif: HtifSymbols | undefined;
  #stopping = false;
  /** Lines as the host has set them, and those that the interrupt controller raises besides. */
  readonly #pins = new Map<Pin, bigint>();
  #raised: ReadonlySet<DrivenLine> = new Set();

  /** Throws if the core lacks a register of the protocol: an author's mistake. */
  constructor(options: MachineOptions) {
    this.#options = options;
    this.core = options.core;
    this.memory = options.memory;
    this.bus = new DeviceBus(options.description.regions, (byte) => this.#print(Uint8Array.of(byte)));
    this.#inputs = new InputQueue(options.replay);
    const cell = (name: string): Cell => this.#cell(name);
    this.#idle = new IdleSkipper(this.core, cell, BigInt(options.description.cyclesPerTick), options.skipIdle ?? true);
    this.#io = {
      valid: cell(REGISTER.ioValid),
      write: cell(REGISTER.ioWrite),
      address: cell(REGISTER.ioAddress),
      bytes: cell(REGISTER.ioBytes),
      data: cell(REGISTER.ioData),
      answered: cell(REGISTER.ioAnswered),
      result: cell(REGISTER.ioResult),
    };
    this.#pc = cell(REGISTER.pc);
    this.#tohost = this.core.cell(REGISTER.tohost);
    this.#dramSize = this.core.cell(REGISTER.dramSize);
    const [valid, block] = [this.core.cell(REGISTER.reserved), this.core.cell(REGISTER.reservedBlock)];
    this.#reserved = valid && block && { valid, block };
    this.#configure();
  }

  /** Clock cycles since reset, executed and skipped. */
  get cycle(): bigint {
    return this.core.cycle;
  }

  /** Idle cycles that were counted but not executed; no counter of the core saw them. */
  get skippedCycles(): bigint {
    return this.#idle.skipped;
  }

  /** All host effects so far; with the program, enough to repeat the run. */
  get inputLog(): readonly InputEvent[] {
    return this.#inputs.log;
  }

  /**
   * Puts a program into memory, starts at its entry and uses its HTIF symbols.
   *
   * @returns false if it does not fit into memory (never, if it was parsed with `memory.range`).
   */
  load(program: Pick<Program, 'entry' | 'segments' | 'symbols'>): boolean {
    if (!this.memory.load(program.segments)) return false;
    this.#pc.set(program.entry);
    const tohost = program.symbols.get('tohost');
    this.#htif = tohost === undefined ? undefined : { tohost, fromhost: program.symbols.get('fromhost') };
    this.#configure();
    return true;
  }

  /**
   * Power-on: core, memory and devices as new, no program.
   *
   * @param replay - An input log to play back from cycle 0.
   */
  reset(replay: readonly InputEvent[] = []): void {
    this.core.reset();
    this.memory.reset();
    this.bus.reset();
    this.#inputs.reset(replay);
    this.#idle.reset();
    this.#htif = undefined;
    this.#stopping = false;
    this.#pins.clear();
    this.#raised = new Set();
    this.#configure();
  }

  /** Terminal input, seen by the guest from the next cycle boundary on. */
  type(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#inputs.push({ kind: 'uart', bytes: bytes.slice() });
  }

  /** A byte typed now would raise an interrupt line. */
  get awaitsKey(): boolean {
    return this.bus.awaitsKey;
  }

  /** Sets an external interrupt line from the next cycle boundary on. Throws for a value that it does not have. */
  setPin(pin: Pin, value: bigint): void {
    if (value < 0n || value > PIN_LIMIT[pin]) throw new RangeError(`pin ${pin} has values from 0 to ${PIN_LIMIT[pin]}, not ${value}`);
    this.#inputs.push({ kind: 'pin', pin, value });
  }

  /** A host effect at a cycle of its own. */
  schedule(event: InputEvent): void {
    this.#inputs.schedule(event);
  }

  /** Ends the current run, or else the next one, at a cycle boundary. */
  stop(): void {
    this.#stopping = true;
  }

  /** Runs without letting the event loop turn: for tests and measurements. */
  run({ maxCycles }: RunOptions = {}): Outcome {
    const limit = this.#limit(maxCycles);
    for (;;) {
      const outcome = this.#slice(limit);
      if (outcome !== undefined) return outcome;
    }
  }

  /** Runs, letting the event loop turn for terminal input and signals. */
  async runAsync({ maxCycles, signal }: RunOptions & { readonly signal?: AbortSignal } = {}): Promise<Outcome> {
    const limit = this.#limit(maxCycles);
    let turned = performance.now();
    for (;;) {
      if (signal?.aborted === true) return { kind: 'stopped' };
      const outcome = this.#slice(limit);
      if (outcome !== undefined) return outcome;
      if (performance.now() - turned < TURN_MILLISECONDS) continue;
      await nextTurn();
      turned = performance.now();
    }
  }

  /** Tells the core what the host knows and a reset forgets. */
  #configure(): void {
    this.#tohost?.set(this.#htif?.tohost ?? NO_ADDRESS);
    this.#dramSize?.set(this.memory.size);
  }

  #limit(maxCycles: bigint | number | undefined): bigint | undefined {
    return maxCycles === undefined ? undefined : this.cycle + BigInt(maxCycles);
  }

  /** One call of the core with what stands before and after it; the outcome if the run ends. */
  #slice(limit: bigint | undefined): Outcome | undefined {
    if (this.#stopping) {
      this.#stopping = false;
      return { kind: 'stopped' };
    }
    this.#applyInputs();
    const { cycle } = this;
    if (limit !== undefined && cycle >= limit) return { kind: 'cycle-limit' };
    const stops = [limit, this.#inputs.next].map((at) => (at === undefined ? SLICE_CYCLES : Number(at - cycle)));
    this.core.run(Math.min(SLICE_CYCLES, ...stops));
    return this.#serve(this.core.exitReason, limit);
  }

  #applyInputs(): void {
    for (const event of this.#inputs.take(this.cycle)) {
      if (event.kind === 'uart') {
        this.bus.uart.receive(event.bytes);
        this.#raise();
      } else {
        this.#pins.set(event.pin, event.value);
        this.#drive(event.pin);
      }
      this.#idle.disturb(event.cycle);
    }
  }

  /**
   * The lines of the interrupt controller after something has happened to a
   * device. They follow from the program and the input log, so they are not in it.
   */
  #raise(): void {
    const before = this.#raised;
    this.#raised = this.bus.lines();
    for (const line of ['meip', 'seip'] as const) if (before.has(line) !== this.#raised.has(line)) this.#drive(line);
  }

  /** A line has the value that the host gave it, or is up because the interrupt controller raises it. */
  #drive(pin: Pin): void {
    const raised = pin !== 'hgeip' && this.#raised.has(pin) ? 1n : 0n;
    this.core.cell(PIN[pin])?.set((this.#pins.get(pin) ?? 0n) | raised);
  }

  #serve(reason: number, limit: bigint | undefined): Outcome | undefined {
    switch (reason) {
      case EXIT.none:
        return undefined;
      case EXIT.wait:
        if (this.#inputs.imminent) return undefined;
        return this.#idle.skip(this.#inputs.next, limit) === 'forever' ? { kind: 'wfi-forever' } : undefined;
      case EXIT.ringFull:
        if (this.#options.drainRing === undefined) throw new Error('the record ring is full and nobody empties it');
        this.#options.drainRing();
        return undefined;
      case EXIT.waveFull:
        return this.#options.drainWave?.() === true ? undefined : { kind: 'stopped' };
      case EXIT.tohost: {
        // Of two reasons in one cycle the core gives the larger.
        const access = this.#serveAccess();
        return this.#serveHtif() ?? access;
      }
      case EXIT.trap:
        this.#options.onTrap?.();
        return undefined;
      default:
        return this.#serveAccess();
    }
  }

  #serveAccess(): Outcome | undefined {
    const { valid, write, address, bytes, data, answered, result } = this.#io;
    if (valid.get() === 0n || answered.get() === 1n) return undefined;
    const value = this.bus.access({ address: address.get(), bytes: Number(bytes.get()), write: write.get() === 1n, data: data.get() });
    result.set(value);
    answered.set(1n);
    this.#raise();
    this.#idle.disturb(this.cycle);
    return this.bus.takeFinish();
  }

  #serveHtif(): Outcome | undefined {
    if (this.#htif === undefined) return undefined;
    const memory = {
      read: (address: bigint, length: number): Uint8Array | undefined => this.memory.read(address, length),
      write: (address: bigint, data: Uint8Array): boolean => this.#hostWrite(address, data),
    };
    const result = serveTohost(memory, this.#htif, (bytes) => this.#print(bytes));
    return result.kind === 'continue' ? undefined : result;
  }

  #hostWrite(address: bigint, data: Uint8Array): boolean {
    const done = this.memory.write(address, data);
    if (done) this.#loseReservation(address, BigInt(data.length));
    if (done) this.#options.onHostWrite?.(address, data);
    return done;
  }

  /** Another agent has written there: a reservation of the same bytes is gone (sc_other_device_write_fail). */
  #loseReservation(address: bigint, length: bigint): void {
    const reserved = this.#reserved?.block.get();
    const bytes = BigInt(this.#options.description.reservationBytes);
    if (reserved === undefined || length === 0n) return;
    const [first, last] = [address / bytes, (address + length - 1n) / bytes];
    if (reserved >= first && reserved <= last) this.#reserved?.valid.set(0n);
  }

  #print(bytes: Uint8Array): void {
    this.#options.print?.(bytes);
  }

  #cell(name: string): Cell {
    const cell = this.core.cell(name);
    if (cell === undefined) throw new Error(`the core has no register ${name}`);
    return cell;
  }
}
