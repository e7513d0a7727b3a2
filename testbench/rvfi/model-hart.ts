/**
 * A core, executing words that are handed to it.
 *
 * The pipeline is emptied, the fetch stage fetches at the pc by its own rules,
 * and the word that it delivered is exchanged before decode sees it: memory
 * never holds the injected word, so no load can see it, and it does not matter
 * whether there is memory at the pc. When the record is there, whatever the fetch stage
 * has brought behind it is thrown away.
 *
 * So each instruction has the pipeline to itself: no stall on an operand, no
 * bypass, no kill happens, an instruction takes as many cycles as the core has
 * stages (more if it needs a long unit or a device), and `mcycle` and `time`
 * tell that time.
 */
import type { CompiledCore } from '../../model/compile.js';
import type { Cell } from '../../model/machine/protocol.js';
import { EXIT } from '../../model/machine/protocol.js';
import { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import type { Retirement } from '../retirement.js';
import type { InjectedHart } from './hart.js';

const NOP = 0x13;
/** Cycles after which an instruction that does not wait is a fault of the core: more than a division. */
const STEP_LIMIT = 1_000;

export class ModelHart implements InjectedHart {
  readonly #core: ObservedCore;
  readonly #resetPc: bigint;
  readonly #pc: Cell;
  /** Zero when the pipeline is empty. */
  readonly #occupied: readonly Cell[];
  /** What the fetch stage delivers. */
  readonly #fetched: { readonly valid: Cell; readonly insn: Cell; readonly fault: Cell };
  /** Cycles from there to the record. */
  readonly #depth: number;
  #records: Retirement[] = [];
  #next: bigint;

  /** @param compiled - An observed core. */
  constructor(compiled: CompiledCore) {
    const { description: { stages, machine } } = compiled;
    this.#core = new ObservedCore(compiled);
    this.#resetPc = BigInt(machine.resetPc);
    this.#next = this.#resetPc;
    this.#depth = stages.length - 1;
    const optional = (name: string): readonly Cell[] => {
      const cell = this.#core.core.cell(name);
      return cell === undefined ? [] : [cell];
    };
    const second = stages[1] ?? '';
    this.#pc = this.#cell('fetch.pc');
    this.#fetched = { valid: this.#cell(`${second}.valid`), insn: this.#cell(`${second}.insn`), fault: this.#cell(`${second}.fetch_fault`) };
    this.#occupied = [
      ...stages.slice(1).map((stage) => this.#cell(`${stage}.valid`)),
      this.#cell('commit.waiting'), ...optional('muldiv.busy'), ...optional('fetch.half'), ...stages.flatMap((stage) => optional(`${stage}.split`)),
    ];
  }

  #cell(name: string): Cell {
    const cell = this.#core.core.cell(name);
    if (cell === undefined) throw new Error(`the core has no register ${name}`);
    return cell;
  }

  reset(): void {
    this.#core.reset();
    this.#next = this.#resetPc;
  }

  execute(word: number): readonly Retirement[] {
    const records: Retirement[] = [];
    for (;;) {
      const record = this.#step(word);
      records.push(record);
      this.#next = record.pc_wdata;
      if (record.trap?.interrupt !== true) return records;
    }
  }

  /** A WFI that begins to wait is retired as what the manual lets it be: a NOP. */
  #step(word: number): Retirement {
    const record = this.#inject(word);
    if (record !== undefined) return record;
    const instead = this.#inject(NOP);
    if (instead === undefined) throw new Error('the core waits at a NOP');
    return instead.trap === undefined ? { ...instead, insn: word } : instead;
  }

  /** The record of the word at the pc, or of the interrupt before it; undefined if it waits for an interrupt. */
  #inject(word: number): Retirement | undefined {
    for (const cell of this.#occupied) cell.set(0n);
    this.#pc.set(this.#next);
    for (let cycle = 0; this.#fetched.valid.get() === 0n; cycle++) {
      if (cycle === STEP_LIMIT) throw new Error(`nothing fetched within ${STEP_LIMIT} cycles`);
      this.#run(1);
    }
    this.#fetched.fault.set(0n);
    this.#fetched.insn.set(BigInt(word >>> 0));
    // Nothing behind the instruction can commit in the cycles that it needs at least.
    for (let cycles = this.#run(this.#depth); cycles < STEP_LIMIT; cycles += this.#run(1)) {
      const record = this.#records.shift();
      if (record !== undefined) return record;
      if (this.#core.machine.core.exitReason === EXIT.wait) return undefined;
    }
    throw new Error(`no record within ${STEP_LIMIT} cycles`);
  }

  #run(cycles: number): number {
    this.#core.run(cycles, { records: (observations) => this.#take(observations), trapped: () => undefined });
    return cycles;
  }

  #take(observations: readonly Observation[]): void {
    for (const { retirement } of observations) this.#records.push(retirement);
  }
}
