/**
 * What mhpmcounter3 to mhpmcounter6 count is what the statistics of a run
 * count on their own, whichever events they have been told to count; traps and
 * exits of guests are those that the records show.
 *
 * rules: mhpmcounter_num, mhpmevent_op, mhpmevent_enc
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statisticsOf } from '../commands/statistics.js';
import type { EventName, Isa } from '../../model/spec/isa.js';
import { EVENT_COUNTERS, type Observation } from '../lockstep/records.js';
import type { ObservedCore } from '../lockstep/observed.js';
import { alteredCore, observedCore } from './altered.js';
import { CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';
import { built, MOST_CYCLES, randomPrograms } from './random-programs.js';
import type { Scenario } from './runs.js';

const EVENTS = [...shippedSpecs().isa.hart.events];

/** What an event is in the statistics: traps and exits are summed there, a stall is of some stage. */
function inStatistics(core: ObservedCore, event: EventName): number {
  const { events, stalls, traps } = statisticsOf(core.core, core.machine, core.description, 0);
  if (event === 'traps') return traps.reduce((sum, { count }) => sum + count, 0);
  if (event === 'restarts') return (stalls['fetch.restart'] ?? 0) / core.description.uarch.units.findIndex((units) => units.includes('commit'));
  if (event === 'stall.fetch') return stalls['fetch.cache'] ?? 0;
  if (!event.startsWith('stall.')) return events[event] ?? 0;
  const reason = event.slice('stall.'.length);
  const isOf = (name: string | undefined): boolean => name === reason || (reason === 'store' && name === 'buffer');
  return Object.entries(stalls).reduce((sum, [name, cycles]) => sum + (isOf(name.split('.')[1]) && !name.startsWith('fetch.') ? cycles : 0), 0);
}

/** An event, how often its counter has seen it, and how often it has happened. */
interface Count {
  readonly event: EventName;
  readonly counted: bigint;
  readonly happened: number;
}

/** Runs a program with four events selected from reset on. Nothing if the program selects others itself. */
function count(core: ObservedCore, program: Scenario, selected: readonly (readonly [number, EventName])[]): readonly Count[] | undefined {
  const seen: Observation[] = [];
  core.reset(program.inputs);
  core.load(program);
  selected.forEach(([number], i) => core.pokeCsr(`mhpmevent${3 + i}`, BigInt(number)));
  core.poke('events.wanted', 1n);
  core.run(MOST_CYCLES, { records: (observations) => seen.push(...observations), trapped: () => undefined });
  if (seen.some(({ retirement: { csrs } }) => csrs.some(({ csr }) => csr.startsWith('mhpmevent')))) return undefined;
  const last = seen.reduce<readonly bigint[]>((before, { inputs: { events } }) => events ?? before, EVENT_COUNTERS.map(() => 0n));
  const before = core.core.cell('events.before')?.get() ?? 0n;
  const counts = selected.map(([number, event], i): Count => {
    // What happened in the last cycle is counted in the next.
    const fresh = (core.core.cell(`event.${event}`)?.get() ?? 0n) ^ (before >> BigInt(number) & 1n);
    return { event, counted: (last[i] ?? 0n) + (core.untold[i] ?? 0n) + fresh, happened: inStatistics(core, event) };
  });
  const trapped = seen.filter(({ retirement: { trap } }) => trap !== undefined);
  const exits = trapped.filter(({ retirement: { mode, trap } }) => (mode === 'VS' || mode === 'VU') && trap?.to !== 'VS');
  return [...counts, ...counts.flatMap((c) => (c.event === 'traps' ? [{ ...c, happened: trapped.length }] : c.event === 'vm.exits' ? [{ ...c, happened: exits.length }] : []))];
}

const wrong = (counts: readonly Count[]): readonly Count[] => counts.filter(({ counted, happened }) => counted !== BigInt(happened));
const four = fc.shuffledSubarray(EVENTS, { minLength: EVENT_COUNTERS.length, maxLength: EVENT_COUNTERS.length });

describe.each(CORES)('%s', (name) => {
  const core = observedCore(name);

  it('counts what the statistics count', () => {
    const happened = new Set<EventName>();
    fc.assert(
      fc.property(randomPrograms(undefined, 'all'), four, (plan, selected) => {
        const counts = count(core, built(plan), selected) ?? [];
        for (const c of counts) if (c.happened > 0) happened.add(c.event);
        expect(wrong(counts)).toEqual([]);
      }),
      tries(300),
    );
    // Of a core without caches, stores that loads wait for and kept translations, fewer can.
    expect(happened.size).toBeGreaterThanOrEqual(name === 'three-stage' ? 8 : EVENTS.length - 1);
  });
});

describe('a wrong count is noticed', () => {
  const plans = fc.sample(fc.tuple(randomPrograms(undefined, 'all'), four), { numRuns: 60, seed: 1 });
  const first = (core: ObservedCore): EventName | undefined =>
    plans.flatMap(([plan, selected]) => wrong(count(core, built(plan), selected) ?? [])).map(({ event }) => event)[0];

  it('if the numbers of two events were exchanged', () => {
    const isa = (i: Isa): Isa => ({ ...i, hart: { ...i.hart, events: new Map([...i.hart.events].map(([n, e]): [number, EventName] => [n, e === 'traps' ? 'restarts' : e === 'restarts' ? 'traps' : e])) } });
    expect(first(alteredCore('three-stage', { isa }))).toMatch(/traps|restarts/);
  });
});
