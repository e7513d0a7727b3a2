import { describe, expect, it } from 'vitest';
import { expectMistakes, mistakesIn, specsWith } from './testing.js';

const FILE = 'isa/pmp.yaml';
const FIELDS = '{ R: 0, W: 1, X: 2, A: 4-3, L: 7 }';
const ENTRIES = '{ e0: { config: guard.c0, address: first }, e1: { config: guard.c1, address: second } }';
const ROWS = ['id: first_rule, when: { match: part }, then: refuse', 'id: second_rule, when: { access: store, entry.W: 0 }, then: refuse', 'id: third_rule, then: allow'];

interface Parts {
  readonly fields?: string;
  readonly entries?: string;
  readonly rows?: readonly string[];
}

/** Two entries, three rows. */
const file = ({ fields = FIELDS, entries = ENTRIES, rows = ROWS }: Parts = {}): string => `csrs:
  guard: { address: 0x3a0, fields: { c0: { bits: 7-0 }, c1: { bits: 15-8 }, narrow: { bits: 19-16 } } }
  first: { address: 0x3b0, fields: { all: { bits: 53-0 } } }
  second: { address: 0x3b1, fields: { all: { bits: 53-0 } } }
rules: [first_rule]
protection:
  pmp_fields: ${fields}
  pmp_entries: ${entries}
  pmp:
${rows.map((row) => `  - { ${row} }\n`).join('')}`;

const says = (parts: Parts): readonly string[] => mistakesIn({ [FILE]: file(parts) }).map(({ message }) => message);

describe('memory protection', () => {
  it('is nothing where no file describes it', () => {
    expect(specsWith({}).isa.protection).toBeUndefined();
  });

  it('has entries in the order in which they stand, fields, and rows', () => {
    const { protection } = specsWith({ [FILE]: file() }).isa;
    expect(protection?.entries.map(({ name, config, address }) => [name, config, address])).toEqual([['e0', 'guard.c0', 'first'], ['e1', 'guard.c1', 'second']]);
    expect(protection?.fields).toContainEqual(expect.objectContaining({ name: 'A', bits: { high: 4, low: 3 } }));
    expect(protection?.rows.map(({ name, then }) => [name, then])).toEqual([['first_rule', 'refuse'], ['second_rule', 'refuse'], ['third_rule', 'allow']]);
  });

  it('decides every case', () => {
    expectMistakes(FILE, file({ rows: ROWS.slice(0, 2) }).replace('  pmp:', '  «pmp»:'),
      { says: 'pmp: match none, access fetch: no row decides', mend: 'Add a row for it, or one without `when` at the end. Also open: match none, access store, entry.W 1.' });
  });

  it('knows its variables, and no state', () => {
    expect(says({ rows: ['id: first_rule, when: { match: some }, then: refuse', 'id: third_rule, then: allow'] })[0]).toMatch(/^pmp: first_rule: .*some/);
    expect(says({ rows: ['id: first_rule, when: { status.ON: 1 }, then: refuse', 'id: third_rule, then: allow'] })[0]).toMatch(/status\.ON/);
    expect(says({ rows: ['id: first_rule, then: deny'] })).toEqual([expect.stringMatching(/deny is not one of allow, refuse/)]);
  });

  it('needs the fields that the hardware uses, as wide as they are', () => {
    expectMistakes(FILE, file({ fields: '{ R: 0, W: 1, X: 2, A: 4-3 }' }).replace('  pmp:', '  «pmp»:'),
      { says: 'protection: pmp_fields.L is missing', mend: 'Add it under `protection:`.' });
    expect(says({ fields: '{ R: 0, W: 1, X: 2, A: 3, L: 7 }' })).toEqual(['field A: has 2 bits']);
    expect(says({ fields: '{ R: 0, W: 1, X: 2, A: 4-3, L: 8 }' })).toEqual(['field L: there are only 8 bits']);
  });

  it('needs an entry, each with a configuration of 8 bits and an address', () => {
    expectMistakes(FILE, file({ entries: '{}' }).replace('  pmp:', '  «pmp»:'),
      { says: 'protection: there are no pmp_entries', mend: 'Add `pmp_entries:` with at least one `pmp0: { config: ..., address: ... }`.' });
    expectMistakes(FILE, file({ entries: '{ e0: { config: «guard.narrow», address: first } }' }),
      { says: 'e0: guard.narrow is no field of 8 bits', mend: 'Name the field that holds the configuration of this entry.' });
    expect(says({ entries: '{ e0: { config: guard.c0, address: third } }' })).toEqual([expect.stringMatching(/^e0: .*third/)]);
  });
});
