/**
 * Two expressions with their common inner workings forgotten: where registers
 * matter only through one expression, any value of that expression will do.
 * What is equal for any is equal for those that it can have.
 */
import type { Expr } from '../../model/ir/ir.js';
import { withOperands } from '../../model/ir/map.js';
import { operands, postorder } from '../../model/ir/walk.js';

/** A node with what lies below it. */
interface Place {
  /** The place through which every way from the roots comes; undefined for the roots themselves. */
  readonly gate: Place | undefined;
  readonly depth: number;
  /** Unknowns below, and those of them that are reached through here only. */
  readonly below: Set<Expr>;
  readonly own: Set<Expr>;
}

const isUnknown = (e: Expr): boolean => e.kind === 'read' || e.kind === 'element' || e.kind === 'wire';

/**
 * The expressions with unknowns in the place of the largest parts that shield
 * all of their registers from the rest. Equal parts must be one object.
 */
export function abstracted(roots: readonly Expr[]): readonly Expr[] {
  const places = placesOf(roots);
  const done = new Map<Expr, Expr>();
  let count = 0;
  const visit = (e: Expr): Expr => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const place = places.get(e);
    const shields = !isUnknown(e) && place !== undefined && !roots.includes(e) && place.below.size > 1 && place.own.size === place.below.size;
    const result: Expr = shields ? { kind: 'wire', width: e.width, wire: { kind: 'wire', name: `any ${count++}`, value: e } } : withOperands(e, operands(e).map(visit));
    done.set(e, result);
    return result;
  };
  return roots.map(visit);
}

/** Places of all nodes: dominators, in one pass because nothing depends on itself. */
function placesOf(roots: readonly Expr[]): ReadonlyMap<Expr, Place> {
  const downwards = postorder(roots).reverse();
  const parents = new Map<Expr, Expr[]>();
  for (const e of downwards) for (const o of isUnknown(e) ? [] : operands(e)) parents.set(o, [...(parents.get(o) ?? []), e]);
  const places = new Map<Expr, Place>();
  for (const e of downwards) {
    const above = roots.includes(e) ? [] : (parents.get(e) ?? []).map((p) => places.get(p));
    const gate = above.reduce(common, above[0]);
    places.set(e, { gate, depth: gate === undefined ? 0 : gate.depth + 1, below: new Set(), own: new Set() });
  }
  for (const e of downwards.reverse()) {
    const place = places.get(e);
    if (isUnknown(e)) {
      place?.below.add(e);
      for (let at = place; at !== undefined; at = at.gate) at.own.add(e);
    } else for (const o of operands(e)) for (const unknown of places.get(o)?.below ?? []) place?.below.add(unknown);
  }
  return places;
}

/** The nearest place that both ways come through. */
function common(a: Place | undefined, b: Place | undefined): Place | undefined {
  let [p, q] = [a, b];
  while (p !== q) {
    if (p === undefined || q === undefined) return undefined;
    if (p.depth >= q.depth) p = p.gate;
    else q = q.gate;
  }
  return p;
}
