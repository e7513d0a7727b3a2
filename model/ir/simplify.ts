/**
 * The simplifier: equal expressions become one object (so that a backend can
 * compute them once), constants fold, and multiplexers that decide nothing
 * disappear. Named wires are replaced by their values where asked.
 */
import type { Expr, Module, Statement, Wire } from './ir.js';
import { Interner } from './intern.js';
import { rewrite } from './rules.js';
import { withOperands } from './map.js';
import { operands } from './walk.js';

export interface SimplifyOptions {
  /** Replace references to wires by their values; otherwise wires stay as they are named. */
  readonly inlineWires: boolean;
}

/** Simplifies expressions, remembering what it has seen. Equal results are the same object. */
export class Simplifier {
  readonly #interner = new Interner();
  readonly #done = new Map<Expr, Expr>();
  readonly #wires = new Map<Wire, Wire>();

  constructor(readonly options: SimplifyOptions) {}

  /** The simplest form of `e` that the rules know. */
  expr(e: Expr): Expr {
    const known = this.#done.get(e);
    if (known !== undefined) return known;
    const result = this.#simplify(e);
    this.#done.set(e, result);
    this.#done.set(result, result);
    return result;
  }

  wire(wire: Wire): Wire {
    const known = this.#wires.get(wire);
    if (known !== undefined) return known;
    const simplified: Wire = { kind: 'wire', name: wire.name, value: this.expr(wire.value) };
    this.#wires.set(wire, simplified);
    return simplified;
  }

  #simplify(e: Expr): Expr {
    if (e.kind === 'wire') {
      const wire = this.wire(e.wire);
      return this.options.inlineWires ? wire.value : this.#interner.unique({ ...e, wire });
    }
    const node = withOperands(e, operands(e).map((operand) => this.expr(operand)));
    const better = rewrite(node);
    return better === node ? this.#interner.unique(node) : this.expr(better);
  }
}

/** A module with the same behaviour, every expression simplified and shared. */
export function simplify(module: Module, options: SimplifyOptions): Module {
  const simplifier = new Simplifier(options);
  return {
    ...module,
    wires: module.wires.map((w) => simplifier.wire(w)),
    body: simplifyBody(module.body, simplifier),
  };
}

function simplifyBody(body: readonly Statement[], simplifier: Simplifier): Statement[] {
  return body.flatMap((s) => simplifyStatement(s, simplifier));
}

function simplifyStatement(s: Statement, simplifier: Simplifier): readonly Statement[] {
  const expr = (e: Expr): Expr => simplifier.expr(e);
  const list = (body: readonly Statement[]): Statement[] => simplifyBody(body, simplifier);
  switch (s.kind) {
    case 'assign': {
      const value = expr(s.value);
      return value.kind === 'read' && value.register === s.register ? [] : [{ ...s, value }];
    }
    case 'write':
      return [{ ...s, index: expr(s.index), value: expr(s.value) }];
    case 'if': {
      const condition = expr(s.condition);
      if (condition.kind === 'const') return list(condition.value === 1n ? s.then : s.else);
      const [then, otherwise] = [list(s.then), list(s.else)];
      if (then.length === 0 && otherwise.length === 0) return [];
      return [{ ...s, condition, then, else: otherwise }];
    }
    case 'switch': {
      const key = expr(s.key);
      if (key.kind === 'const') return list(s.cases.find((c) => c.keys.includes(key.value))?.body ?? s.default);
      const cases = s.cases.map((c) => ({ keys: c.keys, body: list(c.body) }));
      const otherwise = list(s.default);
      if (otherwise.length === 0 && cases.every((c) => c.body.length === 0)) return [];
      return [{ ...s, key, cases, default: otherwise }];
    }
    case 'load':
      return [{ ...s, address: expr(s.address) }];
    case 'store':
      return [{ ...s, address: expr(s.address), bytes: expr(s.bytes), data: expr(s.data) }];
    case 'record':
      return [{ ...s, fields: s.fields.map((f) => ({ name: f.name, value: expr(f.value) })) }];
    case 'cover':
      return [{ ...s, index: expr(s.index) }];
    case 'count':
    case 'exit':
      return [s];
  }
}
