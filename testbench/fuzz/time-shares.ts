/**
 * What bounds the speed of fuzzing: where the time of sampled programs goes.
 */

/** Where time goes; milliseconds, or shares of one. */
export interface Times {
  /** Drawing or mutating a program and building it. */
  readonly making: number;
  /** The core alone, its records read. */
  readonly core: number;
  /** What the reference and comparing add. */
  readonly reference: number;
  /** What counting points adds. */
  readonly points: number;
}

export const NO_TIMES: Times = { making: 0, core: 0, reference: 0, points: 0 };

/** What each part of the work took, where each does all that the one before does. */
export interface Steps {
  readonly making: () => void;
  readonly core: () => void;
  readonly lockstep: () => void;
  readonly all: () => void;
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

/** Runs the steps and tells what each adds. */
export function timed({ making, core, lockstep, all }: Steps): Times {
  const [made, alone, compared, counted] = [making, core, lockstep, all].map(shortest);
  const added = (more = 0, less = 0): number => Math.max(0, more - less);
  return { making: made ?? 0, core: alone ?? 0, reference: added(compared, alone), points: added(counted, compared) };
}

const combined = (a: Times, b: Times, by: (x: number, y: number) => number): Times =>
  ({ making: by(a.making, b.making), core: by(a.core, b.core), reference: by(a.reference, b.reference), points: by(a.points, b.points) });

export const sum = (a: Times, b: Times): Times => combined(a, b, (x, y) => x + y);

/** Each part of the whole, in hundredths; zeros if nothing was measured. */
export function shares(times: Times): Times {
  const whole = times.making + times.core + times.reference + times.points;
  return combined(times, times, (x) => (whole === 0 ? 0 : Math.round((100 * x) / whole) / 100));
}
