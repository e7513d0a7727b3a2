/**
 * Fetch: one instruction a cycle, of 2 or 4 bytes at any even address.
 *
 * Its length shows in its lowest two bits, when it is in the second stage: the
 * next one is looked for behind it. Only where the second stage is empty, after
 * a redirect or restart, does `fetch.pc` say where to look.
 */
import { ONE, ZERO, and, concat, constant, mux, not, read, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { ModuleBuilder } from './builder.js';
import type { Core } from './core.js';
import { isShort, nextPc } from './encoding.js';
import { empty, type LineCache } from './line-cache.js';
import { follower } from './predict.js';
import type { Stage } from './stage.js';
import { emptyTranslatedFetch, forgetFetch, translatedFetch } from './translated-fetch.js';
import { NO_TRAIL, tellFetch } from './trail.js';
import { NO_PAGE, type FetchPlace } from './windows.js';

/** Which 16-bit parcel of an instruction could not be fetched, two bits: none, the first, the second. */
export const FETCH_FAULT = { none: 0, first: 1, second: 2 } as const;

export interface FetchRegisters {
  /** Where to fetch while the second stage is empty. */
  readonly pc: Register;
  /** One bit: the parcel at `pc` is here, and the next one cannot be fetched. */
  readonly half: Register;
  readonly parcel: Register;
}

/** The registers of the fetch stage. */
export function fetchRegisters(builder: ModuleBuilder): FetchRegisters {
  return { pc: builder.register('fetch.pc', 64), half: builder.register('fetch.half', 1), parcel: builder.register('fetch.parcel', 16) };
}

/** Declares them; execution starts at `resetPc`. */
export function describeFetch({ builder }: Core, resetPc: bigint): void {
  builder.register('fetch.pc', 64, { reset: resetPc });
  fetchRegisters(builder);
}

/** What is being fetched is thrown away. */
export function emptyFetch(core: Core): void {
  core.builder.assign(fetchRegisters(core.builder).half, ZERO);
  emptyTranslatedFetch(core);
}

/** The fetch goes on at `pc`. */
export function pointFetch({ builder }: Core, pc: Expr): void {
  builder.assign(fetchRegisters(builder).pc, pc);
}

/** The fetch stage's cycle: redirect or next instruction. */
export function fetchCycle(core: Core, redirect: Expr, target: Expr): void {
  const { builder, hart, stages, place } = core;
  const next = stages[place.fetch + 1];
  if (next === undefined) throw new Error('fetch is the last stage');
  const fetch = fetchRegisters(builder);
  const behind = follower(core, nextPc(read(next.register('pc', 64)), read(next.register('insn', 32))));
  const address = builder.wire('fetch.address', mux(next.valid, behind, read(fetch.pc)));
  builder.wire('fetch.valid', and(next.ready, not(redirect)));
  const { translation } = core;
  const whole = (at: FetchPlace): void => {
    const lines = core.lines?.instruction;
    if (lines === undefined) return give(at);
    builder.when(lines.has(at.physical), () => {
      lines.use(at.physical);
      give(at);
    }, () => awaitLine(core, lines, next, address, at.physical), 'else');
  };
  const give = ({ physical, page }: FetchPlace): void => {
    builder.assign(next.register('pc', 64), address);
    next.hold(ONE);
    builder.load(hart.dram, physical, next.register('insn', 32));
    builder.assign(next.register('fetch_fault', 2), constant(2, FETCH_FAULT.none));
    tellFetch(core, next, (trail) => trail.byPage(page));
  };
  const parcels = (): void => {
    builder.assign(next.register('pc', 64), address);
    tellFetch(core, next, () => NO_TRAIL);
    fetchParcel(core, next, address);
  };
  builder.when(
    redirect,
    () => {
      // The second stage holds what is younger than the jump, or the jump itself, which leaves.
      builder.assign(fetch.pc, target);
      builder.assign(fetch.half, ZERO);
      next.empty();
      if (translation !== undefined) builder.when(read(translation.windows.fetch.limited), () => forgetFetch(core));
    },
    () => builder.when(next.ready, () => {
      if (translation === undefined) return builder.when(hart.inDram(address, 4), () => whole({ physical: address, page: NO_PAGE }), parcels);
      const { windows } = translation;
      return builder.when(windows.fetch.holds(address, 4), () => whole(windows.place(address)), () => {
        const { open, limited, place } = windows.view(address);
        builder.firstOf([{ when: open, then: () => whole(place) }, { when: limited, then: () => translatedFetch(core, translation) }], parcels);
      }, 'else');
    }),
  );
}

/** What is to be fetched is not in the cache: it is waited for once everything older is done. */
function awaitLine({ builder, stages }: Core, lines: LineCache, next: Stage, address: Expr, physical: Expr): void {
  builder.assign(fetchRegisters(builder).pc, address);
  next.empty();
  builder.count('stall.fetch.cache', 'stall.fetch');
  lines.wait(physical, empty(stages.slice(1)));
}

/**
 * Where no whole word is in memory: the last parcel is fetched first, and in
 * the next cycle its lowest bits tell whether that was all. If it begins a
 * longer instruction, or if there is no parcel at all, the second stage gets a
 * word that is no instruction; the parcel stands in its high half.
 */
function fetchParcel({ builder, hart }: Core, next: Stage, address: Expr): void {
  const { pc, half, parcel } = fetchRegisters(builder);
  const first = hart.inDram(address, 2);
  const short = isShort(read(parcel));
  const give = (valid: Expr, insn: Expr, fault: Expr): void => {
    next.hold(valid);
    builder.assign(next.register('insn', 32), insn);
    builder.assign(next.register('fetch_fault', 2), fault);
  };
  builder.when(
    read(half),
    () => {
      builder.assign(half, ZERO);
      give(ONE, mux(short, zext(read(parcel), 32), concat(read(parcel), constant(16, 0))), mux(short, constant(2, FETCH_FAULT.none), constant(2, FETCH_FAULT.second)));
    },
    () => {
      builder.assign(pc, address);
      builder.when(first, () => {
        builder.load(hart.dram, address, parcel);
        builder.assign(half, ONE);
      });
      give(not(first), constant(32, 0), constant(2, FETCH_FAULT.first));
    },
  );
}
