import { describe, expect, it } from 'vitest';
import { BASE, expectMistakes, mistakesIn, specsWith } from './testing.js';

const FILE = 'isa/x.yaml';
const OPEN = '0000001----------000-----0110011';
/** One entry of a section, in a file with a default rule. */
const one = (section: string, entry: string): string => `rules: [first_rule]\n${section}:\n  ${entry}\n`;
const instruction = (entry: string): string => one('instructions', entry);
const good = `match: "${OPEN}", format: three, class: alu, result: "0"`;

describe('keys of an entry', () => {
  it('that are unknown are named with the one that was meant, which then is not missing', () => {
    expectMistakes(FILE, instruction(`minus: { match: "${OPEN}", «fromat»: three, class: alu, result: "0" }`), { says: 'minus: unknown key fromat', mend: 'Did you mean format?' });
  });

  it('that are like nothing known come with the known ones', () => {
    expectMistakes(FILE, one('functions', 'one: { value: "1", «colour»: red }'), { says: 'one: unknown key colour', mend: 'Known keys: parameters, value, rules.' });
  });

  it('that are missing are named at the entry', () => {
    expectMistakes(FILE, instruction(`minus: «{ format: three, class: alu, result: "0" }»`), { says: 'minus: match is missing', mend: 'Add `match: ...`.' });
  });

  it('have values of their type', () => {
    expectMistakes(FILE, one('variables', 'bad: { value: "1", width: «two» }'), { says: 'bad: two is not a number', mend: 'Write 12, 0x0c or 0b1100, without a sign or underscores.' });
    expectMistakes(FILE, one('variables', 'bad: { value: "1", width: «[2]» }'), { says: 'bad: a single value stands here', mend: 'Write one value, not a list or a mapping.' });
    expectMistakes(FILE, instruction(`minus: { ${good}, rules: «second_rule» }`), { says: 'minus: a list stands here', mend: 'Write [a, b] or lines that start with `- `.' });
    expectMistakes(FILE, instruction('minus: «soon»'), { says: 'minus: a mapping stands here', mend: 'Write { key: value } or indented lines `key: value`.' });
    expectMistakes(FILE, instruction(`minus: { ${good}, rules: «[]» }`), { says: 'minus: an empty list', mend: 'Name at least one, or remove the key.' });
  });

  it('at the top of a file are sections', () => {
    expectMistakes(FILE, '«instruction»: {}\n', { says: 'isa/x.yaml: unknown key instruction', mend: 'Did you mean instructions?' });
    expectMistakes(FILE, 'instructions: «[plus]»\n', { says: 'instructions: a mapping from names to entries stands here', mend: 'Write indented lines `name: { ... }`, or remove the key.' });
  });
});

describe('names', () => {
  it('defined twice are reported with the other place, also across files', () => {
    expectMistakes(FILE, instruction(`«plus»: { ${good} }`), { says: 'plus: plus is defined twice', mend: 'The other definition is at specs/isa/base.yaml:7; remove or rename one of them.' });
  });

  it('look like names', () => {
    expectMistakes(FILE, instruction(`«Minus»: { ${good} }`), { says: 'Minus: Minus is not a name', mend: 'Write a name such as load.word.' });
  });

  it('of formats, permit tables and exceptions exist', () => {
    expectMistakes(FILE, instruction(`minus: { match: "${OPEN}", format: «thee», class: alu, result: "0" }`), { says: 'minus: there is no format thee', mend: 'Did you mean three?' });
    expectMistakes(FILE, instruction(`minus: { ${good}, permit: «window» }`), { says: 'minus: there is no permit table window', mend: 'Known: door.' });
    expectMistakes(FILE, instruction(`minus: { match: "${OPEN}", format: three, class: «aluu», result: "0" }`), {
      says: 'minus: aluu is not one of alu, multiply, muldiv, branch, jump, load, store, amo, lr, sc, csr, fence, xret, trap, wait, cbo',
      mend: 'Write one of: alu, multiply, muldiv, branch, jump, load, store, amo, lr, sc, csr, fence, xret, trap, wait, cbo.',
    });
  });
});

describe('rules', () => {
  it('that are unknown are named with the nearest', () => {
    expectMistakes(FILE, instruction(`minus: { ${good}, rules: [second_rule, «thrid_rule»] }`), { says: 'minus: there is no rule thrid_rule', mend: 'Did you mean third_rule?' });
    expectMistakes(FILE, 'rules: [«zzz»]\n', { says: 'isa/x.yaml: there is no rule zzz', mend: 'Rule names are in the first column of specs/rules/*.tsv.' });
  });

  it('are required, from the entry or its file', () => {
    expectMistakes(FILE, `instructions:\n  «minus»: { ${good} }\n`, { says: 'minus: no rules', mend: 'Add `rules: [...]` to it, or a default `rules: [...]` at the top of the file.' });
    expect(specsWith({ [FILE]: instruction(`minus: { ${good} }`) }).isa.instructions[1]?.rules).toEqual(['first_rule']);
    expect(specsWith({ [FILE]: instruction(`minus: { ${good}, rules: [second_rule] }`) }).isa.instructions[1]?.rules).toEqual(['second_rule']);
  });
});

describe('a match', () => {
  const withMatch = (match: string): string => instruction(`minus: { match: ${match}, format: three, class: alu, result: "0" }`);

  it('has 32 characters', () => {
    expectMistakes(FILE, withMatch('"«000»"'), { says: 'minus: the match has 3 characters', mend: 'A match has 32 characters, most significant bit first: 29 missing.' });
    expectMistakes(FILE, withMatch(`"«${OPEN}1»"`), { says: 'minus: the match has 33 characters', mend: 'A match has 32 characters, most significant bit first: 1 too many.' });
  });

  it('consists of 0, 1 and -', () => {
    expectMistakes(FILE, withMatch('"«000000x----------000-----0110011»"'), { says: 'minus: the match contains "x"', mend: 'A match consists of 0, 1 and - only.' });
  });

  it('is open where the format has operands', () => {
    expectMistakes(FILE, withMatch('"0000001----------000«00000»0110011"'), { says: 'minus: the match fixes bits 11-7 of rd', mend: 'Write - there, or choose a format without rd in these bits (three has it).' });
  });

  it('is closed where the format has none', () => {
    expectMistakes(FILE, withMatch('"00000«-»1----------000-----0110011"'), { says: 'minus: no operand of the format three is in bit 26', mend: 'Fix these bits in the match, choose another format, or write `ignores: [26]`.' });
    expect(mistakesIn({ [FILE]: instruction('minus: { match: "00000-1----------000-----0110011", format: three, class: alu, result: "0", ignores: [26] }') })).toEqual([]);
  });

  it('does not partly overlap another: both are named, with a word that both match', () => {
    expectMistakes(FILE, instruction('minus: { match: "-000000----------000-----0110011", format: three, class: alu, result: "0", ignores: [31] }\n  times: { match: "«0-00000----------000-----0110011»", format: three, class: alu, result: "0", ignores: [30] }'),
      { says: 'times: minus and times overlap, as in 0x00000033', mend: 'Fix more bits in one of them: of two encodings that overlap, one must lie within the other (minus is at specs/isa/x.yaml:3).' });
  });

  it('is not the same as another', () => {
    expectMistakes(FILE, instruction('minus: { match: "«0000000----------000-----0110011»", format: three, class: alu, result: "0" }'),
      { says: 'minus: plus and minus have the same encoding', mend: 'Fix more bits in one of them: of two encodings that overlap, one must lie within the other (plus is at specs/isa/base.yaml:7).' });
  });

  it('may lie strictly within another', () => {
    expect(mistakesIn({ [FILE]: instruction('minus: { match: "00000000000000000000000000110011", format: none, class: fence }'), 'uarch/core.yaml': (BASE['uarch/core.yaml'] ?? '').replace('alu: work', 'alu: work, fence: end') })).toEqual([]);
  });
});

describe('a format', () => {
  it('has its operands within 32 bits, and register numbers of 5', () => {
    expectMistakes(FILE, one('formats', 'wide: { registers: { rd: «36-32» }, syntax: "rd" }'), { says: 'wide: an instruction has no bit 36', mend: 'Bits of an instruction are 31 to 0.' });
    expectMistakes(FILE, one('formats', 'wide: { registers: { rd: «10-7» }, syntax: "rd" }'), { says: 'wide: a register number has 5 bits, this has 4', mend: 'Write 11-7.' });
    expectMistakes(FILE, one('formats', 'wide: { fields: { x: «7-11» }, syntax: "x" }'), { says: 'wide: x: 7-11 is not a range of bits', mend: 'Write the high bit first: 11-7, or a single bit: 7.' });
  });

  it('has a suffix for each value of a field that it has', () => {
    const order = (names: string, field = 'order'): string => one('formats', `atomic: { registers: { rd: 11-7 }, fields: { order: 26-25 }, suffixes: { field: ${field}, names: ${names} }, syntax: "rd" }`);
    expect(mistakesIn({ [FILE]: order('["", .a, .b, .c]') })).toEqual([]);
    expectMistakes(FILE, order('["", .a, .b]', '«order»'), { says: 'atomic: 3 suffixes for the 4 values of order', mend: 'Name one for each value, from 0 on; "" for none.' });
    expectMistakes(FILE, order('["", .a]', '«ordr»'), { says: 'atomic: it has no field ordr', mend: 'Did you mean order?' });
  });

  it('has only its operands in the syntax, as has an instruction', () => {
    expectMistakes(FILE, one('formats', 'pair: { registers: { rd: 11-7, rs1: 19-15 }, syntax: "rd, («rs2»)" }'), { says: 'pair: the format pair has no operand rs2', mend: 'Did you mean rs1?' });
    expectMistakes(FILE, instruction(`minus: { ${good}, syntax: "rd, «imm»" }`), { says: 'minus: the format three has no operand imm', mend: 'Known: rd, rs1, rs2.' });
  });
});

describe('an instruction', () => {
  it('has the parts of its class', () => {
    expectMistakes(FILE, instruction(`«minus»: { match: "${OPEN}", format: three, class: alu }`), { says: 'minus: result is missing', mend: 'Add `result: ...`: instructions of class alu have result.' });
  });

  it('has no parts that its class does not use', () => {
    expectMistakes(FILE, instruction(`minus: { ${good}, target: "«pc»" }`), { says: 'minus: target does nothing in class alu', mend: 'Remove it, or choose another class: alu has result.' });
  });

  it('accesses 1, 2, 4 or 8 bytes, with data exactly if it stores', () => {
    const core = { 'uarch/core.yaml': (BASE['uarch/core.yaml'] ?? '').replace('alu: work', 'alu: work, load: end, store: end') };
    const says = (entry: string): readonly string[] => mistakesIn({ ...core, [FILE]: instruction(entry) }).map(({ message }) => message);
    expect(says(`get: { match: "${OPEN}", format: three, class: load, mem: { bytes: 3, addr: "0" }, result: "mem" }`)).toEqual(['get: an access of 3 bytes']);
    expect(says(`get: { match: "${OPEN}", format: three, class: load, mem: { bytes: 4, addr: "0", data: "0" }, result: "mem" }`)).toEqual(['get: data does nothing in class load']);
    expect(says(`put: { match: "${OPEN}", format: three, class: store, mem: { bytes: 4, addr: "0" } }`)).toEqual(['put: mem.data is missing']);
    expect(specsWith({ ...core, [FILE]: instruction(`put: { match: "${OPEN}", format: three, class: store, mem: { bytes: 4, addr: "0", data: "1", as: guest } }`) }).isa.instructions[1]?.memory)
      .toMatchObject({ op: 'store', bytes: 4, as: 'guest', data: { text: '1' } });
  });

  it('of class amo says what it makes of what was there', () => {
    const core = { 'uarch/core.yaml': BASE['uarch/core.yaml'] ?? '' };
    const says = (entry: string): readonly string[] => mistakesIn({ ...core, [FILE]: instruction(entry) }).map(({ message }) => message);
    const amo = (mem: string): string => `plus1: { match: "${OPEN}", format: three, class: amo, mem: { bytes: 4, addr: "0", ${mem} }, result: "sext(mem)" }`;
    expect(says(amo('new: "mem"'))).toEqual([]);
    expect(says(amo('as: self'))).toEqual(['plus1: mem.new is missing']);
    expect(says(amo('new: "mem", data: "0"'))).toEqual(['plus1: data does nothing in class amo']);
    expect(says(`get: { match: "${OPEN}", format: three, class: lr, mem: { bytes: 4, addr: "0", new: "mem" }, result: "sext(mem)" }`)).toEqual(['get: new does nothing in class lr']);
  });

  it('has its own syntax, or that of its format', () => {
    const syntaxOf = (entry: string): string | undefined => specsWith({ [FILE]: instruction(entry) }).isa.instructions[1]?.syntax;
    expect(syntaxOf(`minus: { ${good}, syntax: "rd, (rs2)" }`)).toBe('rd, (rs2)');
    expect(syntaxOf(`minus: { ${good} }`)).toBe('rd, rs1, rs2');
  });
});

describe('cases', () => {
  const core = { 'uarch/core.yaml': (BASE['uarch/core.yaml'] ?? '').replace('alu: work', 'alu: work, xret: end, trap: end') };
  const says = (kind: string, rows: string): readonly string[] =>
    mistakesIn({ ...core, [FILE]: instruction(`go: { match: "00000000000000000000000001110011", format: none, class: ${kind}, cases: [${rows}] }`) }).map(({ message }) => message);

  it('of a trap raise an exception that exists, and do nothing else', () => {
    expect(says('trap', '{ id: second_rule, raise: call }')).toEqual([]);
    expect(says('trap', '{ id: second_rule, raise: cal }')).toEqual(['go: second_rule: there is no exception cal']);
    expect(says('trap', '{ id: second_rule }')).toEqual(['go: second_rule raises nothing']);
    expect(says('trap', '{ id: second_rule, raise: call, next: { pc: "0" } }')).toEqual(['go: second_rule has next or update beside its exception']);
    expect(says('xret', '{ id: second_rule, raise: call }')).toEqual(['go: second_rule raises an exception']);
  });

  it('are total, each decides something, and ids differ', () => {
    expect(says('xret', '{ id: second_rule, when: { V: 0 } }')).toEqual(['go: V 1: no row decides']);
    expect(says('xret', '{ id: second_rule }, { id: third_rule, when: { V: 1 } }')).toEqual(['go: third_rule never decides: second_rule hides it']);
    expect(says('xret', '{ id: second_rule, when: { V: 1 } }, { id: second_rule }')).toEqual(['go: two rows have the id second_rule']);
  });

  it('update CSRs and fields that exist', () => {
    expect(says('xret', '{ id: second_rule, update: { statu.ON: "0" } }')).toEqual(['go: second_rule: there is no CSR statu.ON']);
    expect(says('xret', '{ id: second_rule, update: { status.OFF: "0" } }')).toEqual(['go: second_rule: there is no field status.OFF']);
  });
});

describe('a pseudo-instruction', () => {
  it('expands to instructions and its own operands', () => {
    expectMistakes(FILE, one('pseudos', 'twice: { operands: "rd", expand: ["plus {rd}, {rd}, {«rs»}", "«puls» {rd}"] }').replace('{«rs»}', '«{rs}»'),
      { says: 'twice: {rs} is none of its operands', mend: 'Did you mean rd?' },
      { says: 'twice: there is no instruction puls', mend: 'Did you mean plus?' });
  });

  it('with a number in its name has so many operands', () => {
    expectMistakes(FILE, one('pseudos', 'twice/2: { operands: "«rd»", expand: ["plus {rd}, {rd}, {rd}"] }'), { says: 'twice/2: the name promises 2 operands, here are 1', mend: 'List 2 operands, or change the number after the slash.' });
  });
});

describe('a function or variable', () => {
  it('has 1 to 64 bits', () => {
    expectMistakes(FILE, one('functions', 'one: { parameters: { a: «65» }, value: "a" }'), { says: 'one: a has 65 bits', mend: 'A parameter has 1 to 64 bits.' });
    expectMistakes(FILE, one('variables', 'one: { value: "1", width: «0» }'), { says: 'one: a variable has 1 to 64 bits', mend: 'Write how many bits `value` has.' });
  });

  it('does not take the name of something else', () => {
    expectMistakes(FILE, one('variables', '«cause»: { value: "1", width: 1 }'), { says: 'cause: this name is built in', mend: 'Choose another name.' });
    expectMistakes(FILE, one('variables', '«status»: { value: "1", width: 1 }'), { says: 'status: a CSR has this name', mend: 'Choose another name: operations could not tell them apart.' });
  });
});
