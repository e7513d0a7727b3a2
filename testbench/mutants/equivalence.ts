/**
 * Whether a mutant is no mutant at all: it does in every cycle what the
 * original does, for every valuation of the bits that the two depend on.
 *
 * Some mutants differ only in states that cannot be reached. Those are ruled
 * out by invariants, each of which is a property of its own
 * (`proofs-rest-on-true-invariants.test.ts`), and named in the proof.
 */
import { constant } from '../../model/ir/build.js';
import type { Module } from '../../model/ir/ir.js';
import { superpose } from '../../model/ir/superpose.js';
import { postorder } from '../../model/ir/walk.js';
import type { Isa } from '../../model/spec/isa.js';
import { canonicalEffects, canonicalState, canonicalSteps, type Canonical } from './canonical.js';
import { registersOf } from './forms.js';
import { groundsHash } from './grounds.js';
import { invariantsOf, type Invariant } from './invariants.js';
import { ANY, knownInstructions, type KnownInstruction } from './known-instruction.js';
import { linesOf, type Mutant } from './mutant.js';
import { NODES, Prover, type Difference, type Equality } from './prover.js';
import { transitionOf } from './transition.js';

/** A proof that a mutant is equivalent. */
export interface Proof {
  readonly mutant: string;
  /** How, in words. */
  readonly how: string;
  /** Names of the invariants it rests on. */
  readonly invariants: readonly string[];
  /** SHA-256 over the spec lines it rests on, hex: those that the mutant changes as they are written, others as what they have become in the hardware compared. The proof lapses with them. */
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
  const canonical = canonicalState(isa, module);
  // Registers that need not be equal are only looked at.
  const compared = new Prover(invariantsOf(isa, module), knownInstructions(isa), module, [ours, theirs], nodes).run(effects, new Set(canonical.keys()));
  if (!('differs' in compared)) return proofOf(mutant, compared, 'equal for every valuation', isa, module);
  if (!canonical.has(compared.register)) return { differs: compared.differs };
  const words = controlWords(isa);
  if (!decodesTo(mutated, words.map((k) => k.word))) return { differs: compared.differs };
  // Both directions of a step: what only the representation of a state distinguishes makes no difference later, and the two differ in no more.
  const later = representation(original, isa);
  if ('differs' in later) return { differs: compared.differs };
  const now = new Prover(safeInvariants(isa, module, canonical), words, module, [ours, theirs], nodes).run(canonicalEffects(effects, canonical));
  if ('differs' in now) return { differs: compared.differs };
  // That a representation does not matter rests on all of the hardware.
  return proofOf(mutant, { decided: now.decided, used: [...new Set([...later.used, ...now.used])], compared: [...effects.values()] }, 'the same but for what nothing reads', isa, module);
}

function proofOf(mutant: Mutant, equality: Equality, how: string, isa: Isa, module: Module): Proof {
  const { decided, used } = equality;
  return { mutant: mutant.id, how: decided.length === 0 ? 'the hardware is the same' : `${how}: ${listed(decided)}`, invariants: used, lines: hashOf(mutant, equality, isa, module) };
}

/** The control words that there are, in whatever encoding. */
const controlWords = (isa: Isa): readonly KnownInstruction[] => knownInstructions(isa).map(({ word }): KnownInstruction => ({ word, match: ANY }));

/** Invariants for states that need not be the original's: they say nothing of what may differ. */
const safeInvariants = (isa: Isa, module: Module, canonical: ReadonlyMap<string, Canonical>): readonly Invariant[] =>
  invariantsOf(isa, module).filter(({ holds }) => [...registersOf([holds])].every((r) => !canonical.has(r.name)));

/** What a quick look may take: plenty for a row whose order does not matter. */
const NODES_OF_LOOK = 50_000;

/** {@link prove} for what shows at a look: not instruction by instruction, and not by what nothing reads. */
export function proveQuickly(mutant: Mutant, original: Module, mutated: Module, isa: Isa): Proof | undefined {
  const { module, selector, misfits } = superpose(original, [mutated]);
  if (misfits.length > 0) return undefined;
  const sides = [new Map([[selector, constant(selector.width, 0)]]), new Map([[selector, constant(selector.width, 1)]])] as const;
  const equality = new Prover(invariantsOf(isa, module), [], module, sides, NODES_OF_LOOK).run(transitionOf(module));
  return 'differs' in equality ? undefined : proofOf(mutant, equality, 'equal for every valuation', isa, module);
}

/** By module: nothing of this depends on a mutant. */
const representations = new WeakMap<Module, Equality | Difference>();

/** Whether a module goes from a state to where it goes from its canonical state, but for the representation of that. */
function representation(module: Module, isa: Isa): Equality | Difference {
  const known = representations.get(module);
  if (known !== undefined) return known;
  const canonical = canonicalState(isa, module);
  const effects = canonicalEffects(transitionOf(module), canonical);
  const [invariants, words] = [safeInvariants(isa, module, canonical), controlWords(isa)];
  const used = new Set<string>();
  let result: Equality | Difference | undefined;
  for (const step of canonicalSteps(isa, canonical)) {
    const outcome = new Prover(invariants, words, module, step, NODES).run(effects);
    if ('differs' in outcome) {
      result = outcome;
      break;
    }
    for (const name of outcome.used) used.add(name);
  }
  result ??= { decided: [], used: [...used], compared: [...effects.values()] };
  representations.set(module, result);
  return result;
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

/** SHA-256 over the lines that the mutant changes, the hardware that all others have become as far as it was compared, and what was taken for granted. */
function hashOf({ span, id }: Mutant, { used, compared }: Equality, isa: Isa, module: Module): string {
  const granted = invariantsOf(isa, module).filter(({ name }) => used.includes(name));
  // What is known of an instruction in a place comes from all encodings.
  const encodings = used.length === granted.length ? [] : knownInstructions(isa).map(({ word, match }) => `${match} ${word}`);
  return groundsHash([span === undefined ? id : linesOf(span), ...granted.map((g) => g.name), ...encodings], [...compared, ...granted.map((g) => g.holds)]);
}
