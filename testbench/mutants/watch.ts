/**
 * Hardware that runs as the original and says of each mutant whether it would
 * have done anything else. As long as no wire has another value in the mutant,
 * and it does the same with every register and memory, it is in the same
 * state: what does not stir it cannot kill it and need not be run.
 *
 * What differs is noted where it stands, by cover points, so that a difference
 * in a trap's handling costs nothing while there is none.
 */
import { ONE, ZERO, binary, constant, mux, read } from '../../model/ir/build.js';
import { Interner } from '../../model/ir/intern.js';
import type { CoverFamily, Expr, Module, Register, Statement, Wire } from '../../model/ir/ir.js';
import { mapStatement, withOperands } from '../../model/ir/map.js';
import { superpose } from '../../model/ir/superpose.js';
import { operands, statementOperands } from '../../model/ir/walk.js';

/** The cover points: one for each mutant, in their order. */
export const STIRRED = 'stirred';

/** The original, watching for some mutants. */
export interface Watch {
  readonly module: Module;
  /** Places in the list of those that have none in the original (registers of their own, another reset): they count as stirred by everything. */
  readonly strangers: ReadonlySet<number>;
}

/** Builds the watch. */
export function watching(original: Module, mutants: readonly Module[]): Watch {
  const registers = new Set(original.registers.map((r) => r.name));
  const own = mutants.flatMap((m, i) => (m.registers.every((r) => registers.has(r.name)) ? [i] : []));
  const { module, selector, misfits } = superpose(original, own.flatMap((i) => mutants[i] ?? []));
  const fitting = own.flatMap((place, i) => (misfits.some((m) => m.number === i + 1) ? [] : [{ place, number: i + 1 }]));
  const width = Math.max(1, Math.ceil(Math.log2(mutants.length)));
  const points: CoverFamily = { kind: 'cover', name: STIRRED, axes: [{ name: 'mutant', width, values: mutants.map((_, i) => `${i}`) }] };
  const at = new Watcher(selector, points, fitting);
  const fits = new Set(fitting.map((f) => f.place));
  return {
    module: { ...original, wires: module.wires.map((w) => at.wire(w)), body: [...module.wires.flatMap((w) => at.notes((side) => side(w.value))), ...at.body(module.body)] },
    strangers: new Set([...mutants.keys()].filter((i) => !fits.has(i))),
  };
}

/** An expression as it is for one value of the selector; equal ones are one object. */
type Side = (e: Expr) => Expr;

class Watcher {
  readonly #interner = new Interner();
  readonly #known = new Map<Expr, Map<Expr, Expr>>();
  readonly #wires = new Map<string, Wire>();
  /** The original's. */
  readonly original: Side;
  readonly #sides: readonly { readonly place: number; readonly side: Side }[];

  constructor(readonly selector: Register, readonly points: CoverFamily, mutants: readonly { readonly place: number; readonly number: number }[]) {
    // Whoever asks for the two constants means these objects.
    for (const bit of [ZERO, ONE]) this.#interner.unique(bit);
    this.original = this.#side(0);
    this.#sides = mutants.map(({ place, number }) => ({ place, side: this.#side(number) }));
  }

  /** The original's wire in the place of one of all: on every side, because its differences are noted where it stands. */
  wire(wire: Wire): Wire {
    const known = this.#wires.get(wire.name);
    if (known !== undefined) return known;
    const own: Wire = { ...wire, value: this.original(wire.value) };
    this.#wires.set(wire.name, own);
    return own;
  }

  #side(number: number): Side {
    const chosen = constant(this.selector.width, number);
    const done = new Map<Expr, Expr>();
    const visit = (e: Expr): Expr => {
      const known = done.get(e);
      if (known !== undefined) return known;
      const result = this.#interner.unique(this.#inPlace(e, chosen, visit));
      done.set(e, result);
      return result;
    };
    return visit;
  }

  #inPlace(e: Expr, chosen: Expr, visit: Side): Expr {
    if (e.kind === 'read') return e.register === this.selector ? chosen : e;
    if (e.kind === 'wire') return { ...e, wire: this.wire(e.wire) };
    const within = withOperands(e, operands(e).map(visit));
    if (within.kind === 'mux') return mux(within.condition, within.then, within.else);
    if (within.kind !== 'binary' || within.a.kind !== 'const' || within.b.kind !== 'const') return within;
    if (within.op === 'eq') return within.a.value === within.b.value ? ONE : ZERO;
    return within.op === 'or' ? constant(within.width, within.a.value | within.b.value) : within;
  }

  /** Statements that note who is stirred because something of a side is not the original's. */
  notes(of: (side: Side) => Expr): readonly Statement[] {
    const own = of(this.original);
    return this.#sides.flatMap(({ place, side }) => this.#note(place, this.#differ(own, of(side))));
  }

  #note(place: number, condition: Expr): readonly Statement[] {
    const [axis] = this.points.axes;
    const cover: Statement = { kind: 'cover', family: this.points, index: constant(axis?.width ?? 1, place) };
    if (condition === ZERO) return [];
    return condition === ONE ? [cover] : [{ kind: 'if', condition, then: [cover], else: [] }];
  }

  /** The original's statements among those of all, with notes beside them. */
  body(statements: readonly Statement[]): readonly Statement[] {
    return statements.flatMap((s) => this.#statement(s));
  }

  #statement(s: Statement): readonly Statement[] {
    if (s.kind === 'if') {
      const condition = this.original(s.condition);
      // The selector alone: some lack these statements, or have them alone.
      if (condition.kind === 'const') return this.#chosen(s, condition === ONE);
      return [...this.notes((side) => side(s.condition)), { ...s, condition, then: this.body(s.then), else: this.body(s.else) }];
    }
    const notes = statementOperands(s).flatMap((e) => this.notes((side) => side(e)));
    return [...notes, mapStatement(s, { expr: this.original, body: (list) => this.body(list) })];
  }

  #chosen({ condition, then, else: otherwise }: Extract<Statement, { readonly kind: 'if' }>, taken: boolean): readonly Statement[] {
    const own = taken ? then : otherwise;
    const others = this.#sides.filter(({ side }) => (side(condition) === ONE) !== taken);
    return [...others.flatMap(({ place, side }) => [...this.#alone(own, place, this.original), ...this.#alone(taken ? otherwise : then, place, side)]), ...this.body(own)];
  }

  /** Notes whether statements that one side alone has would do something. */
  #alone(statements: readonly Statement[], place: number, side: Side): readonly Statement[] {
    return statements.flatMap((s): readonly Statement[] => {
      switch (s.kind) {
        case 'if':
          return [{ ...s, condition: side(s.condition), then: this.#alone(s.then, place, side), else: this.#alone(s.else, place, side) }];
        case 'assign':
          return this.#note(place, this.#differ(side(s.value), this.original(read(s.register))));
        case 'count':
        case 'cover':
          return [];
        default:
          return this.#note(place, ONE);
      }
    });
  }

  /** Whether two differ; where both choose by the same, only in what is chosen. */
  #differ(a: Expr, b: Expr): Expr {
    if (a === b) return ZERO;
    const before = this.#known.get(a)?.get(b);
    if (before !== undefined) return before;
    const result = this.#compared(a, b);
    const of = this.#known.get(a) ?? new Map<Expr, Expr>();
    this.#known.set(a, of.set(b, result));
    return result;
  }

  #compared(a: Expr, b: Expr): Expr {
    if (a.width !== b.width) return ONE;
    if (a.kind === 'mux' && b.kind === 'mux' && a.condition === b.condition) return mux(a.condition, this.#differ(a.then, b.then), this.#differ(a.else, b.else));
    if (a.kind === 'mux' && b.kind === 'mux' && a.then === b.then && a.else === b.else) return this.#differ(a.condition, b.condition);
    if (a.kind === 'select' && b.kind === 'select' && a.key === b.key && a.cases.length === b.cases.length) {
      const cases = a.cases.flatMap(({ keys, value }, i) => {
        const other = b.cases[i];
        return other === undefined || other.keys.join() !== keys.join() ? [] : [{ keys, value: this.#differ(value, other.value) }];
      });
      if (cases.length === a.cases.length) return { kind: 'select', width: 1, key: a.key, cases, default: this.#differ(a.default, b.default) };
    }
    return binary('ne', a, b);
  }
}
