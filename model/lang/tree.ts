/**
 * The tree of an operation: what the grammar yields and the width checker
 * reads. A closed union; every node knows its place in the operation's text.
 */

/** Where a node stands: characters `start`..`end` (exclusive) of the operation's text. Parentheses around it are included. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Operators before one operand. */
export type UnaryOp = '~' | '-' | '!';

/** Operators between two operands. */
export type BinaryOp =
  | '*' | '/s' | '/u' | '%s' | '%u'
  | '+' | '-'
  | '<<' | '>>u' | '>>s'
  | '==' | '!=' | '<u' | '<s' | '<=u' | '<=s' | '>u' | '>s' | '>=u' | '>=s'
  | '&' | '^' | '|' | '&&' | '||';

/** `12`, or `5:3` with `width` 3. */
export interface NumberNode extends Place {
  readonly kind: 'number';
  readonly value: bigint;
  readonly width?: number;
}

/** `pc`, `mstatus.SIE`. */
export interface NameNode extends Place {
  readonly kind: 'name';
  readonly name: string;
}

/** `X[rs1]`. */
export interface RegisterNode extends Place {
  readonly kind: 'register';
  readonly operand: string;
}

/** `a[7:0]`; `a[3]` has `high` and `low` 3. */
export interface SliceNode extends Place {
  readonly kind: 'slice';
  readonly a: Tree;
  readonly high: number;
  readonly low: number;
}

/** `{a, b}`, most significant first. */
export interface ConcatNode extends Place {
  readonly kind: 'concat';
  readonly parts: readonly Tree[];
}

export interface UnaryNode extends Place {
  readonly kind: 'unary';
  readonly op: UnaryOp;
  readonly a: Tree;
}

export interface BinaryNode extends Place {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly a: Tree;
  readonly b: Tree;
}

/** `if c then a else b`. */
export interface ConditionalNode extends Place {
  readonly kind: 'conditional';
  readonly condition: Tree;
  readonly then: Tree;
  readonly else: Tree;
}

/** `sext(a)`, `zext<32>(a)`. */
export interface ExtendNode extends Place {
  readonly kind: 'extend';
  readonly signed: boolean;
  readonly width?: number;
  readonly a: Tree;
}

/** `mulh(a, b)` or a function of the specs. */
export interface CallNode extends Place {
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly Tree[];
}

/** An operation or a part of one. */
export type Tree =
  | NumberNode | NameNode | RegisterNode | SliceNode | ConcatNode | UnaryNode | BinaryNode | ConditionalNode | ExtendNode | CallNode;

/** Binary operators by how tightly they bind, loosest first; operators of one level group to the left. */
export const PRECEDENCE: readonly (readonly BinaryOp[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!=', '<=u', '<=s', '>=u', '>=s', '<u', '<s', '>u', '>s'],
  ['<<', '>>u', '>>s'],
  ['+', '-'],
  ['*', '/s', '/u', '%s', '%u'],
];
