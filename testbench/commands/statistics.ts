/**
 * What a run came to, read from the core's statistics registers.
 */
import type { CoreDescription } from '../../model/compile.js';
import type { WasmCore } from '../../model/machine/core.js';
import type { Machine } from '../../model/machine/machine.js';
import { MODES, type Mode, type TrapMode } from '../retirement.js';

/** Traps of one kind. */
export interface TrapCount {
  readonly from: Mode;
  readonly to: TrapMode;
  /** By name: `environment_call_from_vs`, `machine_timer_interrupt`. */
  readonly cause: string;
  readonly count: number;
}

/** The object of `run --json`. */
export interface RunStatistics {
  /** Clock cycles, those skipped in WFI included. */
  readonly cycles: number;
  /** Retired instructions, whatever the program does to minstret. */
  readonly instructions: number;
  readonly ipc: number;
  readonly exitCode: number;
  /** Cycles in each mode. */
  readonly modes: Readonly<Record<Mode, number>>;
  /** Cycles in which a stage waited, by stage and reason. */
  readonly stalls: Readonly<Record<string, number>>;
  /**
   * How often something happened, by name: `redirects` of the fetch by jumps, branches and wrong guesses, `vm.exits` (traps of
   * guests into HS or M); of a core that keeps translations or lines `tlb.instruction.miss` and the like, `walk.read` (entries read).
   */
  readonly events: Readonly<Record<string, number>>;
  readonly traps: readonly TrapCount[];
  /** Programmable counters that the program has told to count something; absent if it has told none. */
  readonly counters?: readonly EventCount[];
}

/** A counter that the program has told to count an event (`events` of hart.yaml). */
export interface EventCount {
  readonly counter: string;
  readonly event: string;
  readonly value: number;
}

/** Counters of the core that are events. */
const EVENTS = /^(redirects|(tlb|walk|cache)\..*)$/;

/** {V, priv} of each mode. */
const LEVELS: Readonly<Record<Mode, number>> = { M: 3, HS: 1, U: 0, VS: 5, VU: 4 };
const TAKERS: readonly TrapMode[] = ['M', 'HS', 'VS'];
const WAIT = 'commit.wait';

/** Reads the statistics of a core between two cycles. */
export function statisticsOf(core: WasmCore, machine: Pick<Machine, 'cycle' | 'skippedCycles'>, description: CoreDescription, exitCode: number): RunStatistics {
  const cycles = Number(machine.cycle);
  const instructions = counted(core, 'retired');
  const traps = trapsOf(core, description);
  const counters = countersOf(core, description);
  return {
    cycles,
    instructions,
    ipc: cycles === 0 ? 0 : Number((instructions / cycles).toFixed(4)),
    exitCode,
    modes: modesOf(core, machine.cycle),
    stalls: stallsOf(core, Number(machine.skippedCycles), description),
    events: eventsOf(core, traps),
    traps,
    ...(counters.length > 0 && { counters }),
  };
}

function countersOf(core: WasmCore, { counters, events }: CoreDescription): readonly EventCount[] {
  return counters.flatMap(({ counter, selector }) => {
    const event = events[Number(register(core, `csr.${selector.split('.')[0] ?? ''}`))];
    return event === undefined ? [] : [{ counter, event, value: Number(register(core, `csr.${counter}`)) }];
  });
}

/** A statistic of the core; 0 if it has none of that name. */
export function counted({ view, base, layout }: WasmCore, name: string): number {
  const counter = layout.counters.find((c) => c.name === name);
  return counter === undefined ? 0 : Number(view.getBigUint64(base + counter.offset, true));
}

function register(core: WasmCore, name: string): bigint {
  return core.cell(name)?.get() ?? 0n;
}

function modesOf(core: WasmCore, now: bigint): Record<Mode, number> {
  const current = Number(register(core, 'V')) * 4 + Number(register(core, 'priv'));
  const since = now - register(core, 'statistics.since');
  const spent = (mode: Mode): number => Number(register(core, `statistics.cycles.${mode}`) + (LEVELS[mode] === current ? since : 0n));
  return { M: spent('M'), HS: spent('HS'), U: spent('U'), VS: spent('VS'), VU: spent('VU') };
}

/**
 * Cycles lost by stage and reason. Skipped cycles are cycles of waiting that no
 * counter has seen; a redirect or restart costs the stages before the one it
 * comes from (docs/timing.md).
 */
function stallsOf(core: WasmCore, skipped: number, { uarch: { units } }: CoreDescription): Record<string, number> {
  const { view, base, layout } = core;
  const stalls: Record<string, number> = {};
  for (const { name, offset } of layout.counters) {
    const [kind, ...reason] = name.split('.');
    if (kind === 'stall') stalls[reason.join('.')] = Number(view.getBigUint64(base + offset, true));
  }
  if (skipped > 0) stalls[WAIT] = (stalls[WAIT] ?? 0) + skipped;
  const depth = (unit: string): number => units.findIndex((some) => some.includes(unit));
  stalls['fetch.redirect'] = counted(core, 'redirects') * depth('execute');
  stalls['fetch.restart'] = counted(core, 'restarts') * depth('commit');
  return stalls;
}

function eventsOf(core: WasmCore, traps: readonly TrapCount[]): Record<string, number> {
  const names = core.layout.counters.map(({ name }) => name).filter((name) => EVENTS.test(name));
  const exits = traps.filter(({ from, to }) => from.startsWith('V') && to !== 'VS').reduce((sum, trap) => sum + trap.count, 0);
  return { ...Object.fromEntries(names.map((name) => [name, counted(core, name)])), 'vm.exits': exits };
}

/** Counted by {V, priv, to, interrupt, cause[4:0]}. */
function trapsOf(core: WasmCore, { exceptions, interrupts }: CoreDescription): readonly TrapCount[] {
  const array = core.layout.arrays.find((a) => a.name === 'statistics.traps');
  if (array === undefined) return [];
  const traps: TrapCount[] = [];
  for (const from of MODES) {
    for (const [taker, to] of TAKERS.entries()) {
      for (let code = 0; code < 64; code++) {
        const index = (LEVELS[from] * 4 + taker) * 64 + code;
        const count = core.view.getUint32(core.base + array.offset + index * array.stride, true);
        if (count > 0) traps.push({ from, to, cause: causeName(code, exceptions, interrupts), count });
      }
    }
  }
  return traps.sort((a, b) => b.count - a.count);
}

const INTERRUPT = 32;

function causeName(code: number, exceptions: CoreDescription['exceptions'], interrupts: CoreDescription['interrupts']): string {
  if (code < INTERRUPT) return exceptions[code] ?? `exception ${code}`;
  const name = interrupts[code - INTERRUPT];
  return name === undefined ? `interrupt ${code - INTERRUPT}` : `${name}_interrupt`;
}

const count = (n: number): string => n.toLocaleString('en-US');

/** For people: several lines, no empty ones. */
export function statisticsText(s: RunStatistics): string {
  const share = (n: number): string => (s.cycles === 0 ? '' : `  ${((100 * n) / s.cycles).toFixed(1)} %`);
  const rows = (title: string, entries: readonly (readonly [string, number])[], shares: boolean): string[] => {
    const some = entries.filter(([, n]) => n > 0);
    const width = Math.max(0, ...some.map(([name]) => name.length));
    return some.length === 0 ? [] : [title, ...some.map(([name, n]) => `  ${name.padEnd(width)}  ${count(n).padStart(15)}${shares ? share(n) : ''}`)];
  };
  return [
    `${count(s.cycles)} cycles, ${count(s.instructions)} instructions, ${s.ipc.toFixed(3)} instructions per cycle`,
    ...rows('cycles by mode', Object.entries(s.modes), true),
    ...rows('stalled cycles by stage and reason', Object.entries(s.stalls), true),
    ...rows('events', Object.entries(s.events), false),
    ...rows('counters of the program', (s.counters ?? []).map((c) => [`${c.counter}  ${c.event}`, c.value] as const), false),
    ...rows('traps', s.traps.map((t) => [`${t.from.padEnd(2)} -> ${t.to.padEnd(2)}  ${t.cause}`, t.count] as const), false),
  ].join('\n');
}
