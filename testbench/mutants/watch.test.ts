import { describe, expect, it } from 'vitest';
import { shippedSpecs } from '../properties/cores.js';
import { allMutants } from './all.js';
import { Foundry } from './foundry.js';
import { Killers } from './killers.js';
import { KINDS, type Mutant } from './mutant.js';
import { Supply } from './supply.js';

/** Two dozen mutants are elaborated, and compiled twice. */
const MINUTES = 300_000;
const PROGRAMS = Array.from({ length: 20 }, (_, i) => i);
const ROWS = 200;

describe('the watch', () => {
  const specs = shippedSpecs();
  const [uarch] = specs.cores;
  if (uarch === undefined) throw new Error('no core');
  const foundry = new Foundry(specs, uarch);
  const all = allMutants(specs.isa, uarch, foundry.original);
  const killers = new Killers(specs.isa, uarch, new Supply(specs.isa, 11));
  const same: Mutant = { id: 'the original', kind: 'state', change: { of: 'hardware', apply: (m) => m }, rules: [] };
  // One of every kind, from the middle of the list.
  const mutants = KINDS.flatMap((kind) => {
    const of = all.filter((m) => m.kind === kind);
    return of[of.length >> 1] ?? [];
  });
  const { casts } = foundry.cast([same, ...mutants]);
  const scout = foundry.scout(casts);
  const rows = scout.rows(killers.rows);
  const programs = [false, true].map((timed) => scout.programs(PROGRAMS, (n) => killers.supply.at(n, timed)));

  it('sees everything that a mutant dies of', () => {
    let killed = 0;
    for (const [i, { mutant, core }] of casts.entries()) {
      const timed = mutant.change.of !== 'isa';
      const [byRows, byPrograms] = [new Set(rows[i]), new Set(programs[Number(timed)]?.[i])];
      const about = killers.rowsFor(mutant).slice(0, ROWS);
      expect(killers.tables(core(), about.filter((n) => !byRows.has(n))), mutant.id).toBeUndefined();
      expect(killers.programs(core, PROGRAMS.filter((n) => !byPrograms.has(n)), timed, Infinity), mutant.id).toBeUndefined();
      if (killers.tables(core(), about.filter((n) => byRows.has(n))) !== undefined) killed++;
    }
    expect(killed).toBeGreaterThan(casts.length / 4);
  }, MINUTES);

  it('sees nothing where there is nothing, and leaves most mutants alone most of the time', () => {
    expect([rows[0], programs.map((of) => of[0])]).toEqual([[], [[], []]]);
    expect(rows.flat().length).toBeLessThan(0.5 * killers.rows.length * casts.length);
  });
});
