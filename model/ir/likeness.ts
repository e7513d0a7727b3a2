/** Which nodes and statements differ in nothing but their parts, and statements that differ in nothing at all. */
import type { Expr, Statement } from './ir.js';
import { mapStatement } from './map.js';
import { nestedBodies, operands, statementOperands } from './walk.js';

const sameKeys = (a: readonly { readonly keys: readonly bigint[] }[], b: readonly { readonly keys: readonly bigint[] }[]): boolean =>
  a.length === b.length && a.every((c, i) => c.keys.join() === b[i]?.keys.join());

/** The two are the same operation on operands of the same widths; a constant, read or wire is like itself only. */
export function alikeExprs(a: Expr, b: Expr): boolean {
  if (a.width !== b.width || !sameOperation(a, b)) return false;
  const theirs = operands(b);
  return operands(a).every((operand, i) => operand.width === theirs[i]?.width);
}

function sameOperation(a: Expr, b: Expr): boolean {
  switch (a.kind) {
    case 'const':
    case 'read':
    case 'wire':
      return false;
    case 'element':
      return b.kind === 'element' && b.array === a.array;
    case 'not':
    case 'mux':
      return b.kind === a.kind;
    case 'binary':
      return b.kind === 'binary' && b.op === a.op;
    case 'select':
      return b.kind === 'select' && sameKeys(a.cases, b.cases);
    case 'slice':
      return b.kind === 'slice' && b.low === a.low;
    case 'concat':
      return b.kind === 'concat' && b.parts.length === a.parts.length;
    case 'extend':
      return b.kind === 'extend' && b.signed === a.signed;
  }
}

/** The two do the same to the same storage, with values of the same widths; what is nested may differ. */
export function alikeStatements(a: Statement, b: Statement): boolean {
  const theirs = statementOperands(b);
  return sameEffect(a, b) && statementOperands(a).every((operand, i) => operand.width === theirs[i]?.width);
}

function sameEffect(a: Statement, b: Statement): boolean {
  switch (a.kind) {
    case 'assign':
      return b.kind === 'assign' && b.register === a.register;
    case 'write':
      return b.kind === 'write' && b.array === a.array;
    case 'if':
      return b.kind === 'if' && b.rare === a.rare;
    case 'switch':
      return b.kind === 'switch' && sameKeys(a.cases, b.cases);
    case 'load':
      return b.kind === 'load' && b.memory === a.memory && b.into === a.into;
    case 'store':
      return b.kind === 'store' && b.memory === a.memory;
    case 'count':
      return b.kind === 'count' && b.counter === a.counter;
    case 'record':
      return b.kind === 'record' && a.fields.map((f) => f.name).join() === b.fields.map((f) => f.name).join();
    case 'cover':
      return b.kind === 'cover' && b.family.name === a.family.name;
    case 'exit':
      return b.kind === 'exit' && b.reason === a.reason;
  }
}

/** Makes equal statements and equal lists one object, given that equal expressions are. */
export class StatementInterner {
  readonly #ids = new Map<object, number>();
  readonly #statements = new Map<string, Statement>();
  readonly #bodies = new Map<string, readonly Statement[]>();

  /** The representative of a list. */
  body(list: readonly Statement[]): readonly Statement[] {
    const unique = list.map((s) => this.#statement(s));
    const key = unique.map((s) => this.#id(s)).join();
    const known = this.#bodies.get(key);
    if (known !== undefined) return known;
    this.#bodies.set(key, unique);
    return unique;
  }

  #statement(s: Statement): Statement {
    const unique = mapStatement(s, { expr: (e) => e, body: (list) => this.body(list) });
    const key = this.#key(unique);
    const known = this.#statements.get(key);
    if (known !== undefined) return known;
    this.#statements.set(key, unique);
    return unique;
  }

  #key(s: Statement): string {
    const parts = [...statementOperands(s), ...nestedBodies(s)].map((part) => this.#id(part)).join();
    switch (s.kind) {
      case 'assign':
        return `${s.kind}${this.#id(s.register)}:${parts}`;
      case 'write':
        return `${s.kind}${this.#id(s.array)}:${parts}`;
      case 'if':
        return `${s.kind}${s.rare ?? ''}:${parts}`;
      case 'switch':
        return `${s.kind}${s.cases.map((c) => c.keys.join()).join(';')}:${parts}`;
      case 'load':
        return `${s.kind}${this.#id(s.memory)},${this.#id(s.into)}:${parts}`;
      case 'store':
        return `${s.kind}${this.#id(s.memory)}:${parts}`;
      case 'count':
        return `${s.kind}${s.counter}`;
      case 'record':
        return `${s.kind}${s.fields.map((f) => f.name).join()}:${parts}`;
      case 'cover':
        return `${s.kind}${s.family.name}:${parts}`;
      case 'exit':
        return `${s.kind}${s.reason}`;
    }
  }

  #id(object: object): number {
    const known = this.#ids.get(object);
    if (known !== undefined) return known;
    this.#ids.set(object, this.#ids.size);
    return this.#ids.size - 1;
  }
}
