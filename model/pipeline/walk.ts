/**
 * The walker: translates one address at a time, reading one page-table entry
 * a cycle.
 *
 * A walk has a first stage (S, or VS of a guest) and, in a guest, a second (G)
 * below it, through which every address that the first makes has to go: those
 * of its own tables and the result. Either may be Bare. `walk.target` is what
 * the first stage has made; `walk.purpose` says what it is the address of.
 *
 * A and D bits are written in a cycle of their own, and the entry is then
 * examined once more. Where VS's entry is to be written, G first translates its
 * address as that of a store; since that may itself have written the same
 * memory, VS's entry is read again and compared (the manual's step 9).
 *
 * A core may have caches of entries. A walk asks them where it begins and where
 * it enters the second stage, and examines what they have like what it reads.
 * Only success comes from there: if anything else follows from an entry of a
 * cache, or an entry is to be written, the walk begins again from memory alone.
 */
import { ONE, ZERO, and, binary, constant, eq, eqConst, mux, nonZero, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { ACCESSES, type Access, type EntryOutcome, type StageName, STAGES, type Translation, type TranslationStage } from '../spec/isa.js';
import { anyOf } from './builder.js';
import { decideEntry, decides, entryOffset, isCanonical, pageAt, rootLevel, tableOf, touched, translated, type EntryDecision, type Examined } from './entry.js';
import type { Hart } from './hart.js';
import { modeOf, stageField, translatable } from './regimes.js';
import type { ProtectionJudgement } from './protection-covers.js';
import type { Kept, WalkCaches, WalkFor } from './walk-caches.js';
import { coverEnd, coverEntry, type WalkEnd } from './walk-covers.js';
import { PURPOSE, REFUSAL, WALK } from './walk-state.js';
import type { Windows } from './windows.js';

type WalkState = keyof typeof WALK;

/** What is to be translated. */
export interface WalkRequest {
  /** 64 bits. */
  readonly address: Expr;
  /** ACCESSES, two bits. */
  readonly access: Expr;
  readonly V: Expr;
  readonly privilege: Expr;
  /** It is for the same instruction as the walk before. */
  readonly goesOn?: true;
  /** One bit: nothing kept is to be used. Absent: it may. */
  readonly alone?: Expr;
  /** The cache of pages that had none for it, as statistics call it. */
  readonly missed: 'tlb.instruction.miss' | 'tlb.data.miss';
}

/** What one cycle of a walk does. Conditions are one bit, addresses 64. */
interface Step {
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

/** What a walk with caches knows besides. */
interface Caching {
  readonly caches: WalkCaches;
  /** One bit: it does not ask them. */
  readonly alone: Register;
  /** One bit: it has used something of them. */
  readonly reused: Register;
  /** One bit: the entry at hand is from them. */
  readonly kept: Register;
  /** Cycles until what was asked for is there. */
  readonly count: Register;
}

const ENTRY_BYTES = 8;
const SUPERVISOR = 1;

export class Walker {
  /** The address under translation. */
  readonly address: Register;
  /** Once done: the physical address, 64 bits. */
  readonly result: Register;
  /** Once refused: REFUSAL, two bits. */
  readonly refusal: Register;
  /** What the second stage translates, or has refused. */
  readonly target: Register;
  readonly #state: Register;
  readonly #access: Register;
  readonly #V: Register;
  readonly #privilege: Register;
  readonly #purpose: Register;
  readonly #level: Register;
  readonly #secondLevel: Register;
  readonly #entry: Register;
  /** Where `entry` is, physically. */
  readonly #at: Register;
  /** VS's entry while G translates its address. */
  readonly #held: Register;
  readonly #caching: Caching | undefined;
  readonly #step: Step;

  /** @param caches - Absent: every entry is read from memory. */
  constructor(readonly hart: Hart, readonly translation: Translation, readonly windows: Windows, caches?: WalkCaches) {
    const register = (name: string, width: number): Register => hart.builder.register(`walk.${name}`, width);
    this.#state = register('state', caches === undefined ? 3 : 4);
    this.address = register('address', 64);
    this.#access = register('access', 2);
    this.#V = register('V', 1);
    this.#privilege = register('privilege', 2);
    this.target = register('target', 64);
    this.#purpose = register('purpose', 2);
    this.#level = register('level', 3);
    this.#secondLevel = register('second_level', 3);
    this.#entry = register('pte', 64);
    this.#at = register('at', 64);
    this.#held = register('held', 64);
    this.result = register('result', 64);
    this.refusal = register('refusal', 2);
    this.#caching = caches && {
      caches,
      alone: register('alone', 1), reused: register('reused', 1), kept: register('kept', 1),
      count: register('count', Math.ceil(Math.log2(Math.max(caches.sizes.latency.shared, caches.sizes.latency.entry, 2)))),
    };
    this.#step = this.#describe();
  }

  /** One bit. */
  is(state: WalkState): Expr {
    return eqConst(read(this.#state), WALK[state]);
  }

  /** One bit: refused is an access to a table, not the access that is translated. */
  get implicit(): Expr {
    return and(this.is('refused'), or(not(eqConst(read(this.#purpose), PURPOSE.access)), eqConst(read(this.refusal), REFUSAL.table)));
  }

  /** One bit: refused by the entries or the width of stages whose fault this is. */
  faults(fault: TranslationStage['fault']): Expr {
    const refusedBy: Readonly<Record<StageName, Expr>> = { S: not(read(this.#V)), VS: read(this.#V), G: ONE };
    const by = (stage: StageName): Expr => and(eqConst(read(this.refusal), REFUSAL[stage === 'G' ? 'second' : 'first']), refusedBy[stage]);
    return and(this.is('refused'), anyOf(this.translation.stages.filter((s) => s.fault === fault).map((s) => by(s.name))));
  }

  /** One bit: a write to one of the first stage. */
  get implicitWrite(): Expr {
    return eqConst(read(this.#purpose), PURPOSE.update);
  }

  /** Once done: what memory protection says of so many bytes (64 bits) of the access at a physical address. */
  judge(address: Expr, bytes: Expr): ProtectionJudgement | undefined {
    return this.windows.judge(address, bytes, read(this.#access), read(this.#privilege));
  }

  /** One bit: a table's entry may be read, or written. Tables are S-mode's. */
  #tableAllows(address: Expr, access: Access): Expr {
    const judgement = this.windows.judge(address, constant(64, ENTRY_BYTES), constant(2, ACCESSES[access]), constant(2, SUPERVISOR));
    this.windows.cover(judgement);
    return judgement?.allowed ?? ONE;
  }

  /** Begins a walk, whatever was under way. */
  start({ address, access, V, privilege, goesOn, alone: apart = ZERO, missed }: WalkRequest): void {
    const { builder } = this.hart;
    const caching = this.#caching;
    builder.assign(this.address, address);
    builder.assign(this.#access, access);
    builder.assign(this.#V, V);
    builder.assign(this.#privilege, privilege);
    if (caching === undefined) return this.#goto('begin');
    const { caches, alone, reused } = caching;
    caches.trail.begin(goesOn === true);
    builder.count(missed);
    builder.assign(alone, apart);
    builder.assign(reused, ZERO);
    this.#wait(caching, caches.sizes.latency.shared);
    this.#goto('ask');
  }

  /** What is asked for now is there in so many cycles. */
  #wait({ count }: Caching, cycles: number): void {
    this.hart.builder.assign(count, constant(count.width, cycles - 1));
  }

  /** Forgets what is under way. */
  abandon(): void {
    this.#goto('idle');
  }

  #goto(state: WalkState): void {
    this.hart.builder.assign(this.#state, this.#number(state));
  }

  #number(state: WalkState): Expr {
    return constant(this.#state.width, WALK[state]);
  }

  #refuse(by: keyof typeof REFUSAL): void {
    this.hart.builder.assign(this.refusal, constant(2, REFUSAL[by]));
    this.#goto('refused');
  }

  #refuseTable(): void {
    this.#againIfReused(() => {
      this.#ends('cannot access a table');
      this.#refuse('table');
    });
  }

  /** What follows from memory alone; a walk that has used caches begins again. */
  #againIfReused(otherwise: () => void): void {
    const caching = this.#caching;
    if (caching === undefined) return otherwise();
    this.hart.builder.when(read(caching.reused), () => this.#again(caching), otherwise);
  }

  #again({ caches, alone, reused }: Caching): void {
    const { builder } = this.hart;
    caches.trail.again();
    builder.assign(alone, ONE);
    builder.assign(reused, ZERO);
    this.#goto('begin');
  }

  /**
   * One cycle of a walk that is neither done nor refused.
   *
   * @param mayWrite - False: a walk that would have to write A or D is refused, and has left no trace.
   */
  step(mayWrite: boolean): void {
    const { hart: { builder } } = this;
    const caching = this.#caching;
    if (caching === undefined) return this.#stepOn(mayWrite);
    const { count, alone, reused } = caching;
    const { refusedFirst, refusedSecond, updates } = this.#step;
    // Who writes has read everything from memory, so that it is plain what it writes.
    const unsure = mayWrite ? not(read(alone)) : read(reused);
    builder.firstOf([
      { when: nonZero(read(count)), then: () => builder.assign(count, binary('sub', read(count), constant(count.width, 1))) },
      { when: this.is('ask'), then: () => this.#ask(caching) },
      { when: this.is('enter'), then: () => this.#enter(caching) },
      { when: or(and(read(reused), or(refusedFirst, refusedSecond)), and(unsure, updates)), then: () => this.#again(caching) },
    ], () => {
      this.#keep(caching);
      this.#stepOn(mayWrite);
    });
  }

  /** The first stage as caches see it. */
  get #asked(): WalkFor {
    return { V: read(this.#V), address: read(this.address) };
  }

  /** The second stage as they see it. */
  get #askedSecond(): WalkFor {
    return { V: ONE, address: read(this.target) };
  }

  /** A leaf of the first stage is looked for, or else the table that it must be in. */
  #ask(caching: Caching): void {
    const { caches, alone } = caching;
    const leaf = caches.find('leaf', this.#asked);
    const pointer = caches.find('pointer', this.#asked);
    caches.asks('leaf', this.#asked, and(this.#step.paged, not(read(alone))));
    this.hart.builder.when(
      and(this.#step.paged, not(read(alone)), or(leaf.there, pointer.there)),
      () => {
        const found = (which: 'entry' | 'level' | 'slot'): Expr => mux(leaf.there, leaf[which], pointer[which]);
        this.#reuse(caching, { entry: found('entry'), slot: found('slot') }, 'first');
        this.hart.builder.assign(this.#level, found('level'));
      },
      () => {
        this.hart.builder.when(and(this.#step.paged, not(read(alone))), () => this.hart.builder.count('tlb.shared.miss'));
        this.#goto('begin');
      },
    );
  }

  /** A leaf of the second stage is looked for, or else the root's entry is read. */
  #enter(caching: Caching): void {
    const { caches, alone } = caching;
    const { builder } = this.hart;
    caches.asks('second', this.#askedSecond, not(read(alone)));
    const hit = caches.find('second', this.#askedSecond);
    builder.when(
      and(not(read(alone)), hit.there),
      () => {
        this.#reuse(caching, hit, 'second');
        builder.assign(this.#secondLevel, hit.level);
      },
      () => {
        builder.when(not(read(alone)), () => builder.count('tlb.second.miss'));
        this.#read();
      },
    );
  }

  #reuse({ caches, reused, kept }: Caching, { entry, slot }: { readonly entry: Expr; readonly slot: Expr }, state: 'first' | 'second'): void {
    const { builder } = this.hart;
    caches.trail.reuses(slot);
    builder.assign(this.#entry, entry);
    builder.assign(reused, ONE);
    builder.assign(kept, ONE);
    this.#goto(state);
  }

  /** What has just been read from memory, and is good for more than this walk, goes to the caches. */
  #keep({ caches, kept }: Caching): void {
    const { builder } = this.hart;
    const { keepable, examines } = this.#step;
    const entry = read(this.#entry);
    builder.when(and(examines, not(read(kept))), () => {
      caches.trail.uses(read(this.#at), entry);
      builder.when(keepable.leaf, () => caches.keep('leaf', this.#asked, entry, read(this.#level)));
      builder.when(keepable.pointer, () => caches.keep('pointer', this.#asked, entry, read(this.#level)));
      builder.when(keepable.second, () => caches.keep('second', this.#askedSecond, entry, read(this.#secondLevel)));
    });
  }

  /** A cycle in which an entry is examined, if there is one, and the next one asked for. */
  #stepOn(mayWrite: boolean): void {
    const { hart: { builder }, translation } = this;
    const step = this.#step;
    builder.when(step.examines, () => coverEntry(builder, translation, step.examined, step.decision));
    builder.when(step.reaches, () => {
      builder.assign(this.target, step.target);
      builder.assign(this.#purpose, step.purpose);
      builder.when(eqConst(step.purpose, PURPOSE.update), () => builder.assign(this.#held, read(this.#entry)));
    });
    builder.when(step.descends, () => builder.assign(this.#level, step.level));
    builder.firstOf([
      {
        when: mayWrite ? step.refusedFirst : or(step.refusedFirst, step.updates),
        then: () => {
          // What would have to write is walked again, with leave to.
          builder.when(step.refusedFirst, () => this.#ends('refused by the first stage'));
          this.#refuse('first');
        },
      },
      {
        when: step.refusedSecond,
        then: () => {
          this.#ends('refused by the second stage');
          this.#refuse('second');
        },
      },
      { when: step.writes, then: () => this.#write(mayWrite) },
      ...(this.#caching === undefined ? [] : [{ when: step.enters, then: () => this.#goto('enter') }]),
      { when: step.reads, then: () => this.#read() },
      { when: step.arrives, then: () => this.#arrive() },
    ], () => this.#goto('first'));
  }

  /** A cover point: what happens to the walk in this cycle. */
  #ends(how: WalkEnd): void {
    coverEnd(this.hart.builder, how, { V: read(this.#V), access: read(this.#access), purpose: this.#step.forWhat });
  }

  #read(): void {
    const { builder, dram, inDram } = this.hart;
    const { readAt, after, secondLevel } = this.#step;
    builder.when(and(inDram(readAt, ENTRY_BYTES), this.#tableAllows(readAt, 'load')), () => {
      builder.load(dram, readAt, this.#entry);
      builder.assign(this.#at, readAt);
      builder.assign(this.#state, after);
      builder.assign(this.#secondLevel, secondLevel);
      const caching = this.#caching;
      if (caching === undefined) return;
      builder.assign(caching.kept, ZERO);
      builder.count('walk.read');
      this.#wait(caching, caching.caches.sizes.latency.entry);
    }, () => this.#refuseTable());
  }

  #write(mayWrite: boolean): void {
    if (!mayWrite) return;
    const { builder, dram } = this.hart;
    builder.when(this.#tableAllows(read(this.#at), 'store'), () => {
      builder.store(dram, read(this.#at), constant(4, ENTRY_BYTES), this.#step.written);
      builder.assign(this.#entry, this.#step.written);
      this.#caching?.caches.trail.writes(read(this.#at));
      this.#ends('writes A or D');
      builder.when(this.is('compare'), () => this.#goto('first'));
    }, () => this.#refuseTable());
  }

  #arrive(): void {
    this.#ends('arrives');
    this.hart.builder.assign(this.result, this.#step.physical);
    this.#goto('done');
  }

  #describe(): Step {
    const { hart, translation } = this;
    const [begin, first, second, compare] = (['begin', 'first', 'second', 'compare'] as const).map((s) => this.is(s));
    if (begin === undefined || first === undefined || second === undefined || compare === undefined) throw new Error('the walker lacks a state');
    const stageNamed = (name: StageName): TranslationStage | undefined => translation.stages.find((s) => s.name === name);
    const [S, VS, G] = [stageNamed('S'), stageNamed('VS'), stageNamed('G')];
    if (S === undefined) throw new Error('translation names no stage S');
    const wire = (name: string, value: Expr): Expr => hart.builder.wire(`walk.${name}`, value);
    const ofFirst = (valueOf: (stage: TranslationStage) => Expr): Expr =>
      (VS === undefined ? valueOf(S) : mux(read(this.#V), valueOf(VS), valueOf(S)));
    const [entry, address, level, secondLevel] = [read(this.#entry), read(this.address), read(this.#level), read(this.#secondLevel)];

    // The entry at hand, of whichever stage.
    const implicit = and(second, not(eqConst(read(this.#purpose), PURPOSE.access)));
    const implicitAccess = mux(this.implicitWrite, constant(2, ACCESSES.store), constant(2, ACCESSES.load));
    const access = mux(implicit, implicitAccess, read(this.#access));
    const examined = {
      entry, access, implicit,
      level: mux(second, secondLevel, level),
      stage: mux(second, constant(2, STAGES.G), ofFirst((s) => constant(2, STAGES[s.name]))),
      privilege: read(this.#privilege),
    };
    const decided = decideEntry(hart, translation, examined);
    const decision = wire('decision', decided.outcome);
    const is = (o: EntryOutcome): Expr => decides(decision, o);
    const leaf = wire('leaf', translated(translation, entry, examined.level, mux(second, read(this.target), address)));
    const lower = (l: Expr): Expr => binary('sub', l, constant(3, 1));

    // The first stage: its root, then from table to table.
    const firstMode = mux(translatable(read(this.#privilege)), ofFirst((s) => modeOf(hart, s)), constant(4, 0));
    const paged = nonZero(firstMode);
    const canonical = ofFirst((s) => isCanonical(translation, s, firstMode, address));
    const nextLevel = mux(begin, rootLevel(translation, firstMode), lower(level));
    const table = mux(begin, ofFirst((s) => pageAt(stageField(hart, s, 'PPN'))), tableOf(translation, entry));
    const inTable = or(table, entryOffset(address, nextLevel, 0));
    const secondMode = G === undefined ? constant(4, 0) : modeOf(hart, G);
    const twofold = and(read(this.#V), nonZero(secondMode));
    const reaches = wire('reaches', or(and(begin, or(not(paged), canonical)), and(first, or(is('pointer'), is('leaf'), and(is('update'), twofold)))));
    const purpose = wire('next_purpose', mux(begin,
      mux(paged, constant(2, PURPOSE.table), constant(2, PURPOSE.access)),
      mux(is('pointer'), constant(2, PURPOSE.table), mux(is('leaf'), constant(2, PURPOSE.access), constant(2, PURPOSE.update)))));
    const target = wire('next_target', mux(begin, mux(paged, inTable, address), mux(is('pointer'), inTable, mux(is('leaf'), leaf, read(this.target)))));

    // The second stage: from the root whenever the first has made a target.
    const enters = and(reaches, twofold);
    const goesOn = and(second, is('pointer'));
    // With caches, they are asked first, and the root's entry is read in the cycle after.
    const entering = this.#caching === undefined ? enters : this.is('enter');
    const entered = this.#caching === undefined ? target : read(this.target);
    const root = G === undefined ? constant(64, 0) : or(pageAt(stageField(hart, G, 'PPN')), entryOffset(entered, rootLevel(translation, secondMode), G.widened));
    const beyond = G === undefined ? ZERO : not(isCanonical(translation, G, secondMode, target));
    const nextInSecond = or(tableOf(translation, entry), entryOffset(read(this.target), lower(secondLevel), 0));

    // What is physical by now.
    const arrived = or(and(reaches, not(twofold)), and(second, is('leaf')));
    const physical = mux(second, leaf, target);
    const forWhat = mux(reaches, purpose, read(this.#purpose));
    const toAccess = eqConst(forWhat, PURPOSE.access);
    const updates = and(or(first, second), is('update'));
    return {
      reaches, target, purpose,
      descends: or(begin, and(first, is('pointer'))),
      level: nextLevel,
      paged, enters,
      reads: or(enters, goesOn, and(arrived, not(toAccess))),
      readAt: wire('read_at', mux(goesOn, nextInSecond, mux(entering, root, physical))),
      after: mux(or(entering, goesOn), this.#number('second'), mux(eqConst(forWhat, PURPOSE.update), this.#number('compare'), this.#number('first'))),
      secondLevel: mux(entering, rootLevel(translation, secondMode), lower(secondLevel)),
      writes: or(and(updates, or(second, not(twofold))), and(compare, eq(entry, read(this.#held)))),
      written: touched(translation, entry, eqConst(access, ACCESSES.store)),
      updates,
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
}
