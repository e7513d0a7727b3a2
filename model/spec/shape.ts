/**
 * Words of the schema: what a single value, a list or a mapping may be.
 *
 * Schemas are zod schemas over the tree of `node.ts`. Their messages have two
 * lines: the complaint, and how to mend it.
 */
import { z } from 'zod';
import type { Span } from './diagnostic.js';
import type { BitRange, Operation } from './isa.js';
import { nearest } from './nearest.js';
import { List, locate, Mapping, type Node, Text } from './node.js';
import type { Report } from './report.js';

/** A value and its place. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

const complaint = (what: string, mend: string): string => `${what}\n${mend}`;

/** Any scalar. */
export const text = z.custom<Text>((node) => node instanceof Text, complaint('a single value stands here', 'Write one value, not a list or a mapping.'));

const NO_LIST = complaint('a list stands here', 'Write [a, b] or lines that start with `- `.');
const NO_MAPPING = complaint('a mapping stands here', 'Write { key: value } or indented lines `key: value`.');

/** Any list, items unexamined. */
export const anyList = z.custom<List>((node) => node instanceof List, NO_LIST);

/** Any mapping, values unexamined. */
export const anyMapping = z.custom<Mapping>((node) => node instanceof Mapping, NO_MAPPING);

/** A mapping with exactly these keys. */
export function closed<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const error: z.core.$ZodErrorMap = ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : NO_MAPPING);
  return z.preprocess((node) => (node instanceof Mapping ? valuesOf(node) : null), z.strictObject(shape, { error }));
}

function valuesOf(mapping: Mapping): Readonly<Record<string, Node>> {
  return Object.fromEntries(mapping.entries.map(({ key, value }) => [key.text, value]));
}

/** A list of at least one item. */
export function listOf<T extends z.ZodType>(item: T) {
  const items = z.array(item, NO_LIST).min(1, complaint('an empty list', 'Name at least one, or remove the key.'));
  return z.preprocess((node) => (node instanceof List ? [...node.items] : null), items);
}

/** A scalar that a function understands; otherwise what it should have been. */
function scalar<T>(understand: (text: Text) => T | undefined, what: string, mend: string) {
  return text.transform((node, context): T => {
    const value = understand(node);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: complaint(`${shown(node)} is not ${what}`, mend) });
    return z.NEVER;
  });
}

const shown = (node: Text): string => (node.text === '' ? 'nothing' : node.text);

/** `0x300`, `0b101` or `12`. */
export const integer = scalar((node) => (/^(0x[0-9a-fA-F]+|0b[01]+|[0-9]+)$/.test(node.text) ? { value: BigInt(node.text), span: node.span } : undefined),
  'a number', 'Write 12, 0x0c or 0b1100, without a sign or underscores.');

/** An integer that is small, as a JavaScript number. */
export const small = integer.transform(({ value, span }, context): Located<number> => {
  if (value <= 0xffff_ffffn) return { value: Number(value), span };
  context.addIssue({ code: 'custom', message: complaint(`${value} is too large`, 'Write a number below 2^32.') });
  return z.NEVER;
});

/** `true` or `false`. */
export const bool = scalar(({ text }) => (text === 'true' ? true : text === 'false' ? false : undefined), 'true or false', 'Write true or false.');

/** `11-7`, high bit first, or a single `7`. */
export const bits = scalar(bitRange, 'a range of bits', 'Write the high bit first: 11-7, or a single bit: 7.');

function bitRange({ text, span }: Text): Located<BitRange> | undefined {
  const [, high, low] = /^([0-9]{1,3})(?:-([0-9]{1,3}))?$/.exec(text) ?? [];
  if (high === undefined) return undefined;
  const range = { high: Number(high), low: Number(low ?? high) };
  return range.high >= range.low ? { value: range, span } : undefined;
}

/** Text that is not empty. */
export const word = scalar((node) => (node.text === '' ? undefined : node), 'a name', 'Write the name after the colon.');

/** One of a closed list of words. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return scalar((node) => {
    const value = words.find((candidate) => candidate === node.text);
    return value === undefined ? undefined : { value, span: node.span };
  }, `one of ${words.join(', ')}`, `Write one of: ${words.join(', ')}.`);
}

/** Text in double quotes, without escapes. */
function quoted(node: Text): boolean {
  return node.quotes === 'double' && !node.raw.includes('\\');
}

/** An operation: double-quoted, kept as it stands so that every character knows its place. */
export const operation = text.transform((node, context): Operation => {
  if (quoted(node) && node.raw.trim() !== '') return { text: node.raw, span: node.span };
  context.addIssue({ code: 'custom', message: operationComplaint(node, 'operation') });
  return z.NEVER;
});

/** The right-hand side of an assignment: an operation, or one bare name. */
export const assigned = text.transform((node, context): Operation => {
  const bare = node.quotes === 'plain' && /^[A-Za-z_][A-Za-z0-9_.]*$/.test(node.text);
  if (bare || (quoted(node) && node.raw.trim() !== '')) return { text: node.raw, span: node.span };
  context.addIssue({ code: 'custom', message: operationComplaint(node, 'operation') });
  return z.NEVER;
});

/** An encoding of exactly so many characters `0`, `1`, `-`. */
export const match = (width: 16 | 32) => text.transform((node, context): Text => {
  const wrong = matchComplaint(node, width);
  if (wrong === undefined) return node;
  context.addIssue({ code: 'custom', message: wrong });
  return z.NEVER;
});

function operationComplaint(node: Text, what: string): string {
  if (node.text.trim() === '') return complaint(`an empty ${what}`, 'Write it in double quotes, or remove the key.');
  if (node.quotes !== 'double') return complaint(`the ${what} is not in double quotes`, `Write "${node.text.trim()}".`);
  return complaint(`the ${what} contains a backslash`, 'Operations have no escapes: write the characters themselves.');
}

function matchComplaint(node: Text, width: number): string | undefined {
  if (node.quotes !== 'double') return complaint('the match is not in double quotes', `Write "${node.text}".`);
  const stranger = /[^01-]/.exec(node.text)?.[0];
  if (stranger !== undefined) return complaint(`the match contains ${JSON.stringify(stranger)}`, 'A match consists of 0, 1 and - only.');
  const { length } = node.text;
  if (length === width) return undefined;
  return complaint(`the match has ${length} characters`, `A match has ${width} characters, most significant bit first: ${length < width ? `${width - length} missing` : `${length - width} too many`}.`);
}

/**
 * A node under a schema; otherwise nothing, and its mistakes are reported.
 *
 * @param label - The entry that complaints are about: `hlv.w`.
 */
export function read<T>(schema: z.ZodType<T>, node: Node, label: string, report: Report): T | undefined {
  const outcome = schema.safeParse(node);
  if (outcome.success) return outcome.data;
  const { issues } = outcome.error;
  const meant = new Set(issues.flatMap((issue) => reportUnknownKeys(issue, node, label, report)));
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') continue;
    const { node: place, missing } = locate(node, issue.path);
    const [what = '', mend = ''] = issue.message.split('\n');
    if (missing === undefined) report.add(place.span, `${label}: ${what}`, mend);
    else if (!meant.has(missing)) report.add(headOf(place), `${label}: ${missing} is missing`, `Add \`${missing}: ...\`.`);
  }
  return undefined;
}

/** Reports each unknown key; returns the keys that were probably meant. */
function reportUnknownKeys(issue: z.core.$ZodIssue, node: Node, label: string, report: Report): readonly string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const known = issue.message.split(' ');
  const { node: place } = locate(node, issue.path);
  return issue.keys.flatMap((key) => {
    const close = nearest(key, known);
    const span = place instanceof Mapping ? place.get(key)?.key.span : undefined;
    report.add(span ?? place.span, `${label}: unknown key ${key}`, close === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean ${close}?`);
    return close === undefined ? [] : [close];
  });
}

/** A collection's first line: a caret under a whole block says nothing. */
function headOf(node: Node): Span {
  const { file, start, end } = node.span;
  const [first = ''] = file.text.slice(start, end).split('\n');
  return { file, start, end: start + first.trimEnd().length };
}
