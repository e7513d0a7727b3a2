/**
 * Fetching through the walker, where addresses are translated or memory
 * protection says more than a window can: one instruction at a time, each of
 * its parcels walked anew (the second by itself only where it can differ).
 *
 * What is fetched may never execute, so these walks write nothing. One that
 * would have to, and one that is refused, hands on an instruction that says so
 * (`fetch_fault`): commit walks again, with effect, if it gets there. Every load
 * and store is then carried out at commit and throws away what was fetched
 * behind it, so no walk has read an entry before an older store has written it.
 */
import { ONE, ZERO, add, and, concat, constant, eqConst, not, or, read, slice } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { ACCESSES } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';
import type { Core } from './core.js';
import { isShort, nextPc } from './encoding.js';
import { PAGE_BITS } from './entry.js';
import { FETCH_FAULT, fetchRegisters } from './fetch.js';
import { withinPage } from './pages.js';
import { follower } from './predict.js';
import { tellFetch } from './trail.js';
import type { WalkPart } from './walk.js';

/** `fetch.phase`: walking for the first parcel; the word there is at hand; walking for the second parcel; it is at hand, too. */
const PHASE = { walk: 0, word: 1, walkSecond: 2, second: 3 } as const;
type Phase = keyof typeof PHASE;

/** Bytes of a parcel, and bits of an offset in the smallest piece of memory that is protected by itself. */
const PARCEL = 2;
const WORD = 4;
const WORD_BITS = 2;

const phaseOf = (builder: ModuleBuilder): Register => builder.register('fetch.phase', 2);
/** The instruction that is bound to execute has been handed on: nothing follows it before it is done. */
const aloneOf = (builder: ModuleBuilder): Register => builder.register('fetch.alone', 1);

/** Forgets what is being fetched: the fetch starts elsewhere. */
export function forgetFetch({ builder, translation }: Core): void {
  if (translation === undefined) return;
  translation.walker.abandon();
  builder.assign(phaseOf(builder), constant(2, PHASE.walk));
}

/** The same with everything in flight. */
export function emptyTranslatedFetch(core: Core): void {
  if (core.translation !== undefined) core.builder.assign(aloneOf(core.builder), ZERO);
  forgetFetch(core);
}

/** A cycle of the fetch stage in which the second stage can be filled, from an address outside the window. */
export function translatedFetch(core: Core, translation: NonNullable<Core['translation']>): void {
  const { builder, stages, place } = core;
  const next = stages[place.fetch + 1];
  if (next === undefined) throw new Error('fetch is the last stage');
  const { pc } = fetchRegisters(builder);
  // The next instruction is looked for once the second stage has let its predecessor go.
  builder.when(
    next.valid,
    () => {
      builder.assign(pc, follower(core, nextPc(read(next.register('pc', 64)), read(next.register('insn', 32)))));
      next.empty();
    },
    () => builder.when(read(aloneOf(builder)), () => followOn(core), () => fetchNext(core, translation)),
  );
}

/** The second stage is empty: a step towards filling it. */
function fetchNext(core: Core, translation: NonNullable<Core['translation']>): void {
  const { builder, hart } = core;
  const { walker, regimes, windows } = translation;
  const { pc, parcel } = fetchRegisters(builder);
  const word = builder.register('fetch.word', 32);
  const at = (phase: Phase): Expr => eqConst(read(phaseOf(builder)), PHASE[phase]);
  const goto = (phase: Phase): void => builder.assign(phaseOf(builder), constant(2, PHASE[phase]));
  const first = slice(read(word), 15, 0);
  const second = add(read(pc), constant(64, 2));
  // What is bound has been walked for at commit, from memory: so it is once more.
  const part = (address: Expr): WalkPart => ({ address, alone: hart.boundary.bound, missed: 'tlb.instruction.miss' });
  // Memory protection may tell any two words apart, translation any two pages.
  const apart = eqConst(slice(second, (windows.guard === undefined ? PAGE_BITS : WORD_BITS) - 1, 0), 0);
  const judgement = walker.judge(read(walker.result), constant(64, PARCEL));
  const parcelThere = and(hart.inDram(read(walker.result), PARCEL), judgement?.allowed ?? ONE);
  builder.when(and(walker.is('done'), or(at('walk'), at('walkSecond'))), () => windows.cover(judgement));
  const refused = or(walker.is('refused'), and(walker.is('done'), not(parcelThere)));
  builder.firstOf([
    {
      when: and(at('word'), apart, not(isShort(read(word)))),
      then: () => {
        walker.goOn(part(second));
        goto('walkSecond');
      },
    },
    { when: at('word'), then: () => handOn(core, read(word), FETCH_FAULT.none) },
    { when: at('second'), then: () => handOn(core, concat(read(parcel), first), FETCH_FAULT.none) },
    { when: and(refused, at('walk')), then: () => handOn(core, constant(32, 0), FETCH_FAULT.first) },
    { when: refused, then: () => handOn(core, concat(first, constant(16, 0)), FETCH_FAULT.second) },
    {
      when: walker.is('done'),
      then: () => builder.when(at('walk'), () => fetchFirst(core, translation, () => {
        builder.load(hart.dram, read(walker.result), word);
        goto('word');
      }), () => {
        builder.load(hart.dram, read(walker.result), parcel);
        goto('second');
      }),
    },
  ], () => builder.when(walker.is('idle'), () => walker.start({ ...part(read(pc)), access: constant(2, ACCESSES.fetch), ...regimes.of('fetch') }), () => walker.step(ZERO), 'else'));
}

/** The first parcel is translated: its page is open from now on, if it may be, and everything is fetched by that; otherwise it is fetched by itself. */
function fetchFirst(core: Core, { walker, windows, caches }: NonNullable<Core['translation']>, byItself: () => void): void {
  if (caches === undefined) return byItself();
  const { builder, hart } = core;
  const pc = read(fetchRegisters(builder).pc);
  builder.when(
    and(not(hart.boundary.bound), withinPage(pc, WORD)),
    () => windows.keepFetch(pc, read(walker.result), (page) => {
      caches.trail.opensFetch(page);
      forgetFetch(core);
    }, byItself),
    byItself,
  );
}

/** Fills the second stage. Of an instruction whose second parcel is missing, the first stands in the high half of a word that is none. */
function handOn(core: Core, insn: Expr, fault: number): void {
  const { builder, stages, place, hart } = core;
  const next = stages[place.fetch + 1];
  if (next === undefined) throw new Error('fetch is the last stage');
  next.hold(ONE);
  builder.assign(next.register('pc', 64), read(fetchRegisters(builder).pc));
  builder.assign(next.register('insn', 32), insn);
  builder.assign(next.register('fetch_fault', 2), constant(2, fault));
  tellFetch(core, next, (trail) => {
    trail.fetches(fault !== FETCH_FAULT.none, hart.boundary.bound);
    return trail.byItself();
  });
  builder.when(hart.boundary.bound, () => builder.assign(aloneOf(builder), ONE));
  forgetFetch(core);
}

/** The instruction that was bound to execute has done so once the pipeline is empty. */
function followOn({ builder, stages, hart }: Core): void {
  builder.when(and(...stages.slice(1).map((s) => not(s.valid))), () => {
    hart.boundary.unbind();
    builder.assign(aloneOf(builder), ZERO);
  });
}
