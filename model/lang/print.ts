/**
 * Operations as text again, with the fewest parentheses that keep the tree.
 */
import { PRECEDENCE, type BinaryOp, type Tree } from './tree.js';

const CONDITIONAL = -1;
const UNARY = PRECEDENCE.length;
const POSTFIX = UNARY + 1;

const level = (op: BinaryOp): number => PRECEDENCE.findIndex((ops) => ops.includes(op));

function binding(tree: Tree): number {
  switch (tree.kind) {
    case 'conditional': return CONDITIONAL;
    case 'binary': return level(tree.op);
    case 'unary': return UNARY;
    default: return POSTFIX;
  }
}

const list = (trees: readonly Tree[]): string => trees.map((t) => printTree(t)).join(', ');

const sized = (width: number | undefined, open: string, close: string): string => (width === undefined ? '' : `${open}${width}${close}`);

function bare(tree: Tree): string {
  switch (tree.kind) {
    case 'number': return `${tree.value}${sized(tree.width, ':', '')}`;
    case 'name': return tree.name;
    case 'register': return `X[${tree.operand}]`;
    case 'slice': return `${atLeast(tree.a, POSTFIX)}[${tree.high === tree.low ? tree.high : `${tree.high}:${tree.low}`}]`;
    case 'concat': return `{${list(tree.parts)}}`;
    case 'unary': return `${tree.op}${atLeast(tree.a, UNARY)}`;
    case 'binary': return `${atLeast(tree.a, level(tree.op))} ${tree.op} ${atLeast(tree.b, level(tree.op) + 1)}`;
    case 'conditional': return `if ${printTree(tree.condition)} then ${printTree(tree.then)} else ${printTree(tree.else)}`;
    case 'extend': return `${tree.signed ? 'sext' : 'zext'}${sized(tree.width, '<', '>')}(${printTree(tree.a)})`;
    case 'call': return `${tree.name}(${list(tree.arguments)})`;
  }
}

function atLeast(tree: Tree, required: number): string {
  return binding(tree) >= required ? bare(tree) : `(${bare(tree)})`;
}

/** The operation as text; parsing it yields the same tree, but for the places. */
export function printTree(tree: Tree): string {
  return bare(tree);
}
