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
import { ONE, ZERO, and, binary, constant, eqConst, mux, nonZero, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { ACCESSES, type Access, type StageName, type Translation, type TranslationStage } from '../spec/isa.js';
import { anyOf } from './builder.js';
import type { Hart } from './hart.js';
import type { ProtectionJudgement } from './protection-covers.js';
import type { WalkCaches, WalkFor } from './walk-caches.js';
import { coverEnd, coverEntry, type WalkEnd } from './walk-covers.js';
import { PURPOSE, REFUSAL, isIn, stateNumber, type WalkState } from './walk-state.js';
import { describeStep, type Step, type WalkRegisters } from './walk-step.js';
import type { Windows } from './windows.js';

/** The part of an access that a walk translates. */
export interface WalkPart {
  /** 64 bits. */
  readonly address: Expr;
  /** One bit: nothing kept is to be used. Absent: it may. */
  readonly alone?: Expr;
  /** The cache of pages that had none for it, as statistics call it. */
  readonly missed: 'tlb.instruction.miss' | 'tlb.data.miss';
}

/** What is to be translated. */
export interface WalkRequest extends WalkPart {
  /** ACCESSES, two bits. */
  readonly access: Expr;
  readonly V: Expr;
  readonly privilege: Expr;
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
  /** Once done: the physical address, 64 bits. */
  readonly result: Register;
  /** Once refused: REFUSAL, two bits. */
  readonly refusal: Register;
  readonly #walk: WalkRegisters;
  readonly #caching: Caching | undefined;
  readonly #step: Step;

  /** @param caches - Absent: every entry is read from memory. */
  constructor(readonly hart: Hart, readonly translation: Translation, readonly windows: Windows, caches?: WalkCaches) {
    const register = (name: string, width: number): Register => hart.builder.register(`walk.${name}`, width);
    this.#walk = {
      state: register('state', caches === undefined ? 3 : 4),
      address: register('address', 64), access: register('access', 2), V: register('V', 1), privilege: register('privilege', 2),
      target: register('target', 64), purpose: register('purpose', 2),
      level: register('level', 3), secondLevel: register('second_level', 3),
      entry: register('pte', 64), at: register('at', 64), held: register('held', 64),
    };
    this.result = register('result', 64);
    this.refusal = register('refusal', 2);
    this.#caching = caches && {
      caches,
      alone: register('alone', 1), reused: register('reused', 1), kept: register('kept', 1),
      count: register('count', Math.ceil(Math.log2(Math.max(caches.sizes.latency.shared, caches.sizes.latency.entry, 2)))),
    };
    this.#step = describeStep(hart, translation, this.#walk, caches !== undefined);
  }

  /** The address under translation. */
  get address(): Register {
    return this.#walk.address;
  }

  /** What the second stage translates, or has refused. */
  get target(): Register {
    return this.#walk.target;
  }

  /** One bit. */
  is(state: WalkState): Expr {
    return isIn(this.#walk.state, state);
  }

  /** One bit: refused is an access to a table, not the access that is translated. */
  get implicit(): Expr {
    return and(this.is('refused'), or(not(eqConst(read(this.#walk.purpose), PURPOSE.access)), eqConst(read(this.refusal), REFUSAL.table)));
  }

  /** One bit: refused by the entries or the width of stages whose fault this is. */
  faults(fault: TranslationStage['fault']): Expr {
    const refusedBy: Readonly<Record<StageName, Expr>> = { S: not(read(this.#walk.V)), VS: read(this.#walk.V), G: ONE };
    const by = (stage: StageName): Expr => and(eqConst(read(this.refusal), REFUSAL[stage === 'G' ? 'second' : 'first']), refusedBy[stage]);
    return and(this.is('refused'), anyOf(this.translation.stages.filter((s) => s.fault === fault).map((s) => by(s.name))));
  }

  /** One bit: a write to one of the first stage. */
  get implicitWrite(): Expr {
    return this.#step.implicitWrite;
  }

  /** Once done: what memory protection says of so many bytes (64 bits) of the access at a physical address. */
  judge(address: Expr, bytes: Expr): ProtectionJudgement | undefined {
    return this.windows.judge(address, bytes, read(this.#walk.access), read(this.#walk.privilege));
  }

  /** One bit: a table's entry may be read, or written. Tables are S-mode's. */
  #tableAllows(address: Expr, access: Access): Expr {
    const judgement = this.windows.judge(address, constant(64, ENTRY_BYTES), constant(2, ACCESSES[access]), constant(2, SUPERVISOR));
    this.windows.cover(judgement);
    return judgement?.allowed ?? ONE;
  }

  /** Begins a walk, whatever was under way. */
  start({ access, V, privilege, ...part }: WalkRequest): void {
    const { builder } = this.hart;
    builder.assign(this.#walk.access, access);
    builder.assign(this.#walk.V, V);
    builder.assign(this.#walk.privilege, privilege);
    this.#begin(part, false);
  }

  /** Begins the walk for the second part of what has been walked for last: the same access in the same mode. */
  goOn(part: WalkPart): void {
    this.#begin(part, true);
  }

  #begin({ address, alone: apart = ZERO, missed }: WalkPart, goesOn: boolean): void {
    const { builder } = this.hart;
    const caching = this.#caching;
    builder.assign(this.address, address);
    if (caching === undefined) return this.#goto('begin');
    const { caches, alone, reused } = caching;
    caches.trail.begin(goesOn);
    builder.count(missed, missed);
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
    this.hart.builder.assign(this.#walk.state, stateNumber(this.#walk.state, state));
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
   * @param mayWrite - One bit. 0: a walk that would have to write A or D is refused, and has left no trace.
   */
  step(mayWrite: Expr): void {
    const { hart: { builder } } = this;
    const caching = this.#caching;
    if (caching === undefined) return this.#stepOn(mayWrite);
    const { count, alone, reused } = caching;
    const { refusedFirst, refusedSecond, updates } = this.#step;
    // Who writes has read everything from memory, so that it is plain what it writes.
    const unsure = mux(mayWrite, not(read(alone)), read(reused));
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
    return { V: read(this.#walk.V), address: read(this.address) };
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
        this.hart.builder.assign(this.#walk.level, found('level'));
      },
      () => {
        this.hart.builder.when(and(this.#step.paged, not(read(alone))), () => this.hart.builder.count('tlb.shared.miss', 'tlb.shared.miss'));
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
        builder.assign(this.#walk.secondLevel, hit.level);
      },
      () => {
        builder.when(not(read(alone)), () => builder.count('tlb.second.miss', 'tlb.second.miss'));
        this.#read();
      },
    );
  }

  #reuse({ caches, reused, kept }: Caching, { entry, slot }: { readonly entry: Expr; readonly slot: Expr }, state: 'first' | 'second'): void {
    const { builder } = this.hart;
    caches.trail.reuses(slot);
    builder.assign(this.#walk.entry, entry);
    builder.assign(reused, ONE);
    builder.assign(kept, ONE);
    this.#goto(state);
  }

  /** What has just been read from memory, and is good for more than this walk, goes to the caches. */
  #keep({ caches, kept }: Caching): void {
    const { builder } = this.hart;
    const { keepable, examines } = this.#step;
    const entry = read(this.#walk.entry);
    builder.when(and(examines, not(read(kept))), () => {
      caches.trail.uses(read(this.#walk.at), entry);
      builder.when(keepable.leaf, () => caches.keep('leaf', this.#asked, entry, read(this.#walk.level)));
      builder.when(keepable.pointer, () => caches.keep('pointer', this.#asked, entry, read(this.#walk.level)));
      builder.when(keepable.second, () => caches.keep('second', this.#askedSecond, entry, read(this.#walk.secondLevel)));
    });
  }

  /** A cycle in which an entry is examined, if there is one, and the next one asked for. */
  #stepOn(mayWrite: Expr): void {
    const { hart: { builder }, translation } = this;
    const step = this.#step;
    builder.when(step.examines, () => coverEntry(builder, translation, step.examined, step.decision));
    builder.when(step.reaches, () => {
      builder.assign(this.target, step.target);
      builder.assign(this.#walk.purpose, step.purpose);
      builder.when(eqConst(step.purpose, PURPOSE.update), () => builder.assign(this.#walk.held, read(this.#walk.entry)));
    });
    builder.when(step.descends, () => builder.assign(this.#walk.level, step.level));
    builder.firstOf([
      {
        when: or(step.refusedFirst, and(not(mayWrite), step.updates)),
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
      { when: and(mayWrite, step.writes), then: () => this.#write() },
      ...(this.#caching === undefined ? [] : [{ when: step.enters, then: () => this.#goto('enter') }]),
      { when: step.reads, then: () => this.#read() },
      { when: step.arrives, then: () => this.#arrive() },
    ], () => this.#goto('first'));
  }

  /** A cover point: what happens to the walk in this cycle. */
  #ends(how: WalkEnd): void {
    coverEnd(this.hart.builder, how, { V: read(this.#walk.V), access: read(this.#walk.access), purpose: this.#step.forWhat });
  }

  #read(): void {
    const { builder, dram, inDram } = this.hart;
    const { readAt, after, secondLevel } = this.#step;
    builder.when(and(inDram(readAt, ENTRY_BYTES), this.#tableAllows(readAt, 'load')), () => {
      builder.load(dram, readAt, this.#walk.entry);
      builder.assign(this.#walk.at, readAt);
      builder.assign(this.#walk.state, after);
      builder.assign(this.#walk.secondLevel, secondLevel);
      const caching = this.#caching;
      if (caching === undefined) return;
      builder.assign(caching.kept, ZERO);
      builder.count('walk.read', 'walk.read');
      this.#wait(caching, caching.caches.sizes.latency.entry);
    }, () => this.#refuseTable());
  }

  #write(): void {
    const { builder, dram } = this.hart;
    builder.when(this.#tableAllows(read(this.#walk.at), 'store'), () => {
      builder.store(dram, read(this.#walk.at), constant(4, ENTRY_BYTES), this.#step.written);
      builder.assign(this.#walk.entry, this.#step.written);
      this.#caching?.caches.trail.writes(read(this.#walk.at));
      this.#ends('writes A or D');
      builder.when(this.is('compare'), () => this.#goto('first'));
    }, () => this.#refuseTable());
  }

  #arrive(): void {
    this.#ends('arrives');
    this.hart.builder.assign(this.result, this.#step.physical);
    this.#goto('done');
  }
}
