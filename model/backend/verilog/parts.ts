/** Expressions as they are printed: wires are names, and an index has as many bits as its array needs. */
import { constant, slice, zext } from '../../ir/build.js';
import type { Expr, RegisterArray } from '../../ir/ir.js';
import { operands } from '../../ir/walk.js';

/** Bits of an index of an array; 0 if it has one element. */
export const indexWidth = ({ depth }: Pick<RegisterArray, 'depth'>): number => Math.log2(depth);

const narrowed = new WeakMap<Expr, Map<number, Expr>>();

/** An index of an array with the bits that count, and all of those; the same object for the same index. */
export function indexInto(array: RegisterArray, index: Expr): Expr {
  const width = indexWidth(array);
  if (width === 0) return constant(1, 0);
  if (index.width === width) return index;
  const known = narrowed.get(index) ?? new Map<number, Expr>();
  const made = known.get(width) ?? (index.width < width ? zext(index, width) : slice(index, width - 1, 0));
  narrowed.set(index, known.set(width, made));
  return made;
}

/** What is printed as part of an expression. */
export function partsOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'wire': return [];
    case 'element': return [indexInto(e.array, e.index)];
    default: return operands(e);
  }
}

/** Every expression that is printed for these roots, each once, parts before wholes. */
export function printedUnder(roots: Iterable<Expr>): readonly Expr[] {
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    partsOf(e).forEach(visit);
    seen.add(e);
  };
  for (const root of roots) visit(root);
  return [...seen];
}
