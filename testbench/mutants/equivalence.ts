/**
 * Whether a mutant is no mutant at all: it does in every cycle what the
 * original does, for every valuation of the bits that the two depend on.
 *
 * Some mutants differ only in states that cannot be reached. Those are ruled
 * out by invariants, each of which is a property of its own
 * (`mutants-rest-on-invariants.test.ts`), and named in the proof.
 */
import { createHash } from 'node:crypto';
import { and, constant, eqConst, not, or, read, wireRef } from '../../model/ir/build.js';
import type { Expr, Module, Register, Wire } from '../../model/ir/ir.js';
import { withOperands } from '../../model/ir/map.js';
import { Simplifier } from '../../model/ir/simplify.js';
import { superpose } from '../../model/ir/superpose.js';
import { operands, postorder } from '../../model/ir/walk.js';
import type { Isa } from '../../model/spec/isa.js';
import { TooLarge } from './bdd.js';
import { BitBlaster } from './bits.js';
import { linesOf, type Mutant } from './mutant.js';
import { transitionOf } from './transition.js';

/** A proof that a mutant is equivalent. */
export interface Proof {
  readonly mutant: string;
  /** How, in words. */
  readonly how: string;
  /** Names of the invariants it rests on. */
  readonly invariants: readonly string[];
  /** SHA-256 over the spec lines it rests on, hex: the proof lapses with them. */
  readonly lines: string;
}

/** Something that holds in every state that can be reached. */
export interface Invariant {
  readonly name: string;
  /** One bit over registers. */
  readonly holds: (register: (name: string) => Expr) => Expr;
}

/** Fields whose legal values are listed have no other, and there are five modes. */
export function invariantsOf(isa: Isa): readonly Invariant[] {
  const legal = isa.csrs.flatMap((csr) => csr.fields.flatMap((field): Invariant[] => {
    const { source, bits: { high, low } } = field;
    if (source.kind !== 'stored' || source.legal === undefined) return [];
    const values = source.legal;
    return [{
      name: `${csr.name}.${field.name} is legal`,
      holds: (register) => or(...values.map((v) => eqConst({ kind: 'slice', width: high - low + 1, low, a: register(`csr.${csr.name}`) }, v))),
    }];
  }));
  return [
    { name: 'the hart is in one of five modes', holds: (register) => and(not(eqConst(register('priv'), 2)), not(and(register('V'), eqConst(register('priv'), 3)))) },
    { name: 'MPRV is 0 in a guest', holds: (register) => not(and(register('V'), { kind: 'slice', width: 1, low: 17, a: register('csr.mstatus') })) },
    ...legal,
  ];
}

/**
 * Tries to prove a mutant equivalent.
 *
 * From the wires that everything else is made of upwards: one that is equal
 * in both is from there on as good as a name. What is left is asked of every
 * register, memory access and exit.
 *
 * @returns The proof, or the first thing that differs, or is too large to decide.
 */
export function prove(mutant: Mutant, original: Module, mutated: Module, isa: Isa): Proof | { readonly differs: string } {
  const { module, selector, misfits } = superpose(original, [mutated]);
  if (misfits.length > 0) return { differs: 'its registers' };
  return new Prover(module, selector, isa).run(mutant);
}

/** A wire or effect in the original and in the mutant. */
type Pair = readonly [Expr, Expr];

class Prover {
  readonly #simplifier = new Simplifier({ inlineWires: false });
  readonly #invariants: readonly { readonly name: string; readonly expr: Expr }[];
  /** Wires that are not known to be equal. */
  readonly #affected = new Map<string, Pair>();
  readonly #fixed = [new Map<Expr, Expr>(), new Map<Expr, Expr>()];
  readonly #names = new Map<string, Expr>();
  readonly #inlined = new Map<Expr, Expr>();
  readonly #used = new Set<string>();
  readonly #decided: string[] = [];

  constructor(readonly module: Module, readonly selector: Register, isa: Isa) {
    const register = (name: string): Expr => {
      const found = module.registers.find((r) => r.name === name);
      return found === undefined ? constant(64, 0) : read(found);
    };
    this.#invariants = invariantsOf(isa).map(({ name, holds }) => ({ name, expr: this.#simplifier.expr(holds(register)) }));
  }

  run(mutant: Mutant): Proof | { readonly differs: string } {
    for (const wire of this.#wiresInOrder()) {
      const pair = this.#pair(wire.value);
      if (pair[0] !== pair[1] && this.#difference(pair) !== undefined) this.#affected.set(wire.name, pair);
      else if (pair[0] !== pair[1]) this.#decided.push(wire.name);
    }
    for (const [name, e] of transitionOf(this.module)) {
      const pair = this.#pair(e);
      if (pair[0] === pair[1]) continue;
      const difference = this.#difference(pair);
      if (difference !== undefined) return { differs: `${name}${difference}` };
      this.#decided.push(name);
    }
    const how = this.#decided.length === 0 ? 'the hardware is the same' : `equal for every valuation: ${this.#decided.join(', ')}`;
    return { mutant: mutant.id, how, invariants: [...this.#used], lines: hashOf(mutant) };
  }

  /** Wires, each after those that it refers to. */
  #wiresInOrder(): readonly Wire[] {
    return postorder(this.module.wires.map(wireRef)).flatMap((e) => (e.kind === 'wire' ? [e.wire] : []));
  }

  #pair(e: Expr): Pair {
    return [this.#simplifier.expr(this.#fix(e, 0)), this.#simplifier.expr(this.#fix(e, 1))];
  }

  /** The expression with the selector fixed; equal wires stay names. */
  #fix(e: Expr, number: 0 | 1): Expr {
    const done = this.#fixed[number];
    const known = done?.get(e);
    if (known !== undefined) return known;
    const result: Expr = e.kind === 'wire' ? (this.#affected.get(e.wire.name)?.[number] ?? this.#named(e))
      : e.kind === 'read' && e.register === this.selector ? constant(e.width, number)
        : withOperands(e, operands(e).map((o) => this.#fix(o, number)));
    done?.set(e, result);
    return result;
  }

  /** A reference to a wire that is equal in both, with the original's value. */
  #named(e: Extract<Expr, { readonly kind: 'wire' }>): Expr {
    const known = this.#names.get(e.wire.name);
    if (known !== undefined) return known;
    const named: Expr = { ...e, wire: { ...e.wire, value: this.#fix(e.wire.value, 0) } };
    this.#names.set(e.wire.name, named);
    return named;
  }

  /** Where the two differ, undefined if nowhere: first with wires as unknowns, then with all they stand for. */
  #difference(pair: Pair): string | undefined {
    if (this.#search(pair) === undefined) return undefined;
    const [a, b] = pair.map((e) => this.#simplifier.expr(this.#inline(e)));
    return a === undefined || b === undefined ? '' : this.#search([a, b]);
  }

  #inline(e: Expr): Expr {
    const known = this.#inlined.get(e);
    if (known !== undefined) return known;
    const result = e.kind === 'wire' ? this.#inline(e.wire.value) : withOperands(e, operands(e).map((o) => this.#inline(o)));
    this.#inlined.set(e, result);
    return result;
  }

  #search([a, b]: Pair): string | undefined {
    try {
      const blaster = new BitBlaster([a, b, ...this.#invariants.map((i) => i.expr)]);
      const d = blaster.diagrams;
      const [x, y] = [blaster.word(a), blaster.word(b)];
      const used: string[] = [];
      for (const [i, bit] of x.entries()) {
        let difference = d.xor(bit, y[i] ?? 0);
        for (const { name, expr } of this.#invariants) {
          if (difference === 0) break;
          const left = d.and(difference, blaster.word(expr)[0] ?? 0);
          if (left !== difference) used.push(name);
          difference = left;
        }
        if (difference !== 0) return `[${i}]`;
      }
      for (const name of used) this.#used.add(name);
      return undefined;
    } catch (error) {
      if (error instanceof TooLarge || error instanceof RangeError) return ' (too large to decide)';
      throw error;
    }
  }
}

/** SHA-256 over the lines that the mutant changes. */
export function hashOf({ span, id }: Mutant): string {
  return createHash('sha256').update(span === undefined ? id : linesOf(span)).digest('hex');
}
