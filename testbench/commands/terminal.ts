/**
 * The terminal: standard streams whose failures are one sentence, and the
 * guest's console on them.
 */
import { fstatSync, readFileSync } from 'node:fs';
import { errorCode } from '../../waves/failure.js';
import { EXIT_CODE, failureText, type Failure } from './failure.js';

/** What a command writes to. */
export interface Terminal {
  /** Results, a line feed added. */
  out(text: string): void;
  /** Notes and failures, a line feed added. */
  note(text: string): void;
  /** How far it is: one line that the next word replaces, on a terminal only; empty to clear it. */
  progress(text: string): void;
  /** Prints a failure; the exit code that goes with it. */
  fail(failure: Failure): number;
}

const PROGRESS_WIDTH = 78;

/** The process's own streams. */
export const terminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  progress: (text) => void (process.stderr.isTTY && process.stderr.write(`\r${text.padEnd(PROGRESS_WIDTH)}${text === '' ? '\r' : ''}`)),
  fail: (failed) => {
    process.stderr.write(`${failureText(failed)}\n`);
    return EXIT_CODE.usage;
  },
};

const OUTPUT_REASONS: Readonly<Record<string, string>> = {
  EPIPE: 'Its reader has gone: let it read to the end, or redirect the output to a file.',
  ENOSPC: 'The disk is full: free some space, or redirect the output elsewhere.',
  EIO: 'The terminal has gone: redirect the output to a file.',
};

/**
 * Ends the process with one line when an output stream fails.
 *
 * @param closing - Called before: what is half-written must be completed or dropped.
 */
export function guardOutput(closing: () => void = () => undefined): void {
  const failed = (name: string) => (error: Error): void => {
    closing();
    const code = errorCode(error);
    const reason = OUTPUT_REASONS[code] ?? `It reported ${code}: check where it goes.`;
    if (name !== 'error') process.stderr.write(`ghosthart: standard ${name} cannot be written. ${reason}\n`);
    process.exit(EXIT_CODE.usage);
  };
  process.stdout.removeAllListeners('error').on('error', failed('output'));
  process.stderr.removeAllListeners('error').on('error', failed('error'));
}

const MOST_BUFFERED = 1 << 16;

/** The guest's console: gathers what is printed between two turns of the event loop. */
export class GuestConsole {
  readonly #stream: NodeJS.WriteStream;
  #pending: Uint8Array[] = [];
  #bytes = 0;
  #scheduled = false;
  /** Whether the last byte printed ended a line. */
  atLineStart = true;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  print(bytes: Uint8Array): void {
    this.#pending.push(bytes.slice());
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BUFFERED) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.flush());
    }
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#bytes === 0) return;
    const all = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#bytes = 0;
    this.atLineStart = all.at(-1) === 10;
    this.#stream.write(all);
  }
}

const CONTROL_C = 3;

/**
 * Standard input as the guest's keyboard: a file is typed at once, so that the
 * run is the same every time; a pipe and a terminal as they come.
 *
 * @param interrupt - Called for ^C: a terminal that sends every key sends this one too.
 * @returns Ends it; the terminal is as before.
 */
function attachKeyboard(type: (bytes: Uint8Array) => void, interrupt: () => void): () => void {
  const source = inputKind();
  if (source === 'none') return () => undefined;
  if (source === 'file') {
    type(readFileSync(0));
    return () => undefined;
  }
  const { stdin } = process;
  const raw = stdin.isTTY === true && process.stdout.isTTY === true;
  if (raw) stdin.setRawMode(true);
  const listen = (bytes: Buffer): void => {
    if (raw && bytes.includes(CONTROL_C)) interrupt();
    else type(bytes);
  };
  stdin.on('data', listen);
  stdin.on('error', () => undefined);
  return () => {
    stdin.off('data', listen);
    if (raw) stdin.setRawMode(false);
    stdin.destroy();
  };
}

/** Whether standard input may still bring keys. */
export const keysMayCome = (): boolean => inputKind() === 'stream' && !process.stdin.readableEnded && !process.stdin.destroyed;

function inputKind(): 'none' | 'file' | 'stream' {
  try {
    const stat = fstatSync(0);
    if (stat.isFile()) return 'file';
    // A job in the background must not be stopped for reading a terminal.
    return stat.isFIFO() || stat.isSocket() || process.stdin.isTTY === true ? 'stream' : 'none';
  } catch {
    return 'none';
  }
}

/** What a guest's keyboard and ^C act on. */
export interface Interruptible {
  type(bytes: Uint8Array): void;
  stop(): void;
}

/**
 * Keyboard and ^C while something runs.
 *
 * @param interrupted - Called for ^C and signals, before the machine is stopped.
 */
export async function interruptibly<T>(machine: Interruptible, interrupted: () => void, body: () => Promise<T>): Promise<T> {
  const stop = (): void => {
    interrupted();
    machine.stop();
  };
  const detach = attachKeyboard((bytes) => machine.type(bytes), stop);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await body();
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    detach();
  }
}
