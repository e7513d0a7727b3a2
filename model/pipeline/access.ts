/**
 * Accesses that the walker translates, at commit: a load or store is
 * translated part by part and then carried out; a fetch that the fetch stage
 * could not translate without leaving a trace is walked again, with effect.
 *
 * From the start of its first walk an instruction is neither interrupted nor
 * repeated. A part is what lies in one 8-byte block; the second is translated
 * when the first has passed all checks, and nothing is stored before both have.
 */
import { ONE, ZERO, and, binary, concat, constant, eqConst, mux, not, or, read, slice, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { ACCESSES, type Access } from '../spec/isa.js';
import { blockDone, blockOf as cacheBlockOf } from './block.js';
import type { Committing } from './committing.js';
import { crossesBlock, type Core } from './core.js';
import type { Op } from './decode.js';
import type { ProtectionJudgement } from './protection-covers.js';
import type { WalkPart, WalkRequest } from './walk.js';
import { REFUSAL } from './walk-state.js';

/** `access.phase`: walking; then words of memory are at hand, one or both; then the first is written. */
const PHASE = { walk: 0, first: 1, second: 2, written: 3 } as const;
type Phase = keyof typeof PHASE;
const BLOCK = 8;
const PARCEL = 2;

/** Why the access is refused: one bit each, none before it is. */
export interface Refusal {
  /** By the first stage: a page fault. */
  readonly page: Expr;
  /** By the second: a guest-page fault. */
  readonly guestPage: Expr;
  /** By the place of a table, or by that of the access itself. */
  readonly access: Expr;
}

/** What the access does to the instruction in commit. */
export interface AccessEffects {
  /** It retires. */
  readonly finish: (details: { readonly value: Expr; readonly loaded?: Expr }) => void;
  /** Its fetch is translated now: it begins anew, and nothing comes between. */
  readonly refetch: () => void;
}

export class TranslatedAccess {
  readonly #here: Committing;
  readonly #translation: NonNullable<Core['translation']>;
  readonly #phase: Register;
  readonly #part: Register;
  /** Physical address of the first part, once the second is under translation. */
  readonly #first: Register;
  readonly #data: Register;
  readonly #firstData: Register;
  /** One bit: the instruction in commit needs the walker, for its fetch or its access. */
  readonly walks: Expr;

  constructor(here: Committing, translation: NonNullable<Core['translation']>) {
    this.#here = here;
    this.#translation = translation;
    const { builder } = here.core;
    this.#phase = builder.register('access.phase', 2);
    this.#part = builder.register('access.part', 1);
    this.#first = builder.register('access.first', 64);
    this.#data = builder.register('access.data', 64);
    this.#firstData = builder.register('access.first_data', 64);
    const { windows } = translation;
    // The walker finds both stages of a guest Bare if they are.
    const limited = or(read(windows.data.limited), and(this.#asGuest, windows.guestLimited));
    const outside = or(here.trouble, this.#asGuest, here.is('cbo'));
    this.walks = builder.wire('commit.walks', mux(here.unfetched, read(windows.fetch.limited), and(or(here.isMemory, here.is('cbo')), outside, limited)));
  }

  /** One bit: HLV, HLVX, HSV. */
  get #asGuest(): Expr {
    const { memoryOps } = this.#here;
    return this.#here.anyOp(memoryOps.filter((op) => op.instruction.memory?.as !== 'self'));
  }

  /** One bit: a walk for it is under way, done or refused. */
  get walking(): Expr {
    return and(this.walks, read(this.#here.waiting));
  }

  #in(phase: Phase): Expr {
    return eqConst(read(this.#phase), PHASE[phase]);
  }

  get #crosses(): Expr {
    return and(this.#here.isMemory, crossesBlock(this.#here.address, this.#here.bytes));
  }

  /** One bit: this part is the first of two. */
  get #goesOn(): Expr {
    return and(this.#crosses, not(read(this.#part)));
  }

  /** Physical address of the part translated last. */
  get physical(): Expr {
    return read(this.#translation.walker.result);
  }

  /** Physical address of the first byte, once all parts are translated. */
  get firstByte(): Expr {
    return mux(this.#crosses, read(this.#first), this.physical);
  }

  /**
   * One bit: what has been fetched of an instruction is looked for once more. It may have been found by an entry that memory
   * no longer has, and the bound fetch looks into memory: before that nothing is written for the rest.
   */
  get #looksBack(): Expr {
    return and(this.#here.halfFetched, not(read(this.#part)));
  }

  /** One bit: it is no longer there, or not without writing: all of it is fetched anew. */
  get #gone(): Expr {
    const { walker } = this.#translation;
    const allowed = and(this.#inDram, this.#judgement?.allowed ?? ONE);
    return and(this.walking, this.#looksBack, or(walker.is('refused'), and(walker.is('done'), not(allowed))));
  }

  /** Virtual address of the part under translation. */
  get address(): Expr {
    return read(this.#translation.walker.address);
  }

  /** One bit: a physical address is there, and the instruction not done. */
  get #done(): Expr {
    return and(this.walking, this.#translation.walker.is('done'));
  }

  get #inDram(): Expr {
    return this.#here.core.hart.inDram(this.physical, 1);
  }

  /** What memory protection says of the part. */
  get #judgement(): ProtectionJudgement | undefined {
    const { walker } = this.#translation;
    const { address, bytes, unfetched } = this.#here;
    const { isa } = this.#here.core.hart;
    const upToBlock = binary('sub', constant(4, BLOCK), concat(ZERO, slice(address, 2, 0)));
    const ofPart = mux(this.#crosses, mux(read(this.#part), binary('sub', bytes, upToBlock), upToBlock), bytes);
    const isBlock = this.#here.is('cbo');
    const size = mux(unfetched, constant(64, PARCEL), mux(isBlock, constant(64, isa.hart.cacheBlockBytes), zext(ofPart, 64)));
    return walker.judge(mux(isBlock, cacheBlockOf(isa, this.physical), this.physical), size);
  }

  /** @param device - One bit: a device takes an access of this width at the physical address. */
  refusal(device: Expr): Refusal {
    const { walker } = this.#translation;
    const byTable = and(this.walking, walker.is('refused'), eqConst(read(walker.refusal), REFUSAL.table));
    const there = or(this.#inDram, and(this.#here.isMemory, not(this.#crosses), device));
    const accepted = and(there, this.#judgement?.allowed ?? ONE);
    const refused = { page: and(this.walking, walker.faults('page-fault')), guestPage: and(this.walking, walker.faults('guest-page-fault')), access: or(byTable, and(this.#done, not(accepted))) };
    const counts = not(this.#looksBack);
    return { page: and(counts, refused.page), guestPage: and(counts, refused.guestPage), access: and(counts, refused.access) };
  }

  /** One bit: the access is a device's, and has been translated. */
  get toDevice(): Expr {
    return and(this.#done, this.#here.isMemory, not(this.#inDram));
  }

  /** One bit: the fetch of the instruction in commit is translated, with effect: it begins anew. */
  get refetches(): Expr {
    return or(this.#gone, and(this.#done, this.#in('walk'), this.#here.unfetched, not(this.#looksBack)));
  }

  /** One bit: of an atomic or block instruction, the address is translated and what it reads is at hand. */
  get ready(): Expr {
    return and(this.walking, mux(this.#here.isLoad, this.#in('first'), and(this.#in('walk'), this.#done, this.#inDram)));
  }

  /** One bit: the instruction completes in this cycle, if nothing refuses. */
  get finishes(): Expr {
    const { isLoad, unfetched } = this.#here;
    const split = and(this.walking, mux(isLoad, this.#in('second'), this.#in('written')));
    const block = mux(this.#here.is('cbo'), blockDone(this.#here), ONE);
    return and(not(unfetched), mux(this.#crosses, split, and(this.ready, block)));
  }

  /** A cycle in which nothing refuses, no device is at work, and no atomic or block instruction is ready. */
  cycle(effects: AccessEffects): void {
    const { builder } = this.#here.core;
    const { waiting, unfetched } = this.#here;
    const { walker } = this.#translation;
    builder.firstOf([
      { when: not(read(waiting)), then: () => this.#begin() },
      { when: not(this.#in('walk')), then: () => this.#carryOut(effects) },
      { when: this.#gone, then: () => effects.refetch() },
      { when: not(walker.is('done')), then: () => undefined },
      { when: this.#looksBack, then: () => builder.assign(this.#part, ONE) },
      { when: unfetched, then: () => effects.refetch() },
    ], () => this.#translated(effects));
  }

  #begin(): void {
    const { builder } = this.#here.core;
    builder.assign(this.#phase, constant(2, PHASE.walk));
    builder.assign(this.#part, ZERO);
  }

  /** The walker's part of a cycle in which the instruction is not over. */
  walk(): void {
    const { builder } = this.#here.core;
    const { waiting, unfetched, pc, secondParcel, address } = this.#here;
    const { walker } = this.#translation;
    builder.when(this.walks, () => builder.firstOf([
      { when: not(read(waiting)), then: () => walker.start(this.#request(mux(unfetched, pc, address))) },
      { when: not(this.#in('walk')), then: () => undefined },
      { when: not(walker.is('done')), then: () => walker.step(not(this.#looksBack)) },
      { when: this.#looksBack, then: () => walker.goOn(this.#walkPart(secondParcel)) },
      { when: this.#goesOn, then: () => walker.goOn(this.#walkPart(binary('add', blockOf(address), constant(64, BLOCK)))) },
    ]));
  }

  /** One bit: a part of an access of the present mode was found allowed by itself, of `which` addresses. `io`: one bit, a device has it. */
  #allowed(io: Expr, which: 'physical' | 'translated'): Expr {
    const { unfetched, isAtomic } = this.#here;
    const { needed } = this.#translation.regimes.of('self');
    const elsewhere = or(io, unfetched, this.#asGuest, which === 'physical' ? needed : not(needed), and(or(isAtomic, this.#here.is('cbo')), this.ready));
    return and(this.#done, this.#in('walk'), not(elsewhere));
  }

  /** An instruction is not refused: what lies around the part of its access that was found allowed by itself is open from now on. */
  open(io: Expr): void {
    const { builder } = this.#here.core;
    const { windows, caches } = this.#translation;
    builder.when(this.#allowed(io, 'physical'), () => windows.recentre(this.physical));
    if (caches === undefined) return;
    const stores = or(this.#here.isStore, this.#here.is('amo'));
    builder.when(this.#allowed(io, 'translated'), () =>
      windows.keepData(this.address, this.physical, stores, (page) => caches.trail.opensData(page, this.#goesOn)));
    // What is bound to execute comes alone, though its page may be open.
    builder.when(this.refetches, () => windows.fetch.close());
  }

  #request(address: Expr): WalkRequest {
    const { unfetched, memoryOps } = this.#here;
    const fetch = this.#translation.regimes.of('fetch');
    const of = (which: 'V' | 'privilege'): Expr => mux(unfetched, fetch[which], this.#own(which));
    const ops = [...memoryOps, ...this.#here.opsOf('cbo')];
    const access = this.#here.perOp(ops, (op) => constant(2, ACCESSES[accessOf(op)]));
    return { ...this.#walkPart(address), V: of('V'), privilege: of('privilege'), access: mux(unfetched, constant(2, ACCESSES.fetch), access) };
  }

  /**
   * What was not fetched is walked for as it will be fetched if it is bound to execute: from memory alone. If a kept entry
   * let it pass here that memory no longer has, the fetch would be refused after that, and so on for ever.
   */
  #walkPart(address: Expr): WalkPart {
    return { address, alone: this.#here.unfetched, missed: 'tlb.data.miss' };
  }

  /** Of a load or store: its V, or its privilege. */
  #own(which: 'V' | 'privilege'): Expr {
    const { regimes } = this.#translation;
    return mux(this.#asGuest, regimes.of('guest')[which], regimes.of('self')[which]);
  }

  /** What memory protection says of a load or store, neither atomic nor executing, whose address is physical. */
  get #untranslated(): ProtectionJudgement | undefined {
    const { address, bytes, isStore } = this.#here;
    const access = mux(isStore, constant(2, ACCESSES.store), constant(2, ACCESSES.load));
    return this.#translation.windows.judge(address, zext(bytes, 64), access, this.#own('privilege'));
  }

  /** One bit: it allows that. */
  get allowedUntranslated(): Expr {
    return this.#untranslated?.allowed ?? ONE;
  }

  /** Cover points: protection is asked about a part that is translated, or about what only a device can answer. */
  coverProtection(): void {
    const { builder } = this.#here.core;
    const { windows } = this.#translation;
    const { isMemory, isAtomic, trouble } = this.#here;
    builder.when(and(this.#done, this.#in('walk')), () => windows.cover(this.#judgement));
    builder.when(and(not(this.walks), isMemory, trouble, not(isAtomic)), () => windows.cover(this.#untranslated));
  }

  /** A part is translated and in DRAM. */
  #translated(effects: AccessEffects): void {
    const { builder } = this.#here.core;
    const { isLoad, value } = this.#here;
    const first = read(this.#first);
    builder.firstOf([
      {
        when: this.#goesOn,
        then: () => {
          builder.assign(this.#first, this.physical);
          builder.assign(this.#part, ONE);
        },
      },
      { when: this.#crosses, then: () => this.#load(blockOf(first), 'first') },
      { when: isLoad, then: () => this.#load(this.physical, 'first') },
    ], () => {
      this.#here.storeToDram(value, this.physical);
      effects.finish({ value });
    });
  }

  #load(address: Expr, next: Phase): void {
    const { builder, hart } = this.#here.core;
    builder.load(hart.dram, address, this.#data);
    builder.assign(this.#phase, constant(2, PHASE[next]));
  }

  /** Memory is at hand. */
  #carryOut(effects: AccessEffects): void {
    const { builder } = this.#here.core;
    const { isLoad, value, data } = this.#here;
    const { first, second } = this.#split();
    const finishLoad = (): void => {
      this.#here.writeRegister(data);
      effects.finish({ value: data, loaded: this.loaded });
    };
    builder.firstOf([
      { when: not(this.#crosses), then: finishLoad },
      {
        when: this.#in('first'),
        then: () => {
          builder.assign(this.#firstData, read(this.#data));
          this.#load(this.physical, 'second');
        },
      },
      { when: isLoad, then: finishLoad },
      {
        when: this.#in('second'),
        then: () => {
          this.#here.storeToDram(first, blockOf(read(this.#first)), constant(4, BLOCK));
          builder.assign(this.#phase, constant(2, PHASE.written));
        },
      },
    ], () => {
      this.#here.storeToDram(second, this.physical, constant(4, BLOCK));
      effects.finish({ value });
    });
  }

  /** What two blocks hold for a load, and what a store makes of each of them. */
  #split(): { readonly loaded: Expr; readonly first: Expr; readonly second: Expr } {
    const { address, bytes, value } = this.#here;
    const up = concat(constant(1, 0), slice(address, 2, 0), constant(3, 0));
    const down = binary('sub', constant(7, 64), up);
    const ones = binary('sub', binary('shl', constant(64, 1), concat(bytes, constant(3, 0))), constant(64, 1));
    const [a, b] = [read(this.#firstData), read(this.#data)];
    const put = (into: Expr, op: 'shl' | 'shru', by: Expr): Expr => or(and(into, not(binary(op, ones, by))), binary(op, and(value, ones), by));
    return { loaded: or(binary('shru', a, up), binary('shl', b, down)), first: put(a, 'shl', up), second: put(b, 'shru', down) };
  }

  /** What a load has loaded, in the cycle in which it finishes. */
  get loaded(): Expr {
    return mux(this.#crosses, this.#split().loaded, read(this.#data));
  }
}

/** As what the access is checked: an atomic operation as a store, the management of a block as a load, for which the right to store suffices because it implies that to load. */
function accessOf({ instruction: { memory, block } }: Op): Access {
  if (block !== undefined) return block.zero ? 'store' : 'load';
  if (memory?.op !== 'load') return 'store';
  return memory.as === 'guest-execute' ? 'execute' : 'load';
}

const blockOf = (address: Expr): Expr => concat(slice(address, 63, 3), constant(3, 0));
