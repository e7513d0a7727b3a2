/**
 * Specs and their mistakes as text for people.
 */
import type { Diagnostic, Span } from './diagnostic.js';

export { renderEntry } from './describe.js';
export { nearest } from './nearest.js';

/** A place as people count it, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of the start of a span. */
export function positionOf({ file, start }: Span): Position {
  const before = file.text.slice(0, start);
  return { line: before.split('\n').length, column: start - (before.lastIndexOf('\n') + 1) + 1 };
}

/**
 * A mistake with the line it is in, a caret under the offending text, and the
 * way out:
 *
 * ```
 * specs/isa/h.yaml:41:12: hlv.w: operation yields bits<32>, rd holds bits<64>
 *     result: "mem"
 *              ^^^
 *   Extend it explicitly: sext(mem) or zext(mem).
 * ```
 */
export function renderDiagnostic({ span, message, mend }: Diagnostic): string {
  const { line, column } = positionOf(span);
  const { path, text } = span.file;
  if (text === '') return [`${path}: ${message}`, ...mendLines(mend)].join('\n');
  return [`${path}:${line}:${column}: ${message}`, ...quotation(span), ...mendLines(mend)].join('\n');
}

/** All mistakes, with how many there are. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = diagnostics.length === 1 ? '1 mistake' : `${diagnostics.length} mistakes`;
  return [...diagnostics.map(renderDiagnostic), count].join('\n\n');
}

const MARGIN = '    ';

/** The source line without its indentation, and carets under the part of the span that is in it. */
function quotation({ file: { text }, start, end }: Span): readonly string[] {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const line = text.slice(from, newline < 0 ? text.length : newline).replace(/\s+$/, '').replaceAll('\t', ' ');
  if (line === '') return [];
  const indent = Math.min(line.length - line.trimStart().length, start - from);
  const carets = '^'.repeat(Math.max(1, Math.min(end - start, from + line.length - start)));
  return [MARGIN + line.slice(indent), MARGIN + ' '.repeat(start - from - indent) + carets];
}

function mendLines(mend: string): readonly string[] {
  return mend === '' ? [] : mend.split('\n').map((line) => `  ${line}`);
}
