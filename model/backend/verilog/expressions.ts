/**
 * Expressions as text. Every operator of the IR has operands and a result of
 * one width, and so has what is printed for it: SystemVerilog's rules about
 * widths and signs never have anything to decide.
 */
import type { BinaryOp, Expr, Register, RegisterArray, Width, Wire } from '../../ir/ir.js';
import type { Doc } from './layout.js';
import { isCalled, type CalledOp } from './operators.js';
import { indexInto } from './parts.js';

/** What things are called. */
export interface Scope {
  /** The signal that has the value of a register, array or wire. */
  identifier(item: Register | RegisterArray | Wire): string;
  /** The signal that an expression has for itself. */
  signal(e: Expr): string | undefined;
  /** The function for an operator at a width. */
  called(op: CalledOp, width: Width): string;
}

/** A constant with its width. */
export const literal = (width: Width, value: bigint): string => (width === 1 ? `1'b${value}` : `${width}'h${value.toString(16)}`);

/** `[high:low]`, nothing for a single bit. */
export const range = (width: Width): string => (width === 1 ? '' : `[${width - 1}:0] `);

const INFIX: Readonly<Record<Exclude<BinaryOp, CalledOp | 'mulh' | 'mulhsu' | 'div' | 'rem' | 'shrs' | 'lts' | 'ges'>, string>> = {
  add: '+', sub: '-', and: '&', or: '|', xor: '^', mul: '*', shl: '<<', shru: '>>', eq: '==', ne: '!=', ltu: '<', geu: '>=',
};
/** On single bits. */
const LOGICAL: Partial<Record<BinaryOp, string>> = { and: '&&', or: '||' };
/** Of these a chain needs no parentheses. */
const CHAINS: ReadonlySet<BinaryOp> = new Set(['and', 'or', 'xor', 'add']);

const list = (open: string, items: readonly Doc[], separator: string, close: string): Doc => ({ open, items, separator, close });
const joined = (before: string, doc: Doc, after: string): Doc =>
  (typeof doc === 'string' ? before + doc + after : list(before + doc.open, doc.items, doc.separator, doc.close + after));

/** Prints expressions in a scope. */
export class ExpressionPrinter {
  constructor(readonly scope: Scope) {}

  /** An expression as it is used: by the name of its signal if it has one. */
  use(e: Expr): Doc {
    return this.scope.signal(e) ?? this.spell(e);
  }

  /** An expression spelled out, whether or not it has a signal. */
  spell(e: Expr): Doc {
    const { scope } = this;
    switch (e.kind) {
      case 'const': return literal(e.width, e.value);
      case 'read': return scope.identifier(e.register);
      case 'wire': return scope.identifier(e.wire);
      case 'element': return joined(`${scope.identifier(e.array)}[`, this.use(indexInto(e.array, e.index)), ']');
      case 'not': return joined(e.width === 1 ? '!' : '~', this.#operand(e.a), '');
      case 'binary': return this.#binary(e);
      case 'mux': return list('', this.#choices(e), ' :', '');
      case 'slice': return `${this.#name(e.a)}${e.width === 1 ? `[${e.low}]` : `[${e.low + e.width - 1}:${e.low}]`}`;
      case 'concat': return list('{', e.parts.flatMap((p) => this.#concatenated(p)), ',', '}');
      case 'extend': return this.#extend(e);
      case 'select': throw new Error('a selection is printed as a statement');
    }
  }

  #binary(e: Extract<Expr, { kind: 'binary' }>): Doc {
    const { op, a, b } = e;
    if (isCalled(op)) return list(`${this.scope.called(op, a.width)}(`, [this.use(a), this.use(b)], ',', ')');
    if (op === 'shrs') return list('$unsigned(', [list('', [this.#signed(a), this.#amount(b, a.width)], ' >>>', '')], '', ')');
    if (op === 'shl' || op === 'shru') return list('', [this.#operand(a), this.#amount(b, a.width)], ` ${INFIX[op]}`, '');
    if (op === 'lts' || op === 'ges') return list('', [this.#signed(a), this.#signed(b)], op === 'lts' ? ' <' : ' >=', '');
    if (op === 'mulh' || op === 'mulhsu' || op === 'div' || op === 'rem') throw new Error(`${op} is printed as what it is made of`);
    const sign = (a.width === 1 ? LOGICAL[op] : undefined) ?? INFIX[op];
    return list('', CHAINS.has(op) ? this.#chain(e, op) : [this.#operand(a), this.#operand(b)], ` ${sign}`, '');
  }

  /** How far to shift; Verilator refuses constants of more than 32 bits, and what is beyond the width makes no difference. */
  #amount(e: Expr, width: Width): Doc {
    if (e.kind !== 'const') return this.#operand(e);
    const least = e.value < BigInt(width) ? e.value : BigInt(width);
    return literal(Math.max(1, least.toString(2).length), least);
  }

  /** The operands of a chain of one operator. */
  #chain(e: Expr, op: BinaryOp): readonly Doc[] {
    if (e.kind !== 'binary' || e.op !== op) return [this.#operand(e)];
    const inner = (o: Expr): readonly Doc[] => (this.scope.signal(o) === undefined ? this.#chain(o, op) : [this.#operand(o)]);
    return [...inner(e.a), ...inner(e.b)];
  }

  /** `condition ? value`, again and again, and the last value. */
  #choices(e: Extract<Expr, { kind: 'mux' }>): readonly Doc[] {
    const head = list('', [this.#operand(e.condition), this.#operand(e.then)], ' ?', '');
    const tail = e.else.kind === 'mux' && this.scope.signal(e.else) === undefined ? this.#choices(e.else) : [this.#operand(e.else)];
    return [head, ...tail];
  }

  #extend(e: Extract<Expr, { kind: 'extend' }>): Doc {
    const more = e.width - e.a.width;
    const sign = e.signed ? this.#sign(e.a) : '';
    const copies = more === 1 ? sign : `{${more}{${sign}}}`;
    return list('{', [e.signed ? copies : literal(more, 0n), ...this.#concatenated(e.a)], ',', '}');
  }

  /** What stands for an expression between the braces of a concatenation. */
  #concatenated(e: Expr): readonly Doc[] {
    return e.kind === 'concat' && this.scope.signal(e) === undefined ? e.parts.flatMap((p) => this.#concatenated(p)) : [this.use(e)];
  }

  /** The most significant bit. */
  #sign(e: Expr): string {
    if (e.kind === 'slice' && this.scope.signal(e) === undefined) return `${this.#name(e.a)}[${e.low + e.width - 1}]`;
    return e.width === 1 ? this.#name(e) : `${this.#name(e)}[${e.width - 1}]`;
  }

  #signed(e: Expr): Doc {
    return joined('$signed(', this.use(e), ')');
  }

  /** The signal of something that has one. */
  #name(e: Expr): string {
    const name = this.use(e);
    if (typeof name !== 'string') throw new Error(`bits are taken of a ${e.kind} that has no signal`);
    return name;
  }

  #operand(e: Expr): Doc {
    const doc = this.use(e);
    const bare = typeof doc === 'string' || doc.open !== '' || (e.kind === 'not' && this.scope.signal(e) === undefined);
    return bare ? doc : joined('(', list('', doc.items, doc.separator, ''), ')');
  }
}
