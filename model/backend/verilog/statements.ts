/** The statements of a cycle as a tree of `if` and `case`, down to those that somebody asks for. */
import { binary, not } from '../../ir/build.js';
import type { Expr, Statement } from '../../ir/ir.js';
import { filterStatements } from '../../ir/observation.js';
import { labels, STEP } from './assignment.js';
import type { ExpressionPrinter } from './expressions.js';
import { lines } from './layout.js';

type Branch = Extract<Statement, { kind: 'if' | 'switch' }>;
/** A statement that does something. */
export type Leaf = Exclude<Statement, Branch>;

/** Prints a statement that is no branch. */
export type PrintLeaf = (s: Leaf, indent: number) => readonly string[];

const isBranch = (s: Statement): s is Branch => s.kind === 'if' || s.kind === 'switch';
const pad = (indent: number): string => ' '.repeat(indent);

/** An `if` as it is printed. */
interface Decision {
  readonly condition: Expr;
  readonly then: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

/** Something happens if the condition holds; where nothing else does, conditions within are conditions of all. */
function decisionOf(s: Extract<Statement, { kind: 'if' }>, expressions: ExpressionPrinter): Decision {
  if (s.then.length > 0 && s.else.length > 0) return { condition: s.condition, then: s.then, otherwise: s.else };
  const opposite = (): Expr => (expressions.scope.signal(s.condition) === undefined ? not(s.condition) : { kind: 'not', width: 1, a: s.condition });
  const [condition, then] = s.then.length > 0 ? [s.condition, s.then] : [opposite(), s.else];
  const [only, ...others] = then;
  if (only?.kind !== 'if' || others.length > 0) return { condition, then, otherwise: [] };
  const inner = decisionOf(only, expressions);
  return inner.otherwise.length > 0 ? { condition, then, otherwise: [] } : { ...inner, condition: binary('and', condition, inner.condition) };
}

/**
 * The branches that lead to certain statements, and these.
 *
 * @param wanted - Which statements; nothing is printed of a branch without any.
 */
export function statementLines(
  body: readonly Statement[], wanted: (s: Leaf) => boolean, leaf: PrintLeaf, expressions: ExpressionPrinter, indent: number,
): readonly string[] {
  const list = (statements: readonly Statement[], at: number): readonly string[] => statements.flatMap((s) => one(s, at));
  const one = (s: Statement, at: number): readonly string[] => {
    switch (s.kind) {
      case 'if': return branch(s, at);
      case 'switch': return [
        ...lines('case (', expressions.use(s.key), ')', at),
        ...s.cases.filter((c) => c.body.length > 0 || s.default.length > 0).flatMap((c) => block(lines('', labels(s.key, c.keys), ':', at + STEP), c.body, at + STEP)),
        ...(s.default.length === 0 ? [`${pad(at + STEP)}default: ;`] : block([`${pad(at + STEP)}default:`], s.default, at + STEP)),
        `${pad(at)}endcase`,
      ];
      default: return leaf(s, at);
    }
  };
  /** A `begin` at the end of the head, the statements, an `end`. */
  const block = (head: readonly string[], statements: readonly Statement[], at: number): readonly string[] => [
    ...head.slice(0, -1), `${head.at(-1) ?? ''} begin`, ...list(statements, at + STEP), `${pad(at)}end`,
  ];
  const branch = (s: Extract<Statement, { kind: 'if' }>, at: number): readonly string[] => {
    const { condition, then, otherwise } = decisionOf(s, expressions);
    const head = block(lines('if (', expressions.use(condition), ')', at), then, at);
    if (otherwise.length === 0) return head;
    const [first] = otherwise;
    const alone = otherwise.length === 1 && first?.kind === 'if' ? first : undefined;
    const rest = alone === undefined ? block([`${pad(at)}else`], otherwise, at) : branch(alone, at);
    const [next = '', ...more] = rest;
    const joined = alone === undefined ? next.trimStart() : `else ${next.trimStart()}`;
    return [...head.slice(0, -1), `${pad(at)}end ${joined}`, ...more];
  };
  return list(filterStatements(body, (s) => isBranch(s) || wanted(s)), indent);
}
