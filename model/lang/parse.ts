/**
 * Text of an operation to its tree; syntax errors point into the YAML file.
 */
import peggy from 'peggy';
import type { Operation } from '../spec/isa.js';
import type { Diagnostic, Outcome, Span } from '../spec/diagnostic.js';
import { GRAMMAR } from './grammar.js';
import type { Place, Tree } from './tree.js';

let cached: peggy.Parser | undefined;

/** The parser, generated at first use (it costs some ten milliseconds). */
function parser(): peggy.Parser {
  cached ??= peggy.generate(GRAMMAR);
  return cached;
}

/** A place in an operation as a span of its file. */
export function spanOf(op: Operation, place: Place): Span {
  const start = op.span.start + place.start;
  return { file: op.span.file, start, end: Math.max(start + 1, op.span.start + place.end) };
}

/**
 * The operation's characters as they stand in the file, so that offsets into
 * them are offsets into the file. YAML folds a line break to a space; what
 * stands in the file means the same.
 */
export function sourceOf(op: Operation): string {
  const words = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const raw = op.span.file.text.slice(op.span.start, op.span.end);
  return words(raw) === words(op.text) ? raw : op.text;
}

/** Habits of other languages, with what this one writes instead. */
const HABITS: readonly (readonly [RegExp, string])[] = [
  [/^>>/, 'Say which right shift: >>u brings in zeros, >>s copies of the sign.'],
  [/^[<>]/, 'Say how to compare: <u or <s, <=u or <=s, >u or >s, >=u or >=s.'],
  [/^[/%]/, 'Say which division: /u or /s, %u or %s.'],
  [/^\?/, 'A conditional is written: if c then a else b.'],
  [/^=/, 'Equality is written ==.'],
  [/^\[/, 'Bounds are constant: a[7:0], a[3]. A bit chosen by a value n is (a >>u n)[0].'],
];

interface SyntaxMistake extends Place {
  readonly what: string;
  readonly mend: string;
}

/** What a syntax error says: what was expected decides the words, what was found may be a known habit. */
function mistake(text: string, offset: number, expected: readonly peggy.parser.Expectation[]): SyntaxMistake {
  const before = text.slice(0, offset);
  const operand = expected.some((e) => e.type === 'other' && e.description === 'a name');
  // Half an operator is read before it fails (`>>` of `>> b`), and so is the bracket of `a[n]`.
  const start = operand ? offset : offset - (/[<>/%=]*$/.exec(before)?.[0].length ?? 0);
  const inBounds = /\[\s*(\d+\s*:\s*)?$/.test(before);
  const habit = HABITS.find(([pattern]) => pattern.test(inBounds ? '[' : text.slice(start)))?.[1];
  const place = { start, end: Math.max(start + 1, offset) };
  const found = start < text.length ? `'${text.slice(start, place.end)}'` : 'the end';
  if (operand) {
    return { ...place, what: `an operand is missing before ${found}`, mend: habit ?? 'Write a number, a name, X[rs1], a call, (…) or {…} here.' };
  }
  const literals = new Set(expected.flatMap((e) => (e.type === 'literal' ? [e.text] : [])));
  const wanted = ['then', 'else', ')', '}', ']', ','].filter((t) => literals.has(t)).map((t) => `'${t}'`).join(' or ');
  return wanted === ''
    ? { ...place, what: `${found} cannot stand here`, mend: habit ?? 'Join the two with an operator, or end the operation here.' }
    : { ...place, what: `${wanted} is missing before ${found}`, mend: habit ?? `Write ${wanted} here.` };
}

function failure(op: Operation, subject: string, { what, mend, ...place }: SyntaxMistake): Outcome<never> {
  const diagnostic: Diagnostic = { span: spanOf(op, place), message: `${subject}: ${what}`, mend };
  return { ok: false, diagnostics: [diagnostic] };
}

/**
 * Parses an operation.
 *
 * @param subject - Who the operation belongs to, for messages: `hlv.w`.
 * @returns The tree, or a single diagnostic at the character that does not fit.
 */
export function parseOperation(op: Operation, subject = 'operation'): Outcome<Tree> {
  const text = sourceOf(op);
  const raw = op.span.file.text.slice(op.span.start, op.span.end);
  const backslash = [raw, op.text].map((t) => t.indexOf('\\')).find((i) => i >= 0);
  if (backslash !== undefined) {
    const place = { start: backslash, end: backslash + 1 };
    return failure(op, subject, { ...place, what: 'an operation has no escapes', mend: 'Write it without a backslash.' });
  }
  if (text.trim() === '') {
    return failure(op, subject, { start: 0, end: text.length, what: 'the operation is empty', mend: 'Write an expression.' });
  }
  try {
    const tree: Tree = parser().parse(text);
    return { ok: true, value: tree };
  } catch (error) {
    if (!(error instanceof parser().SyntaxError)) throw error;
    return failure(op, subject, mistake(text, error.location.start.offset, error.expected ?? []));
  }
}
