/**
 * What bounds the speed of random programs in lockstep: where the time of
 * sampled ones goes.
 */
import type { BuiltProgram } from '../arbitraries/build.js';
import { PROGRAM_LIMITS } from '../lockstep/campaign.js';
import type { Lockstep } from '../lockstep/lockstep.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';

/** Where time goes; milliseconds, or shares of one. */
export interface Times {
  /** Drawing or mutating a program and building it. */
  readonly making: number;
  /** Making core and machine as new, and loading the program. */
  readonly reset: number;
  /** The core alone, its records read. */
  readonly core: number;
  /** What the reference and comparing add. */
  readonly reference: number;
  /** What telling adds which points were reached. */
  readonly points: number;
}

export const NO_TIMES: Times = { making: 0, reset: 0, core: 0, reference: 0, points: 0 };

/** A program and who runs it. */
export interface Timed {
  readonly program: BuiltProgram;
  readonly core: ObservedCore;
  /** Of the core. */
  readonly lockstep: Lockstep;
  /** Makes the program anew. */
  readonly making: () => void;
  /** Counts points by records, if anybody does. */
  readonly onRecord?: (observation: Observation) => void;
  /** Tells the points at the end of the program, which has just run. */
  readonly points?: () => void;
}

/** A step is run so often and its shortest time counts: on a machine with other work the rest tells of that. */
const REPEATS = 3;

function shortest(step: () => void): number {
  let least = Infinity;
  for (let i = 0; i < REPEATS; i++) {
    const began = performance.now();
    step();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/** Where the time of a program goes that agrees. */
export function timesOf({ program, core, lockstep, making, onRecord, points }: Timed): Times {
  const options = { ...PROGRAM_LIMITS, inputs: program.inputs };
  const cycles = Number(lockstep.run(program, options).cycles);
  const begin = (): void => {
    core.reset(program.inputs);
    core.load(program);
  };
  const steps = {
    making,
    reset: begin,
    core: (): void => {
      begin();
      core.run(cycles, { records: () => undefined, trapped: () => undefined });
    },
    lockstep: (): void => void lockstep.run(program, options),
  };
  const made = shortest(steps.making);
  const [reset, alone, compared] = [shortest(steps.reset), shortest(steps.core), shortest(steps.lockstep)];
  const added = (more: number, less: number): number => Math.max(0, more - less);
  const read = points === undefined ? 0 : shortest(points);
  const followed = onRecord === undefined ? 0 : added(shortest(() => void lockstep.run(program, { ...options, onRecord })), compared);
  return { making: made, reset, core: added(alone, reset), reference: added(compared, alone), points: read + followed };
}

const combined = (a: Times, b: Times, by: (x: number, y: number) => number): Times => ({
  making: by(a.making, b.making), reset: by(a.reset, b.reset), core: by(a.core, b.core), reference: by(a.reference, b.reference), points: by(a.points, b.points),
});

export const sum = (a: Times, b: Times): Times => combined(a, b, (x, y) => x + y);

/** Each part of the whole, in hundredths; zeros if nothing was measured. */
export function shares(times: Times): Times {
  const whole = times.making + times.reset + times.core + times.reference + times.points;
  return combined(times, times, (x) => (whole === 0 ? 0 : Math.round((100 * x) / whole) / 100));
}

/** `45% reference and comparison, …`: the largest first. */
export function sharesText(parts: Times): string {
  const names: Readonly<Record<keyof Times, string>> = { making: 'making programs', reset: 'starting them', core: 'core', reference: 'reference and comparison', points: 'counting points' };
  const order: readonly (keyof Times)[] = ['making', 'reset', 'core', 'reference', 'points'];
  return [...order].sort((a, b) => parts[b] - parts[a]).map((part) => `${Math.round(100 * parts[part])}% ${names[part]}`).join(', ');
}
