/**
 * Idle skipping on a core: its counters read, advanced and written back.
 */
import { afterIdle, idleCycles, type IdleState } from './idle.js';
import { INHIBIT_CYCLE_BIT, REGISTER, TIMER_ENABLE_BIT, type Cell, type Core } from './protocol.js';

/** Executed cycles after a host effect before idleness is believed: an upper bound of the latency of any line. */
const SETTLE_CYCLES = 64n;

/** What waiting came to: cycles to execute next, or nothing can happen. */
export type IdleResult = 'wait' | 'forever';

export class IdleSkipper {
  readonly #core: Core;
  readonly #cyclesPerTick: bigint;
  readonly #enabled: boolean;
  readonly #cells: Readonly<Record<'mtime' | 'mtimecmp' | 'prescale' | 'mcycle' | 'inhibit' | 'interruptEnable', Cell>>;
  readonly #cycleRegister: Cell | undefined;
  #settledFrom = 0n;
  #skipped = 0n;

  /**
   * @param cell - Gives a register that the core must have.
   * @param cyclesPerTick - Clock cycles per tick of mtime.
   * @param enabled - false: every cycle is executed, and only an endless wait is noticed.
   */
  constructor(core: Core, cell: (name: string) => Cell, cyclesPerTick: bigint, enabled: boolean) {
    this.#core = core;
    this.#cyclesPerTick = cyclesPerTick;
    this.#enabled = enabled;
    this.#cells = {
      mtime: cell(REGISTER.mtime),
      mtimecmp: cell(REGISTER.mtimecmp),
      prescale: cell(REGISTER.prescale),
      mcycle: cell(REGISTER.mcycle),
      inhibit: cell(REGISTER.inhibit),
      interruptEnable: cell(REGISTER.interruptEnable),
    };
    this.#cycleRegister = core.cell(REGISTER.cycle);
  }

  /** Cycles skipped since power-on: counted as cycles, never executed. */
  get skipped(): bigint {
    return this.#skipped;
  }

  /** The host changed something at this cycle; it may still be on its way to the interrupt logic. */
  disturb(cycle: bigint): void {
    this.#settledFrom = cycle + SETTLE_CYCLES;
  }

  /**
   * The core waits: skips what is certainly idle.
   *
   * @param nextInput - Cycle of the next scheduled host effect.
   * @param limit - Cycle not to go beyond.
   */
  skip(nextInput: bigint | undefined, limit: bigint | undefined): IdleResult {
    const state = this.#read();
    if (state.cycle < this.#settledFrom) return 'wait';
    const idle = idleCycles(state, this.#cyclesPerTick, nextInput);
    if (idle === 'forever') return 'forever';
    const cycles = limit !== undefined && state.cycle + idle > limit ? limit - state.cycle : idle;
    if (this.#enabled && cycles > 0n) this.#write(afterIdle(state, cycles, this.#cyclesPerTick), cycles);
    return 'wait';
  }

  /** Power-on. */
  reset(): void {
    this.#settledFrom = 0n;
    this.#skipped = 0n;
  }

  #read(): IdleState {
    const { mtime, mtimecmp, prescale, mcycle, inhibit, interruptEnable } = this.#cells;
    return {
      cycle: this.#core.cycle,
      mtime: mtime.get(),
      mtimecmp: mtimecmp.get(),
      prescale: prescale.get(),
      mcycle: mcycle.get(),
      mcycleInhibited: ((inhibit.get() >> INHIBIT_CYCLE_BIT) & 1n) === 1n,
      timerEnabled: ((interruptEnable.get() >> TIMER_ENABLE_BIT) & 1n) === 1n,
    };
  }

  #write(state: IdleState, cycles: bigint): void {
    this.#core.cycle = state.cycle;
    this.#cycleRegister?.set(state.cycle);
    this.#cells.mtime.set(state.mtime);
    this.#cells.prescale.set(state.prescale);
    this.#cells.mcycle.set(state.mcycle);
    this.#skipped += cycles;
  }
}
