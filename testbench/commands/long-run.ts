/** What commands that run for long share: how long, in how many processes, and ^C. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { EXIT_CODE } from './failure.js';

const MOST_JOBS = 64;

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(text) || value <= 0) throw new InvalidArgumentError('Give seconds above 0: 90 or 0.5.');
  return value;
}

function jobs(text: string): number {
  const value = Number(text);
  if (!/^\d{1,2}$/.test(text) || value < 1 || value > MOST_JOBS) throw new InvalidArgumentError(`Give a number from 1 to ${MOST_JOBS}.`);
  return value;
}

/** `--seconds S`. */
export const secondsOption = (description: string): Option => new Option('--seconds <s>', description).argParser(seconds);

/** `--jobs N`. */
export const jobsOption = (description: string): Option => new Option('--jobs <n>', description).argParser(jobs).default(Math.min(2, availableParallelism()));

/** ^C calls `stop`, a second one ends the process. Tells at the end whether there was one, and stops listening. */
export function interruptible(stop: () => void): () => boolean {
  let asked = false;
  const onSignal = (): void => {
    if (asked) process.exit(EXIT_CODE.interrupted);
    asked = true;
    stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    return asked;
  };
}
