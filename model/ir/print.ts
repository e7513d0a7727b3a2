/**
 * A module as text, for people and for golden files. Expressions that are
 * used more than once get a name (`t1`, `t2`, …) where they are long.
 */
import type { BinaryOp, Expr, Module, Statement } from './ir.js';
import { forEachStatement, operands, postorder, statementOperands } from './walk.js';

const OPERATORS: Partial<Record<BinaryOp, string>> = {
  add: '+', sub: '-', and: '&', or: '|', xor: '^', mul: '*', shl: '<<', shru: '>>', shrs: '>>>',
  eq: '==', ne: '!=', ltu: '<', geu: '>=',
};

/** The whole module. */
export function printModule(module: Module): string {
  const printer = new Printer(module);
  const lines = [`module ${module.name}`];
  for (const r of module.registers) {
    const reset = r.reset === 0n ? '' : ` = ${hex(r.reset)}`;
    lines.push(`${r.input ? 'input ' : ''}${r.observed === true ? 'observed ' : ''}register ${r.name}: bits<${r.width}>${reset}`);
  }
  for (const a of module.arrays) lines.push(`array ${a.name}: bits<${a.width}>[${a.depth}]`);
  for (const m of module.memories) lines.push(`memory ${m.name} at ${hex(m.base)}`);
  const wires = module.wires.map((w) => `wire ${w.name}: bits<${w.value.width}> = ${printer.expr(w.value)}`);
  const body = printer.body(module.body, '');
  return `${[...lines, ...wires, ...printer.definitions(), 'cycle', ...body.map((l) => `  ${l}`)].join('\n')}\n`;
}

/** One expression on its own. */
export function printExpr(e: Expr): string {
  return new Printer(undefined).expr(e);
}

const hex = (value: bigint): string => (value < 10n ? value.toString() : `0x${value.toString(16)}`);

/** Shorter ones are clearer repeated. */
const NAMED_FROM = 4;

class Printer {
  readonly #names = new Map<Expr, string>();
  readonly #shared: readonly Expr[];

  constructor(module: Module | undefined) {
    this.#shared = module === undefined ? [] : sharedExpressions(module);
    this.#shared.forEach((e, i) => this.#names.set(e, `t${i + 1}`));
  }

  definitions(): string[] {
    return this.#shared.map((e) => `let ${this.#names.get(e) ?? ''} = ${this.#spell(e)}`);
  }

  expr(e: Expr): string {
    return this.#names.get(e) ?? this.#spell(e);
  }

  #spell(e: Expr): string {
    const operand = (o: Expr): string => (this.#isAtom(o) ? this.expr(o) : `(${this.expr(o)})`);
    switch (e.kind) {
      case 'const': return `${hex(e.value)}'${e.width}`;
      case 'read': return e.register.name;
      case 'element': return `${e.array.name}[${this.expr(e.index)}]`;
      case 'not': return `~${operand(e.a)}`;
      case 'binary': {
        const sign = OPERATORS[e.op];
        return sign === undefined ? `${e.op}(${this.expr(e.a)}, ${this.expr(e.b)})` : `${operand(e.a)} ${sign} ${operand(e.b)}`;
      }
      case 'mux': return `if ${this.expr(e.condition)} then ${operand(e.then)} else ${e.else.kind === 'mux' ? this.expr(e.else) : operand(e.else)}`;
      case 'select': {
        const cases = e.cases.map((c) => `${c.keys.map(hex).join('|')}: ${this.expr(c.value)}`);
        return `select ${operand(e.key)} {${cases.join(', ')}, else: ${this.expr(e.default)}}`;
      }
      case 'slice': return `${operand(e.a)}[${e.width === 1 ? e.low : `${e.low + e.width - 1}:${e.low}`}]`;
      case 'concat': return `{${e.parts.map((p) => this.expr(p)).join(', ')}}`;
      case 'extend': return `${e.signed ? 'sext' : 'zext'}<${e.width}>(${this.expr(e.a)})`;
      case 'wire': return e.wire.name;
    }
  }

  #isAtom(e: Expr): boolean {
    if (this.#names.has(e)) return true;
    return ['const', 'read', 'element', 'slice', 'concat', 'extend', 'wire'].includes(e.kind);
  }

  body(body: readonly Statement[], indent: string): string[] {
    return body.flatMap((s) => this.#statement(s)).map((line) => indent + line);
  }

  #statement(s: Statement): string[] {
    switch (s.kind) {
      case 'assign': return [`${s.register.name} <= ${this.expr(s.value)}`];
      case 'write': return [`${s.array.name}[${this.expr(s.index)}] <= ${this.expr(s.value)}`];
      case 'load': return [`${s.into.name} <= ${s.memory.name}[${this.expr(s.address)}, ${s.into.width / 8}]`];
      case 'store': return [`${s.memory.name}[${this.expr(s.address)}, ${this.expr(s.bytes)}] <= ${this.expr(s.data)}`];
      case 'count': return [`count ${s.counter}`];
      case 'exit': return [`exit ${s.reason}`];
      case 'cover': return [`cover ${s.family.name}[${this.expr(s.index)}]`];
      case 'record': return ['record', ...s.fields.map((f) => `  ${f.name} = ${this.expr(f.value)}`)];
      case 'if': {
        const rare = (arm: 'then' | 'else'): string => (s.rare === arm ? ' rare' : '');
        const otherwise = s.else.length === 0 ? [] : [`else${rare('else')}`, ...this.body(s.else, '  ')];
        return [`if ${this.expr(s.condition)}${rare('then')}`, ...this.body(s.then, '  '), ...otherwise];
      }
      case 'switch':
        return [
          `switch ${this.expr(s.key)}`,
          ...s.cases.flatMap((c) => [`case ${c.keys.map(hex).join('|')}`, ...this.body(c.body, '  ')]),
          ...(s.default.length === 0 ? [] : ['default', ...this.body(s.default, '  ')]),
        ];
    }
  }
}

/** Expressions with several users that are too long to repeat, operands first. */
function sharedExpressions(module: Module): readonly Expr[] {
  const roots = module.wires.map((w) => w.value);
  forEachStatement(module.body, (s) => roots.push(...statementOperands(s)));
  const order = postorder(roots);
  const users = new Map<Expr, number>();
  const use = (e: Expr): void => { users.set(e, (users.get(e) ?? 0) + 1); };
  roots.forEach(use);
  for (const e of order) if (e.kind !== 'wire') operands(e).forEach(use);
  const size = new Map<Expr, number>();
  const shared: Expr[] = [];
  for (const e of order) {
    const own = e.kind === 'wire' ? 1 : operands(e).reduce((sum, o) => sum + (size.get(o) ?? 1), 1);
    const named = (users.get(e) ?? 0) > 1 && own >= NAMED_FROM;
    if (named) shared.push(e);
    size.set(e, named ? 1 : own);
  }
  return shared;
}
