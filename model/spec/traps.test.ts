import { describe, expect, it } from 'vitest';
import { BASE, expectMistakes, mistakesIn, specsWith } from './testing.js';

const FILE = 'isa/traps.yaml';
const base = BASE[FILE] ?? '';

/** The base with one piece replaced; the replacement may mark where the mistake is. */
function changed(from: string, to: string): string {
  expect(base).toContain(from);
  return base.replace(from, to);
}

const says = (from: string, to: string): readonly string[] => mistakesIn({ [FILE]: changed(from, to) }).map(({ message }) => message);

describe('traps', () => {
  it('have codes of their own, up to 63', () => {
    expectMistakes(FILE, changed('illegal:     { code: 2', '«illegal»:     { code: 1'), { says: 'illegal: fetch_fault has the exception code 1 already', mend: 'Give illegal or fetch_fault another code.' });
    expectMistakes(FILE, changed('illegal:     { code: 2', 'illegal:     { code: «64»'), { says: 'illegal: code 64 is beyond 63', mend: 'Codes are 0 to 63: they index delegation and enable bits.' });
  });

  it('arise at each source once', () => {
    expectMistakes(FILE, changed('virtual:     { code: 3, source: virtual', '«virtual»:     { code: 3, source: illegal').replace('rules: [first_rule]', '«»rules: [first_rule]'),
      { says: 'traps: no exception has the source virtual', mend: 'Give one `source: virtual`: the pipeline can raise it.' },
      { says: 'virtual: illegal has the source illegal already', mend: 'One exception arises at each source: give one of them `source: none`.' });
  });

  it('arise only where the pipeline knows', () => {
    expect(says('source: load-fault', 'source: load')).toContain('load_fault: load is not one of fetch-fault, illegal, virtual, load-fault, store-fault, instruction, fetch-page-fault, fetch-guest-page-fault, load-page-fault, load-guest-page-fault, store-page-fault, store-guest-page-fault, none');
  });

  it('say why nothing raises them, where nothing does', () => {
    const absent = (name: string, source: string): string => changed('  priority:', `    ${name}: { code: 9, source: ${source} tval: "0", gva: "0", tinst: "0" }\n  priority:`);
    const { isa } = specsWith({ [FILE]: absent('absent', 'none, because: "it is reserved",') });
    expect(isa.traps.exceptions.find((e) => e.name === 'absent')?.because).toBe('it is reserved');
    expectMistakes(FILE, absent('«absent»', 'none,'),
      { says: 'absent: nothing raises it, and it does not say why', mend: 'Add `because: "misaligned loads are done in hardware"`, or give it a source.' });
    expectMistakes(FILE, absent('absent', 'instruction, because: "«it is reserved»",'),
      { says: 'absent: it has a source, so there is nothing to excuse', mend: 'Remove `because`, or write `source: none`.' });
  });

  it('have a complete list of priorities', () => {
    expectMistakes(FILE, changed('priority: [fetch-fault, illegal, virtual, ', '«priority»: [fetch-fault, '), { says: 'priority: illegal, virtual are not in the list', mend: 'List every source once, highest priority first.' });
    expectMistakes(FILE, changed('load-fault, store-fault]', 'load-fault, store-fault, «illegal»]'), { says: 'priority: illegal is listed twice', mend: 'Remove one of them.' });
  });

  it('have all their parts', () => {
    expectMistakes(FILE, changed('  wake: "0"\n', '').replace('rules: [first_rule]', '«»rules: [first_rule]'), { says: 'traps: wake is missing', mend: 'Add `wake:` under `traps:` in isa/traps.yaml.' });
  });

  it('have no other parts', () => {
    expectMistakes(FILE, changed('  wake: "0"\n', '  wake: "0"\n  «delegations»: []\n'), { says: 'traps: unknown key delegations', mend: 'Did you mean delegation?' });
  });
});

describe('interrupts', () => {
  it('of an order exist, once', () => {
    expectMistakes(FILE, changed('order: [timer]', 'order: [timer, «tmier»]'), { says: 'levels: M: there is no interrupt tmier', mend: 'Did you mean timer?' });
    expectMistakes(FILE, changed('order: [timer]', 'order: [timer, «timer»]'), { says: 'levels: M: timer is listed twice', mend: 'Remove one of them.' });
  });

  it('are taken at some level', () => {
    expectMistakes(FILE, changed('timer: { code: 1 }', 'timer: { code: 1 }\n    «bell»: { code: 2 }'), { says: 'bell: no level takes it', mend: 'Add it to the `order` of a level under `traps.levels`, at its priority.' });
  });
});

describe('delegation', () => {
  it('is total, over the cause too', () => {
    expectMistakes(FILE, changed('delegation:\n  - { id: first_rule, then: M }', '«delegation»:\n  - { id: first_rule, when: { cause: [1, 2] }, then: M }'), { says: 'delegation: cause another value: no row decides', mend: 'Add a row for it, or one without `when` at the end.' });
  });

  it('hands traps only to modes that say what taking one writes', () => {
    expectMistakes(FILE, changed('- { id: first_rule, then: M }', '- { id: «first_rule», then: HS }'), { says: 'traps: HS takes traps, but entry.HS is missing', mend: 'Add `HS: { next: ..., update: ... }` under `traps.entry`.' });
  });

  it('knows the cause, which permit tables do not', () => {
    expect(specsWith({ [FILE]: changed('- { id: first_rule, then: M }', '- { id: second_rule, when: { cause: 1 }, then: M }\n  - { id: first_rule, then: M }') }).isa.traps.delegation[0]?.when.terms[0]).toMatchObject({ variable: 'cause', values: [1n] });
    expect(mistakesIn({ 'isa/x.yaml': 'permits:\n  gate: [{ id: first_rule, when: { cause: 1 }, then: allow }]\n' }).map(({ message }) => message)).toEqual(['gate: first_rule: there is no variable cause']);
  });
});

describe('trap entry', () => {
  it('is into M, HS or VS', () => {
    expectMistakes(FILE, changed('    M: {', '    M: { next: {}, update: {} }\n    «U»: {'), { says: 'entry: no mode U takes traps', mend: 'Traps are taken in M, HS, VS.' });
  });

  it('updates CSRs and fields that exist', () => {
    expectMistakes(FILE, changed('status.ON: "0"', '«status.ONN»: "0"'), { says: 'entry M: there is no field status.ONN', mend: 'Did you mean status.ON?' });
  });

  it('writes operations', () => {
    expectMistakes(FILE, changed('status.ON: "0"', 'status.ON: «1 + 1»'), { says: 'entry M: status.ON: the operation is not in double quotes', mend: 'Write "1 + 1".' });
  });
});
