/**
 * Operations for tests: written as they stand in YAML, and what the hardware
 * made of constant ones yields.
 */
import type { Expr } from '../ir/ir.js';
import { evaluate, resetStateOf } from '../ir/eval.js';
import type { Diagnostic } from '../spec/diagnostic.js';
import type { Operation, SpecFunction } from '../spec/isa.js';

/** An operation in a file of its own: `    result: "TEXT"`. */
export function operation(text: string, path = 'specs/isa/test.yaml'): Operation {
  const before = '    result: "';
  const file = { path, text: `${before}${text}"\n` };
  return { text: text.replace(/\s*\n\s*/g, ' '), span: { file, start: before.length, end: before.length + text.length } };
}

/** A function of the specs: `fn('twice', { a: 8 }, 'a + a')`. */
export function fn(name: string, parameters: Readonly<Record<string, number>>, text: string): SpecFunction {
  const value = operation(text, 'specs/isa/functions.yaml');
  return {
    name, value, span: value.span, rules: [], extension: 'test',
    parameters: Object.entries(parameters).map(([name, width]) => ({ name, width })),
  };
}

/** The characters under the caret. */
export const underlined = (d: Diagnostic): string => d.span.file.text.slice(d.span.start, d.span.end);

const NOTHING = resetStateOf({ name: 'nothing', registers: [], arrays: [], memories: [], wires: [], body: [] });

/** The value of an expression without registers. */
export const valueOf = (e: Expr): bigint => evaluate(e, NOTHING);
