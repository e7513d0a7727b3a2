/** All expressions that the module prints somewhere, and what each belongs to. */
import type { Expr, Module, Statement } from '../../ir/ir.js';
import { forEachStatement } from '../../ir/walk.js';
import type { Root } from './hoist.js';
import { indexInto } from './parts.js';

/** An expression and the name of the signal that it is computed for. */
export interface NamedRoot extends Root {
  readonly owner: string;
}

const once = (owner: string, value: Expr): NamedRoot => ({ owner, value, repeated: false });
/** What decides a branch stands in every block that has something of the branch. */
const again = (value: Expr): NamedRoot => ({ owner: 'when', value, repeated: true });

function ofStatement(s: Statement): readonly NamedRoot[] {
  switch (s.kind) {
    case 'assign': return [once(s.register.name, s.value)];
    case 'write': return [once(`${s.array.name}_write`, indexInto(s.array, s.index)), once(`${s.array.name}_write`, s.value)];
    case 'if': return [again(s.condition)];
    case 'switch': return [again(s.key)];
    case 'load': return [once(`${s.memory.name}_${s.into.name}`, s.address)];
    case 'store': return [s.address, s.bytes, s.data].map((value) => once(`${s.memory.name}_write`, value));
    case 'count':
    case 'record':
    case 'cover':
    case 'exit':
      return [];
  }
}

/** The values of wires, then those of statements, in their order. */
export function rootsOf(module: Module): readonly NamedRoot[] {
  const roots = module.wires.map((w) => once(w.name, w.value));
  forEachStatement(module.body, (s) => roots.push(...ofStatement(s)));
  return roots;
}
