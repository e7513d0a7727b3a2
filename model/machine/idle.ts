/**
 * Skipping the cycles in which a drained core waits for an interrupt: only
 * counters move, so their values afterwards are arithmetic.
 */
import { NEVER } from './protocol.js';

/** Counters of a waiting core. All values unsigned 64 bits. */
export interface IdleState {
  /** Clock cycles since reset. */
  readonly cycle: bigint;
  readonly mtime: bigint;
  /** mtime at which a timer ends the wait; all ones for never. */
  readonly until: bigint;
  /** Cycles since the last tick of mtime, 0..cyclesPerTick - 1. */
  readonly prescale: bigint;
  readonly mcycle: bigint;
  /** mcycle is not inhibited. */
  readonly counting: boolean;
}

/** No cycle count goes beyond. */
const LAST = (1n << 64n) - 1n;

/**
 * Cycles that are certainly idle from here on.
 *
 * The tick that makes the timer interrupt pending is left to the hardware, as
 * is the cycle in which the host acts: both happen in executed cycles.
 *
 * @param cyclesPerTick - Clock cycles per tick of mtime, at least 1.
 * @param nextInput - Cycle of the next scheduled host effect, if there is one.
 * @returns Cycles to skip (0: none is certain), or `forever` if nothing can end
 *   the wait. A cycle beyond 64 bits means never.
 */
export function idleCycles(state: IdleState, cyclesPerTick: bigint, nextInput: bigint | undefined): bigint | 'forever' {
  const timer = cyclesToTimer(state, cyclesPerTick);
  const input = nextInput === undefined ? undefined : nextInput - state.cycle;
  if (timer === undefined && input === undefined) return 'forever';
  const least = timer === undefined || (input !== undefined && input < timer) ? input : timer;
  return least === undefined || least < 0n ? 0n : least;
}

function cyclesToTimer(state: IdleState, cyclesPerTick: bigint): bigint | undefined {
  if (state.until === NEVER) return undefined;
  if (state.mtime >= state.until) return 0n;
  const ticks = state.until - state.mtime;
  const cycles = ticks * cyclesPerTick - state.prescale - 1n;
  return state.cycle + cycles > LAST ? undefined : cycles;
}

/**
 * The counters after idle cycles.
 *
 * @param cycles - At most what {@link idleCycles} allows; for equality with executed cycles no more is needed than that nothing ends the wait.
 */
export function afterIdle(state: IdleState, cycles: bigint, cyclesPerTick: bigint): IdleState {
  const elapsed = state.prescale + cycles;
  return {
    ...state,
    cycle: BigInt.asUintN(64, state.cycle + cycles),
    mtime: BigInt.asUintN(64, state.mtime + elapsed / cyclesPerTick),
    prescale: elapsed % cyclesPerTick,
    mcycle: state.counting ? BigInt.asUintN(64, state.mcycle + cycles) : state.mcycle,
  };
}
