/**
 * Assembly text to statements: comments gone, separators split, labels apart,
 * every piece with its place.
 */

/** One label definition, directive or instruction. */
export interface Statement {
  /** Without label and comment, nothing around it. */
  readonly text: string;
  /** `text` is a name or number whose colon is gone. */
  readonly label: boolean;
  /** From 1. */
  readonly line: number;
  /** Of the first character, from 1. */
  readonly column: number;
  /** The line it stands in, as written (in a macro: with arguments in place). */
  readonly source: string;
  /** The macro it came out of and the line that called it. */
  readonly within?: string;
}

/** A mistake in an assembly program. */
export interface AssemblyError {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Characters to underline. */
  readonly length: number;
  /** The line as written. */
  readonly source: string;
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
}

/** A mistake on its way from where it is found to the statement loop; offsets are into the statement's text. */
export class Mistake extends Error {
  constructor(message: string, readonly mend: string, readonly start?: number, readonly end?: number) {
    super(message);
  }
}

/** An error as people read it: place, line, caret, mend. */
export function formatError(e: AssemblyError): string {
  const line = e.source.replaceAll('\t', ' ');
  const indent = line.length - line.trimStart().length;
  const caret = `${' '.repeat(Math.max(0, e.column - 1 - indent))}${'^'.repeat(e.length)}`;
  return `${e.file}:${e.line}:${e.column}: ${e.message}\n    ${line.trim()}\n    ${caret}\n  ${e.mend}`;
}

/** Quoted text, comments, or one other character; a quote that nothing closes ends with its line. */
const PIECES = /"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^\\\n])'?|\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*|#[^\n]*|[^]/g;

/** The text with comments as spaces, so that columns stay. */
function withoutComments(text: string): string {
  return text.replace(PIECES, (piece) => (/^(\/\*|\/\/|#)/.test(piece) ? piece.replace(/[^\n\t]/g, ' ') : piece));
}

/** Offsets and texts between separators outside of quotes. */
export function splitOutsideQuotes(text: string, separator: string, brackets = false): { text: string; start: number }[] {
  const parts: { text: string; start: number }[] = [];
  let start = 0;
  let depth = 0;
  for (const match of text.matchAll(/"(?:\\.|[^"\\])*"?|'(?:\\.|[^\\])'?|[^]/g)) {
    const [piece] = match;
    if (brackets && piece === '(') depth++;
    if (brackets && piece === ')') depth--;
    if (piece !== separator || depth > 0) continue;
    parts.push({ text: text.slice(start, match.index), start });
    start = match.index + 1;
  }
  return [...parts, { text: text.slice(start), start }];
}

const LABEL = /^\s*([A-Za-z_.$][\w.$]*|\d+)\s*:/;

/** Statements of one line; `column` is where `text` begins in `source`. */
function statementsOf(text: string, place: Pick<Statement, 'line' | 'source' | 'within'>): Statement[] {
  const statements: Statement[] = [];
  for (const part of splitOutsideQuotes(text, ';')) {
    let { text: rest, start } = part;
    for (let label = LABEL.exec(rest); label !== null; label = LABEL.exec(rest)) {
      const [whole, name = ''] = label;
      statements.push({ ...place, label: true, text: name, column: start + whole.indexOf(name) + 1 });
      rest = rest.slice(whole.length);
      start += whole.length;
    }
    const trimmed = rest.trim();
    if (trimmed !== '') statements.push({ ...place, label: false, text: trimmed, column: start + rest.indexOf(trimmed) + 1 });
  }
  return statements;
}

/** The statements of a program, in order. */
export function readStatements(source: string): Statement[] {
  const lines = source.split(/\r?\n/);
  return withoutComments(source).split(/\r?\n/).flatMap((text, i) => statementsOf(text, { line: i + 1, source: lines[i] ?? '' }));
}

/** A statement of a macro after its arguments are in: it may have become several. */
export function resplit(original: Statement, text: string, within: string): Statement[] {
  const full = original.label ? `${text}:` : text;
  return statementsOf(full, { line: original.line, source: full, within });
}

/** The first word of a statement and what follows it. */
export function splitMnemonic(text: string): { readonly mnemonic: string; readonly rest: string; readonly start: number } {
  const [whole = '', mnemonic = ''] = /^(\S+)\s*/.exec(text) ?? [];
  return { mnemonic, rest: text.slice(whole.length), start: whole.length };
}
