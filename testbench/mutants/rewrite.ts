/** Changes to a module: a wire with another value, statements left out. */
import type { Expr, Module, Statement, Wire } from '../../model/ir/ir.js';
import { mapStatement, withOperands } from '../../model/ir/map.js';
import { operands } from '../../model/ir/walk.js';

/** The module in which one wire has another value; whatever refers to it sees that. */
export function withWire(module: Module, name: string, change: (value: Expr) => Expr): Module {
  const done = new Map<Expr, Expr>();
  const wires = new Map<Wire, Wire>();
  const wireOf = (wire: Wire): Wire => {
    const known = wires.get(wire);
    if (known !== undefined) return known;
    const value = rebuild(wire.value);
    const result: Wire = { ...wire, value: wire.name === name ? change(value) : value };
    wires.set(wire, result);
    return result;
  };
  const rebuild = (e: Expr): Expr => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const result: Expr = e.kind === 'wire' ? { ...e, wire: wireOf(e.wire) } : withOperands(e, operands(e).map(rebuild));
    done.set(e, result);
    return result;
  };
  return { ...module, wires: module.wires.map(wireOf), body: module.body.map((s) => mapStatement(s, { expr: rebuild })) };
}

/** Where a statement stands: the conditions on the way, outermost first, as a path of indices. */
export type Path = readonly number[];

/** A statement with its path. */
export interface Placed {
  readonly statement: Statement;
  readonly path: Path;
}

/** Every statement that is not a branch, with its path. */
export function* placed(body: readonly Statement[], before: Path = []): Generator<Placed> {
  for (const [i, statement] of body.entries()) {
    const path = [...before, i];
    switch (statement.kind) {
      case 'if':
        yield* placed(statement.then, [...path, 0]);
        yield* placed(statement.else, [...path, 1]);
        break;
      case 'switch':
        for (const [at, c] of statement.cases.entries()) yield* placed(c.body, [...path, at]);
        yield* placed(statement.default, [...path, statement.cases.length]);
        break;
      default:
        yield { statement, path };
    }
  }
}

/** The module without the statements at some paths. */
export function without(module: Module, paths: readonly Path[]): Module {
  const gone = new Set(paths.map((p) => p.join()));
  const walk = (body: readonly Statement[], before: Path): readonly Statement[] => body.flatMap((s, i) => {
    const path = [...before, i];
    if (gone.has(path.join())) return [];
    let arm = 0;
    return [mapStatement(s, { expr: (e) => e, body: (list) => walk(list, [...path, arm++]) })];
  });
  return { ...module, body: walk(module.body, []) };
}
