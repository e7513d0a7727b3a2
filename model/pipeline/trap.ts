/**
 * Traps: which exception of several, which interrupt, who takes it, and what
 * the handler finds. Order, delegation and updates are the specs'.
 */
import { ZERO, and, bit, constant, eqConst, mux, nonZero, not, read } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { MODES, type Exception, type TrapEntry, type TrapSource } from '../spec/isa.js';
import { anyOf } from './builder.js';
import type { HomeWrites } from './csr.js';
import type { Hart } from './hart.js';
import type { Locals } from './lowering.js';

/** Modes that take traps, two bits. */
export const TRAP_TARGETS: Record<TrapEntry['mode'], number> = { M: 0, HS: 1, VS: 2 };

/** The mode {V, priv} of a target, three bits. */
export function targetMode(to: Expr): Expr {
  const modes = Object.entries(TRAP_TARGETS).map(([name, target]) => ({ name, target }));
  return modes.reduceRight<Expr>((rest, { name, target }) => {
    const mode = Object.entries(MODES).find(([m]) => m === name)?.[1] ?? 0n;
    return mux(eqConst(to, target), constant(3, mode), rest);
  }, constant(3, MODES.M));
}

/** A trap about to be taken. */
export interface TrapValues {
  /** Six bits. */
  readonly cause: Expr;
  readonly interrupt: Expr;
  /** TRAP_TARGETS, two bits. */
  readonly to: Expr;
  readonly tval: Expr;
  readonly tval2: Expr;
  readonly tinst: Expr;
  readonly gva: Expr;
}

/** An interrupt that is due. */
export interface DueInterrupt {
  readonly taken: Expr;
  readonly cause: Expr;
  readonly to: Expr;
}

/**
 * Both, `second` looked at only if `first` holds. Where `first` has a guard of
 * its own, all that the two share stays behind it.
 */
function andThen(first: Expr, second: Expr): Expr {
  if (first.kind === 'mux' && first.then.kind === 'const' && first.then.value === 0n) return mux(first.condition, ZERO, andThen(first.else, second));
  return mux(first, second, ZERO);
}

/** The interrupt due now, by level and then by the level's order. */
export function dueInterrupt(hart: Hart): DueInterrupt {
  const { lowering, isa, builder } = hart;
  const scope = lowering.base();
  const levels = isa.traps.levels.map((level) => {
    const pending = builder.wire(`interrupt.${level.mode}.pending`, lowering.lower(level.pending, scope, 64, `interrupts of ${level.mode}`));
    const enabled = lowering.lower(level.enabled, scope, 1, `interrupts of ${level.mode}`);
    const cause = level.order.reduceRight<Expr>((otherwise, name) => {
      const interrupt = isa.traps.interrupts.find((i) => i.name === name);
      if (interrupt === undefined) return otherwise;
      const code = level.mode === 'VS' ? (interrupt.guestCode ?? interrupt.code) : interrupt.code;
      return mux(bit(pending, interrupt.code), constant(6, code), otherwise);
    }, constant(6, 0));
    return { taken: mux(enabled, nonZero(pending), ZERO), cause, to: constant(2, TRAP_TARGETS[level.mode]) };
  });
  const first = (pick: (level: DueInterrupt) => Expr, otherwise: Expr): Expr =>
    levels.reduceRight<Expr>((rest, level) => mux(level.taken, pick(level), rest), otherwise);
  const armed = lowering.lower(isa.traps.wake, scope, 1, 'wake');
  return {
    taken: builder.wire('interrupt.taken', andThen(armed, and(not(hart.boundary.bound), anyOf(levels.map((l) => l.taken))))),
    cause: first((l) => l.cause, constant(6, 0)),
    to: first((l) => l.to, constant(2, 0)),
  };
}

/** Conditions under which each source raises, and for `instruction` which exceptions. */
export interface Raised {
  readonly sources: Readonly<Record<TrapSource, Expr>>;
  /** Exceptions that instructions raise themselves (ECALL, EBREAK), by name. */
  readonly byName: ReadonlyMap<string, Expr>;
}

/** The highest-priority exception and its values; `taken` is 0 when none is raised. */
export function exception(hart: Hart, raised: Raised, locals: Locals): TrapValues & { readonly taken: Expr } {
  const { isa, lowering } = hart;
  const candidates: { readonly entry: Exception; readonly when: Expr }[] = [];
  for (const source of isa.traps.priority) {
    for (const entry of isa.traps.exceptions.filter((e) => e.source === source)) {
      const when = source === 'instruction' ? (raised.byName.get(entry.name) ?? ZERO) : raised.sources[source];
      candidates.push({ entry, when });
    }
  }
  const scope = lowering.with(locals);
  const pick = (width: number, of: (e: Exception) => Expr): Expr =>
    candidates.reduceRight<Expr>((rest, c) => mux(c.when, of(c.entry), rest), constant(width, 0));
  const cause = hart.builder.wire('exception.cause', pick(6, (e) => constant(6, e.code)));
  return {
    taken: anyOf(candidates.map((c) => c.when)),
    cause,
    interrupt: ZERO,
    to: delegation(hart, cause),
    tval: pick(64, (e) => lowering.lower(e.tval, scope, 64, e.name)),
    tval2: pick(64, (e) => (e.tval2 === undefined ? constant(64, 0) : lowering.lower(e.tval2, scope, 64, e.name))),
    tinst: pick(64, (e) => lowering.lower(e.tinst, scope, 64, e.name)),
    gva: pick(1, (e) => lowering.lower(e.gva, scope, 1, e.name)),
  };
}

/** Who takes the exception. */
function delegation(hart: Hart, cause: Expr): Expr {
  const { isa, lowering, modeIs } = hart;
  const scope = lowering.with({ cause, interrupt: ZERO });
  return isa.traps.delegation.reduceRight<Expr>(
    (otherwise, row) => mux(lowering.condition(row.when, scope, modeIs, `delegation.${row.name}`), constant(2, TRAP_TARGETS[row.then]), otherwise),
    constant(2, TRAP_TARGETS.M),
  );
}

/** What a trap into one mode does. */
export interface EntryEffect {
  readonly to: Expr;
  /** The mode has registers for tval2, tinst and GVA: all but VS. */
  readonly reportsGuest: boolean;
  readonly pc: Expr;
  readonly priv: Expr;
  readonly V: Expr;
  readonly writes: HomeWrites;
}

/** The effects of a trap, one per target mode. */
export function trapEntries(hart: Hart, trap: TrapValues, pc: Expr): readonly EntryEffect[] {
  const { isa, lowering } = hart;
  const { cause, interrupt, tval, tval2, tinst, gva } = trap;
  const scope = lowering.with({ cause, interrupt, tval, tval2, tinst, gva, pc });
  return isa.traps.entry.map((entry) => {
    const subject = `trap entry into ${entry.mode}`;
    const next = (operation: TrapEntry['next']['pc'], width: number, unchanged: Expr): Expr =>
      operation === undefined ? unchanged : lowering.lower(operation, scope, width, subject);
    const writes: HomeWrites = new Map();
    for (const { target, value } of entry.update) hart.csrs.update(target, lowering.lower(value, scope, hart.csrs.widthOf(target), subject), writes);
    return {
      to: eqConst(trap.to, TRAP_TARGETS[entry.mode]),
      reportsGuest: entry.mode !== 'VS',
      pc: next(entry.next.pc, 64, pc),
      priv: next(entry.next.priv, 2, read(hart.priv)),
      V: next(entry.next.V, 1, read(hart.V)),
      writes,
    };
  });
}

