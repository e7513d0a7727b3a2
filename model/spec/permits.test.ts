import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Condition, MODES } from './isa.js';
import { type Row, undecided } from './permits.js';
import { expectMistakes, mistakesIn, specsWith } from './testing.js';

const FILE = 'isa/x.yaml';
const table = (...rows: readonly string[]): string => `permits:\n  gate:\n${rows.map((row) => `  - { ${row} }\n`).join('')}`;
const says = (...rows: readonly string[]): readonly string[] => mistakesIn({ [FILE]: table(...rows) }).map(({ message }) => message);

describe('a permit table', () => {
  it('that leaves a case open is refused, and the case is named', () => {
    expectMistakes(FILE, table('id: first_rule, when: { mode: [M, HS, U, VU] }, then: allow', 'id: second_rule, when: { mode: VS, status.ON: 1 }, then: virtual').replace('gate', '«gate»'),
      { says: 'gate: mode VS, status.ON 0: no row decides', mend: 'Add a row for it, or one without `when` at the end.' });
  });

  it('that leaves several cases open names more of them in the mend', () => {
    expectMistakes(FILE, table('id: first_rule, when: { mode: M, status.ON: 1 }, then: allow').replace('gate', '«gate»'),
      { says: 'gate: mode HS: no row decides', mend: 'Add a row for it, or one without `when` at the end. Also open: mode M, status.ON 0.' });
  });

  it('with a row that is hidden by an earlier one names both', () => {
    expectMistakes(FILE, table('id: first_rule, when: { V: 1 }, then: virtual', 'id: «second_rule», when: { mode: [VS, VU], status.ON: 1 }, then: illegal', 'id: third_rule, then: allow'),
      { says: 'gate: second_rule never decides: first_rule hides it', mend: 'Move it before first_rule, narrow that, or remove the row.' });
  });

  it('with a row that several earlier ones hide together names them', () => {
    expect(says('id: first_rule, when: { status.ON: 0 }, then: allow', 'id: second_rule, when: { status.ON: 1 }, then: allow', 'id: third_rule, then: illegal'))
      .toEqual(['gate: third_rule never decides: first_rule, second_rule hide it']);
  });

  it('with a row that contradicts itself says so', () => {
    expectMistakes(FILE, table('id: «first_rule», when: { mode: VS, V: 0 }, then: allow', 'id: second_rule, then: allow'),
      { says: 'gate: first_rule never matches: its terms exclude each other', mend: 'V is 1 exactly in VS and VU: correct the terms.' });
  });

  it('may use mode, V and priv together: they agree', () => {
    expect(says('id: first_rule, when: { V: 1 }, then: virtual', 'id: second_rule, when: { priv: 3 }, then: allow', 'id: third_rule, when: { mode: [HS, U] }, then: illegal')).toEqual([]);
    expect(says('id: first_rule, when: { V: 1 }, then: virtual')).toEqual(['gate: V 0: no row decides']);
    expect(says('id: first_rule, when: { priv: [0, 1] }, then: virtual')).toEqual(['gate: priv 3: no row decides']);
  });

  it('takes a variable of more than two bits for its mentioned values and another', () => {
    expect(says('id: first_rule, when: { status.WIDE: [3, 4] }, then: allow')).toEqual(['gate: status.WIDE another value: no row decides']);
    expect(says('id: first_rule, when: { status.WIDE: [3, 4] }, then: allow', 'id: second_rule, then: illegal')).toEqual([]);
  });

  it('takes a field with legal values for those', () => {
    expect(says('id: first_rule, when: { status.MODE: [0, 1] }, then: allow')).toEqual(['gate: status.MODE 3: no row decides']);
    expect(says('id: first_rule, when: { status.MODE: [0, 1, 3] }, then: allow')).toEqual([]);
  });

  it('asks only about variables that exist, and their values', () => {
    expectMistakes(FILE, table('id: first_rule, when: { «status.OM»: 1 }, then: allow'), { says: 'gate: first_rule: there is no variable status.OM', mend: 'Did you mean status.ON?' });
    expectMistakes(FILE, table('id: first_rule, when: { «levle»: 1 }, then: allow'), { says: 'gate: first_rule: there is no variable levle', mend: 'Did you mean level?' });
    expectMistakes(FILE, table('id: first_rule, when: { level: «4» }, then: allow'), { says: 'gate: first_rule: 4 does not fit into level, which has 2 bits', mend: 'The largest value is 3.' });
    expectMistakes(FILE, table('id: first_rule, when: { mode: «HU» }, then: allow'), { says: 'gate: first_rule: HU is not a mode', mend: 'Did you mean HS?' });
    expectMistakes(FILE, table('id: first_rule, when: { priv: «2» }, then: allow'), { says: 'gate: first_rule: priv is never 2', mend: 'Its values are 0, 1, 3.' });
  });

  it('decides to allow, illegal or virtual', () => {
    expectMistakes(FILE, table('id: first_rule, then: «forbid»'), { says: 'gate: forbid is not one of allow, illegal, virtual', mend: 'Write one of: allow, illegal, virtual.' });
  });

  it('is a list of rows with different ids', () => {
    expectMistakes(FILE, 'permits:\n  gate: «no»\n', { says: 'gate: a list of rows stands here', mend: 'Write lines `- { id: ..., when: { ... }, ... }`.' });
    expect(says('id: first_rule, when: { V: 0 }, then: allow', 'id: first_rule, then: allow')).toEqual(['gate: two rows have the id first_rule']);
  });

  it('has rows whose id is a rule or that have rules', () => {
    expectMistakes(FILE, table('id: «frist_rule», then: allow'), { says: 'gate: frist_rule is not a rule name, and the row has no rules', mend: 'Did you mean first_rule? Otherwise add `rules: [...]` to the row.' });
    expectMistakes(FILE, table('id: «zzz», then: allow'), { says: 'gate: zzz is not a rule name, and the row has no rules', mend: 'Add `rules: [...]` to the row.' });
    const { permits } = specsWith({ [FILE]: table('id: own, when: { V: 0 }, then: allow, rules: [second_rule]', 'id: first_rule, then: allow, rules: [third_rule]') }).isa;
    expect(permits.find(({ name }) => name === 'gate')?.rows.map(({ rules }) => rules)).toEqual([['second_rule'], ['first_rule', 'third_rule']]);
  });

  it('of twelve variables is checked without trying sixteen million valuations', () => {
    const when = (keep: (index: number) => boolean, value: number): string => Array.from({ length: 12 }, (_, index) => (keep(index) ? `v${index}: ${value}` : '')).filter((term) => term !== '').join(', ');
    const variables = `variables:\n${Array.from({ length: 12 }, (_, index) => `  v${index}: { value: "1", width: 2 }\n`).join('')}`;
    const rows = Array.from({ length: 12 }, (_, index) => `id: r${index}, rules: [first_rule], when: { ${when((one) => one === index || one === (index + 1) % 12, index % 4)} }, then: allow`);
    expect(mistakesIn({ [FILE]: `${variables}${table(...rows, 'id: second_rule, then: illegal')}` })).toEqual([]);
  });
});

describe('the check for totality', () => {
  const names = ['mode', 'V', 'a', 'b', 'c'];
  const values: Readonly<Record<string, readonly bigint[]>> = { mode: Object.values(MODES), V: [0n, 1n], a: [0n, 1n], b: [0n, 1n, 2n, 3n], c: [0n, 5n, 9n] };
  const widths: Readonly<Record<string, number>> = { mode: 3, V: 1, a: 1, b: 2, c: 4 };
  const span = { file: { path: 'x', text: '' }, start: 0, end: 0 };
  const term = fc.constantFrom(...names).chain((variable) => fc.subarray([...(values[variable] ?? [])], { minLength: 1 }).map((chosen) => ({ variable, values: chosen, span })));
  const row = fc.uniqueArray(term, { selector: ({ variable }) => variable, maxLength: 4 });
  const rows = fc.array(row, { maxLength: 7 }).map((all) => all.map((terms, index): Row => ({ name: `r${index}`, span, when: { terms } })));

  /** Every valuation, one by one; 15 stands for another value of c. */
  const valuations = (values['mode'] ?? []).flatMap((mode) => (values['a'] ?? []).flatMap((a) => (values['b'] ?? []).flatMap((b) => [...(values['c'] ?? []), 15n].map((c): Readonly<Record<string, bigint>> => ({ mode, V: mode >> 2n, a, b, c })))));
  const matches = ({ terms }: Condition, valuation: Readonly<Record<string, bigint>>): boolean => terms.every(({ variable, values: some }) => some.includes(valuation[variable] ?? 99n));

  it('agrees with trying every valuation', () => {
    fc.assert(fc.property(rows, (all) => {
      const first = valuations.map((valuation) => all.findIndex(({ when }) => matches(when, valuation)));
      const found = undecided('t', span, all, (name) => ({ width: widths[name] ?? 1 }));
      expect(found.some(({ message }) => message.endsWith('no row decides'))).toBe(first.includes(-1));
      const dead = found.flatMap(({ message }) => /^t: (r\d) never/.exec(message)?.[1] ?? []);
      expect(dead).toEqual(all.flatMap(({ name }, index) => (first.includes(index) ? [] : [name])));
    }), { numRuns: 300 });
  });
});
