/**
 * What a hypervisor injects with hvip is the guest's affair: delegated by
 * hideleg it never interrupts M or HS, nor a guest that does not run.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan, Setting } from '../arbitraries/program.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Retirement } from '../retirement.js';
import { alteredCore, observedCore, withLevel } from './altered.js';
import { CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';
import { built, MOST_CYCLES, randomPrograms } from './random-programs.js';
import { recordsOf } from './timing.js';

const address = (name: string): number => shippedSpecs().isa.csrs.find((c) => c.name === name)?.address ?? -1;
/** Bits 2, 6 and 10, and the numbers under which a guest sees them. */
const VIRTUAL = 0x444n;
const GUEST_CAUSES = [1, 5, 9];

const set = (settings: readonly Setting[], name: string, value: bigint): readonly Setting[] => [
  { csr: address(name), value }, ...settings.filter(({ csr }) => csr !== address(name)),
];

/** Whatever the program does, hvip is full of interrupts in the beginning, enabled and delegated. */
const injected = (plan: Plan): Plan => ({ ...plan, settings: set(set(set(plan.settings, 'hvip', VIRTUAL), 'hideleg', VIRTUAL), 'mie', 0x1eeen) });

/** Interrupts at VS level that somebody else takes although hideleg hands them on, or that a guest takes while it does not run. */
function strays(records: readonly Retirement[]): { readonly wrong: readonly string[]; readonly taken: number } {
  let hideleg = 0n;
  let taken = 0;
  const wrong: string[] = [];
  for (const { trap, mode, csrs } of records) {
    if (trap?.interrupt === true) {
      const virtual = trap.to !== 'VS' && ((VIRTUAL >> BigInt(trap.cause)) & 1n) === 1n;
      if (virtual && ((hideleg >> BigInt(trap.cause)) & 1n) === 1n) wrong.push(`interrupt ${trap.cause} is the guest's, but ${trap.to} takes it`);
      if (virtual && trap.to === 'M') wrong.push(`interrupt ${trap.cause} is taken by M, who always delegates it`);
      if (trap.to === 'VS') {
        taken++;
        if (mode !== 'VS' && mode !== 'VU') wrong.push(`a guest is interrupted in ${mode}`);
        if (!GUEST_CAUSES.includes(trap.cause)) wrong.push(`a guest is told of interrupt ${trap.cause}`);
      }
    }
    for (const { csr, after } of csrs) if (csr === 'hideleg') hideleg = after;
  }
  return { wrong, taken };
}

const recordsIn = (core: ObservedCore, plan: Plan): readonly Retirement[] => recordsOf(core, built(plan), MOST_CYCLES).map((o) => o.retirement);

describe.each(CORES)('%s', (name) => {
  const core = observedCore(name);

  it('gives an injected, delegated interrupt to a running guest or to nobody', () => {
    let interrupts = 0;
    fc.assert(
      fc.property(randomPrograms(injected), (plan) => {
        const { wrong, taken } = strays(recordsIn(core, plan));
        interrupts += taken;
        expect(wrong).toEqual([]);
      }),
      tries(400),
    );
    expect(interrupts).toBeGreaterThan(30);
  });
});

describe('an injected interrupt that goes astray is noticed', () => {
  const plans = fc.sample(randomPrograms(injected), { numRuns: 300, seed: 1 });

  it('if HS ignored hideleg', () => {
    const core = alteredCore('three-stage', { isa: withLevel('HS', (l) => ({ ...l, pending: { ...l.pending, text: 'mip & mie & mideleg' } })) });
    expect(plans.flatMap((plan) => strays(recordsIn(core, plan)).wrong)[0]).toMatch(/is the guest's, but HS takes it/);
  });

  it('if a guest were interrupted while it does not run', () => {
    const core = alteredCore('three-stage', { isa: withLevel('VS', (l) => ({ ...l, enabled: { ...l.enabled, text: 'priv == 0 || (V && vsstatus.SIE)' } })) });
    expect(plans.flatMap((plan) => strays(recordsIn(core, plan)).wrong)[0]).toMatch(/a guest is interrupted in U/);
  });
});
