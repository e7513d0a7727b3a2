import { describe, expect, it } from 'vitest';
import { shippedSpecs } from '../properties/cores.js';
import { PlanMaker } from './maker.js';
import { PROFILES, THEMES, type ItemKind, type Profile } from './profile.js';

const { isa } = shippedSpecs();
const PROGRAMS = 2000;

/** Of how many items of so many programs a theme's kinds are, and how many programs have page tables. */
function drawnBy(profile: Profile): { readonly share: (kinds: readonly ItemKind[]) => number; readonly kinds: ReadonlySet<string>; readonly translated: number } {
  const counts = new Map<string, number>();
  const maker = new PlanMaker(isa, profile, [], (kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1));
  const plans = Array.from({ length: PROGRAMS }, (_, number) => maker.make(number));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    share: (kinds) => kinds.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0) / total,
    kinds: new Set(counts.keys()),
    translated: plans.filter(({ tables }) => tables.entries.length > 0).length / PROGRAMS,
  };
}

const all = drawnBy('all');

describe('a profile', () => {
  // Of pipelines all programs are full: there is no room for many times as much.
  it.each([['transitions', 4], ['interrupts', 5], ['pipeline', 2], ['csr', 3], ['translation', 5]] as const)('%s has items of its theme at least %i times as often as all', (profile, times) => {
    expect(drawnBy(profile).share(THEMES[profile])).toBeGreaterThan(times * all.share(THEMES[profile]));
  });

  it.each(PROFILES)('%s makes every kind of item that the others make', (profile) => {
    const { kinds } = drawnBy(profile);
    expect([...all.kinds].filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('is about translation in nearly all of its programs, or about physical addresses in all', () => {
    expect(drawnBy('translation').translated).toBeGreaterThan(3 * all.translated);
    expect(drawnBy('physical').translated).toBe(0);
  });

  it('has items of every kind that a theme names', () => {
    expect(Object.values(THEMES).flat().filter((kind) => !all.kinds.has(kind))).toEqual([]);
  });
});
