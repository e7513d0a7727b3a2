/**
 * What a decision rests on, found twice: by walking the specs, and by changing
 * single bits under the reference. A bit that only one of them reads is named.
 */
import { describe, expect, it } from 'vitest';
import type { Csr, Isa } from '../../model/spec/isa.js';
import { Reference } from '../reference/reference.js';
import { MODES } from '../retirement.js';
import type { Group, TransitionEvent } from '../transitions/event.js';
import { prepare, type Session } from '../transitions/session.js';
import { ReferenceSupports, type SupportDifference } from '../transitions/support-of-reference.js';
import { shippedSpecs } from './cores.js';

const { isa } = shippedSpecs();

/** Of the many, every so-many-th; `runTransitions` with `supports` compares all. */
const EVERY: Partial<Record<Group, number>> = { exception: 3, permit: 2, csr: 8, pair: 24 };

function differences(session: Session, wanted: (event: TransitionEvent, index: number) => boolean): readonly SupportDifference[] {
  const { matrix, filling, arranger } = session;
  const supports = new ReferenceSupports(matrix, filling, arranger, new Reference());
  return matrix.events.filter(wanted).flatMap((event) => MODES.flatMap((mode) => supports.differences(event, mode)));
}

/** One CSR of each numbered range stands for the others: they come from one entry of the specs. */
function repeated(csr: Csr | undefined): boolean {
  return csr !== undefined && isa.csrs.find((c) => c.span.file === csr.span.file && c.span.start === csr.span.start) !== csr;
}

const isRepeated = (event: TransitionEvent): boolean => event.kind === 'instruction' && repeated(isa.csrs.find((c) => c.address === event.csr));

describe('what a decision reads', () => {
  it('is the same by the specs and by the reference', () => {
    expect(differences(prepare(isa), (event, i) => !isRepeated(event) && i % (EVERY[event.group] ?? 1) === 0)).toEqual([]);
  });

  it('is named bit by bit where it differs', () => {
    const found = differences(prepare(without(isa, 'hstatus.VTVM')), (event) => event.id === 'sfence.vma');
    expect(found).toContainEqual({ event: 'sfence.vma', mode: 'VS', bit: 'hstatus.VTVM', readBy: 'reference' });
  });
});

/** The same specs with a variable taken for 1 wherever a permit asks for it. */
const without = (whole: Isa, variable: string): Isa => ({
  ...whole,
  permits: whole.permits.map((table) => ({
    ...table,
    rows: table.rows.map((row) => ({ ...row, when: { terms: row.when.terms.filter((t) => t.variable !== variable) } })),
  })),
});
