import { describe, expect, it } from 'vitest';
import { EVENTS } from './isa.js';
import { BASE, expectMistakes, specsWith } from './testing.js';

const HART = 'hart.yaml';
const CSRS = 'isa/csr.yaml';
const withEvents = (events: string): string => `${BASE[HART] ?? ''}events: ${events}\n`;
/** A counter whose selector holds these numbers. */
const counter = (legal: string, event = 'event: choose.EVENT, '): string => `rules: [first_rule]
csrs:
  choose: { address: 0x323, fields: { EVENT: { bits: 7-0, legal: ${legal} }, fixed: { bits: 8, value: 0 } } }
  counter: { address: 0xb03, counts: { what: events, ${event}inhibit: "0" }, fields: { all: { bits: 63-0 } } }
`;

describe('events', () => {
  it('have the numbers that hart.yaml gives them', () => {
    expect([...specsWith({ [HART]: withEvents('{ 3: traps, 0x10: walk.read }') }).isa.hart.events]).toEqual([[3, 'traps'], [16, 'walk.read']]);
  });

  it('need not be there', () => {
    expect(specsWith({}).isa.hart.events.size).toBe(0);
  });

  it('are those that hardware can tell', () => {
    expectMistakes(HART, withEvents('{ 1: «coffee» }'), { says: `events.1: coffee is not one of ${EVENTS.join(', ')}`, mend: `Write one of: ${EVENTS.join(', ')}.` });
  });

  it('have numbers that a selector holds, none of them 0, which selects none', () => {
    const mend = 'Write another number: 0 selects no event (mhpmevent_enc).';
    expectMistakes(HART, withEvents('{ «0»: traps, «256»: redirects }'),
      { says: 'events.0: events have the numbers 1 to 255', mend }, { says: 'events.256: events have the numbers 1 to 255', mend });
    expectMistakes(HART, withEvents('{ «one»: traps }'), { says: 'events.one: one is not a number', mend: 'Write 12, 0x0c or 0b1100, without a sign or underscores.' });
  });

  it('have one number each', () => {
    expectMistakes(HART, withEvents('{ 1: traps, 2: «traps» }'), { says: 'events.2: traps has the number 1 already', mend: 'Remove one of them.' });
  });
});

describe('a counter of events', () => {
  it('has a field that selects what it counts', () => {
    expect(specsWith({ [CSRS]: counter('[0, 1]') }).isa.csrs.find(({ name }) => name === 'counter')?.counts).toMatchObject({ what: 'events', event: 'choose.EVENT' });
    expectMistakes(CSRS, counter('[0, 1]', '').replace('counter:', '«counter»:'), { says: 'counter: counts events, but nothing says which', mend: 'Add the field that selects one: `event: mhpmevent3.EVENT`.' });
  });

  it('is selected by a field that stores a number', () => {
    expectMistakes(CSRS, counter('[0, 1]', 'event: choose.fixed, ').replace('counter:', '«counter»:'), { says: 'counter: choose.fixed selects what it counts, but stores nothing', mend: 'Name a field that stores a number: `event: mhpmevent3.EVENT`.' });
  });

  it('can select every event', () => {
    const files = { [HART]: withEvents('{ 1: traps, 2: redirects }'), [CSRS]: counter('[0, 2]') };
    expect(() => specsWith(files)).toThrow('counter: choose.EVENT cannot hold the events 1');
  });
});
