/**
 * What a proof rests on, as a hash: the spec lines that the mutant changes, and
 * what all other lines have become in the hardware that was compared. An edit
 * of any of them makes another hash, one that nothing here depends on does not.
 */
import { createHash } from 'node:crypto';
import type { Expr } from '../../model/ir/ir.js';
import { operands, postorder } from '../../model/ir/walk.js';

/** SHA-256, hex. Expressions are looked at through their wires; `texts` are hashed as they are. */
export function groundsHash(texts: readonly string[], roots: readonly Expr[]): string {
  const numbers = new Map<Expr, number>();
  const hash = createHash('sha256').update(JSON.stringify(texts));
  for (const e of postorder(roots)) {
    hash.update(`${operatorOf(e)}(${operands(e).map((o) => numbers.get(o)).join()})`);
    numbers.set(e, numbers.size);
  }
  return hash.update(roots.map((e) => numbers.get(e)).join()).digest('hex');
}

/** All of a node but its operands. */
function operatorOf(e: Expr): string {
  switch (e.kind) {
    case 'const': return `${e.width}'${e.value}`;
    case 'read': return `${e.width}'${e.register.name}`;
    case 'element': return `${e.array.name}[]`;
    case 'wire': return `$${e.wire.name}`;
    case 'binary': return `${e.width}'${e.op}`;
    case 'slice': return `${e.width}'@${e.low}`;
    case 'extend': return `${e.width}'${e.signed ? 'sext' : 'zext'}`;
    case 'select': return `${e.width}'select ${e.cases.map((c) => c.keys.join('|')).join()}`;
    case 'mux':
    case 'not':
    case 'concat':
      return `${e.width}'${e.kind}`;
  }
}
