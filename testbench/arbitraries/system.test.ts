import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROGRAM_LIMITS } from '../lockstep/campaign.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, CORES, shippedSpecs } from '../properties/cores.js';
import { tries } from '../properties/effort.js';
import { programs } from './arbitrary.js';
import { Builder, type BuiltProgram } from './build.js';
import { PlanMaker } from './maker.js';
import { BASE } from './map.js';
import { PROFILES } from './profile.js';
import type { Plan } from './program.js';
import { simpler } from './shrink.js';
import { WINDOW } from './tables.js';

const { isa } = shippedSpecs();
const maker = new PlanMaker(isa, 'transitions');
const builder = new Builder(maker.shapes);
const isSystem = ({ worlds }: { readonly worlds: readonly unknown[] }): boolean => worlds.length > 0;

/** Which guest runs at an address, physical or in the window: the number behind kernel or user. */
function guestAt(program: BuiltProgram, pc: bigint): string | undefined {
  const offset = Number(pc - (pc < BASE ? WINDOW : BASE));
  const starts = program.labels.filter(([, name]) => /^(kernel|user|guest)/.test(name));
  return starts.findLast(([at]) => at <= offset)?.[1].replace(/\D/g, '');
}

describe('whole systems', () => {
  it.each(CORES)('agree on %s: guests take turns, take traps of their own and interrupts that the hypervisor injects', (name) => {
    const lockstep = new Lockstep(new ObservedCore(compiledCore(name)));
    const seen = { systems: 0, switches: 0, ticks: 0, ownTraps: 0, injected: 0, users: 0, translated: 0, windowed: 0, guestPageFaults: 0 };
    fc.assert(fc.property(programs(maker).filter(isSystem), (plan) => {
      const program = builder.build(plan);
      let running: string | undefined;
      seen.systems++;
      const result = lockstep.run(program, { ...PROGRAM_LIMITS, inputs: program.inputs, onRecord: ({ retirement: { mode, pc_rdata, trap } }) => {
        if (trap?.to === 'VS' && trap.interrupt) seen.injected++;
        else if (trap?.to === 'VS' && mode === 'VU') seen.ownTraps++;
        if (trap?.to === 'HS' && trap.interrupt) seen.ticks++;
        if (mode !== 'VS' && mode !== 'VU') return;
        const guest = guestAt(program, pc_rdata);
        if (guest === undefined) return;
        if (mode === 'VU') seen.users++;
        if (trap === undefined && plan.worlds[Number(guest)]?.space !== undefined) seen.translated++;
        if (trap === undefined && pc_rdata < BASE) seen.windowed++;
        if (trap !== undefined && !trap.interrupt && [20, 21, 23].includes(trap.cause)) seen.guestPageFaults++;
        if (running !== undefined && running !== guest) seen.switches++;
        running = guest;
      } });
      expect(result.kind).toBe('agreed');
    }), tries(250));
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(30);
  });

  it.each(PROFILES)('are a share of the profile %s', (profile) => {
    const from = new PlanMaker(isa, profile);
    const plans = Array.from({ length: 400 }, (_, number) => from.make(number));
    const share = plans.filter(isSystem).length / plans.length;
    expect(share).toBeGreaterThan(0.01);
    if (profile === 'transitions' || profile === 'interrupts') expect(share).toBeGreaterThan(0.35);
  });

  it('have guests with tables: shared or their own, with identifiers of their own or none, fenced or not, but never where addresses are physical', () => {
    const systems = (profile: 'translation' | 'physical'): readonly Plan[] => {
      const from = new PlanMaker(isa, profile);
      return Array.from({ length: 1500 }, (_, number) => from.make(number)).filter(({ worlds }) => worlds.length > 1);
    };
    expect(systems('physical').flatMap(({ worlds }) => worlds).every(({ space }) => space === undefined)).toBe(true);
    const kinds = new Set(systems('translation').flatMap(({ worlds }) => {
      const [first, second] = worlds.map(({ space }) => space);
      if (first === undefined || second === undefined) return [];
      const root = (atp: bigint): bigint => atp & 0xfff_ffff_ffffn;
      const own = root(first.vsatp) !== root(second.vsatp) || root(first.hgatp) !== root(second.hgatp);
      return [`${own ? 'own' : 'shared'} ${own || first.hgatp !== second.hgatp || first.vsatp !== second.vsatp ? 'ids' : 'same'} ${first.fenced}`];
    }));
    expect(kinds.size).toBe(6);
  });

  it('shrink by deleting guests first, then what is in them', () => {
    const plan = Array.from({ length: 100 }, (_, number) => maker.make(number)).find(({ worlds }) => worlds.length > 1);
    if (plan === undefined) throw new Error('no system among 100 programs');
    expect(simpler(plan).next().value?.worlds).toEqual([]);
    const sizes = [...simpler(plan)].map(({ worlds }) => worlds.reduce((sum, { kernel, user, state }) => sum + kernel.length + user.length + state.length, 0));
    expect(Math.min(...sizes.filter((size) => size > 0))).toBeLessThan(Math.max(...sizes));
    // A system of one guest that does nothing still builds.
    const empty = { ...plan, worlds: [{ entry: 'VS', kernel: [], user: [], state: [] } as const], body: [] };
    expect(builder.build(empty).labels.map(([, name]) => name)).toEqual(['enter', 'hypervisor', 'kernel0', 'user0', 'guest0']);
  });
});
