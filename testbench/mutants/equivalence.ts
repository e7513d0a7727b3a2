/**
 * Whether a mutant is no mutant at all: it does in every cycle what the
 * original does, for every valuation of the bits that the two depend on.
 *
 * Some mutants differ only in states that cannot be reached. Those are ruled
 * out by invariants, each of which is a property of its own
 * (`mutants-rest-on-invariants.test.ts`), and named in the proof.
 */
import { createHash } from 'node:crypto';
import { and, constant, eqConst, not, or, read } from '../../model/ir/build.js';
import type { Expr, Module, Register } from '../../model/ir/ir.js';
import { mapStatement, withOperands } from '../../model/ir/map.js';
import { Simplifier } from '../../model/ir/simplify.js';
import { superpose } from '../../model/ir/superpose.js';
import { operands } from '../../model/ir/walk.js';
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
 * @returns The proof, or the first effect that differs, or is too large to decide.
 */
export function prove(mutant: Mutant, original: Module, mutated: Module, isa: Isa): Proof | { readonly differs: string } {
  const { module, selector, misfits } = superpose(original, [mutated]);
  if (misfits.length > 0) return { differs: 'its registers' };
  const simplifier = new Simplifier({ inlineWires: true });
  const [own, other] = [0, 1].map((n) => transitionOf(chosen(module, selector, n, simplifier)));
  if (own === undefined || other === undefined) return { differs: 'everything' };
  const pairs: { readonly name: string; readonly a: Expr; readonly b: Expr }[] = [];
  for (const name of new Set([...own.keys(), ...other.keys()])) {
    const [a, b] = [own.get(name), other.get(name)];
    const register = module.registers.find((r) => r.name === name);
    const like = a ?? b;
    if (like === undefined) continue;
    const rest = register === undefined ? constant(like.width, 0) : read(register);
    const [x, y] = [simplifier.expr(a ?? rest), simplifier.expr(b ?? rest)];
    if (x !== y) pairs.push({ name, a: x, b: y });
  }
  const proof = (how: string, invariants: readonly string[]): Proof => ({ mutant: mutant.id, how, invariants, lines: hashOf(mutant) });
  if (pairs.length === 0) return proof('the hardware is the same', []);
  return decide(pairs, module, isa, simplifier, proof);
}

function decide(
  pairs: readonly { readonly name: string; readonly a: Expr; readonly b: Expr }[], module: Module, isa: Isa, simplifier: Simplifier,
  proof: (how: string, invariants: readonly string[]) => Proof,
): Proof | { readonly differs: string } {
  const register = (name: string): Expr => {
    const found = module.registers.find((r) => r.name === name);
    return found === undefined ? constant(64, 0) : read(found);
  };
  const invariants = invariantsOf(isa).map(({ name, holds }) => ({ name, expr: simplifier.expr(holds(register)) }));
  const used = new Set<string>();
  for (const { name, a, b } of pairs) {
    try {
      const blaster = new BitBlaster([a, b, ...invariants.map((i) => i.expr)]);
      const d = blaster.diagrams;
      const [x, y] = [blaster.word(a), blaster.word(b)];
      for (const [i, bit] of x.entries()) {
        let difference = d.xor(bit, y[i] ?? 0);
        for (const { name: invariant, expr } of invariants) {
          if (difference === 0) break;
          const left = d.and(difference, blaster.word(expr)[0] ?? 0);
          if (left !== difference) used.add(invariant);
          difference = left;
        }
        if (difference !== 0) return { differs: `${name}[${i}]` };
      }
    } catch (error) {
      if (error instanceof TooLarge || error instanceof RangeError) return { differs: `${name} (too large to decide)` };
      throw error;
    }
  }
  return proof(`equal in every cycle for every valuation: ${pairs.map((p) => p.name).join(', ')}`, [...used]);
}

/** The module with the selector fixed. */
function chosen(module: Module, selector: Register, number: number, simplifier: Simplifier): Module {
  const done = new Map<Expr, Expr>();
  const fix = (e: Expr): Expr => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const result: Expr = e.kind === 'wire' ? fix(e.wire.value)
      : e.kind === 'read' && e.register === selector ? constant(e.width, number)
        : withOperands(e, operands(e).map(fix));
    done.set(e, result);
    return result;
  };
  return { ...module, wires: [], body: module.body.map((s) => mapStatement(s, { expr: (e) => simplifier.expr(fix(e)) })) };
}

/** SHA-256 over the lines that the mutant changes. */
export function hashOf({ span, id }: Mutant): string {
  return createHash('sha256').update(span === undefined ? id : linesOf(span)).digest('hex');
}
