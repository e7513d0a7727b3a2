/**
 * Operations for tests: written as they stand in YAML, and what the hardware
 * made of constant ones yields.
 */
import type { Expr } from '../ir/ir.js';
import { applyBinary, maskOf, toSigned, truncate } from '../ir/ops.js';
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

/** The value of a constant expression. */
export function evaluate(e: Expr): bigint {
  switch (e.kind) {
    case 'const': return e.value;
    case 'not': return evaluate(e.a) ^ maskOf(e.width);
    case 'mux': return evaluate(e.condition) === 1n ? evaluate(e.then) : evaluate(e.else);
    case 'slice': return (evaluate(e.a) >> BigInt(e.low)) & maskOf(e.width);
    case 'concat': return e.parts.reduce((v, p) => (v << BigInt(p.width)) | evaluate(p), 0n);
    case 'extend': return truncate(e.width, e.signed ? toSigned(e.a.width, evaluate(e.a)) : evaluate(e.a));
    case 'wire': return evaluate(e.wire.value);
    case 'binary': return applyBinary(e.op, e.a.width, evaluate(e.a), evaluate(e.b));
    default: throw new Error(`${e.kind} is not constant`);
  }
}
