/**
 * Mistakes as they are found. Loading never stops at the first one, so that an
 * author sees all of them at once.
 */
import type { Diagnostic, Span } from './diagnostic.js';

export class Report {
  readonly #found = new Map<string, Diagnostic>();

  /** Notes a mistake; the same complaint at the same place is noted once. */
  add(span: Span, message: string, mend: string): void {
    const key = [span.file.path, span.start, span.end, message].join('\n');
    if (!this.#found.has(key)) this.#found.set(key, { span, message, mend });
  }

  get empty(): boolean {
    return this.#found.size === 0;
  }

  /** All mistakes, by file and place. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#found.values()].sort(byPlace);
  }
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [left, right] = [a.span.file.path, b.span.file.path];
  return left === right ? a.span.start - b.span.start : left < right ? -1 : 1;
}
