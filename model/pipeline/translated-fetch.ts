/**
 * Fetching through the walker: one instruction at a time, each walked anew.
 *
 * What is fetched may never execute, so these walks write nothing. One that
 * would have to, and one that is refused, hands on an instruction that says so
 * (`fetch_fault`): commit walks again, with effect, if it gets there. Every load
 * and store is then carried out at commit and throws away what was fetched
 * behind it, so no walk has read an entry before an older store has written it.
 */
import { ONE, ZERO, add, and, constant, eqConst, mux, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { ACCESSES } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';
import type { Core } from './core.js';

/** `fetch.phase`: walking; the word is at hand. */
const PHASE = { walk: 0, word: 1 } as const;

const phaseOf = (builder: ModuleBuilder): Register => builder.register('fetch.phase', 1);
/** The instruction that is bound to execute has been handed on: nothing follows it before it is done. */
const aloneOf = (builder: ModuleBuilder): Register => builder.register('fetch.alone', 1);

/** Forgets what is being fetched: the fetch starts elsewhere. */
export function forgetFetch({ builder, translation }: Core): void {
  if (translation === undefined) return;
  translation.walker.abandon();
  builder.assign(phaseOf(builder), constant(1, PHASE.walk));
}

/** The same, and the pipeline is empty. `bound`: what is fetched next is sure to execute. */
export function restartFetch(core: Core, bound: boolean): void {
  if (core.translation === undefined) return;
  core.translation.regimes.suspect();
  core.hart.boundary.bind(bound);
  core.builder.assign(aloneOf(core.builder), ZERO);
  forgetFetch(core);
}

/** A cycle of the fetch stage while fetches need translating. */
export function translatedFetch(core: Core, translation: NonNullable<Core['translation']>, redirect: Expr, target: Expr): void {
  const { builder, hart, stages, place } = core;
  const { walker, regimes } = translation;
  const pc = builder.register('fetch.pc', 64);
  const word = builder.register('fetch.word', 32);
  const phase = phaseOf(builder);
  const alone = read(aloneOf(builder));
  const next = stages[place.fetch + 1];
  if (next === undefined) throw new Error('fetch is the last stage');
  const hasWord = eqConst(read(phase), PHASE.word);
  const inDram = hart.inDram(read(walker.result), 4);
  const fault = and(not(hasWord), or(walker.is('refused'), and(walker.is('done'), not(inDram))));
  const hands = builder.wire('fetch.hands', and(next.ready, not(redirect), not(alone), or(hasWord, fault)));
  next.take(hands, () => {
    builder.assign(next.register('pc', 64), read(pc));
    builder.assign(next.register('insn', 32), mux(hasWord, read(word), constant(32, 0)));
    builder.assign(next.register('fetch_fault', 1), not(hasWord));
  });
  builder.firstOf([
    {
      when: redirect,
      then: () => {
        builder.assign(pc, target);
        forgetFetch(core);
      },
    },
    { when: alone, then: () => followOn(core) },
    {
      when: hands,
      then: () => {
        builder.assign(pc, add(read(pc), constant(64, 4)));
        builder.when(hart.boundary.bound, () => builder.assign(aloneOf(builder), ONE));
        forgetFetch(core);
      },
    },
    // Refused, or at hand while the next stage is full.
    { when: or(fault, hasWord), then: () => undefined },
    {
      when: walker.is('done'),
      then: () => {
        builder.load(hart.dram, read(walker.result), word);
        builder.assign(phase, constant(1, PHASE.word));
      },
    },
  ], () => builder.when(walker.is('idle'), () => walker.start({ address: read(pc), access: constant(2, ACCESSES.fetch), ...regimes.of('fetch') }), () => walker.step(false), 'else'));
}

/** The instruction that was bound to execute has done so once the pipeline is empty. */
function followOn({ builder, stages, hart }: Core): void {
  builder.when(and(...stages.slice(1).map((s) => not(s.valid))), () => {
    hart.boundary.bind(false);
    builder.assign(aloneOf(builder), ZERO);
  });
}
