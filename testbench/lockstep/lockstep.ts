/**
 * Lockstep: every record of the core against the reference, all architectural
 * state at every trap, at least every 64 records and at the end, memory at the
 * end. The first difference ends the run, as does a core that falls silent.
 */
import type { Program, Segment } from '../../model/machine/elf.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Outcome } from '../../model/machine/outcome.js';
import { Reference } from '../reference/reference.js';
import type { Inputs, Retirement } from '../retirement.js';
import { compareRecords, compareStates, outcomeText, type Difference } from './compare.js';
import type { ObservedCore } from './observed.js';
import type { Observation } from './records.js';
import { longestSilence, wakes, WFI } from './silence.js';

/** Records between comparisons of all state at most; a cycle retires at most one. */
const STATE_RECORDS = 64;
/** Comparing is cheaper than running for fewer cycles than this. */
const SHORTEST_SLICE = 16;

/** Where the two part. */
export interface Divergence {
  /** `silence`: the core yields no further record, though the reference does. `error`: one of the two threw. */
  readonly kind: 'record' | 'state' | 'memory' | 'silence' | 'error';
  /** The core's record at which, or after which, they differ; undefined before the first. */
  readonly observation: Observation | undefined;
  /** The reference's record; of a silence, the one that the core owes. */
  readonly reference: Retirement | undefined;
  /** The reference's home CSRs before its record; undefined if state or memory differ. */
  readonly before?: Readonly<Record<string, bigint>>;
  /** Of two records that differ, the integer registers before them. */
  readonly x?: readonly bigint[];
  /** At least one, the telling one first. */
  readonly differences: readonly Difference[];
  /** What was thrown. */
  readonly error?: Error;
}

/** How a lockstep run ended. */
export type LockstepResult =
  | { readonly kind: 'agreed'; readonly outcome: Outcome; readonly records: number; readonly cycles: bigint }
  | { readonly kind: 'diverged'; readonly divergence: Divergence; readonly records: number; readonly cycles: bigint };

export interface LockstepOptions {
  readonly maxCycles: number;
  /** The run is stopped soon after so many records or traps (an endless loop of traps is most of the time of random programs). */
  readonly maxRecords?: number;
  readonly maxTraps?: number;
  /** Host effects, ascending by cycle. */
  readonly inputs?: readonly InputEvent[];
  /** Sees every agreed record. */
  readonly onRecord?: (observation: Observation) => void;
}

/** An error of whoever listens: it is none of ours. */
class ListenersError extends Error {
  constructor(override readonly cause: unknown) {
    super('onRecord has thrown');
  }
}

/** What segments leave in memory, in order: their bytes, and the zeros behind them where an earlier one has put something. */
function* loaded(segments: readonly Segment[]): Generator<Pick<Segment, 'address' | 'data'>> {
  for (const [i, segment] of segments.entries()) {
    yield segment;
    const { address, data, memSize } = segment;
    const [from, to] = [address + BigInt(data.length), address + memSize];
    if (from === to) continue;
    for (const earlier of segments.slice(0, i)) {
      const first = from > earlier.address ? from : earlier.address;
      const end = earlier.address + BigInt(earlier.data.length);
      const last = to < end ? to : end;
      if (first < last) yield { address: first, data: new Uint8Array(Number(last - first)) };
    }
  }
}

/** A core and a reference that run programs side by side; both are reused from program to program. */
export class Lockstep {
  readonly #core: ObservedCore;
  readonly #reference: Reference;
  #divergence: Divergence | undefined;
  #records = 0;
  #traps = 0;
  /** Records since all state was compared. */
  #unchecked = 0;
  #last: Observation | undefined;
  /** Integer registers after the last record. */
  readonly #x = new Array<bigint>(32).fill(0n);
  /** The reference works on a record. */
  #stepping = false;
  /** The last cycle in which there had to be no record: of a record, or of a wait. */
  #heard = 0n;
  #onRecord: ((observation: Observation) => void) | undefined;

  constructor(core: ObservedCore, reference: Reference = new Reference(core.choices)) {
    this.#core = core;
    this.#reference = reference;
  }

  /** Runs a program from power-on. Throws what `onRecord` throws. */
  run(program: Pick<Program, 'entry' | 'segments' | 'symbols'>, options: LockstepOptions): LockstepResult {
    this.#start(program, options);
    let outcome: Outcome = { kind: 'stopped' };
    try {
      outcome = this.#runToEnd(options);
      this.#finishInstruction(outcome);
      this.#compareState();
      this.#compareWait(outcome);
      this.#compareMemory();
    } catch (error) {
      if (error instanceof ListenersError) throw error.cause;
      this.#broken(error);
    }
    const records = this.#records;
    const cycles = this.#core.core.cycle;
    const divergence = this.#found();
    return divergence === undefined ? { kind: 'agreed', outcome, records, cycles } : { kind: 'diverged', divergence, records, cycles };
  }

  #runToEnd(options: LockstepOptions): Outcome {
    let outcome: Outcome = { kind: 'cycle-limit' };
    let left = options.maxCycles;
    const listener = { records: (r: readonly Observation[]) => this.#compare(r), trapped: () => this.#compareTrap() };
    while (left > 0 && this.#divergence === undefined) {
      const slice = Math.min(left, STATE_RECORDS - this.#unchecked);
      const before = this.#records;
      outcome = this.#core.run(slice, listener);
      left -= slice;
      if (outcome.kind !== 'cycle-limit') break;
      if (this.#records === before) this.#listen();
      if (this.#limited(options)) return { kind: 'stopped' };
      if (STATE_RECORDS - this.#unchecked < SHORTEST_SLICE) this.#compareState();
    }
    return outcome;
  }

  /** What is cut off in the middle of an instruction goes on to its record: before that nothing says what the instruction has written. */
  #finishInstruction({ kind }: Outcome): void {
    if (kind !== 'cycle-limit' && kind !== 'stopped') return;
    const before = this.#records;
    const listener = { records: (r: readonly Observation[]) => this.#compare(r), trapped: () => this.#compareTrap() };
    for (let left = this.#longestSilence; left > 0n && this.#divergence === undefined && this.#records === before; left--) {
      if (!this.#core.underway || this.#waitsRightly()) return;
      this.#core.run(1, listener);
    }
  }

  #broken(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const message = error.message.split('\n')[0] ?? '';
    const [model, reference] = this.#stepping ? ['none', message] : [message, 'none'];
    this.#divergence ??= { kind: 'error', observation: this.#last, reference: undefined, differences: [{ what: 'internal error', model, reference }], error };
  }

  #limited({ maxRecords = Infinity, maxTraps = Infinity }: LockstepOptions): boolean {
    return this.#records >= maxRecords || this.#traps >= maxTraps;
  }

  #compareTrap(): void {
    this.#traps++;
    this.#compareState();
  }

  #found(): Divergence | undefined {
    return this.#divergence;
  }

  #start(program: Pick<Program, 'entry' | 'segments' | 'symbols'>, options: LockstepOptions): void {
    this.#divergence = undefined;
    this.#records = 0;
    this.#traps = 0;
    this.#unchecked = 0;
    this.#last = undefined;
    this.#x.fill(0n);
    this.#stepping = false;
    this.#heard = 0n;
    this.#onRecord = options.onRecord;
    this.#core.reset(options.inputs);
    this.#reference.reset();
    if (!this.#core.load(program)) throw new Error('the program does not fit into memory: parse it against the memory first');
    for (const { address, data } of loaded(program.segments)) this.#reference.load(address, data);
    this.#reference.setPc(program.entry);
  }

  #compare(observations: readonly Observation[]): void {
    for (const observation of observations) {
      if (this.#divergence !== undefined) return;
      this.#last = observation;
      const reference = this.#step(observation.inputs);
      this.#heard = observation.inputs.cycle;
      const differences = compareRecords(observation.retirement, reference);
      if (differences.length > 0) {
        this.#divergence = { kind: 'record', observation, reference, differences, before: this.#before(reference), x: [...this.#x] };
        return;
      }
      if (reference.rd_addr !== 0) this.#x[reference.rd_addr] = reference.rd_wdata;
      this.#records++;
      this.#unchecked++;
      this.#tell(observation);
    }
  }

  #step(inputs: Inputs): Retirement {
    this.#stepping = true;
    const reference = this.#reference.stepWith(inputs);
    this.#stepping = false;
    return reference;
  }

  #tell(observation: Observation): void {
    try {
      this.#onRecord?.(observation);
    } catch (error) {
      throw new ListenersError(error);
    }
  }

  /** The reference's home CSRs before its last record. */
  #before(reference: Retirement): Readonly<Record<string, bigint>> {
    return { ...this.#reference.state().csrs, ...Object.fromEntries(reference.csrs.map((c) => [c.csr, c.before])) };
  }

  /** After cycles without a record: the core waits rightly, or its time runs. */
  #listen(): void {
    const { cycle } = this.#core.core;
    if (this.#waitsRightly()) this.#heard = cycle;
    else if (cycle - this.#heard > this.#longestSilence) this.#silent(this.#owed(), `none in ${cycle - this.#heard} cycles`);
  }

  get #longestSilence(): bigint {
    return longestSilence(this.#core.description, this.#reference.state());
  }

  #waitsRightly(): boolean {
    return this.#core.waits && !wakes(this.#reference.state(), this.#core.outside());
  }

  /** The reference's next record. The two are one record apart from here on: only for the end of a run. */
  #owed(insn?: number): Retirement {
    return this.#step({ ...this.#core.outside(), insn });
  }

  #silent(reference: Retirement, model: string): void {
    const expected = outcomeText(reference);
    const woken = reference.insn === WFI && reference.trap === undefined;
    const difference = { what: 'next record', model, reference: woken ? `${expected}: an enabled interrupt is pending` : expected };
    this.#divergence = { kind: 'silence', observation: this.#last, reference, before: this.#before(reference), differences: [difference] };
  }

  /** A run that ended in a wait: only WFI waits, where it may be executed. */
  #compareWait({ kind }: Outcome): void {
    const cut = kind === 'cycle-limit' && this.#core.waits;
    if (this.#divergence !== undefined || (kind !== 'wfi-forever' && !cut)) return;
    const rightly = this.#waitsRightly();
    // The line may have risen a moment ago.
    if (!rightly && cut) return;
    const reference = this.#owed(WFI);
    if (!rightly || reference.insn !== WFI || reference.trap !== undefined) this.#silent(reference, 'none: it waits');
  }

  #compareState(): void {
    if (this.#divergence !== undefined) return;
    this.#unchecked = 0;
    const reference = this.#reference.state();
    if (this.#core.agrees(reference)) return;
    const differences = compareStates(this.#core.state(), reference);
    if (differences.length > 0) this.#divergence = { kind: 'state', observation: this.#last, reference: undefined, differences };
  }

  #compareMemory(): void {
    if (this.#divergence !== undefined) return;
    for (const { address, data } of this.#core.takeHostWrites()) this.#reference.load(address, data);
    const { memory } = this.#core;
    const pages = new Set<number>(this.#reference.dirtyPages());
    for (const page of memory.dirtyPages()) pages.add(page);
    for (const page of pages) {
      const address = memory.base + BigInt(page) * 4096n;
      const model = memory.read(address, 4096);
      const reference = this.#reference.readMemory(address, 4096);
      if (model === undefined || Buffer.compare(model, reference) === 0) continue;
      const at = model.findIndex((byte, i) => byte !== reference[i]);
      const difference = { what: `memory at 0x${(address + BigInt(at)).toString(16)}`, model: `0x${(model[at] ?? 0).toString(16)}`, reference: `0x${(reference[at] ?? 0).toString(16)}` };
      this.#divergence = { kind: 'memory', observation: this.#last, reference: undefined, differences: [difference] };
      return;
    }
  }
}
