/**
 * Where each expression is computed.
 *
 * A region is straight-line code: the body of a function, an arm of an `if` or
 * `switch` statement, an arm of a multiplexer that is worth a branch. An
 * expression used once is computed where it is used. One used more often is
 * computed once, in the innermost region around all its uses, or in several
 * regions inside that one if they run less often together (two arms of which
 * only one is taken).
 */
import type { Expr, Statement } from '../ir/ir.js';
import { nestedBodies, statementOperands } from '../ir/walk.js';
import { armCosts } from './dominance.js';
import { isFree, isLogical } from './cost.js';
import type { CostModel } from './cost.js';

/** Straight-line code inside another. */
export interface Region {
  readonly parent: Region | undefined;
  readonly depth: number;
  /** Estimated executions per execution of the function. */
  readonly frequency: number;
}

/** A statement with the regions of its nested bodies. */
export interface PlannedStatement {
  readonly statement: Statement;
  /** In the order of `nestedBodies`; a rare body is not planned here, it is a function of its own. */
  readonly bodies: readonly PlannedBody[];
}

export interface PlannedBody {
  readonly region: Region;
  readonly rare: boolean;
  readonly source: readonly Statement[];
  readonly statements: readonly PlannedStatement[];
}

/** How a node with alternatives is lowered. */
export type Laziness =
  | { readonly kind: 'eager' }
  /** Each arm is a region. */
  | { readonly kind: 'arms' }
  /** A one-bit `and`/`or` that computes this operand only if the other does not decide. */
  | { readonly kind: 'second'; readonly lazy: Expr; readonly first: Expr };

/** The plan of one function. */
export interface FunctionPlan {
  readonly body: PlannedBody;
  /** Whether `e` has a local in `region` (and not in one around it). */
  hasLocal(e: Expr, region: Region): boolean;
  laziness(e: Expr): Laziness;
  /** The regions of the arms of a lazy `e` computed in `region`. */
  arms(e: Expr, region: Region): readonly Region[];
}

/**
 * An arm at least this costly is worth a branch: what a wrong prediction costs,
 * times how often it happens. Measured on programs of which the engine cannot
 * predict everything.
 */
const BRANCH_COST = 8;
/** The same for a `select`, against comparing the key with every case. */
const DISPATCH_COST = 12;
/** Code duplicated into arms may not exceed this many operations per expression. */
const DUPLICATION_LIMIT = 60;

const EAGER: Laziness = { kind: 'eager' };
const ARMS: Laziness = { kind: 'arms' };

/**
 * Plans a function that executes `statements`.
 *
 * @param costs - What expressions cost.
 * @param values - Expressions that the function needs in its outermost region besides.
 */
export function planFunction(costs: CostModel, statements: readonly Statement[], values: readonly Expr[] = []): FunctionPlan {
  return new Planner(costs).plan(statements, values);
}

class Planner implements FunctionPlan {
  readonly #uses = new Map<Expr, Region[]>();
  readonly #locals = new Map<Expr, Set<Region>>();
  readonly #laziness = new Map<Expr, Laziness>();
  readonly #arms = new Map<Expr, Map<Region, readonly Region[]>>();
  readonly #roots: { readonly value: Expr; readonly region: Region }[] = [];
  #body: PlannedBody | undefined;

  constructor(readonly costs: CostModel) {}

  get body(): PlannedBody {
    if (this.#body === undefined) throw new Error('plan() was not called');
    return this.#body;
  }

  plan(statements: readonly Statement[], values: readonly Expr[]): FunctionPlan {
    const root: Region = { parent: undefined, depth: 0, frequency: 1 };
    for (const value of values) this.#roots.push({ value, region: root });
    this.#body = this.#planBody(statements, root, false);
    const order = this.costs.needed(this.#roots.map((r) => r.value)).reverse();
    const costs = armCosts(this.costs, order, this.#roots);
    for (const e of order) {
      const lookedUp = this.costs.tables.lookup(e) !== undefined;
      this.#laziness.set(e, lookedUp ? EAGER : decideLaziness(e, (arm) => costs.arm(e, arm)));
    }
    for (const { value, region } of this.#roots) this.#use(value, region);
    for (const e of order) this.#place(e, costs.exclusive(e));
    return this;
  }

  hasLocal(e: Expr, region: Region): boolean {
    return this.#locals.get(e)?.has(region) ?? false;
  }

  laziness(e: Expr): Laziness {
    return this.#laziness.get(e) ?? EAGER;
  }

  arms(e: Expr, region: Region): readonly Region[] {
    const arms = this.#arms.get(e)?.get(region);
    if (arms === undefined) throw new Error(`no arms planned for a ${e.kind}`);
    return arms;
  }

  #planBody(source: readonly Statement[], region: Region, rare: boolean): PlannedBody {
    const statements = rare ? [] : source.map((s) => this.#planStatement(s, region));
    return { region, rare, source, statements };
  }

  #planStatement(statement: Statement, region: Region): PlannedStatement {
    for (const value of statementOperands(statement)) this.#roots.push({ value, region });
    const sources = nestedBodies(statement);
    const rareIndex = rareBody(statement);
    const bodies = sources.map((source, i) => {
      const frequency = rareIndex === undefined ? 1 / sources.length : 1;
      return this.#planBody(source, inner(region, frequency), i === rareIndex && source.length > 0);
    });
    return { statement, bodies };
  }

  #use(e: Expr, region: Region): void {
    const uses = this.#uses.get(e);
    if (uses === undefined) this.#uses.set(e, [region]);
    else uses.push(region);
  }

  #place(e: Expr, size: number): void {
    const uses = this.#uses.get(e) ?? [];
    if (isFree(e)) {
      // In the same region twice: its operands are used as often as it is.
      for (const region of uses) this.#computeIn(e, region);
      return;
    }
    for (const { region, count } of choosePlaces(uses, size)) {
      if (count > 1) {
        const regions = this.#locals.get(e) ?? new Set();
        this.#locals.set(e, regions.add(region));
      }
      this.#computeIn(e, region);
    }
  }

  /** `e` is computed in `region`: so are its operands, or in arms below it. */
  #computeIn(e: Expr, region: Region): void {
    const { eager, arms } = this.costs.lazyOperands(e);
    for (const operand of eager) this.#use(operand, region);
    const laziness = this.laziness(e);
    switch (laziness.kind) {
      case 'eager':
        for (const arm of arms) this.#use(arm, region);
        return;
      case 'arms':
        this.#useArms(e, region, arms);
        return;
      case 'second':
        this.#use(laziness.first, region);
        this.#useArms(e, region, [laziness.lazy]);
        return;
    }
  }

  #useArms(e: Expr, region: Region, arms: readonly Expr[]): void {
    const share = arms.length === 1 ? 0.5 : 1 / arms.length;
    const regions = arms.map((arm) => {
      const armRegion = inner(region, share);
      this.#use(arm, armRegion);
      return armRegion;
    });
    const byRegion = this.#arms.get(e) ?? new Map<Region, readonly Region[]>();
    this.#arms.set(e, byRegion.set(region, regions));
  }
}

const inner = (parent: Region, share: number): Region =>
  ({ parent, depth: parent.depth + 1, frequency: parent.frequency * share });

/** Which nested body of an `if` is rare. */
function rareBody(s: Statement): number | undefined {
  if (s.kind !== 'if' || s.rare === undefined) return undefined;
  return s.rare === 'then' ? 0 : 1;
}

function decideLaziness(e: Expr, armCost: (index: number) => number): Laziness {
  if (isLogical(e) && e.kind === 'binary') {
    const [a, b] = [armCost(0), armCost(1)];
    if (Math.max(a, b) < BRANCH_COST) return EAGER;
    return a > b ? { kind: 'second', lazy: e.a, first: e.b } : { kind: 'second', lazy: e.b, first: e.a };
  }
  if (e.kind === 'select') return decideSelect(e, armCost);
  if (e.kind !== 'mux') return EAGER;
  return Math.max(armCost(0), armCost(1)) >= BRANCH_COST ? ARMS : EAGER;
}

function decideSelect(e: Extract<Expr, { kind: 'select' }>, armCost: (index: number) => number): Laziness {
  const arms = e.cases.length + 1;
  const keys = e.cases.reduce((sum, c) => sum + c.keys.length, 0);
  let total = 2 * keys;
  for (let i = 0; i < arms; i++) total += armCost(i);
  return total >= DISPATCH_COST ? ARMS : EAGER;
}

interface Place {
  readonly region: Region;
  readonly count: number;
}

/** Regions to compute an expression in, so that every use has one around it. */
function choosePlaces(uses: readonly Region[], size: number): readonly Place[] {
  const [first] = uses;
  if (first === undefined) return [];
  const common = uses.reduce(commonRegion);
  const here: readonly Place[] = [{ region: common, count: uses.length }];
  if (uses.includes(common)) return here;
  const groups = new Map<Region, Region[]>();
  for (const use of uses) {
    const child = ancestorBelow(use, common);
    groups.set(child, [...(groups.get(child) ?? []), use]);
  }
  const apart = [...groups.values()].flatMap((group) => choosePlaces(group, size));
  const frequency = apart.reduce((sum, place) => sum + place.region.frequency, 0);
  const duplicated = size * (apart.length - 1);
  return frequency < common.frequency * 0.99 && duplicated <= DUPLICATION_LIMIT ? apart : here;
}

/** The innermost region around both. */
export function commonRegion(a: Region, b: Region): Region {
  let [x, y]: [Region | undefined, Region | undefined] = [a, b];
  while (x !== y && x !== undefined && y !== undefined) {
    if (x.depth >= y.depth) x = x.parent;
    else y = y.parent;
  }
  if (x === undefined || x !== y) throw new Error('regions of different functions');
  return x;
}

/** The region directly inside `outer` that contains `region`. */
function ancestorBelow(region: Region, outer: Region): Region {
  let child = region;
  while (child.parent !== undefined && child.parent !== outer) child = child.parent;
  return child;
}

/** Whether `outer` is `region` or around it. */
export function contains(outer: Region, region: Region): boolean {
  let r: Region | undefined = region;
  while (r !== undefined && r.depth > outer.depth) r = r.parent;
  return r === outer;
}

