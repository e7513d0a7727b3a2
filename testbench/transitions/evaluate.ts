/**
 * Operations of the specs on partly known state: a second reading of the
 * operation language, by walking its trees. It shares the parser with the
 * compiler and nothing else.
 */
import { parseOperation } from '../../model/lang/parse.js';
import type { Tree } from '../../model/lang/tree.js';
import type { Condition, Operation, SpecFunction } from '../../model/spec/isa.js';
import { andBit, at, type Bit, type Bits, blurred, dependencies, equal, fit, joined, known, mux, not, orBit, single, slice, valueOf } from './bits.js';
import { combine } from './operators.js';

/** What the names of an operation stand for. */
export interface Names {
  name(name: string): Bits | undefined;
  register(operand: string): Bits | undefined;
  call(name: string): SpecFunction | undefined;
}

const trees = new WeakMap<Operation, Tree>();

/** The tree of an operation; the loader has parsed it before, so it has no mistakes. */
export function treeOf(operation: Operation): Tree {
  const found = trees.get(operation);
  if (found !== undefined) return found;
  const parsed = parseOperation(operation);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((d) => d.message).join('\n'));
  trees.set(operation, parsed.value);
  return parsed.value;
}

/** The value of an operation. */
export const evaluate = (operation: Operation, names: Names): Bits => walk(treeOf(operation), names);

/** The value of an operation of one bit. */
export const evaluateBit = (operation: Operation, names: Names): Bit => at(evaluate(operation, names), 0);

/** One bit: every variable of the condition has one of its values. */
export function holds(condition: Condition, names: Names): Bit {
  let result: Bit = 1;
  for (const { variable, values } of condition.terms) {
    const value = named(variable, names);
    result = andBit(result, values.map((v) => equal(value, known(v))).reduce(orBit, 0));
  }
  return result;
}

function named(name: string, names: Names): Bits {
  const value = names.name(name);
  if (value === undefined) throw new Error(`an operation of the specs uses ${name}, which transitions do not know`);
  return value;
}

function walk(tree: Tree, names: Names): Bits {
  const of = (part: Tree): Bits => walk(part, names);
  switch (tree.kind) {
    case 'number':
      return known(tree.value, tree.width);
    case 'name':
      return named(tree.name, names);
    case 'register':
      return names.register(tree.operand) ?? known(0n, 64);
    case 'slice':
      return slice(of(tree.a), tree.high, tree.low);
    case 'concat':
      return joined([...tree.parts].reverse().map(of));
    case 'unary':
      return tree.op === '-' ? negate(of(tree.a)) : not(of(tree.a));
    case 'binary':
      return combine(tree.op, of(tree.a), of(tree.b));
    case 'conditional': {
      const condition = at(of(tree.condition), 0);
      if (condition === 1) return of(tree.then);
      if (condition === 0) return of(tree.else);
      return mux(condition, of(tree.then), of(tree.else));
    }
    case 'extend': {
      const a = of(tree.a);
      const extended = { ...a, rest: tree.signed ? at(a, a.width - 1) : (0 as const) };
      return tree.width === undefined ? extended : fit(extended, tree.width);
    }
    case 'call':
      return call(tree.name, tree.arguments.map(of), names);
  }
}

function negate(a: Bits): Bits {
  const width = a.rest === undefined ? a.width : 64;
  const value = valueOf(fit(a, width));
  return value === undefined ? blurred(dependencies(a), width) : known(-value, width);
}

function call(name: string, values: readonly Bits[], names: Names): Bits {
  const called = names.call(name);
  // mulh and its kin are no functions of the specs; no decision rests on them.
  if (called === undefined) return known(0n, 64);
  const local = new Map(called.parameters.map(({ name: parameter, width }, i) => [parameter, fit(values[i] ?? single(0), width)]));
  return evaluate(called.value, { name: (n) => local.get(n) ?? names.name(n), register: () => undefined, call: (n) => names.call(n) });
}
