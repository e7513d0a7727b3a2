/**
 * Several modules in one: which of them it behaves as is the value of one
 * input register.
 *
 * The modules are variants of the first, the original (mutants of it, say):
 * they share most of their hardware. Where expressions differ, a multiplexer
 * stands at the lowest node that does; where statement lists differ, the
 * statements that one lacks or adds stand behind an `if`. So a dozen variants
 * cost little more than one, to compile and to run.
 */
import { ZERO, constant, eqConst, mux, or, read } from './build.js';
import { Interner } from './intern.js';
import type { Expr, Memory, Module, Register, RegisterArray, Statement, Wire } from './ir.js';
import { StatementInterner, alikeExprs, alikeStatements } from './likeness.js';
import { mapStatement, withOperands } from './map.js';
import { verify } from './verify.js';
import { nestedBodies, operands, statementOperands } from './walk.js';

/** The register that chooses: 0 is the original, n the nth variant. */
export const SELECTOR = 'mutant';

/** A variant that cannot be laid over the original. */
export interface Misfit {
  /** Counted from 1, as the selector does. */
  readonly number: number;
  readonly why: string;
}

/** The outcome of {@link superpose}. */
export interface Superposition {
  readonly module: Module;
  readonly selector: Register;
  /** Variants left out; the module behaves as the original for their numbers. */
  readonly misfits: readonly Misfit[];
}

/** One variant's part at some place. */
interface Part<T> {
  readonly number: number;
  readonly part: T;
}

/** A variant's statement list in terms of the original's. */
interface Alignment {
  readonly number: number;
  /** Statements that take the place of the original's `from`..`to` (exclusive). */
  readonly from: number;
  readonly to: number;
  readonly instead: readonly Statement[];
  /** The statement that corresponds to one of the original outside of that range. */
  readonly counterpart: (index: number) => Statement | undefined;
}

/**
 * Lays variants over an original.
 *
 * Registers, arrays, memories and wires correspond by name. A variant may have
 * registers of its own; it fits if what has the same name has the same shape,
 * and if all together are sound hardware.
 */
export function superpose(original: Module, variants: readonly Module[]): Superposition {
  const selector: Register = { kind: 'register', name: SELECTOR, width: 16, reset: 0n, input: true };
  const misfits: Misfit[] = [];
  const fitting: Part<Module>[] = [];
  variants.forEach((part, i) => {
    const why = misfit(original, part);
    if (why === undefined) fitting.push({ number: i + 1, part });
    else misfits.push({ number: i + 1, why });
  });
  const lay = (parts: readonly Part<Module>[]): Module => new Superposer(original, parts, selector).module();
  const all = lay(fitting);
  if (verify(all).length === 0) return { module: all, selector, misfits };
  const accepted: Part<Module>[] = [];
  for (const next of fitting) {
    if (verify(lay([...accepted, next])).length === 0) accepted.push(next);
    else misfits.push({ number: next.number, why: 'it writes in other places, or its wires depend on each other in another order' });
  }
  return { module: lay(accepted), selector, misfits };
}

/** Why a variant cannot be laid over the original; undefined if it can. */
function misfit(original: Module, variant: Module): string | undefined {
  for (const r of variant.registers) {
    const known = original.registers.find((o) => o.name === r.name);
    if (known !== undefined && (known.width !== r.width || known.reset !== r.reset || known.input !== r.input)) return `register ${r.name} has another shape`;
  }
  for (const a of variant.arrays) {
    const known = original.arrays.find((o) => o.name === a.name);
    if (known === undefined || known.depth !== a.depth || known.width !== a.width) return `array ${a.name} is new or has another shape`;
  }
  return variant.memories.every((m) => original.memories.some((o) => o.name === m.name && o.base === m.base)) ? undefined : 'its memories are others';
}

class Superposer {
  readonly #interner = new Interner();
  readonly #ids = new Map<object, number>();
  readonly #statements = new StatementInterner();
  readonly #merged = new Map<string, Expr>();
  readonly #storage = new Map<string, Register | RegisterArray | Memory>();
  /** Stand for the wires while their values are not known. */
  readonly #placeholders = new Map<string, Wire>();
  readonly #finished = new Map<Expr, Expr>();
  readonly #wires = new Map<string, Wire>();
  readonly #added: Register[] = [];

  constructor(readonly original: Module, readonly variants: readonly Part<Module>[], readonly selector: Register) {
    for (const item of [...original.registers, ...original.arrays, ...original.memories]) this.#storage.set(item.name, item);
    for (const { part } of variants) {
      for (const r of part.registers) {
        if (this.#storage.has(r.name)) continue;
        this.#storage.set(r.name, r);
        this.#added.push(r);
      }
    }
    for (const w of original.wires) this.#placeholders.set(w.name, { kind: 'wire', name: w.name, value: constant(w.value.width, 0) });
  }

  module(): Module {
    const { original, variants, selector } = this;
    const [own, ...others] = [original, ...variants.map((v) => v.part)].map((m) => this.#adopt(m));
    if (own === undefined) throw new Error('a superposition has an original');
    const wires = original.wires.map((w) => {
      const value = own.wires.get(w.name) ?? ZERO;
      const parts = others.flatMap(({ wires: theirs }, i) => {
        const part = theirs.get(w.name);
        return part === undefined || part.width !== value.width ? [] : [{ number: variants[i]?.number ?? 0, part }];
      });
      return { name: w.name, value: this.#mergeExpr(value, parts) };
    });
    const values = new Map(wires.map((w) => [w.name, w.value]));
    const body = this.#mergeBody(own.body, others.map(({ body: part }, i) => ({ number: variants[i]?.number ?? 0, part })));
    const finish = (e: Expr): Expr => this.#finish(e, values);
    const finished = body.map((s) => mapStatement(s, { expr: finish }));
    return {
      name: original.name,
      registers: [...original.registers, ...this.#added, selector],
      arrays: original.arrays,
      memories: original.memories,
      wires: wires.map((w) => this.#wire(w.name, values)),
      body: finished,
    };
  }

  /** A module in terms of the original's storage and the placeholders, equal expressions and bodies as one object. */
  #adopt(module: Module): { readonly wires: ReadonlyMap<string, Expr>; readonly body: readonly Statement[] } {
    const done = new Map<Expr, Expr>();
    const adopt = (e: Expr): Expr => {
      const known = done.get(e);
      if (known !== undefined) return known;
      const result = this.#adoptNode(e, adopt);
      done.set(e, result);
      return result;
    };
    const wires = new Map(module.wires.map((w) => [w.name, adopt(w.value)]));
    const body = module.body.map((s) => mapStatement(s, { expr: adopt, storage: (item) => this.#own(item) }));
    return { wires, body: this.#statements.body(body) };
  }

  #adoptNode(e: Expr, adopt: (e: Expr) => Expr): Expr {
    switch (e.kind) {
      case 'read':
        return this.#interner.unique({ ...e, register: this.#own(e.register) });
      case 'element':
        return this.#interner.unique({ ...e, array: this.#own(e.array), index: adopt(e.index) });
      case 'wire': {
        // A wire that the original lacks is no signal: its value stands in its place.
        const placeholder = this.#placeholders.get(e.wire.name);
        return placeholder === undefined || placeholder.value.width !== e.width ? adopt(e.wire.value) : this.#interner.unique({ ...e, wire: placeholder });
      }
      default:
        return this.#interner.unique(withOperands(e, operands(e).map(adopt)));
    }
  }

  /** The original's register, array or memory of that name. */
  #own<T extends Register | RegisterArray | Memory>(item: T): T {
    const own = this.#storage.get(item.name);
    const isSame = (o: Register | RegisterArray | Memory | undefined): o is T => o?.kind === item.kind;
    if (!isSame(own)) throw new Error(`${item.kind} ${item.name} is declared nowhere`);
    return own;
  }

  #id(object: object): number {
    const known = this.#ids.get(object);
    if (known !== undefined) return known;
    this.#ids.set(object, this.#ids.size);
    return this.#ids.size - 1;
  }

  #chosen(numbers: readonly number[]): Expr {
    return this.#interner.unique(or(...numbers.map((n) => eqConst(read(this.selector), n))));
  }

  #mergeExpr(own: Expr, all: readonly Part<Expr>[]): Expr {
    const parts = all.filter(({ part }) => part !== own);
    if (parts.length === 0) return own;
    const key = `${this.#id(own)}|${parts.map(({ number, part }) => `${number}:${this.#id(part)}`).join()}`;
    const known = this.#merged.get(key);
    if (known !== undefined) return known;
    const merged = this.#mergeNode(own, parts);
    this.#merged.set(key, merged);
    return merged;
  }

  #mergeNode(own: Expr, parts: readonly Part<Expr>[]): Expr {
    const alike = parts.filter(({ part }) => alikeExprs(own, part)).map(({ number, part }) => ({ number, operands: operands(part) }));
    const inner = withOperands(own, operands(own).map((operand, i) =>
      this.#mergeExpr(operand, alike.map(({ number, operands: theirs }) => ({ number, part: theirs[i] ?? operand })))));
    const groups = new Map<Expr, number[]>();
    for (const { number, part } of parts) if (!alike.some((a) => a.number === number)) groups.set(part, [...(groups.get(part) ?? []), number]);
    return [...groups].reduce<Expr>((rest, [part, numbers]) => mux(this.#chosen(numbers), part, rest), inner);
  }

  #mergeBody(own: readonly Statement[], all: readonly Part<readonly Statement[]>[]): readonly Statement[] {
    const parts = all.filter(({ part }) => part !== own);
    if (parts.length === 0) return own;
    const alignments = parts.map((p) => align(own, p));
    const merged: Statement[] = [];
    for (let i = 0; i <= own.length; i++) {
      for (const { number, from, instead } of alignments) {
        if (from === i && instead.length > 0) merged.push({ kind: 'if', condition: this.#chosen([number]), then: instead, else: [] });
      }
      const statement = own[i];
      if (statement === undefined) break;
      const kept = alignments.flatMap(({ number, counterpart }) => {
        const part = counterpart(i);
        return part === undefined ? [] : [{ number, part }];
      });
      const result = this.#mergeStatement(statement, kept);
      const without = alignments.filter(({ from, to }) => i >= from && i < to).map((a) => a.number);
      merged.push(without.length === 0 ? result : { kind: 'if', condition: this.#chosen(without), then: [], else: [result] });
    }
    return merged;
  }

  /** Statements that are alike, as one. */
  #mergeStatement(own: Statement, all: readonly Part<Statement>[]): Statement {
    const parts = all.filter(({ part }) => part !== own);
    if (parts.length === 0) return own;
    const theirs = parts.map(({ number, part }) => ({ number, expressions: statementOperands(part), bodies: nestedBodies(part) }));
    let expression = 0;
    let body = 0;
    return mapStatement(own, {
      expr: (e) => {
        const at = expression++;
        return this.#mergeExpr(e, theirs.map(({ number, expressions }) => ({ number, part: expressions[at] ?? e })));
      },
      body: (list) => {
        const at = body++;
        return this.#mergeBody(list, theirs.map(({ number, bodies }) => ({ number, part: bodies[at] ?? list })));
      },
    });
  }

  /** The expression with wires in the place of placeholders. */
  #finish(e: Expr, values: ReadonlyMap<string, Expr>): Expr {
    const known = this.#finished.get(e);
    if (known !== undefined) return known;
    const result: Expr = e.kind === 'wire' ? { ...e, wire: this.#wire(e.wire.name, values) } : withOperands(e, operands(e).map((operand) => this.#finish(operand, values)));
    this.#finished.set(e, result);
    return result;
  }

  #wire(name: string, values: ReadonlyMap<string, Expr>): Wire {
    const known = this.#wires.get(name);
    if (known !== undefined) return known;
    const wire: Wire = { kind: 'wire', name, value: this.#finish(values.get(name) ?? ZERO, values) };
    this.#wires.set(name, wire);
    return wire;
  }
}

/** What the lists have in common at both ends stays; the rest is exchanged. */
function align(own: readonly Statement[], { number, part }: Part<readonly Statement[]>): Alignment {
  const matches = (i: number, j: number): boolean => {
    const [a, b] = [own[i], part[j]];
    return a !== undefined && b !== undefined && (a === b || alikeStatements(a, b));
  };
  const shorter = Math.min(own.length, part.length);
  let before = 0;
  while (before < shorter && matches(before, before)) before++;
  let after = 0;
  while (after < shorter - before && matches(own.length - 1 - after, part.length - 1 - after)) after++;
  const to = own.length - after;
  const shift = part.length - own.length;
  return {
    number, from: before, to,
    instead: part.slice(before, part.length - after),
    counterpart: (i) => (i < before ? part[i] : i >= to ? part[i + shift] : undefined),
  };
}
