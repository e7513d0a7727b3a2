/** The cells of translation: what they reach, and that a mistake in the rows of page-table entries does not get past them. */
import { describe, expect, it } from 'vitest';
import type { Isa } from '../../model/spec/isa.js';
import { alteredCore } from '../properties/altered.js';
import { shippedSpecs } from '../properties/cores.js';
import { CellExecutor } from './execute.js';
import { walkOf } from './event.js';
import { covering, decided, grow, open } from './growth.js';
import { entryText, entryValue, goodLeaf } from './page-entry.js';
import { prepare, selectedCells } from './session.js';

const { isa } = shippedSpecs();
const session = prepare(isa);
const cells = selectedCells(session.matrix, { group: 'translation' });
const rows = isa.translation?.rows ?? [];

/** The names of rows that decide cells of a stage. */
const decidingAt = (stage: string): ReadonlySet<string> => new Set(cells.filter((c) => walkOf(c.event)?.stage === stage).flatMap((c) => c.expected.rules));

describe('the cells of translation', () => {
  it('meet every row in every stage, but those of supervisors in G, for which all are users', () => {
    const missing = (stage: string): readonly string[] => rows.map((r) => r.name).filter((name) => !decidingAt(stage).has(name));
    // Only a guest has HLVX.
    expect(missing('S')).toEqual(['hlsv_u_op']);
    expect(missing('VS')).toEqual([]);
    expect(missing('G')).toEqual(['fetch_from_user_page', 'mstatus_sum_op']);
  });

  it('raise each page fault to every mode that can take it', () => {
    const taken = new Set(cells.flatMap(({ expected: { trap } }) => (trap === undefined ? [] : [`${trap.cause} ${trap.to}`])));
    const expected = [12, 13, 15].flatMap((cause) => ['M', 'HS', 'VS'].map((to) => `${cause} ${to}`));
    // A guest's second stage is no business of the guest.
    expect([...expected, ...[20, 21, 23].flatMap((cause) => ['M', 'HS'].map((to) => `${cause} ${to}`))].filter((t) => !taken.has(t))).toEqual([]);
    expect([...taken].filter((t) => /^2[013] VS$/.test(t))).toEqual([]);
  });

  it('have every reserved bit set alone', () => {
    const alone = new Set(cells.flatMap(({ valuation }) => {
      const set = [...valuation].filter(([name, value]) => name.startsWith('pte.Reserved[') && value === 1n);
      return set.length === 1 ? set.map(([name]) => name) : [];
    }));
    expect(alone.size).toBe(7);
  });

  it('meet every level with every leaf that lets through', () => {
    const levels = new Set(cells.filter((c) => c.expected.rules.includes('Sv39_leaf_any_level')).map((c) => c.valuation.get('level')));
    expect([0n, 1n, 2n, 3n, 4n].filter((level) => !levels.has(level))).toEqual([]);
  });
});

/** Specs without one row of entries. */
const without = (name: string) => (whole: Isa): Isa =>
  (whole.translation === undefined ? whole : { ...whole, translation: { ...whole.translation, rows: whole.translation.rows.filter((r) => r.name !== name) } });

describe('a core that lacks a row', () => {
  it.each(['mstatus_sum_op', 'Sv39_superpage_align_fault', 'svade_dirty', 'pointer_user'])('is noticed by a cell: %s', (name) => {
    const executor = new CellExecutor(session.matrix, session.writer, alteredCore('five-stage', { isa: without(name) }));
    const noticed = cells.filter((c) => c.expected.rules.includes(name)).slice(0, 40).filter((cell) => executor.execute(cell).kind === 'disagreeing');
    expect(noticed.length).toBeGreaterThan(0);
  });
});

describe('what grows by what is asked for', () => {
  const step = (given: ReadonlyMap<string, bigint>) => {
    for (const name of ['a', 'b']) if (!given.has(name)) return open(name);
    return decided(given.get('a') === 1n && given.get('b') === 1n);
  };

  it('has a path for every value of what was asked', () => {
    expect(grow(new Map(), step, () => [0n, 1n]).map((p) => [...p.given.values()].join(''))).toEqual(['00', '01', '10', '11']);
  });

  it('keeps paths enough to meet each value with each decision', () => {
    const paths = grow(new Map(), step, () => [0n, 1n]);
    const met = (some: typeof paths, alike: (value: boolean) => string): ReadonlySet<string> =>
      new Set(some.flatMap(({ given, value }) => [...given].map(([name, v]) => `${alike(value)} ${name}=${v}`)));
    for (const [alike, length] of [[String, 4], [() => 'all', 2]] as const) {
      const kept = covering(paths, alike);
      expect(met(kept, alike)).toEqual(met(paths, alike));
      expect(kept).toHaveLength(length);
    }
  });
});

it('reads entries as persons do', () => {
  expect(entryText(isa.translation?.fields ?? [], entryValue(isa, new Map([...goodLeaf(true), ['pte.PBMT', 2n]])))).toBe('V R W X U - A D - PBMT=0x2');
});
