/**
 * Predicts the cycle of every retirement from a core's file and the trace of
 * what retired, by the rules of docs/timing.md alone.
 */
import type { Isa, Uarch } from '../../model/spec/isa.js';
import type { Translated } from '../lockstep/trails.js';
import type { Inputs, Retirement } from '../retirement.js';
import { fly, type Departure, type Flight } from './flight.js';
import { InstructionTimer, type Timed } from './instruction.js';
import { Lines } from './lines.js';
import { Stores } from './stores.js';
import { Predictor, ReturnStack, type StackUse } from './prediction.js';
import { shapeOf, type Shape } from './shape.js';
import { accessCycles, openFrom, walkMistimed } from './translation.js';
import { RegisterValues } from './values.js';

/** Cycles from entering commit to the last of the eight stores that zero a block. */
const ZEROING = 7;

/** A record and when it happened. */
export interface Event {
  readonly retirement: Retirement;
  readonly inputs: Pick<Inputs, 'cycle'>;
  /** What the walker did for it. */
  readonly translated?: Translated;
}

/** What the rules say of a record. */
export interface Prediction {
  /** The cycle of the record; of a WFI, and of an interrupt that displaced an unknown instruction, the earliest one. */
  readonly cycle: number;
  /** The cycle is exact. */
  readonly exact: boolean;
  /** The instruction's way up to commit; undefined for an unknown one. */
  readonly flight: Flight | undefined;
}

/** Where prediction and trace part. */
export interface Mistiming {
  readonly event: Event;
  readonly prediction: Prediction;
}

export interface ScoreboardOptions {
  /** The word at an address of the program, for instructions that an interrupt displaced; 0 where nothing can be fetched, undefined if unknown: a core with caches is then predicted no further. */
  readonly fetch?: (pc: bigint) => number | undefined;
}

export class Scoreboard {
  readonly #shape: Shape;
  readonly #isa: Isa;
  readonly #timer: InstructionTimer;
  readonly #fetch: ((pc: bigint) => number | undefined) | undefined;
  readonly #values: RegisterValues;
  readonly #lines: Readonly<Partial<Record<'instruction' | 'data', Lines>>>;
  readonly #stores: Stores | undefined;
  readonly #predictor: Predictor | undefined;
  readonly #returns: ReturnStack | undefined;
  /** Fast instructions that may still be on their way, oldest first. */
  #flights: Flight[] = [];
  /** An unknown instruction was displaced, which may have changed what is in the caches: from there on nothing is predicted. */
  #lost = false;
  /** The cycle in which the next instruction can enter the second stage. */
  #from = 1;

  /** @param uarch - The core's file, as loaded. */
  constructor(isa: Isa, uarch: Uarch, { fetch }: ScoreboardOptions = {}) {
    this.#isa = isa;
    this.#shape = shapeOf(uarch);
    this.#timer = new InstructionTimer(isa);
    this.#values = new RegisterValues(isa);
    this.#fetch = fetch;
    const { instruction, data } = this.#shape.caches ?? {};
    this.#lines = { ...(instruction && { instruction: new Lines(instruction) }), ...(data && { data: new Lines(data) }) };
    const { prediction, storeBuffer } = this.#shape;
    this.#stores = storeBuffer && new Stores(storeBuffer);
    this.#predictor = prediction && new Predictor(prediction);
    this.#returns = prediction?.returns && new ReturnStack(prediction.returns.entries);
  }

  /** The next record of the trace: predicts it and goes on from the prediction, or from the trace where that is an event. */
  next(event: Event): Prediction {
    if (this.#lost) return { cycle: 0, exact: false, flight: undefined };
    const { retirement } = event;
    const prediction = retirement.trap?.interrupt === true ? this.#interrupt(event) : this.#instruction(event);
    this.#values.follow(retirement);
    return prediction;
  }

  /** The first record that happens in another cycle than predicted. */
  firstMistiming(events: Iterable<Event>): Mistiming | undefined {
    for (const event of events) {
      const prediction = this.next(event);
      const cycle = Number(event.inputs.cycle);
      if (prediction.exact ? cycle !== prediction.cycle : cycle < prediction.cycle) return { event, prediction };
      if (walkMistimed(event.translated, this.#shape)) return { event, prediction };
    }
    return undefined;
  }

  #instruction({ retirement, inputs, translated }: Event): Prediction {
    const { pc_rdata, trap } = retirement;
    const timed = this.#timer.of(retirement.insn);
    const accessed = trap === undefined && retirement.mem_rmask + retirement.mem_wmask > 0;
    const address = accessed ? retirement.mem_addr : this.#values.address(timed, pc_rdata);
    const walked = translated?.walked ?? false;
    const flight = this.#fly({ timed, address, from: this.#from, last: this.#isLast(pc_rdata), open: openFrom(translated) }, pc_rdata, walked);
    const io = accessed && this.#isIo(address);
    const waits = timed.unit === 'wait' && trap === undefined;
    const zeroes = timed.unit === 'zero' && trap === undefined;
    const walks = walked && trap === undefined ? accessCycles(translated?.walks ?? [], { timed, address, device: io }, this.#shape) : 0;
    const cycle = this.#arrival(flight) + (io ? this.#shape.io : 0) + (zeroes ? ZEROING : 0) + (walks ?? 0);
    // The time of walks that end in a trap, or that write, is nobody's contract.
    const exact = !waits && walks !== undefined && !(walked && trap !== undefined);
    if (accessed && retirement.mem_wmask !== 0 && !io && !zeroes) this.#lines.data?.wrote(address);
    if (timed.slow || trap !== undefined || io || walked) this.#restart(exact ? cycle : Number(inputs.cycle));
    else {
      if (timed.unit === 'store') this.#stores?.retire(cycle);
      this.#goOn(flight, this.#isElsewhere(flight, timed, retirement));
    }
    return { cycle, exact, flight };
  }

  #interrupt({ retirement, inputs, translated }: Event): Prediction {
    const { pc_rdata } = retirement;
    const word = this.#fetch?.(pc_rdata);
    this.#lost = word === undefined && this.#shape.caches !== undefined;
    const prediction = word === undefined ? this.#earliest() : this.#displaced(this.#timer.of(word), pc_rdata, translated);
    this.#restart(prediction.exact ? prediction.cycle : Number(inputs.cycle));
    return prediction;
  }

  #displaced(timed: Timed, pc: bigint, translated: Translated | undefined): Prediction {
    const flight = this.#fly({ timed, address: this.#values.address(timed, pc), from: this.#from, last: this.#isLast(pc), open: openFrom(translated) }, pc, translated?.walked ?? false);
    return { cycle: this.#arrival(flight), exact: true, flight };
  }

  /** The least that any displaced instruction takes: that of one without hazards. */
  #earliest(): Prediction {
    const flight = fly({ timed: this.#timer.of(0), address: 0n, from: this.#from, last: false }, this.#flights, this.#shape);
    return { cycle: this.#arrival(flight), exact: false, flight: undefined };
  }

  /** @param walked - The walker has translated it, at commit: no line was looked for. */
  #fly(departure: Departure, pc: bigint, walked: boolean): Flight {
    const { timed, address, last } = departure;
    const { caches } = this.#shape;
    const fetched = last || !this.#inMemory(pc, 4) ? 0 : this.#lines.instruction?.fetch(pc) ?? 0;
    const { unit, bytes, instruction } = timed;
    const looks = unit === 'load' || (unit === 'store' && caches?.data?.write === 'back');
    const own = instruction?.memory?.as === 'self' && !walked && this.#inMemory(address, bytes);
    const accessed = looks && own ? this.#lines.data?.fetch(address) ?? 0 : 0;
    const room = own && instruction?.class === 'store' ? this.#stores?.room ?? -1 : -1;
    return fly({ ...departure, fetched, accessed, room }, this.#flights, this.#shape);
  }

  #arrival(flight: Flight): number {
    return flight.enter[this.#shape.commit] ?? -1;
  }

  #inMemory(address: bigint, bytes: number): boolean {
    return this.#isa.hart.regions.some(({ kind, base, size }) => kind === 'memory' && address >= base && address + BigInt(bytes) <= base + size);
  }

  /** The last two bytes of memory. */
  #isLast(pc: bigint): boolean {
    return this.#isa.hart.regions.some(({ kind, base, size }) => kind === 'memory' && pc === base + size - 2n);
  }

  #isIo(address: bigint): boolean {
    return this.#isa.hart.regions.some(({ kind, base, size }) => kind === 'io' && address >= base && address < base + size);
  }

  #isTaken(timed: Timed, { pc_rdata, pc_wdata }: Retirement): boolean {
    return pc_wdata !== BigInt.asUintN(64, pc_rdata + BigInt(timed.length)) || this.#values.taken(timed, pc_rdata);
  }

  /** Something else follows a fast instruction than was fetched behind it. */
  #isElsewhere(flight: Flight, timed: Timed, retirement: Retirement): boolean {
    const { pc_rdata: pc, pc_wdata: target } = retirement;
    const taken = this.#isTaken(timed, retirement);
    const use = this.#stackUse(timed, pc);
    const ahead = this.#returns?.use(use);
    const jump = timed.unit === 'jump';
    const looked = jump || timed.unit === 'branch';
    const guess = ahead ?? (looked ? this.#predictor?.guess(pc, flight.leave[1] ?? 0) : undefined);
    if (looked && ahead === undefined) this.#predictor?.retire({ cycle: this.#arrival(flight), pc, jump, taken, target });
    return guess === undefined ? taken : !taken || guess !== target;
  }

  /** Whether a jump calls or returns: by the link registers of the core's file. */
  #stackUse({ unit, instruction, destination, sources, length }: Timed, pc: bigint): StackUse {
    const isLink = (register: number): boolean => unit === 'jump' && (this.#shape.prediction?.returns?.links.includes(register) ?? false);
    const from = instruction?.format.registers.rs1 === undefined ? 0 : sources[0] ?? 0;
    return { calls: isLink(destination), returns: isLink(from) && from !== destination, link: BigInt.asUintN(64, pc + BigInt(length)) };
  }

  /** A slow instruction left in that cycle. */
  #restart(cycle: number): void {
    this.#flights = [];
    this.#from = cycle + 2;
  }

  #goOn(flight: Flight, elsewhere: boolean): void {
    const { commit, execute } = this.#shape;
    this.#from = elsewhere ? (flight.leave[execute] ?? 0) + 2 : 0;
    const [first] = flight.enter.slice(1);
    this.#flights = [...this.#flights.filter((o) => (o.leave[commit] ?? 0) >= (first ?? 0)), flight];
  }
}

/** One line for people. */
export function describeMistiming({ event, prediction }: Mistiming): string {
  const { order, pc_rdata, insn } = event.retirement;
  const name = prediction.flight?.timed.instruction?.name ?? 'no instruction';
  const stages = prediction.flight?.enter.slice(1).join(' ') ?? '-';
  return `record ${order}: 0x${pc_rdata.toString(16)} ${insn.toString(16)} ${name}: cycle ${event.inputs.cycle}, predicted ${prediction.exact ? '' : 'at least '}${prediction.cycle} (stages from ${stages})`;
}
