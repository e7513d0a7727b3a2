/**
 * Whether a mutant is no mutant at all: it does in every cycle what the
 * original does, for every valuation of the bits that the two depend on.
 *
 * Some mutants differ only in states that cannot be reached. Those are ruled
 * out by invariants, each of which is a property of its own
 * (`mutants-rest-on-invariants.test.ts`), and named in the proof.
 */
import { createHash } from 'node:crypto';
import { constant, mux, zext } from '../../model/ir/build.js';
import type { Expr, Module, Register, Wire } from '../../model/ir/ir.js';
import { Interner } from '../../model/ir/intern.js';
import { alikeExprs } from '../../model/ir/likeness.js';
import { withOperands } from '../../model/ir/map.js';
import { applyBinary } from '../../model/ir/ops.js';
import { Simplifier } from '../../model/ir/simplify.js';
import { superpose } from '../../model/ir/superpose.js';
import { operands, postorder } from '../../model/ir/walk.js';
import type { Isa } from '../../model/spec/isa.js';
import { TooLarge } from './bdd.js';
import { BitBlaster, choicesOf } from './bits.js';
import { invariantsOf } from './invariants.js';
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

/** After so many nodes of diagrams the question stays open. */
const NODES = 2_500_000;
/** For one wire or effect, and for a part of it. */
const NODES_OF_ROOT = 150_000;
const NODES_OF_PART = 60_000;

/** A wire that depends on so many registers is small. */
const SMALL = 6;
const TOO_LARGE = ' (too large to decide)';
type Comparison = 'equal' | 'different' | 'too large';

/** A wire or effect in the original and in the mutant. */
type Pair = readonly [Expr, Expr];

class Prover {
  readonly #simplifier = new Simplifier({ inlineWires: false });
  #invariants: readonly { readonly name: string; readonly expr: Expr; readonly registers: ReadonlySet<Register> }[];
  /** Wires that are not known to be equal. */
  readonly #affected = new Map<string, Pair>();
  readonly #fixed = [new Map<Expr, Expr>(), new Map<Expr, Expr>()];
  readonly #names = new Map<string, Expr>();
  readonly #inlined = new Map<number, Map<Expr, Expr>>();
  readonly #used = new Set<string>();
  readonly #decided: string[] = [];
  /** Whether pairs are equal by their parts. */
  readonly #compared = new Map<Expr, Map<Expr, Comparison>>();
  readonly #interner = new Interner();
  #nodesLeft = NODES;

  constructor(readonly module: Module, readonly selector: Register, isa: Isa) {
    this.#invariants = invariantsOf(isa, module).map(({ name, holds }) => {
      const expr = this.#simplifier.expr(holds);
      return { name, expr, registers: registersOf([expr]) };
    });
  }

  run(mutant: Mutant): Proof | { readonly differs: string } {
    const effects = transitionOf(this.module);
    for (const wire of wiresBehind([...effects.values()])) {
      const pair = this.#pair(wire.value);
      if (pair[0] !== pair[1] && this.#difference(pair) !== undefined) this.#affected.set(wire.name, pair);
      else if (pair[0] !== pair[1]) this.#decided.push(wire.name);
    }
    for (const [name, e] of effects) {
      const pair = this.#pair(e);
      if (pair[0] === pair[1]) continue;
      const difference = this.#difference(pair);
      if (difference !== undefined) return { differs: `${name}${difference}` };
      this.#decided.push(name);
    }
    const how = this.#decided.length === 0 ? 'the hardware is the same' : `equal for every valuation: ${this.#decided.join(', ')}`;
    return { mutant: mutant.id, how, invariants: [...this.#used], lines: hashOf(mutant) };
  }

  #pair(e: Expr): Pair {
    return [this.#fix(e, 0), this.#fix(e, 1)];
  }

  /** The expression with the selector fixed; equal wires stay names. */
  #fix(e: Expr, number: 0 | 1): Expr {
    const done = this.#fixed[number];
    const known = done?.get(e);
    if (known !== undefined) return known;
    const result: Expr = e.kind === 'wire' ? (this.#affected.get(e.wire.name)?.[number] ?? this.#named(e))
      : e.kind === 'read' && e.register === this.selector ? constant(e.width, number)
        : folded(withOperands(e, operands(e).map((o) => this.#fix(o, number))));
    const unique = this.#interner.unique(result);
    done?.set(e, unique);
    return unique;
  }

  /** A reference to a wire that is equal in both, with the original's value. */
  #named(e: Extract<Expr, { readonly kind: 'wire' }>): Expr {
    const known = this.#names.get(e.wire.name);
    if (known !== undefined) return known;
    const named: Expr = { ...e, wire: { ...e.wire, value: this.#fix(e.wire.value, 0) } };
    this.#names.set(e.wire.name, named);
    return named;
  }

  /** Where the two differ, undefined if nowhere: in parts, if they are the same operation on equal parts; else as a whole. */
  #difference([a, b]: Pair): string | undefined {
    if (this.#parts(a, b) === 'equal') return undefined;
    const found = this.#wholly(a, b, NODES_OF_ROOT);
    return found === TOO_LARGE ? this.#byInstruction(a, b) : found;
  }

  /** Equal by their parts, or as a whole if that is not too large. */
  #parts(a: Expr, b: Expr): Comparison {
    if (a === b) return 'equal';
    const known = this.#compared.get(a)?.get(b);
    if (known !== undefined) return known;
    const result = this.#compare(a, b);
    const ofA = this.#compared.get(a) ?? new Map<Expr, Comparison>();
    this.#compared.set(a, ofA.set(b, result));
    return result;
  }

  #compare(a: Expr, b: Expr): Comparison {
    const [ours, theirs] = [comparable(a), comparable(b)];
    const parts = alikeExprs(a, b) || areShifts(a, b) ? ours.map((o, i) => this.#parts(o, theirs[i] ?? o)) : ['different'];
    if (parts.every((p) => p === 'equal')) return 'equal';
    // What contains something too large is larger still, unless wires hide it.
    const found = parts.includes('too large') ? this.#asNames(a, b, NODES_OF_PART) : this.#wholly(a, b, NODES_OF_PART);
    if (found === undefined) return 'equal';
    return found === TOO_LARGE || parts.includes('too large') ? 'too large' : 'different';
  }

  #asNames(a: Expr, b: Expr, limit: number): string | undefined {
    if (a.width !== b.width) return '';
    return this.#nodesLeft <= 0 ? TOO_LARGE : this.#search([this.#simplifier.expr(a), this.#simplifier.expr(b)], limit);
  }

  /** First with wires as unknowns, then with what the small ones stand for, then with all. */
  #wholly(a: Expr, b: Expr, limit: number): string | undefined {
    let found = this.#asNames(a, b, limit);
    if (found === undefined || a.width !== b.width) return found;
    let [x, y] = [a, b];
    for (const most of [SMALL, Infinity]) {
      const [p, q] = [this.#inline(x, most), this.#inline(y, most)];
      if (p === x && q === y) continue;
      [x, y] = [p, q];
      found = this.#asNames(x, y, limit);
      if (found === undefined) return undefined;
    }
    return found;
  }

  /** Each instruction in the stage that matters for itself: with its control word known, little remains. */
  #byInstruction(a: Expr, b: Expr): string | undefined {
    const control = [...registersOf([a, b])].filter((r) => r.name.endsWith('.control')).at(-1);
    const decoded = this.module.wires.find((w) => w.name.endsWith('.decoded'));
    if (control === undefined || decoded === undefined || a.width !== b.width) return TOO_LARGE;
    const depends = new Map<Expr, boolean>();
    const reads = (e: Expr): boolean => {
      const known = depends.get(e) ?? (e.kind === 'read' ? e.register === control : operands(e).some(reads));
      depends.set(e, known);
      return known;
    };
    const words = new Set(postorder([decoded.value]).flatMap((e) => (e.kind === 'const' && e.width === control.width ? [e.value] : [])));
    const all = this.#invariants;
    for (const word of [0n, ...words]) {
      this.#nodesLeft = NODES_OF_ROOT;
      const done = new Map<Expr, Expr>();
      const fix = (e: Expr): Expr => {
        const known = done.get(e);
        if (known !== undefined) return known;
        const result = !reads(e) ? e : e.kind === 'wire' ? fix(e.wire.value) : e.kind === 'read' ? constant(e.width, word) : withOperands(e, operands(e).map(fix));
        done.set(e, result);
        return result;
      };
      const [x, y] = [this.#simplifier.expr(fix(a)), this.#simplifier.expr(fix(b))];
      if (x === y) continue;
      this.#invariants = all.map((i) => {
        const expr = this.#simplifier.expr(fix(i.expr));
        return { name: i.name, expr, registers: registersOf([expr]) };
      });
      const found = this.#wholly(x, y, NODES_OF_ROOT);
      this.#invariants = all;
      if (found !== undefined) return `${found} with ${control.name} ${word}`;
    }
    this.#used.add(`${control.name} is that of ${control.name.replace(/control$/, 'insn')}`);
    return undefined;
  }

  /** Wires that depend on at most so many registers replaced by their values. */
  #inline(root: Expr, most: number): Expr {
    const done = this.#inlined.get(most) ?? new Map<Expr, Expr>();
    this.#inlined.set(most, done);
    const visit = (e: Expr): Expr => {
      const known = done.get(e);
      if (known !== undefined) return known;
      const result = e.kind !== 'wire' ? withOperands(e, operands(e).map(visit)) : most === Infinity || registersOf([e]).size <= most ? visit(e.wire.value) : e;
      done.set(e, result);
      return result;
    };
    return visit(root);
  }

  #search(pair: Pair, limit: number): string | undefined {
    const choices = pair[0].width > 1 && pair[0].kind === 'mux' ? choicesOf(pair) : undefined;
    if (choices !== undefined && this.#decide(pair, limit, choices) === undefined) return undefined;
    return this.#decide(pair, limit, undefined);
  }

  /** @param choices - To treat the two as trees of choices; otherwise bit by bit. */
  #decide([a, b]: Pair, limit: number, choices: ReturnType<typeof choicesOf> | undefined): string | undefined {
    const roots = choices?.conditions ?? [a, b];
    const about = registersOf(roots);
    const invariants = this.#invariants.filter(({ registers }) => [...registers].some((r) => about.has(r)));
    const blaster = new BitBlaster([...roots, ...invariants.map((i) => i.expr)], limit, choices?.leaves);
    const d = blaster.diagrams;
    try {
      const used: string[] = [];
      const bits = choices === undefined ? a.width : 1;
      for (let i = 0; i < bits; i++) {
        let difference = choices === undefined ? d.xor(blaster.bit(a, i), blaster.bit(b, i)) : d.xor(blaster.uniform(a), blaster.uniform(b));
        for (const { name, expr } of invariants) {
          if (difference === 0) break;
          const left = d.and(difference, blaster.bit(expr, 0));
          if (left !== difference) used.push(name);
          difference = left;
        }
        if (difference !== 0) return `[${i}]`;
      }
      for (const name of used) this.#used.add(name);
      return undefined;
    } catch (error) {
      if (error instanceof TooLarge || error instanceof RangeError) return TOO_LARGE;
      throw error;
    } finally {
      this.#nodesLeft -= d.size;
    }
  }
}

/** The wires that expressions are made of, each after those that it refers to itself. */
function wiresBehind(roots: readonly Expr[]): readonly Wire[] {
  return [...new Set(postorder(roots).flatMap((e) => (e.kind === 'wire' ? [e.wire] : [])))];
}

/** The same shift, perhaps by amounts of different widths. */
const areShifts = (a: Expr, b: Expr): boolean => a.kind === 'binary' && b.kind === 'binary' && a.op === b.op && a.op.startsWith('sh') && a.width === b.width;

/** Operands; the amount of a shift at full width. */
const comparable = (e: Expr): readonly Expr[] => (e.kind === 'binary' && e.op.startsWith('sh') ? [e.a, zext(e.b, 64)] : operands(e));

/** What a known selector decides. */
function folded(e: Expr): Expr {
  if (e.kind === 'mux') return mux(e.condition, e.then, e.else);
  if (e.kind !== 'binary' || e.a.kind !== 'const' || e.b.kind !== 'const') return e;
  return constant(e.width, applyBinary(e.op, e.a.width, e.a.value, e.b.value));
}

/** The registers that expressions read, wires as they are. */
function registersOf(roots: readonly Expr[]): ReadonlySet<Register> {
  return new Set(postorder(roots).flatMap((e) => (e.kind === 'read' ? [e.register] : [])));
}

/** SHA-256 over the lines that the mutant changes. */
export function hashOf({ span, id }: Mutant): string {
  return createHash('sha256').update(span === undefined ? id : linesOf(span)).digest('hex');
}
