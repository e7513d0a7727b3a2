import { describe, expect, it } from 'vitest';
import { expectMistakes, mistakesIn, specsWith } from './testing.js';

const FILE = 'isa/x.yaml';
const csrs = (...entries: readonly string[]): string => `rules: [first_rule]\ncsrs:\n${entries.map((entry) => `  ${entry}\n`).join('')}`;
const fields = (text: string): string => csrs(`other: { address: 0x301, fields: { ${text} } }`);
const says = (text: string): readonly string[] => mistakesIn({ [FILE]: text }).map(({ message }) => message);

describe('a CSR', () => {
  it('has an address of its own, of 12 bits', () => {
    expectMistakes(FILE, csrs('other: { address: «0x300», fields: { all: { bits: 63-0 } } }'), { says: 'other: status has the address 0x300 already', mend: 'Give other or status another address.' });
    expectMistakes(FILE, csrs('other: { address: «0x1000», fields: { all: { bits: 63-0 } } }'), { says: 'other: the address 0x1000 has more than 12 bits', mend: 'CSR addresses are 0 to 0xfff.' });
  });

  it('substitutes a CSR and has a permit table that exist', () => {
    expectMistakes(FILE, csrs('other: { address: 0x301, substitutes: «stutus», permit: «dor», fields: { all: { bits: 63-0 } } }'),
      { says: 'other: there is no CSR stutus', mend: 'Did you mean status?' }, { says: 'other: there is no permit table dor', mend: 'Did you mean door?' });
  });

  it('in a range stands for several at consecutive addresses', () => {
    const { isa } = specsWith({ [FILE]: csrs('"counter[3-5]": { address: 0xb03, fields: { all: { bits: 63-0 } } }', '"view[3-5]": { address: 0xc03, fields: { all: { alias: "counter[n].all" } } }') });
    expect(isa.csrs.slice(1).map(({ name, address }) => [name, address])).toEqual([['counter3', 0xb03], ['counter4', 0xb04], ['counter5', 0xb05], ['view3', 0xc03], ['view4', 0xc04], ['view5', 0xc05]]);
    expect(isa.csrs.at(-1)?.fields[0]?.source).toMatchObject({ kind: 'alias', of: 'counter5.all' });
  });

  it('in a range that runs backwards is refused', () => {
    expectMistakes(FILE, csrs('"«counter[5-3]»": { address: 0xb03, fields: { all: { bits: 63-0 } } }'), { says: 'counter[5-3]: not a range of names', mend: 'Write the lower number first, as in "counter[3-31]".' });
  });

  it('in a range meets others in the middle, which is said once', () => {
    expectMistakes(FILE, csrs('"counter[3-5]": { address: 0xb03, fields: { all: { bits: 63-0 } } }', 'other: { address: «0xb04», fields: { all: { bits: 63-0 } } }'),
      { says: 'other: counter4 has the address 0xb04 already', mend: 'Give other or counter4 another address.' });
  });
});

describe('fields', () => {
  it('do not overlap: both are named, with the bits', () => {
    expectMistakes(FILE, fields('LOW: { bits: 7-0 }, «HIGH»: { bits: 15-6 }'), { says: 'other: the fields LOW and HIGH overlap in bits 7-6', mend: 'Every bit belongs to one field at most: correct the bits of LOW or HIGH.' });
  });

  it('end at bit 63', () => {
    expectMistakes(FILE, fields('TOP: { bits: «64-60» }'), { says: 'other.TOP: bit 64 is beyond bit 63', mend: 'CSRs have bits 63 to 0.' });
  });

  it('have bits, unless they are aliases', () => {
    expectMistakes(FILE, fields('«TOP»: { value: 0 }'), { says: 'other.TOP: bits is missing', mend: 'Add `bits: 12-11`; only an alias can go without, it has those of the field it stands for.' });
    expect(specsWith({ [FILE]: fields('TOP: { alias: status.MODE }') }).isa.csrs[1]?.fields[0]?.bits).toEqual({ high: 12, low: 11 });
  });

  it('hold the constants given for them', () => {
    expectMistakes(FILE, fields('TOP: { bits: 12-11, value: «4» }'), { says: 'other.TOP: 4 does not fit into 2 bits', mend: 'The largest value is 3; check the value and `bits`.' });
    expectMistakes(FILE, fields('TOP: { bits: 11, legal: [0, «2»] }'), { says: 'other.TOP: 2 does not fit into 1 bit', mend: 'The largest value is 1; check the value and `bits`.' });
    expect(says(fields('TOP: { bits: 12-11, writable: 7 }'))).toEqual(['other.TOP: 7 does not fit into 2 bits']);
  });

  it('reset to a legal value', () => {
    expectMistakes(FILE, fields('TOP: { bits: 12-11, legal: [«1», 2] }'), { says: 'other.TOP: resets to 0, which is not legal', mend: 'Add 0 to `legal`, or `reset: 1` or `reset: 2`.' });
  });

  it('are of one kind', () => {
    expectMistakes(FILE, fields('«TOP»: { bits: 1, value: 0, computed: "1" }'), { says: 'other.TOP: has both value and computed', mend: 'A field is a constant (`value`), an alias (`alias`), computed (`computed`), or else stored: keep one.' });
    expectMistakes(FILE, fields('«TOP»: { bits: 1, value: 0, legal: [0] }'), { says: 'other.TOP: legal does nothing beside value', mend: '`legal` is for stored fields: remove it, or `value`.' });
    expectMistakes(FILE, fields('«TOP»: { bits: 1, visible: "1" }'), { says: 'other.TOP: visible does nothing without alias', mend: '`visible` is for aliases: remove it, or add `alias: csr.FIELD`.' });
  });

  it('stored without more accept every value and reset to zero', () => {
    expect(specsWith({ [FILE]: fields('TOP: { bits: 12-11 }') }).isa.csrs[1]?.fields[0]?.source).toEqual({ kind: 'stored', reset: 0n, writable: 3n });
  });

  it('of an extension that the hart has not read zero', () => {
    const source = (text: string) => specsWith({ [FILE]: fields(text) }).isa.csrs[1]?.fields[0]?.source;
    expect(source('TOP: { bits: 12-11, legal: [0, 1], with: [i, zz] }')).toEqual({ kind: 'constant', value: 0n });
    expect(source('TOP: { bits: 12, value: 1, with: [zz] }')).toEqual({ kind: 'constant', value: 0n });
    expect(source('TOP: { bits: 12, value: 1, with: [i] }')).toEqual({ kind: 'constant', value: 1n });
  });

  it('may say when they are written, if they are stored', () => {
    expect(specsWith({ [FILE]: fields('TOP: { bits: 12-11, writeIf: "value != 2" }') }).isa.csrs[1]?.fields[0]?.source).toMatchObject({ kind: 'stored', writeIf: { text: 'value != 2' } });
    expectMistakes(FILE, fields('«TOP»: { bits: 1, value: 0, writeIf: "1" }'), { says: 'other.TOP: writeIf does nothing beside value', mend: '`writeIf` is for stored fields: remove it, or `value`.' });
  });

  it('keep all 64 bits of a number', () => {
    expect(specsWith({ [FILE]: fields('all: { bits: 63-0, value: 0xffffffffffffffff }') }).isa.csrs[1]?.fields[0]?.source).toEqual({ kind: 'constant', value: 0xffff_ffff_ffff_ffffn });
  });
});

describe('aliases', () => {
  it('lead to a CSR or field that exists', () => {
    expectMistakes(FILE, fields('TOP: { alias: «status.MOD» }'), { says: 'other.TOP: there is no field status.MOD', mend: 'Did you mean status.MODE?' });
    expectMistakes(FILE, fields('TOP: { alias: «sttus.MODE» }'), { says: 'other.TOP: there is no CSR sttus.MODE', mend: 'Known: status, other.' });
  });

  it('are as wide as what they stand for', () => {
    expectMistakes(FILE, fields('TOP: { bits: 3-0, alias: «status.MODE» }'), { says: 'other.TOP: has 4 bits, status.MODE has 2', mend: 'Give both the same width, or leave out `bits`.' });
    expect(says(fields('TOP: { bits: 3-0, alias: status }'))).toEqual(['other.TOP: has 4 bits, status has 64']);
  });

  it('do not lead back to themselves: the loop is printed once', () => {
    expectMistakes(FILE, csrs('one: { address: 1, fields: { A: { bits: 0, alias: «two.A» } } }', 'two: { address: 2, fields: { A: { bits: 0, alias: one.A } } }'),
      { says: 'one.A: an alias of itself: one.A -> two.A -> one.A', mend: 'Let one of them be stored: give it `bits` and no `alias`.' });
  });

  it('of a field with a mistake are not reported for it', () => {
    expect(says(fields('TOP: { alias: other.LOW }, LOW: { bits: x }'))).toEqual(['other.LOW: x is not a range of bits']);
  });
});
