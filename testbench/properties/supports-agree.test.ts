/**
 * What a decision rests on, found twice: by walking the specs, and by
 * exploring the reference, which is told nothing of what the specs read. A bit
 * that only one of them reads is named.
 */
import { describe, expect, it } from 'vitest';
import type { Csr, Isa } from '../../model/spec/isa.js';
import { MODES } from '../retirement.js';
import { GROUPS, happensIn, type TransitionEvent } from '../transitions/event.js';
import { allAgree, formatTransitions, transitionsJson } from '../transitions/report.js';
import { runTransitions } from '../transitions/run.js';
import { type CellFilter, prepare } from '../transitions/session.js';
import { Shares } from '../transitions/shares.js';
import type { SupportDifference } from '../transitions/supports.js';
import { ReferenceSupports } from '../transitions/support-of-reference.js';
import { supportDifferences } from '../transitions/supports.js';
import { compiledCore, shippedSpecs } from './cores.js';
import { multiplier, testSeed } from './effort.js';

const { isa } = shippedSpecs();
const session = prepare(isa);

/** One CSR of each numbered range stands for the others: they come from one entry of the specs. */
function repeated(csr: Csr | undefined): boolean {
  return csr !== undefined && isa.csrs.find((c) => c.span.file === csr.span.file && c.span.start === csr.span.start) !== csr;
}

const isRepeated = (event: TransitionEvent): boolean => event.kind === 'instruction' && repeated(isa.csrs.find((c) => c.address === event.csr));

/** Of the many events of a group one in so many is asked; the plain command asks all, and `GHOSTHART_RUNS` as many more. */
const ONE_IN: Readonly<Partial<Record<TransitionEvent['group'], number>>> = { exception: 3, interrupt: 5, pair: 15, csr: 12, permit: 3, translation: 45, protection: 6 };

function drawn(group: TransitionEvent['group'], events: readonly TransitionEvent[]): readonly TransitionEvent[] {
  const step = Math.max(1, Math.floor((ONE_IN[group] ?? 1) / multiplier()));
  return events.filter((_, i) => (i + testSeed()) % step === 0);
}

/** Where the two supports differ, by some specs. */
const differencesOf = (specs: Isa, filter: CellFilter): readonly SupportDifference[] => new Shares(prepare(specs), [], filter).supports({ from: 0, to: Infinity });

describe('what a decision reads', () => {
  it.each(GROUPS)('is the same by the specs and by the reference, whatever is drawn: %s', (group) => {
    const { matrix, filling, arranger } = session;
    const supports = new ReferenceSupports(matrix, filling, arranger, testSeed());
    const events = drawn(group, matrix.events.filter((event) => event.group === group && !isRepeated(event)));
    expect(events).not.toEqual([]);
    expect(events.flatMap((event) => MODES.filter((mode) => happensIn(event, mode)).flatMap((mode) => supportDifferences(matrix, supports, event, mode)))).toEqual([]);
  });

  it.each(['read cycle', 'read time', 'read instret'])('is named bit by bit where the specs forget a row: %s', (event) => {
    const found = differencesOf(forgotten, { event, mode: 'VU' });
    const bit = { 'read cycle': 'hcounteren.CY', 'read time': 'hcounteren.TM', 'read instret': 'hcounteren.IR' }[event];
    expect(found).toEqual([{ event, mode: 'VU', bit, readBy: 'reference' }]);
  });

  it('is named where the specs read a bit too many', () => {
    const found = differencesOf(overcareful, { event: 'sret', mode: 'HS' });
    expect(found).toEqual([{ event: 'sret', mode: 'HS', bit: 'mstatus.TVM', readBy: 'specs' }]);
  });

  it('makes the cells, whoever reads it, and the run fail if only one does', async () => {
    const options = { cores: [compiledCore('five-stage')], filter: { event: 'read cycle', mode: 'VU' } } as const;
    const right = transitionsJson(await runTransitions({ isa, ...options }));
    const wrong = await runTransitions({ isa: forgotten, ...options });
    expect(allAgree(right)).toBe(true);
    expect(transitionsJson(wrong).cells).toBe(right.cells);
    expect(allAgree({ ...transitionsJson(wrong), agreeing: right.cells })).toBe(false);
    expect(formatTransitions(wrong)).toContain('read cycle in VU: only the reference reads hcounteren.CY.');
  });
});

/** Specs without the row that lets a hypervisor keep counters from its guests' users. */
const forgotten: Isa = {
  ...isa,
  permits: isa.permits.map((table) => ({ ...table, rows: table.rows.filter((row) => row.name !== 'H_virtinst_vu_nonhighctr_h0_m1') })),
};

/** Specs in which TSR forbids SRET only together with TVM. */
const overcareful: Isa = {
  ...isa,
  permits: isa.permits.map((table) => ({
    ...table,
    rows: table.rows.map((row) => (row.name === 'mstatus_tsr_op' ? { ...row, when: { terms: row.when.terms.flatMap((t) => (t.variable === 'mstatus.TSR' ? [t, { ...t, variable: 'mstatus.TVM' }] : [t])) } } : row)),
  })),
};
