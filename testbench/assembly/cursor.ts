/**
 * A reading position in the text of a statement.
 */
import { Mistake } from './source.js';

/** Reads a statement from left to right, skipping spaces between pieces. */
export class Cursor {
  constructor(readonly text: string, public position = 0) {
    this.skip();
  }

  /** Whether everything is read. */
  get done(): boolean {
    return this.position >= this.text.length;
  }

  /** What follows. */
  get rest(): string {
    return this.text.slice(this.position);
  }

  /** Reads what the pattern (sticky) matches here, or nothing. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.position += found.length;
    this.skip();
    return found;
  }

  /** Reads a literal, if it is here. */
  accept(literal: string): boolean {
    if (!this.text.startsWith(literal, this.position)) return false;
    this.position += literal.length;
    this.skip();
    return true;
  }

  /** Reads a literal that must be here. */
  expect(literal: string): void {
    if (this.accept(literal)) return;
    const found = this.done ? 'the end of the line' : `'${this.rest[0] ?? ''}'`;
    throw this.mistake(`'${literal}' is missing before ${found}`, `Write '${literal}' here.`);
  }

  /** The statement must end here. */
  end(): void {
    if (!this.done) throw this.mistake(`'${this.rest.trim()}' is one too many`, 'Remove it.', this.position, this.text.length);
  }

  /** A mistake at `start`, or here. */
  mistake(message: string, mend: string, start = this.position, end = start + 1): Mistake {
    return new Mistake(message, mend, start, this.trimmed(start, end));
  }

  /** The end of a piece without the spaces after it. */
  trimmed(start: number, end: number): number {
    return Math.max(start + 1, start + this.text.slice(start, end).trimEnd().length);
  }

  private skip(): void {
    while (this.position < this.text.length && /\s/.test(this.text[this.position] ?? '')) this.position++;
  }
}
