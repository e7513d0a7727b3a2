/**
 * The prover: whether effects are equal on two sides, for every valuation of
 * the registers that the invariants allow.
 */
import { ONE, ZERO, and, binary } from '../../model/ir/build.js';
import type { Expr, Module, Register } from '../../model/ir/ir.js';
import { Interner } from '../../model/ir/intern.js';
import { alikeExprs } from '../../model/ir/likeness.js';
import { withOperands } from '../../model/ir/map.js';
import { Simplifier } from '../../model/ir/simplify.js';
import { operands, postorder } from '../../model/ir/walk.js';
import { abstracted } from './abstraction.js';
import { TooLarge } from './bdd.js';
import { BitBlaster, choicesOf, unknownsOf } from './bits.js';
import { areShifts, chainOf, comparable, folded, namesIn, opened, registersOf, sameTerms, waysOf, wiresBehind } from './forms.js';
import { NARROW, skeletons } from './skeleton.js';
import type { Invariant } from './invariants.js';
import { knownValues, showing } from './mistake.js';
import { ANY, Knowledge, inPlace, placesOf, type KnownInstruction, type Place } from './known-instruction.js';
import type { Effects } from './transition.js';

/** After so many nodes of diagrams the question stays open; as many again for what is asked instruction by instruction. */
export const NODES = 2_000_000;
/** For one wire or effect, and for a part of it. */
const NODES_OF_ROOT = 150_000;
const NODES_OF_PART = 60_000;
/** What is left of arithmetic is small, or does not help. */
const NODES_OF_SKELETON = 20_000;
/** For all instructions in one place: if it is not the right place, the next gets its turn. */
const NODES_OF_PLACE = 400_000;
/** Any question costs so many, and a step on the ways of choices: of ways there may be more than anybody can go. */
const NODES_OF_QUESTION = 20;
const NODES_OF_STEP = 1;
/** So many wires may differ before the next is only looked at quickly: most that depends on them does, too. */
const THOROUGH = 3;

/** A wire that depends on so many registers, or a condition on so many registers and wires, is small. */
const SMALL = 6;
/** So few things that choices lead to are compared with each other before what chooses. */
const FEW_LEAVES = 4;
const TOO_LARGE = ' (too large to decide)';
type Comparison = 'equal' | 'different' | 'too large';

/** An invariant with the registers that it is about. */
interface Simplified {
  readonly name: string;
  readonly expr: Expr;
  readonly registers: ReadonlySet<Register>;
}

const invariant = (name: string, expr: Expr): Simplified => ({ name, expr, registers: registersOf([expr]) });

/** The register that an invariant leaves no choice, if it is about one bit. */
function factOf({ name, expr }: Simplified): readonly (readonly [Register, { readonly name: string; readonly value: Expr }])[] {
  if (expr.kind === 'read') return [[expr.register, { name, value: ONE }]];
  return expr.kind === 'not' && expr.a.kind === 'read' && expr.width === 1 ? [[expr.a.register, { name, value: ZERO }]] : [];
}

/** Where the wires that a mistake is in differ. */
interface Shows {
  /** False: nowhere that the invariants allow. */
  readonly possible: boolean;
  readonly knowledge: Knowledge;
  /** Names of invariants. */
  readonly used: readonly string[];
}

const newSimplifier = (): Simplifier => new Simplifier({ inlineWires: false });

/** What was found equal. */
export interface Equality {
  /** Wires and effects that it took more than a look at. */
  readonly decided: readonly string[];
  /** Names of the invariants used. */
  readonly used: readonly string[];
  /** Everything that was compared, whether or not it took a look. */
  readonly compared: readonly Expr[];
}

/** The first effect that is not known to be equal. */
export interface Difference {
  readonly register: string;
  readonly differs: string;
}

/** What stands for registers on one side. */
export type Side = ReadonlyMap<Register, Expr>;

/** A wire or effect on both sides. */
type Pair = readonly [Expr, Expr];

/** Compares effects on two sides. */
export class Prover {
  #simplifier = newSimplifier();
  #invariants: readonly Simplified[];
  /** Wires that are not known to be equal. */
  readonly #affected = new Map<string, Pair>();
  readonly #fixed = [new Map<Expr, Expr>(), new Map<Expr, Expr>()];
  readonly #names = new Map<string, Expr>();
  #inlined = new Map<number, Map<Expr, Expr>>();
  /** Wires that the mistake itself is in and that differ. */
  readonly #mistaken: Pair[] = [];
  /** Where these show, as far as it was asked; wires found later change it. */
  #shows: Shows | undefined;
  readonly #used = new Set<string>();
  readonly #decided: string[] = [];
  readonly #seen: Expr[] = [];
  /** Whether pairs are equal by their parts. */
  #compared = new Map<Expr, Map<Expr, Comparison>>();
  readonly #interner = new Interner();
  readonly #places: readonly Place[];
  #nodesLeft: number;
  #nodesByInstruction: number;

  constructor(invariants: readonly Invariant[], readonly instructions: readonly KnownInstruction[], readonly module: Module, readonly sides: readonly [Side, Side], readonly nodes: number) {
    this.#nodesLeft = this.#nodesByInstruction = nodes;
    this.#places = placesOf(module);
    // What is small is asked first: often nothing is left for what knows all of the decoder.
    const sized = invariants.map(({ name, holds }) => invariant(name, this.#simplifier.expr(holds))).map((own) => ({ own, size: postorder([own.expr]).length }));
    this.#invariants = sized.sort((a, b) => a.size - b.size).map(({ own }) => own);
  }

  /** @param unimportant - Effects that are only looked at quickly: if they differ, that is not the last word. */
  run(effects: Effects, unimportant: ReadonlySet<string> = new Set()): Equality | Difference {
    for (const wire of wiresBehind([...effects.values()])) {
      const pair = this.#pair(wire.value);
      if (pair[0] === pair[1]) continue;
      this.#seen.push(wire.value);
      if (this.#obviously(pair)) continue;
      if (this.#difference(pair, this.#affected.size < THOROUGH, wire.value) === undefined) this.#decided.push(wire.name);
      else {
        this.#affected.set(wire.name, pair);
        if (this.#isMistaken(wire.value)) {
          this.#mistaken.push(pair);
          this.#shows = undefined;
        }
      }
    }
    // Effects are what it is about: what wires have used up is theirs anew.
    this.#nodesByInstruction = this.nodes;
    let unsettled: Difference | undefined;
    for (const [name, e] of effects) {
      const pair = this.#pair(e);
      if (pair[0] === pair[1]) continue;
      this.#seen.push(e);
      if (this.#obviously(pair)) continue;
      const difference = this.#difference(pair, !unimportant.has(name), e);
      if (difference === undefined) this.#decided.push(name);
      else if (unimportant.has(name)) unsettled ??= { register: name, differs: `${name}${difference}` };
      else return { register: name, differs: `${name}${difference}` };
    }
    return unsettled ??  { decided: this.#decided, used: [...this.#used], compared: this.#seen };
  }

  /** Equal at a look. */
  #obviously([a, b]: Pair): boolean {
    return this.#simplifier.expr(a) === this.#simplifier.expr(b);
  }

  #pair(e: Expr): Pair {
    return [this.#fix(e, 0), this.#fix(e, 1)];
  }

  /** The expression as it is on a side; equal wires stay names. */
  #fix(e: Expr, number: 0 | 1): Expr {
    const done = this.#fixed[number];
    const known = done?.get(e);
    if (known !== undefined) return known;
    const result: Expr = e.kind === 'wire' ? (this.#affected.get(e.wire.name)?.[number] ?? this.#named(e))
      : e.kind === 'read' ? (this.sides[number].get(e.register) ?? e)
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

  /**
   * Where the two differ, undefined if nowhere: in parts, if they are the same
   * operation on equal parts; else as a whole.
   *
   * @param thoroughly - If that leads nowhere, instruction by instruction, too.
   * @param e - What the two are on the sides.
   */
  #difference([a, b]: Pair, thoroughly: boolean, e: Expr): string | undefined {
    if ((!this.#isMistaken(e) && this.#sameWhereItShows(a, b)) || this.#onEveryWay(a, b, [])) return undefined;
    const found = this.#wholly(a, b, NODES_OF_ROOT);
    return found !== undefined && thoroughly ? this.#byInstruction(a, b) : found;
  }

  /** The sides differ in this expression itself, not only in wires that it refers to. */
  #isMistaken(e: Expr): boolean {
    const own = (part: Expr, seen: Set<Expr>): boolean => {
      if (seen.has(part)) return false;
      seen.add(part);
      if (part.kind === 'read') return this.sides[0].has(part.register);
      return part.kind !== 'wire' && operands(part).some((o) => own(o, seen));
    };
    return own(e, new Set());
  }

  /** Equal in all states in which a wire differs that the mistake is in: elsewhere all that rests on such wires is the same. */
  #sameWhereItShows(a: Expr, b: Expr): boolean {
    if (a.width !== b.width || this.#mistaken.length === 0 || this.#nodesLeft <= 0) return false;
    const { possible, knowledge, used } = (this.#shows ??= this.#whereItShows());
    const [x, y] = [a, b].map((e) => this.#simplifier.expr(knowledge.expr(e)));
    if (x === undefined || y === undefined) return false;
    const same = !possible || x === y || (knowledge.values.size > 0 && this.#supposing(knowledge, () => this.#parts(x, y) === 'equal' || this.#wholly(x, y, NODES_OF_ROOT) === undefined));
    if (same) for (const name of used) this.#used.add(name);
    return same;
  }

  /** What is known there: with wires as unknowns, with what the small ones stand for, with all. */
  #whereItShows(): Shows {
    const found = [0, SMALL, Infinity].map((most) => {
      const pairs = this.#mistaken.map(([a, b]): Pair => [this.#simplifier.expr(this.#inline(a, most)), this.#simplifier.expr(this.#inline(b, most))]);
      const about = registersOf(pairs.flat());
      return showing(pairs, this.#invariants.filter(({ registers }) => [...registers].every((r) => about.has(r))), NODES_OF_PART);
    }).filter((shows) => shows !== undefined);
    return {
      possible: found.every((shows) => shows.possible),
      knowledge: new Knowledge(new Map(found.flatMap(({ bits }) => [...knownValues(bits)]))),
      used: found.flatMap((shows) => shows.used),
    };
  }

  /** Asks something while something is known. */
  #supposing<T>(knowledge: Knowledge, ask: () => T): T {
    const [all, compared, others] = [this.#invariants, this.#compared, this.#nodesLeft];
    // If it leads nowhere, all other ways remain.
    this.#nodesLeft = Math.min(others, NODES_OF_PLACE);
    this.#invariants = all.map(({ name, expr }) => invariant(name, this.#simplifier.expr(knowledge.expr(expr))));
    // What is equal where this is known need not be elsewhere.
    this.#compared = new Map();
    try {
      return ask();
    } finally {
      this.#invariants = all;
      this.#compared = compared;
      this.#nodesLeft = others;
    }
  }

  /**
   * Equal wherever the same choices lead to: what was chosen on the way may
   * rule out that what differs there matters.
   */
  #onEveryWay(a: Expr, b: Expr, way: readonly Expr[]): boolean {
    if (a === b) return true;
    this.#nodesLeft -= NODES_OF_STEP;
    if (this.#nodesLeft <= 0) return false;
    if (this.#exchanged(a, b) || this.#allTheSame(a, b, way) || this.#parts(a, b) === 'equal') return true;
    const [ours, theirs] = [waysOf(a), waysOf(b)];
    const alike = alikeExprs(a, b) && ours.length > 0 && this.#parts(ours[0]?.choice ?? a, theirs[0]?.choice ?? b) === 'equal';
    if (alike) return ours.every(({ arm, only }, i) => this.#onEveryWay(arm, theirs[i]?.arm ?? arm, [...way, ...only]));
    if (theirs.length === 0 && ours.length > 0) return ours.every(({ arm, only }) => this.#onEveryWay(arm, b, [...way, ...only]));
    if (ours.length === 0 && theirs.length > 0) return theirs.every(({ arm, only }) => this.#onEveryWay(a, arm, [...way, ...only]));
    return this.#nowhere(a, b, way);
  }

  /** The same choices one after the other in another order, of which those that change places exclude each other. */
  #exchanged(a: Expr, b: Expr): boolean {
    const [ours, theirs] = [chainOf(a), chainOf(b)];
    if (ours.arms.length < 2 || ours.arms.length !== theirs.arms.length || ours.otherwise !== theirs.otherwise) return false;
    const places = ours.arms.map((arm) => theirs.arms.findIndex((other) => other.condition === arm.condition && other.then === arm.then));
    if (new Set(places).size !== places.length || places.includes(-1)) return false;
    return ours.arms.every((arm, i) => ours.arms.slice(i + 1).every((later, j) => {
      const inOrder = (places[i] ?? 0) < (places[i + 1 + j] ?? 0);
      return inOrder || arm.then === later.then || this.#parts(this.#interner.unique(and(arm.condition, later.condition)), ZERO) === 'equal';
    }));
  }

  /** Equal because all that the choices lead to is the same on this way, whatever they choose by. */
  #allTheSame(a: Expr, b: Expr, way: readonly Expr[]): boolean {
    if (way.length === 0 || a.width !== b.width) return false;
    const { leaves: [first, ...others] } = choicesOf([a, b]);
    return first !== undefined && others.length < FEW_LEAVES && others.every((leaf) => leaf.kind !== 'binary' && this.#nowhere(first, leaf, way));
  }

  /** Whether two never differ on a way. */
  #nowhere(a: Expr, b: Expr, way: readonly Expr[]): boolean {
    const small = way.map(opened).filter((condition) => unknownsOf([condition]).size <= SMALL);
    return small.length > 0 && a.width === b.width && this.#asNames(and(...small, binary('ne', a, b)), ZERO, NODES_OF_PART) === undefined;
  }

  /** Equal by their parts, or as a whole if that is not too large. */
  #parts(a: Expr, b: Expr): Comparison {
    if (a === b) return 'equal';
    if (this.#nodesLeft <= 0) return 'too large';
    const known = this.#compared.get(a)?.get(b);
    if (known !== undefined) return known;
    const result = this.#compare(a, b);
    const ofA = this.#compared.get(a) ?? new Map<Expr, Comparison>();
    this.#compared.set(a, ofA.set(b, result));
    return result;
  }

  #compare(a: Expr, b: Expr): Comparison {
    if (this.#exchanged(a, b) || sameTerms(a, b)) return 'equal';
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
    if (found === undefined || a.width !== b.width || this.#nodesLeft <= 0) return found;
    const forms: Pair[] = [[a, b]];
    let [x, y] = [a, b];
    for (const most of [SMALL, Infinity]) {
      const [p, q] = [this.#inline(x, most), this.#inline(y, most)];
      if (p === x && q === y) continue;
      [x, y] = [p, q];
      forms.push([x, y]);
      found = this.#asNames(x, y, limit);
      if (found === undefined) return undefined;
    }
    if (found !== TOO_LARGE) return found;
    // With what the two share, and what nothing else depends on, as unknowns; then with wide words, or at least arithmetic, as unknowns.
    const abstract = this.#simplified([x, y], abstracted, limit);
    if (abstract === undefined) return undefined;
    const left = this.#nodesLeft;
    const proven = [NARROW, Infinity].some((widest) => forms.some((form) => this.#simplified(form, (roots) => skeletons(roots, widest), Math.min(limit, NODES_OF_SKELETON)) === undefined));
    // They are few and take nothing from what else can be asked.
    this.#nodesLeft = left - NODES_OF_QUESTION;
    return proven ? undefined : abstract;
  }

  /** With parts of the two as unknowns: what is equal for any is equal for those that there are. */
  #simplified([a, b]: Pair, without: (roots: readonly Expr[]) => readonly Expr[], limit: number): string | undefined {
    const [p, q] = without([this.#simplifier.expr(a), this.#simplifier.expr(b)]);
    return p === undefined || q === undefined ? TOO_LARGE : this.#asNames(p, q, limit);
  }

  /** Each instruction in the stage that matters for itself: with it known, little remains. */
  #byInstruction(a: Expr, b: Expr): string | undefined {
    if (a.width !== b.width || this.instructions.length === 0) return TOO_LARGE;
    const found: string[] = [];
    const names = namesIn([a, b]);
    for (const place of this.#places.filter(({ control }) => names.has(control))) {
      const difference = this.#withEachIn(place, a, b);
      if (difference === undefined) return undefined;
      found.push(difference);
    }
    return found[0] ?? TOO_LARGE;
  }

  /** The same with each instruction in one place. */
  #withEachIn(place: Place, a: Expr, b: Expr): string | undefined {
    const [all, others, compared, simplifier, inlined] = [this.#invariants, this.#nodesLeft, this.#compared, this.#simplifier, this.#inlined];
    const budget = Math.min(this.#nodesByInstruction, NODES_OF_PLACE);
    this.#nodesLeft = budget;
    try {
      for (const known of this.instructions) {
        if (this.#nodesLeft <= 0) return TOO_LARGE;
        // What is left of the hardware for one instruction is of no use for the next, and large.
        this.#simplifier = newSimplifier();
        this.#inlined = new Map();
        const stage = new Knowledge(inPlace(place, known));
        if (this.#simplifier.expr(stage.expr(a)) === this.#simplifier.expr(stage.expr(b))) continue;
        const invariants = all.map(({ name, expr }) => invariant(name, this.#simplifier.expr(stage.expr(expr))));
        const facts = new Map(invariants.flatMap(factOf));
        const more = new Knowledge(new Map([...facts].map(([register, { value }]) => [register.name, value])));
        const [x, y] = [a, b].map((e) => this.#simplifier.expr(more.expr(stage.expr(e))));
        for (const { name } of facts.values()) this.#used.add(name);
        if (x === undefined || y === undefined || x === y) continue;
        // What is equal for this instruction need not be for the next.
        this.#compared = new Map();
        this.#invariants = invariants;
        const found = this.#parts(x, y) === 'equal' ? undefined : this.#wholly(x, y, NODES_OF_ROOT);
        if (found !== undefined) return `${found} with ${place.control} ${known.word}`;
      }
    } finally {
      this.#nodesByInstruction -= budget - this.#nodesLeft;
      this.#nodesLeft = others;
      this.#invariants = all;
      this.#compared = compared;
      this.#simplifier = simplifier;
      this.#inlined = inlined;
    }
    this.#used.add(this.instructions.every((k) => k.match === ANY) ? `${place.control} is a control word` : `${place.control} is that of ${place.insn?.name ?? 'none'}`);
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
    const choices = pair[0].width > 1 && (pair[0].kind === 'mux' || pair[0].kind === 'select') ? choicesOf(pair) : undefined;
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
      const used = new Set<string>();
      const bits = choices === undefined ? a.width : 1;
      for (let i = 0; i < bits; i++) {
        if (choices === undefined && blaster.same(a, b, i)) continue;
        const difference = choices === undefined ? d.xor(blaster.bit(a, i), blaster.bit(b, i)) : d.xor(blaster.uniform(a), blaster.uniform(b));
        let left = difference;
        const helped: Simplified[] = [];
        for (const own of invariants) {
          if (left === 0) break;
          const less = d.and(left, blaster.bit(own.expr, 0));
          if (less !== left) helped.push(own);
          left = less;
        }
        if (left !== 0) return `[${i}]`;
        // Some only took away what a later one takes away, too.
        const ruledOut = (by: readonly Simplified[]): boolean => by.reduce((rest, { expr }) => d.and(rest, blaster.bit(expr, 0)), difference) === 0;
        const needed = helped.reduce((kept, own) => (ruledOut(kept.filter((k) => k !== own)) ? kept.filter((k) => k !== own) : kept), helped);
        for (const { name } of needed) used.add(name);
      }
      for (const name of used) this.#used.add(name);
      return undefined;
    } catch (error) {
      if (error instanceof TooLarge || error instanceof RangeError) return TOO_LARGE;
      throw error;
    } finally {
      this.#nodesLeft -= Math.max(d.size, NODES_OF_QUESTION);
    }
  }
}
