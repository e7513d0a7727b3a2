/** The cells of memory protection: what they reach, and that a mistake in its rows does not get past them. */
import { describe, expect, it } from 'vitest';
import type { Isa } from '../../model/spec/isa.js';
import { alteredCore } from '../properties/altered.js';
import { shippedSpecs } from '../properties/cores.js';
import { CellExecutor } from './execute.js';
import { guardOf } from './event.js';
import { prepare, selectedCells } from './session.js';

const { isa } = shippedSpecs();
const session = prepare(isa);
const cells = selectedCells(session.matrix, { group: 'protection' });
const rows = isa.protection?.rows ?? [];

describe('the cells of memory protection', () => {
  it('meet every row', () => {
    const met = new Set(cells.flatMap((c) => c.expected.rules));
    expect(rows.map((r) => r.name).filter((name) => !met.has(name))).toEqual([]);
  });

  it('meet every row that refuses in every mode that the access can be made from', () => {
    const refusing = rows.filter((r) => r.then === 'refuse').map((r) => r.name);
    const met = new Set(cells.flatMap(({ mode, event, expected }) => expected.rules.map((rule) => `${guardOf(event)?.origin} ${mode} ${rule}`)));
    const missing = (origin: string, modes: readonly string[], of: RegExp): readonly string[] =>
      modes.flatMap((mode) => refusing.filter((rule) => of.test(rule) && !met.has(`${origin} ${mode} ${rule}`)).map((rule) => `${mode} ${rule}`));
    const all = ['M', 'HS', 'U', 'VS', 'VU'];
    expect(missing('self', all, /no_entry|full_match|load|store/)).toEqual([]);
    expect(missing('fetch', all, /exec_fault/)).toEqual([]);
    // A fetch goes by M's privilege there, and meets no entry.
    expect(missing('fetch', all, /no_entry/)).toEqual(['M pmp_no_entry_match']);
    expect(missing('guest', ['M', 'HS', 'U'], /no_entry|execute_without/)).toEqual([]);
  });

  it('raise each access fault to every mode that can take it', () => {
    const taken = new Set(cells.flatMap(({ expected: { trap } }) => (trap === undefined ? [] : [`${trap.cause} ${trap.to}`])));
    expect([1, 5, 7].flatMap((cause) => ['M', 'HS', 'VS'].map((to) => `${cause} ${to}`)).filter((t) => !taken.has(t))).toEqual([]);
  });
});

/** Specs without one row of protection. */
const without = (name: string) => (whole: Isa): Isa =>
  (whole.protection === undefined ? whole : { ...whole, protection: { ...whole.protection, rows: whole.protection.rows.filter((r) => r.name !== name) } });

describe('a core that lacks a row of protection', () => {
  it.each(['pmp_full_match_required', 'pmp_l_bit_m_mode_enforcement', 'pmp_execute_without_read'])('is noticed by a cell: %s', (name) => {
    const executor = new CellExecutor(session.matrix, session.writer, alteredCore('five-stage', { isa: without(name) }));
    const noticed = cells.filter((c) => c.expected.rules.includes(name)).slice(0, 40).filter((cell) => executor.execute(cell).kind === 'disagreeing');
    expect(noticed.length).toBeGreaterThan(0);
  });
});
