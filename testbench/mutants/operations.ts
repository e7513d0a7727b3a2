/**
 * Small mistakes in an operation, read off its tree: a wrong operator, a lost
 * term, a forgotten slice, the wrong extension. What the width checker would
 * reject is sorted out later; nobody could have shipped it.
 */
import { parseOperation } from '../../model/lang/parse.js';
import { printTree } from '../../model/lang/print.js';
import type { BinaryOp, Tree } from '../../model/lang/tree.js';
import type { Operation } from '../../model/spec/isa.js';

/** Operators that are easily taken for one another. */
const CONFUSED: Readonly<Record<BinaryOp, readonly BinaryOp[]>> = {
  '+': ['-'], '-': ['+'], '*': ['+'],
  '/s': ['/u', '%s'], '/u': ['/s', '%u'], '%s': ['%u', '/s'], '%u': ['%s', '/u'],
  '<<': ['>>u'], '>>u': ['>>s', '<<'], '>>s': ['>>u', '<<'],
  '==': ['!='], '!=': ['=='],
  '<u': ['<s', '>=u'], '<s': ['<u', '>=s'], '<=u': ['<=s', '>u'], '<=s': ['<=u', '>s'],
  '>u': ['>s', '<=u'], '>s': ['>u', '<=s'], '>=u': ['>=s', '<u'], '>=s': ['>=u', '<s'],
  '&': ['|'], '|': ['&', '^'], '^': ['|'], '&&': ['||'], '||': ['&&'],
};
/** Operators of which one side may get lost. */
const JOINING: ReadonlySet<BinaryOp> = new Set(['&', '|', '&&', '||', '+']);
/** Operators whose sides may be exchanged. */
const ORDERED: ReadonlySet<BinaryOp> = new Set(['-', '<u', '<s', '>=u', '>=s', '/s', '/u', '%s', '%u']);
const CALLS: Readonly<Record<string, readonly string[]>> = { mulh: ['mulhu'], mulhu: ['mulh', 'mulhsu'], mulhsu: ['mulh', 'mulhu'] };

/** All operations that differ from this one by one small mistake. */
export function mistaken(operation: Operation): readonly Operation[] {
  const parsed = parseOperation(operation);
  if (!parsed.ok) return [];
  const texts = new Set([...variants(parsed.value)].map(printTree));
  texts.delete(printTree(parsed.value));
  return [...texts].map((text) => ({ ...operation, text }));
}

/** Mistakes at the root, then at each part. */
function* variants(tree: Tree): Generator<Tree> {
  yield* here(tree);
  yield* within(tree);
}

function* here(tree: Tree): Generator<Tree> {
  switch (tree.kind) {
    case 'number':
      yield { ...tree, value: tree.value ^ 1n };
      return;
    case 'slice':
      yield tree.a;
      yield { ...tree, high: tree.high + 1, low: tree.low + 1 };
      if (tree.high > tree.low) yield { ...tree, high: tree.high - 1 };
      return;
    case 'unary':
      yield tree.a;
      return;
    case 'binary':
      for (const op of CONFUSED[tree.op]) yield { ...tree, op };
      if (JOINING.has(tree.op)) yield* [tree.a, tree.b];
      if (ORDERED.has(tree.op)) yield { ...tree, a: tree.b, b: tree.a };
      return;
    case 'conditional':
      yield tree.then;
      yield tree.else;
      return;
    case 'extend':
      yield { ...tree, signed: !tree.signed };
      return;
    case 'call':
      for (const name of CALLS[tree.name] ?? []) yield { ...tree, name };
      return;
    case 'register':
      if (tree.operand === 'rs2') yield { ...tree, operand: 'rs1' };
      return;
    case 'name':
    case 'concat':
      return;
  }
}

function* within(tree: Tree): Generator<Tree> {
  switch (tree.kind) {
    case 'slice':
    case 'unary':
    case 'extend':
      for (const a of variants(tree.a)) yield { ...tree, a };
      return;
    case 'binary':
      for (const a of variants(tree.a)) yield { ...tree, a };
      for (const b of variants(tree.b)) yield { ...tree, b };
      return;
    case 'conditional':
      for (const condition of variants(tree.condition)) yield { ...tree, condition };
      for (const a of variants(tree.then)) yield { ...tree, then: a };
      for (const b of variants(tree.else)) yield { ...tree, else: b };
      return;
    case 'concat':
      for (const [i, part] of tree.parts.entries()) for (const v of variants(part)) yield { ...tree, parts: tree.parts.with(i, v) };
      return;
    case 'call':
      for (const [i, part] of tree.arguments.entries()) for (const v of variants(part)) yield { ...tree, arguments: tree.arguments.with(i, v) };
      return;
    case 'number':
    case 'name':
    case 'register':
      return;
  }
}
