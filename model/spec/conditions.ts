/**
 * `when: { mode: VS, hstatus.VTSR: 1 }`, and assignments `mstatus.SIE: mstatus.SPIE`.
 */
import type { Context } from './context.js';
import type { Condition, Update } from './isa.js';
import { suggestion } from './nearest.js';
import { List, type Mapping, type MappingEntry, type Node, Text } from './node.js';
import { assigned, closed, integer } from './shape.js';
import { type Domain, isModeView, type Use, type VariableSpace } from './variables.js';

/** What conditions are understood in. */
export interface Conditions {
  readonly context: Context;
  readonly space: VariableSpace;
  readonly use: Use;
}

type Term = Condition['terms'][number];

/** A condition; terms with mistakes are reported and left out. */
export function buildCondition(when: Mapping | undefined, label: string, conditions: Conditions): Condition & { readonly sound: boolean } {
  const entries = when?.entries ?? [];
  const terms = entries.flatMap((entry) => buildTerm(entry, label, conditions) ?? []);
  return { terms, sound: terms.length === entries.length };
}

function buildTerm({ key, value }: MappingEntry, label: string, conditions: Conditions): Term | undefined {
  const { context, space, use } = conditions;
  const domain = space.domain(key.text, use);
  if (domain === undefined) {
    if (!space.declared(key.text)) context.unknown(key, 'variable', label, space.candidates(key.text, use), 'Conditions ask about mode, V, CSR fields (csr.FIELD), and `variables:`.');
    return undefined;
  }
  const nodes = value instanceof List ? value.items : [value];
  if (nodes.length === 0) context.report.add(value.span, `${label}: ${key.text} has no value`, 'Name the values that match, or remove the term: it then matches all.');
  const values = nodes.flatMap((node) => valueOf(node, key.text, domain, label, context) ?? []);
  if (values.length < nodes.length || values.length === 0) return undefined;
  return { variable: key.text, values, span: { ...key.span, end: value.span.end } };
}

function valueOf(node: Node, variable: string, domain: Domain, label: string, context: Context): bigint | undefined {
  if (domain.names !== undefined) return named(node, variable, domain.names, label, context);
  const number = context.read(integer, node, `${label}: ${variable}`);
  if (number === undefined) return undefined;
  const { value, span } = number;
  if (value >> BigInt(domain.width) !== 0n) {
    context.report.add(span, `${label}: ${value} does not fit into ${variable}, which has ${domain.width} bit${domain.width === 1 ? '' : 's'}`, `The largest value is ${(1n << BigInt(domain.width)) - 1n}.`);
    return undefined;
  }
  if (!isModeView(variable) || domain.legal === undefined || domain.legal.includes(value)) return value;
  context.report.add(span, `${label}: ${variable} is never ${value}`, `Its values are ${domain.legal.join(', ')}.`);
  return undefined;
}

function named(node: Node, variable: string, names: Readonly<Record<string, bigint>>, label: string, context: Context): bigint | undefined {
  const found = Object.entries(names).find(([name]) => node instanceof Text && node.text === name);
  if (found !== undefined) return found[1];
  const written = node instanceof Text ? node.text : '';
  const article = /^[aeiou]/.test(variable) ? 'an' : 'a';
  context.report.add(node.span, `${label}: ${written === '' ? 'this' : written} is not ${article} ${variable}`, suggestion(written, Object.keys(names)));
  return undefined;
}

/** `next: { pc, priv, V }`. */
export const NEXT = closed({ pc: assigned.exactOptional(), priv: assigned.exactOptional(), V: assigned.exactOptional() });

/** Assignments to CSRs and fields that exist. */
export function buildUpdates(update: Mapping | undefined, label: string, context: Context): readonly Update[] {
  return (update?.entries ?? []).flatMap(({ key, value }) => {
    context.refersToCsr(key, label);
    const operation = context.read(assigned, value, `${label}: ${key.text}`);
    return operation === undefined ? [] : [{ target: key.text, value: operation, span: key.span }];
  });
}
