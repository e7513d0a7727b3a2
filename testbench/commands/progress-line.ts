/**
 * How far a session is: one line that changes on a terminal, a line now and
 * then elsewhere.
 */
import type { Progress } from '../fuzz/session.js';

const TERMINAL_MILLISECONDS = 250;
const FILE_MILLISECONDS = 5000;
const CLEAR = '\r\x1b[K';

/** Writes progress and, above it, notes. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #last: { readonly at: number; readonly programs: number } = { at: performance.now(), programs: 0 };
  #shown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Shows progress, unless it has just done so. */
  show(progress: Progress): void {
    const now = performance.now();
    const terminal = this.#stream.isTTY === true;
    if (now - this.#last.at < (terminal ? TERMINAL_MILLISECONDS : FILE_MILLISECONDS)) return;
    const rate = Math.max(0, Math.round(((progress.programs - this.#last.programs) * 1000) / (now - this.#last.at)));
    this.#last = { at: now, programs: progress.programs };
    const text = lineOf(progress, rate);
    if (terminal) this.#stream.write(`${CLEAR}${text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1))}`);
    else this.#stream.write(`${text}\n`);
    this.#shown = terminal;
  }

  /** A sentence on a line of its own. */
  note(text: string): void {
    this.end();
    this.#stream.write(`${text}\n`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown) this.#stream.write(CLEAR);
    this.#shown = false;
  }
}

function lineOf({ programs, seconds, pointsReached, pointsTotal, newest, failures }: Progress, rate: number): string {
  const failed = failures === 0 ? '' : `, ${failures} failure${failures === 1 ? '' : 's'}`;
  return `${seconds.toFixed(0)} s, ${programs} programs, ${rate}/s, ${pointsReached} of ${pointsTotal} points${failed}${newest === undefined ? '' : `, newest: ${newest}`}`;
}
