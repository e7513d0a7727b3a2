/**
 * What one cycle of a walk does, as values: which address comes next, what the
 * entry at hand means, where the walk ends. It follows from the walker's
 * registers alone; the walker does it (walk.ts).
 */
import { ZERO, and, binary, constant, eq, eqConst, mux, nonZero, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { ACCESSES, type EntryOutcome, type StageName, STAGES, type Translation, type TranslationStage } from '../spec/isa.js';
import { decideEntry, decides, entryOffset, isCanonical, pageAt, rootLevel, tableOf, touched, translated, type EntryDecision, type Examined } from './entry.js';
import type { Hart } from './hart.js';
import { modeOf, stageField, translatable } from './regimes.js';
import type { Kept } from './walk-caches.js';
import { PURPOSE, isIn, stateNumber } from './walk-state.js';

/** The registers of a walk. */
export interface WalkRegisters {
  /** WALK. */
  readonly state: Register;
  /** The address under translation. */
  readonly address: Register;
  /** ACCESSES, two bits. */
  readonly access: Register;
  readonly V: Register;
  readonly privilege: Register;
  /** What the second stage translates, or has refused. */
  readonly target: Register;
  /** PURPOSE, of the target. */
  readonly purpose: Register;
  readonly level: Register;
  readonly secondLevel: Register;
  /** The entry at hand. */
  readonly entry: Register;
  /** Where that is, physically. */
  readonly at: Register;
  /** VS's entry while G translates its address. */
  readonly held: Register;
}

/** What one cycle of a walk does. Conditions are one bit, addresses 64. */
export interface Step {
  /** The first stage has made a target. */
  readonly reaches: Expr;
  readonly target: Expr;
  readonly purpose: Expr;
  /** The first stage goes to a table of this level. */
  readonly descends: Expr;
  readonly level: Expr;
  /** The first stage has a scheme. */
  readonly paged: Expr;
  /** The second stage begins, for the target. */
  readonly enters: Expr;
  /** An entry is read from here; then the state is `after`. */
  readonly reads: Expr;
  readonly readAt: Expr;
  readonly after: Expr;
  readonly secondLevel: Expr;
  /** The entry at hand is written, with A and D. */
  readonly writes: Expr;
  readonly written: Expr;
  /** A write to an entry of the first stage is what the second stage translates for, or refused to. */
  readonly implicitWrite: Expr;
  /** The entry at hand needs to be written before it translates. */
  readonly updates: Expr;
  readonly refusedFirst: Expr;
  readonly refusedSecond: Expr;
  /** The walk ends here. */
  readonly arrives: Expr;
  readonly physical: Expr;
  /** PURPOSE of what the second stage translates, if it does. */
  readonly forWhat: Expr;
  /** What an entry is examined as, if one is. */
  readonly examines: Expr;
  /** In the first stage, one to be passed on from; in the second, the same. */
  readonly keepable: Readonly<Record<Kept, Expr>>;
  readonly examined: Examined;
  readonly decision: EntryDecision;
}

/**
 * The step of a walker with these registers.
 *
 * @param asks - The walker has caches, and asks them before it reads the second stage's root.
 */
export function describeStep(hart: Hart, translation: Translation, walk: WalkRegisters, asks: boolean): Step {
  const [begin, first, second, compare] = [isIn(walk.state, 'begin'), isIn(walk.state, 'first'), isIn(walk.state, 'second'), isIn(walk.state, 'compare')];
  const stageNamed = (name: StageName): TranslationStage | undefined => translation.stages.find((s) => s.name === name);
  const [S, VS, G] = [stageNamed('S'), stageNamed('VS'), stageNamed('G')];
  if (S === undefined) throw new Error('translation names no stage S');
  const wire = (name: string, value: Expr): Expr => hart.builder.wire(`walk.${name}`, value);
  const ofFirst = (valueOf: (stage: TranslationStage) => Expr): Expr =>
    (VS === undefined ? valueOf(S) : mux(read(walk.V), valueOf(VS), valueOf(S)));
  const [entry, address, level, secondLevel] = [read(walk.entry), read(walk.address), read(walk.level), read(walk.secondLevel)];

  // The entry at hand, of whichever stage.
  const implicit = and(second, not(eqConst(read(walk.purpose), PURPOSE.access)));
  const implicitWrite = eqConst(read(walk.purpose), PURPOSE.update);
  const implicitAccess = mux(implicitWrite, constant(2, ACCESSES.store), constant(2, ACCESSES.load));
  const access = mux(implicit, implicitAccess, read(walk.access));
  const examined = {
    entry, access, implicit,
    level: mux(second, secondLevel, level),
    stage: mux(second, constant(2, STAGES.G), ofFirst((s) => constant(2, STAGES[s.name]))),
    privilege: read(walk.privilege),
  };
  const decided = decideEntry(hart, translation, examined);
  const decision = wire('decision', decided.outcome);
  const is = (o: EntryOutcome): Expr => decides(decision, o);
  const leaf = wire('leaf', translated(translation, entry, examined.level, mux(second, read(walk.target), address)));
  const lower = (l: Expr): Expr => binary('sub', l, constant(3, 1));

  // The first stage: its root, then from table to table.
  const firstMode = mux(translatable(read(walk.privilege)), ofFirst((s) => modeOf(hart, s)), constant(4, 0));
  const paged = nonZero(firstMode);
  const canonical = ofFirst((s) => isCanonical(translation, s, firstMode, address));
  const nextLevel = mux(begin, rootLevel(translation, firstMode), lower(level));
  const table = mux(begin, ofFirst((s) => pageAt(stageField(hart, s, 'PPN'))), tableOf(translation, entry));
  const inTable = or(table, entryOffset(address, nextLevel, 0));
  const secondMode = G === undefined ? constant(4, 0) : modeOf(hart, G);
  const twofold = and(read(walk.V), nonZero(secondMode));
  const reaches = wire('reaches', or(and(begin, or(not(paged), canonical)), and(first, or(is('pointer'), is('leaf'), and(is('update'), twofold)))));
  const purpose = wire('next_purpose', mux(begin,
    mux(paged, constant(2, PURPOSE.table), constant(2, PURPOSE.access)),
    mux(is('pointer'), constant(2, PURPOSE.table), mux(is('leaf'), constant(2, PURPOSE.access), constant(2, PURPOSE.update)))));
  const target = wire('next_target', mux(begin, mux(paged, inTable, address), mux(is('pointer'), inTable, mux(is('leaf'), leaf, read(walk.target)))));

  // The second stage: from the root whenever the first has made a target.
  const enters = and(reaches, twofold);
  const goesOn = and(second, is('pointer'));
  // With caches, they are asked first, and the root's entry is read in the cycle after.
  const entering = asks ? isIn(walk.state, 'enter') : enters;
  const entered = asks ? read(walk.target) : target;
  const root = G === undefined ? constant(64, 0) : or(pageAt(stageField(hart, G, 'PPN')), entryOffset(entered, rootLevel(translation, secondMode), G.widened));
  const beyond = G === undefined ? ZERO : not(isCanonical(translation, G, secondMode, target));
  const nextInSecond = or(tableOf(translation, entry), entryOffset(read(walk.target), lower(secondLevel), 0));

  // What is physical by now.
  const arrived = or(and(reaches, not(twofold)), and(second, is('leaf')));
  const physical = mux(second, leaf, target);
  const forWhat = mux(reaches, purpose, read(walk.purpose));
  const toAccess = eqConst(forWhat, PURPOSE.access);
  const updates = and(or(first, second), is('update'));
  return {
    reaches, target, purpose,
    descends: or(begin, and(first, is('pointer'))),
    level: nextLevel,
    paged, enters,
    reads: or(enters, goesOn, and(arrived, not(toAccess))),
    readAt: wire('read_at', mux(goesOn, nextInSecond, mux(entering, root, physical))),
    after: mux(or(entering, goesOn), stateNumber(walk.state, 'second'), mux(eqConst(forWhat, PURPOSE.update), stateNumber(walk.state, 'compare'), stateNumber(walk.state, 'first'))),
    secondLevel: mux(entering, rootLevel(translation, secondMode), lower(secondLevel)),
    writes: or(and(updates, or(second, not(twofold))), and(compare, eq(entry, read(walk.held)))),
    written: touched(translation, entry, eqConst(access, ACCESSES.store)),
    updates,
    implicitWrite,
    refusedFirst: or(and(begin, paged, not(canonical)), and(first, is('fault'))),
    refusedSecond: or(and(second, is('fault')), and(enters, beyond)),
    arrives: and(arrived, toAccess),
    physical,
    forWhat,
    examines: or(first, second),
    keepable: { leaf: and(first, is('leaf')), pointer: and(first, is('pointer'), eqConst(level, 1)), second: and(second, is('leaf')) },
    examined,
    decision: { ...decided, outcome: decision },
  };
}
