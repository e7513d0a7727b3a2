/**
 * How much work hangs on an expression alone, or on one arm of it: the
 * operations below it in the dominator tree of the expression graph.
 */
import type { Expr } from '../ir/ir.js';
import type { CostModel } from './cost.js';
import type { Region } from './plan.js';

/** A node of the dominator tree: a region, an expression, or the edge to an arm. */
interface DomNode {
  readonly parent: DomNode | undefined;
  readonly depth: number;
  cost: number;
}

export interface ArmCosts {
  /** Operations needed only if arm `index` of `e` is computed. */
  arm(e: Expr, index: number): number;
  /** Operations needed only for `e`, its own included. */
  exclusive(e: Expr): number;
}

function common(a: DomNode, b: DomNode): DomNode {
  let [x, y] = [a, b];
  while (x !== y) {
    if (x.depth >= y.depth && x.parent !== undefined) x = x.parent;
    else if (y.parent !== undefined) y = y.parent;
  }
  return x;
}

/**
 * The costs of one function.
 *
 * @param model - What an expression costs.
 * @param order - All its expressions, users before operands.
 * @param roots - The expressions that statements use, and where.
 */
export function armCosts(
  model: CostModel, order: readonly Expr[], roots: readonly { readonly value: Expr; readonly region: Region }[],
): ArmCosts {
  const created: DomNode[] = [];
  const create = (parent: DomNode | undefined, cost: number): DomNode => {
    const node = { parent, depth: parent === undefined ? 0 : parent.depth + 1, cost };
    created.push(node);
    return node;
  };
  const top = create(undefined, 0);
  const regions = new Map<Region, DomNode>();
  const ofRegion = (region: Region): DomNode => {
    const known = regions.get(region);
    if (known !== undefined) return known;
    const node = create(region.parent === undefined ? top : ofRegion(region.parent), 0);
    regions.set(region, node);
    return node;
  };
  const dominators = new Map<Expr, DomNode>();
  const meet = (e: Expr, user: DomNode): void => {
    const known = dominators.get(e);
    dominators.set(e, known === undefined ? user : common(known, user));
  };
  for (const { value, region } of roots) meet(value, ofRegion(region));
  const nodes = new Map<Expr, DomNode>();
  const armNodes = new Map<Expr, readonly DomNode[]>();
  for (const e of order) {
    const node = create(dominators.get(e) ?? top, model.ownCost(e));
    nodes.set(e, node);
    const { eager, arms } = model.lazyOperands(e);
    for (const operand of eager) meet(operand, node);
    armNodes.set(e, arms.map((arm) => {
      const edge = create(node, 0);
      meet(arm, edge);
      return edge;
    }));
  }
  for (const node of created.reverse()) {
    if (node.parent !== undefined) node.parent.cost += node.cost;
  }
  return {
    arm: (e, index) => armNodes.get(e)?.[index]?.cost ?? 0,
    exclusive: (e) => nodes.get(e)?.cost ?? 0,
  };
}
