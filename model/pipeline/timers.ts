/**
 * Lines that time drives, `lines.NAME` for every timer of the specs, and when
 * the next of them can end a wait.
 */
import { add, binary, constant, mux, read } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { Isa, Timer } from '../spec/isa.js';
import type { Hart } from './hart.js';
import type { Lowering, NameSource } from './lowering.js';

const PREFIX = 'lines.';
/** No timer ends the wait. */
const NEVER = (1n << 64n) - 1n;

/** The names of the lines: each a comparison made in the cycle that asks, so that it is never late. */
export class TimerLines implements NameSource {
  readonly #timers: ReadonlyMap<string, Timer>;

  constructor(isa: Isa, readonly lowering: Lowering) {
    this.#timers = new Map(isa.traps.timers.map((timer) => [`${PREFIX}${timer.name}`, timer]));
  }

  lookup(name: string): Expr | undefined {
    const timer = this.#timers.get(name);
    if (timer === undefined) return undefined;
    const { time, compare } = operands(this.lowering, timer);
    return binary('geu', time, compare);
  }

  names(): Iterable<string> {
    return this.#timers.keys();
  }
}

function operands(lowering: Lowering, { name, time, compare }: Timer): { readonly time: Expr; readonly compare: Expr } {
  const of = (operation: Timer['time']): Expr => lowering.lower(operation, lowering.base(), 64, `timer ${name}`);
  return { time: of(time), compare: of(compare) };
}

/**
 * The value of `mtime`, 64 bits, at which the first timer ends a wait in which
 * none does yet; all ones if none ever will. A timer that is due already does
 * not count: it did not end the wait, so it does not matter.
 */
export function waitUntil({ isa, lowering, clint }: Hart): Expr {
  const mtime = read(clint.mtime);
  const never = constant(64, NEVER);
  const ticks = isa.traps.timers.reduce<Expr>((least, timer) => {
    const { time, compare } = operands(lowering, timer);
    const left = binary('sub', compare, time);
    const counts = lowering.lower(timer.wakes, lowering.base(), 1, `timer ${timer.name}`);
    return mux(counts, mux(binary('ltu', left, least), left, least), least);
  }, never);
  const until = add(mtime, ticks);
  return mux(binary('ltu', until, mtime), never, until);
}
