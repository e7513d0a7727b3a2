import { describe, expect, it } from 'vitest';
import { BASE, expectMistakes, mistakesIn, specsWith } from './testing.js';

const OPEN = '0000001----------000-----0110011';
const instruction = (rest: string): string => `instructions:\n  minus: { match: "${OPEN}", format: three, class: alu, ${rest} }\nrules: [first_rule]\n`;

describe('YAML as specs use it', () => {
  it('shows a plain operation in a flow map at the bracket where YAML gives up', () => {
    expectMistakes('isa/x.yaml', instruction('result: X«[»rs1]'), {
      says: 'not YAML: unexpected flow-seq-start at node end',
      mend: 'Close the brackets, separate entries by commas, and put matches and operations into double quotes.',
    });
  });

  it('reports only the first syntax error of a file, and no names missing because of it', () => {
    expectMistakes('isa/base.yaml', `${BASE['isa/base.yaml'] ?? ''}a: «b»: c: [\n  - {`, {
      says: 'not YAML: nested mappings are not allowed in compact mappings', mend: 'Put the value on a line of its own, or into { } or double quotes.',
    });
  });

  it('refuses a plain operation where YAML lets it pass', () => {
    expectMistakes('isa/x.yaml', `rules: [first_rule]\ninstructions:\n  minus:\n    match: "${OPEN}"\n    format: three\n    class: alu\n    result: «X[rs1] - 1» # cut off here\n`, {
      says: 'minus: the operation is not in double quotes', mend: 'Write "X[rs1] - 1".',
    });
  });

  it.each(['plain', 'single'])('refuses a %s match', (quotes) => {
    const [open, close] = quotes === 'plain' ? ['«', '»'] : ["'«", "»'"];
    expectMistakes('isa/x.yaml', `rules: [first_rule]\ninstructions:\n  minus: { match: ${open}${OPEN}${close}, format: three, class: alu, result: "0" }\n`, {
      says: 'minus: the match is not in double quotes', mend: `Write "${OPEN}".`,
    });
  });

  it('refuses escapes in operations: every character must know its place', () => {
    expectMistakes('isa/x.yaml', instruction('result: "«X[rs1] \\x2b 1»"'), {
      says: 'minus: the operation contains a backslash', mend: 'Operations have no escapes: write the characters themselves.',
    });
  });

  it('refuses an empty operation', () => {
    expectMistakes('isa/x.yaml', instruction('result: "«»"'), { says: 'minus: an empty operation', mend: 'Write it in double quotes, or remove the key.' });
  });

  it('refuses anchors, aliases, tags and merge keys', () => {
    expectMistakes('isa/x.yaml', `rules: «&all» [first_rule]
functions:
  one: { value: «!text» "1" }
  two: { «<<»: { value: "1" }, value: "2", rules: «*all» }
`,
    { says: 'anchors are not part of specs', mend: 'Write the value out: every entry says everything about itself.' },
    { says: 'tags are not part of specs', mend: 'Remove it: the schema gives every value its type.' },
    { says: 'merge keys are not part of specs', mend: 'Write the keys out: every entry says everything about itself.' },
    { says: 'aliases are not part of specs', mend: 'Write the value out: every entry says everything about itself.' });
  });

  it('names the line of the first of two equal keys', () => {
    expectMistakes('isa/x.yaml', 'functions:\n  one: { value: "1" }\n  «one»: { value: "2" }\n', { says: 'one is here twice', mend: 'It is already on line 2; remove or rename one of them.' });
  });

  it('refuses collections as keys', () => {
    expectMistakes('isa/x.yaml', 'functions:\n  ? «[a]»\n  : { value: "1" }\n', { says: 'a key is a name, not a collection', mend: 'Write `name: value`.' });
  });

  it('refuses a file that is a list, and a second document', () => {
    expectMistakes('isa/x.yaml', '«- a»\n', { says: 'a spec file is a mapping from keys to entries', mend: 'Start with a key such as `instructions:`.' });
    const [second] = mistakesIn({ 'isa/x.yaml': 'rules: [first_rule]\n---\nrules: [first_rule]\n' });
    expect(second?.mend).toBe('Remove the `---`: a spec file is one document.');
  });

  it('takes an empty file for one that declares nothing', () => {
    expect(specsWith({ 'isa/x.yaml': '# nothing yet\n' }).isa.instructions.map(({ name }) => name)).toEqual(['plus']);
  });
});

describe('operations', () => {
  it('know exactly their characters inside the quotes', () => {
    const [plus] = specsWith({}).isa.instructions;
    const { file, start, end } = plus?.result?.span ?? { file: { text: '' }, start: 0, end: 0 };
    expect(file.text.slice(start - 1, end + 1)).toBe('"X[rs1] + X[rs2]"');
    expect(plus?.result?.text).toBe('X[rs1] + X[rs2]');
  });

  it('over several lines keep text and place in step', () => {
    const { isa } = specsWith({ 'isa/x.yaml': 'functions:\n  one:\n    value: "if a\n      then 1\n      else 0"\n' });
    const value = isa.functions[0]?.value;
    expect(value?.text).toBe('if a\n      then 1\n      else 0');
    expect(value?.text).toBe(value?.span.file.text.slice(value.span.start, value.span.end));
  });

  it('of next and update may be one bare name, which YAML cannot misread', () => {
    const { isa } = specsWith({ 'isa/x.yaml': 'rules: [first_rule]\ninstructions:\n  back: { match: "00000000000000000000000000000011", format: none, class: xret, cases: [{ id: second_rule, next: { pc: status.WIDE }, update: { status.ON: status.MODE } }] }\n',
      'uarch/core.yaml': (BASE['uarch/core.yaml'] ?? '').replace('alu: work', 'alu: work, xret: end') });
    expect(isa.instructions[1]?.cases[0]?.next.pc?.text).toBe('status.WIDE');
    expect(isa.instructions[1]?.cases[0]?.update[0]?.value.text).toBe('status.MODE');
  });
});
