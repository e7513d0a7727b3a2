/**
 * Pure functions of the operation language.
 */
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import type { SpecFunction } from './isa.js';
import { anyMapping, closed, listOf, operation, small, word } from './shape.js';

const FUNCTION = closed({ parameters: anyMapping.exactOptional(), value: operation, rules: listOf(word).exactOptional() });

/** All functions by name. */
export function buildFunctions(context: Context): ReadonlyMap<string, SpecFunction> {
  return context.build('functions', (declared) => buildFunction(declared, context));
}

function buildFunction(declared: Declared, context: Context): SpecFunction | undefined {
  const { label } = declared;
  context.wellNamed(declared.key, /^[a-z][a-z0-9_]*$/, label, 'effective_mode');
  const raw = context.read(FUNCTION, declared.node, label);
  if (raw === undefined) return undefined;
  const parameters = (raw.parameters?.entries ?? []).flatMap(({ key, value }) => {
    context.wellNamed(key, /^[A-Za-z][A-Za-z0-9_]*$/, label, 'a');
    const width = context.read(small, value, `${label}: ${key.text}`);
    if (width !== undefined && (width.value < 1 || width.value > 64)) context.report.add(width.span, `${label}: ${key.text} has ${width.value} bits`, 'A parameter has 1 to 64 bits.');
    return width === undefined ? [] : [{ name: key.text, width: width.value }];
  });
  return { ...context.entry(declared, raw.rules, true), parameters, value: raw.value };
}
