/**
 * Whether a mutant is no mutant at all: it does in every cycle what the
 * original does, for every valuation of the bits that the two depend on.
 *
 * Some mutants differ only in states that cannot be reached. Those are ruled
 * out by invariants, each of which is a property of its own
 * (`proofs-rest-on-true-invariants.test.ts`), and named in the proof.
 */
import { createHash } from 'node:crypto';
import { constant } from '../../model/ir/build.js';
import type { Module } from '../../model/ir/ir.js';
import { superpose } from '../../model/ir/superpose.js';
import { postorder } from '../../model/ir/walk.js';
import type { Isa } from '../../model/spec/isa.js';
import { canonicalEffects, canonicalState } from './canonical.js';
import { invariantsOf } from './invariants.js';
import { ANY, knownInstructions, type KnownInstruction } from './known-instruction.js';
import { linesOf, type Mutant } from './mutant.js';
import { NODES, Prover, registersOf, type Equality } from './prover.js';
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
 * @param nodes - How much effort: nodes of diagrams until the question stays open.
 * @returns The proof, or the first thing that differs, or is too large to decide.
 */
export function prove(mutant: Mutant, original: Module, mutated: Module, isa: Isa, nodes = NODES): Proof | { readonly differs: string } {
  const { module, selector, misfits } = superpose(original, [mutated]);
  if (misfits.length > 0) return { differs: 'its registers' };
  const [ours, theirs] = [0, 1].map((n) => new Map([[selector, constant(selector.width, n)]]));
  if (ours === undefined || theirs === undefined) throw new Error('two sides');
  const effects = transitionOf(module);
  const compared = new Prover(invariantsOf(isa, module), knownInstructions(isa), module, [ours, theirs], nodes).run(effects);
  const proofOf = ({ decided, used }: Equality, how: string): Proof => (
    { mutant: mutant.id, how: decided.length === 0 ? 'the hardware is the same' : `${how}: ${listed(decided)}`, invariants: used, lines: hashOf(mutant) });
  if (!('differs' in compared)) return proofOf(compared, 'equal for every valuation');
  const canonical = canonicalState(isa, module);
  if (!canonical.has(compared.register)) return { differs: compared.differs };
  // States of the mutant need not be states of the original: what is taken for granted must hold in both.
  const safe = invariantsOf(isa, module).filter(({ holds }) => [...registersOf([holds])].every((r) => !canonical.has(r.name)));
  const words = knownInstructions(isa).map(({ word }): KnownInstruction => ({ word, match: ANY }));
  if (!decodesTo(mutated, words.map((k) => k.word))) return { differs: compared.differs };
  // Both directions of a step: what only the representation of a state distinguishes makes no difference later, and the two differ in no more.
  const through = canonicalEffects(effects, canonical);
  const otherwise = new Map([...ours, ...[...canonical.values()].map(({ register, value }) => [register, value] as const)]);
  const later = new Prover(safe, words, module, [ours, otherwise], nodes).run(through);
  if ('differs' in later) return { differs: compared.differs };
  const now = new Prover(safe, words, module, [ours, theirs], nodes).run(through);
  if ('differs' in now) return { differs: compared.differs };
  return proofOf({ decided: now.decided, used: [...new Set([...later.used, ...now.used])] }, 'the same but for what nothing reads');
}

/** Names in a proof's words. */
const MOST_NAMES = 8;

/** The first names of many. */
const listed = (names: readonly string[]): string => (names.length <= MOST_NAMES ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`);

/** Whether a module's decoder yields no other control words. */
function decodesTo(module: Module, words: readonly bigint[]): boolean {
  const decoded = module.wires.find((w) => w.name.endsWith('.decoded'))?.value;
  return decoded !== undefined && postorder([decoded]).every((e) => e.kind !== 'const' || e.width !== decoded.width || words.includes(e.value));
}

/** SHA-256 over the lines that the mutant changes. */
export function hashOf({ span, id }: Mutant): string {
  return createHash('sha256').update(span === undefined ? id : linesOf(span)).digest('hex');
}
