/** Assignments: of an expression, of a choice as `if`, of a selection as `case`. */
import type { Expr } from '../../ir/ir.js';
import { literal, type ExpressionPrinter } from './expressions.js';
import { fits, lines, type Doc } from './layout.js';

/** Columns of a level. */
export const STEP = 2;
const pad = (indent: number): string => ' '.repeat(indent);

/** A statement behind what it depends on: on the same line if it is short. */
function behind(head: string, body: readonly string[], indent: number): readonly string[] {
  const [only] = body;
  const line = `${pad(indent)}${head} ${only?.trimStart() ?? ''}`;
  return body.length === 1 && fits(line, 0) ? [line] : [pad(indent) + head, ...body];
}

/** Prints assignments of one kind. */
export class AssignmentPrinter {
  constructor(
    readonly expressions: ExpressionPrinter,
    /** `=` in combinational logic, `<=` at the clock. */
    readonly sign: '=' | '<=',
  ) {}

  /** `target` gets a value, which is used by name if it has one. */
  use(target: string, value: Expr, indent: number): readonly string[] {
    const name = this.expressions.scope.signal(value);
    return name === undefined ? this.spell(target, value, indent) : [`${pad(indent)}${target} ${this.sign} ${name};`];
  }

  /** The same, spelled out. */
  spell(target: string, value: Expr, indent: number): readonly string[] {
    if (value.kind === 'select') return this.#case(target, value, indent);
    if (value.kind === 'mux' && !this.isExpression(value, indent + target.length + 4)) return this.#if(target, value, indent);
    return lines(`${target} ${this.sign} `, this.expressions.spell(value), ';', indent);
  }

  /**
   * Whether a value is spelled out as an expression: a choice only on a line of its own, a selection never.
   *
   * @param taken - Columns of that line that are taken.
   */
  isExpression(value: Expr, taken: number): boolean {
    if (value.kind === 'select') return false;
    return value.kind !== 'mux' || (this.#isPlain(value.then) && this.#isPlain(value.else) && fits(this.expressions.spell(value), taken));
  }

  #if(target: string, { condition, then, else: otherwise }: Extract<Expr, { kind: 'mux' }>, indent: number): readonly string[] {
    const arm = (value: Expr): readonly string[] => this.use(target, value, indent + STEP);
    const chained = otherwise.kind === 'mux' && this.expressions.scope.signal(otherwise) === undefined;
    const rest = chained ? this.#if(target, otherwise, indent) : undefined;
    return [
      ...conditional('if (', this.expressions.use(condition), arm(then), indent),
      ...(rest === undefined ? behind('else', arm(otherwise), indent) : [`${pad(indent)}else ${rest[0]?.trimStart() ?? ''}`, ...rest.slice(1)]),
    ];
  }

  #case(target: string, { key, cases, default: otherwise }: Extract<Expr, { kind: 'select' }>, indent: number): readonly string[] {
    return [
      ...lines('case (', this.expressions.use(key), ')', indent),
      ...cases.flatMap((c) => labelled(key, c.keys, this.use(target, c.value, indent + 2 * STEP), indent + STEP)),
      ...behind('default:', this.use(target, otherwise, indent + 2 * STEP), indent + STEP),
      `${pad(indent)}endcase`,
    ];
  }

  /** No selection is spelled out in it. */
  #isPlain(e: Expr): boolean {
    if (this.expressions.scope.signal(e) !== undefined) return true;
    return e.kind === 'mux' ? this.#isPlain(e.then) && this.#isPlain(e.else) : e.kind !== 'select';
  }
}

/** `if (condition)` and what it guards. */
function conditional(before: string, condition: Doc, body: readonly string[], indent: number): readonly string[] {
  const head = lines(before, condition, ')', indent);
  const [only] = head;
  return head.length === 1 && only !== undefined ? behind(only.trimStart(), body, indent) : [...head, ...body];
}

/** The labels of a case as a list. */
export function labels(key: Expr, keys: readonly bigint[]): Doc {
  return { open: '', items: keys.map((k) => literal(key.width, k)), separator: ',', close: '' };
}

function labelled(key: Expr, keys: readonly bigint[], body: readonly string[], indent: number): readonly string[] {
  const head = lines('', labels(key, keys), ':', indent);
  const [only] = head;
  return head.length === 1 && only !== undefined ? behind(only.trimStart(), body, indent) : [...head, ...body];
}
