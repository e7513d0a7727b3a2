/**
 * Two expressions with their arithmetic forgotten: what is compared, added or
 * chosen in wide words becomes an unknown, and what is left is how conditions
 * are put together. Two that are equal for any such words are equal for those
 * that there are; that one condition excludes another shows here even where
 * both rest on addresses.
 */
import type { Expr } from '../../model/ir/ir.js';
import { withOperands } from '../../model/ir/map.js';
import { operands } from '../../model/ir/walk.js';

/** Words of so many bits are looked into: codes, states, modes, phases. */
export const NARROW = 8;

/** Some bits of a register or wire. */
const isPart = (e: Expr): boolean => e.kind === 'slice' && (e.a.kind === 'read' || e.a.kind === 'wire');

/** Bit by bit, or a comparison with a constant: no bit of it depends on many others. */
function isLogic(e: Expr): boolean {
  if (e.kind !== 'binary') return e.kind === 'not' || e.kind === 'slice' || e.kind === 'concat' || e.kind === 'extend';
  return e.op === 'and' || e.op === 'or' || e.op === 'xor' || ((e.op === 'eq' || e.op === 'ne') && (e.a.kind === 'const' || e.b.kind === 'const'));
}

/**
 * The expressions with unknowns in the place of what is done to wide words.
 * Equal parts must be one object, and are one afterwards.
 *
 * @param widest - Into logic on words of so many bits it looks nevertheless.
 */
export function skeletons(roots: readonly Expr[], widest: number): readonly Expr[] {
  const unknowns = new Map<Expr, Expr>();
  const done = new Map<Expr, Expr>();
  const unknown = (e: Expr): Expr => {
    const known = unknowns.get(e);
    if (known !== undefined) return known;
    const own: Expr = { kind: 'wire', width: e.width, wire: { kind: 'wire', name: `any word ${unknowns.size}`, value: e } };
    unknowns.set(e, own);
    return own;
  };
  const within = (e: Expr): Expr => {
    switch (e.kind) {
      case 'const':
      case 'read':
      case 'wire':
        return e;
      case 'mux':
      case 'select':
        return e.kind === 'select' && e.key.width > NARROW ? unknown(e) : withOperands(e, operands(e).map(visit));
      default:
        return isPart(e) || (isLogic(e) && operands(e).every((o) => o.width <= widest)) || operands(e).every((o) => o.width <= NARROW) ? withOperands(e, operands(e).map(visit)) : unknown(e);
    }
  };
  const visit = (e: Expr): Expr => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const result = within(e);
    done.set(e, result);
    return result;
  };
  return roots.map(visit);
}
