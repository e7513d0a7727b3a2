/** Nodes and statements over other parts: the inverse of taking them apart. */
import type { Expr, Memory, Module, Register, RegisterArray, Statement, Wire } from './ir.js';
import { operands } from './walk.js';

/** The same node over other operands, in the order of `operands`; a wire keeps its value. */
export function withOperands(e: Expr, parts: readonly Expr[]): Expr {
  if (operands(e).every((operand, i) => operand === parts[i])) return e;
  const at = (i: number, otherwise: Expr): Expr => parts[i] ?? otherwise;
  switch (e.kind) {
    case 'const':
    case 'read':
    case 'wire':
      return e;
    case 'element':
      return { ...e, index: at(0, e.index) };
    case 'not':
    case 'slice':
    case 'extend':
      return { ...e, a: at(0, e.a) };
    case 'binary':
      return { ...e, a: at(0, e.a), b: at(1, e.b) };
    case 'mux':
      return { ...e, condition: at(0, e.condition), then: at(1, e.then), else: at(2, e.else) };
    case 'select':
      return {
        ...e,
        key: at(0, e.key),
        cases: e.cases.map((c, i) => ({ keys: c.keys, value: at(i + 1, c.value) })),
        default: at(e.cases.length + 1, e.default),
      };
    case 'concat':
      return { ...e, parts: e.parts.map((part, i) => at(i, part)) };
  }
}

/** What to make of the parts of a statement. */
export interface StatementMap {
  /** Each expression that it evaluates itself, in order. */
  readonly expr: (e: Expr) => Expr;
  /** Each nested list, in order; left out: the statements in it, one by one. */
  readonly body?: (body: readonly Statement[]) => readonly Statement[];
  /** The storage it writes or reads. */
  readonly storage?: <T extends Register | RegisterArray | Memory>(item: T) => T;
}

/** The same statement over other parts. */
export function mapStatement(s: Statement, map: StatementMap): Statement {
  const { expr, storage = (item) => item } = map;
  const list = map.body ?? ((body: readonly Statement[]): readonly Statement[] => body.map((inner) => mapStatement(inner, map)));
  switch (s.kind) {
    case 'assign':
      return { ...s, register: storage(s.register), value: expr(s.value) };
    case 'write':
      return { ...s, array: storage(s.array), index: expr(s.index), value: expr(s.value) };
    case 'if':
      return { ...s, condition: expr(s.condition), then: list(s.then), else: list(s.else) };
    case 'switch':
      return { ...s, key: expr(s.key), cases: s.cases.map((c) => ({ keys: c.keys, body: list(c.body) })), default: list(s.default) };
    case 'load':
      return { ...s, memory: storage(s.memory), address: expr(s.address), into: storage(s.into) };
    case 'store':
      return { ...s, memory: storage(s.memory), address: expr(s.address), bytes: expr(s.bytes), data: expr(s.data) };
    case 'record':
      return { ...s, fields: s.fields.map((f) => ({ name: f.name, value: expr(f.value) })) };
    case 'cover':
      return { ...s, index: expr(s.index) };
    case 'count':
    case 'exit':
      return s;
  }
}

/** What to make of the parts of a module. */
export interface ModuleMap {
  /** A node whose operands are what they become; a reference to a wire refers to what that becomes. */
  readonly node: (e: Expr) => Expr;
  /** The storage that statements write or read. */
  readonly storage?: StatementMap['storage'];
  /** The name of a wire. */
  readonly wireName?: (name: string) => string;
}

/** The same module over other expressions; what it declares stays. */
export function mapModule(module: Module, { node, storage, wireName = (name) => name }: ModuleMap): Module {
  const wires = new Map<Wire, Wire>();
  const wire = (w: Wire): Wire => {
    const made = wires.get(w) ?? { kind: 'wire', name: wireName(w.name), value: expr(w.value) };
    wires.set(w, made);
    return made;
  };
  const done = new Map<Expr, Expr>();
  const expr = (e: Expr): Expr => {
    const made = done.get(e) ?? node(e.kind === 'wire' ? { ...e, wire: wire(e.wire) } : withOperands(e, operands(e).map(expr)));
    done.set(e, made);
    return made;
  };
  const body = module.body.map((s) => mapStatement(s, { expr, ...(storage === undefined ? {} : { storage }) }));
  return { ...module, wires: module.wires.map(wire), body };
}
