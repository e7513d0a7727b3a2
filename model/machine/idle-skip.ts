/**
 * Idle skipping on a core: its counters read, advanced and written back.
 */
import { afterIdle, idleCycles, type IdleState } from './idle.js';
import { REGISTER, type Cell, type Core } from './protocol.js';

/**
 * Cycles that are executed after a host effect and at the start of a wait,
 * before idleness is believed: more than any line is long and any stage takes
 * to come to rest.
 */
const SETTLE_CYCLES = 64n;

/** What waiting came to: cycles to execute next, or nothing can happen. */
export type IdleResult = 'wait' | 'forever';

export class IdleSkipper {
  readonly #core: Core;
  readonly #cyclesPerTick: bigint;
  readonly #enabled: boolean;
  readonly #cells: Readonly<Record<'mtime' | 'mtimecmp' | 'until' | 'mcycle' | 'counting', Cell>>;
  readonly #optional: Readonly<Record<'cycle' | 'mtip' | 'prescale' | 'stores', Cell | undefined>>;
  #settledFrom = 0n;
  /** The cycle in which an unbroken wait is reported next, and its first. */
  #next = -1n;
  #since = 0n;
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
      until: cell(REGISTER.until),
      mcycle: cell(REGISTER.mcycle),
      counting: cell(REGISTER.counting),
    };
    this.#optional = { cycle: core.cell(REGISTER.cycle), mtip: core.cell(REGISTER.mtip), prescale: core.cell(REGISTER.prescale), stores: core.cell(REGISTER.stores) };
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
    const { cycle } = this.#core;
    if (cycle !== this.#next) this.#since = cycle;
    this.#next = cycle + 1n;
    if (cycle < this.#settledFrom || cycle < this.#since + SETTLE_CYCLES) return 'wait';
    if ((this.#optional.stores?.get() ?? 0n) !== 0n) return 'wait';
    const state = this.#read();
    const idle = idleCycles(state, this.#cyclesPerTick, nextInput);
    if (idle === 'forever') return 'forever';
    const cycles = limit !== undefined && state.cycle + idle > limit ? limit - state.cycle : idle;
    if (this.#enabled && cycles > 0n) this.#write(afterIdle(state, cycles, this.#cyclesPerTick), cycles);
    return 'wait';
  }

  /** Power-on. */
  reset(): void {
    this.#settledFrom = 0n;
    this.#next = -1n;
    this.#skipped = 0n;
  }

  #read(): IdleState {
    const { mtime, until, mcycle, counting } = this.#cells;
    return {
      cycle: this.#core.cycle,
      mtime: mtime.get(),
      until: until.get(),
      prescale: this.#optional.prescale?.get() ?? 0n,
      mcycle: mcycle.get(),
      counting: counting.get() === 1n,
    };
  }

  #write(state: IdleState, cycles: bigint): void {
    this.#core.cycle = state.cycle;
    this.#optional.cycle?.set(state.cycle);
    this.#optional.mtip?.set(state.mtime >= this.#cells.mtimecmp.get() ? 1n : 0n);
    this.#optional.prescale?.set(state.prescale);
    this.#cells.mtime.set(state.mtime);
    this.#cells.mcycle.set(state.mcycle);
    this.#skipped += cycles;
    this.#next = state.cycle + 1n;
  }
}
