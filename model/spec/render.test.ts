import { describe, expect, it } from 'vitest';
import { BASE, specsWith } from './testing.js';
import { nearest, renderDiagnostic, renderDiagnostics, renderEntry } from './render.js';

const file = { path: 'specs/isa/h.yaml', text: 'a: b\n  result: "mem"\n\tindented:  x\n\nlast: "one\n  two"' };
const at = (text: string, length = text.length) => ({ file, start: file.text.indexOf(text), end: file.text.indexOf(text) + length });

describe('a diagnostic', () => {
  it('has place, message, line, caret and mend', () => {
    expect(renderDiagnostic({ span: at('mem'), message: 'hlv.w: operation yields bits<32>, rd holds bits<64>', mend: 'Extend it explicitly: sext(mem) or zext(mem).' })).toBe(
      `specs/isa/h.yaml:2:12: hlv.w: operation yields bits<32>, rd holds bits<64>
    result: "mem"
             ^^^
  Extend it explicitly: sext(mem) or zext(mem).`);
  });

  it('underlines the first line of a longer span', () => {
    expect(renderDiagnostic({ span: at('one\n  two'), message: 'm', mend: 'n' })).toBe('specs/isa/h.yaml:5:8: m\n    last: "one\n           ^^^\n  n');
  });

  it('shows at least one caret, and the last line without a newline', () => {
    expect(renderDiagnostic({ span: { file, start: file.text.length, end: file.text.length }, message: 'm', mend: '' })).toBe('specs/isa/h.yaml:6:7: m\n    two"\n        ^');
  });

  it('keeps the caret in place after tabs', () => {
    expect(renderDiagnostic({ span: at('x'), message: 'm', mend: 'n' }).split('\n').slice(1, 3)).toEqual(['    indented:  x', '               ^']);
  });

  it('of a missing file names only the path', () => {
    expect(renderDiagnostic({ span: { file: { path: 'specs/hart.yaml', text: '' }, start: 0, end: 0 }, message: 'there is no such file', mend: 'Add it.' })).toBe('specs/hart.yaml: there is no such file\n  Add it.');
  });

  it('among several is set apart, and they are counted', () => {
    const one = { span: at('mem'), message: 'm', mend: 'n' };
    expect(renderDiagnostics([one, one]).endsWith('\n\n2 mistakes')).toBe(true);
    expect(renderDiagnostics([one]).endsWith('\n\n1 mistake')).toBe(true);
  });
});

describe('the nearest name', () => {
  it('is a slip of the pen away', () => {
    expect(nearest('mstauts', ['mstatus', 'vsstatus', 'mip'])).toBe('mstatus');
    expect(nearest('Result', ['result', 'rules'])).toBe('result');
    expect(nearest('r', ['rd'])).toBe('rd');
  });

  it('is none where nothing is like it', () => {
    expect(nearest('colour', ['result', 'match'])).toBeUndefined();
    expect(nearest('anything', [])).toBeUndefined();
  });
});

describe('an entry', () => {
  const specs = specsWith({
    'isa/x.yaml': `rules: [second_rule]
instructions:
  get:  { match: "-----------------010-----0000011", format: short, class: load, permit: gate, mem: { bytes: 4, addr: "X[rs1] + imm" }, result: "sext(mem)" }
  gate: { match: "00000000000000000000000001110011", format: none, class: xret, permit: gate, cases: [{ id: third_rule, when: { V: [0, 1] }, next: { pc: mirror }, update: { status.ON: "1" } }] }
permits:
  gate:
  - { id: third_rule, when: { mode: [VS, VU], status.ON: 1 }, then: virtual, rules: [first_rule] }
  - { id: first_rule, then: allow }
csrs:
  mirror: { address: 0x5, substitutes: status, writeIf: "value[0]", fields: { ON: { alias: status.ON, visible: "1", rules: [third_rule] }, FIX: { bits: 9-8, value: 2 }, NOW: { bits: 10, computed: "lines.mtip" } } }
pseudos:
  fetch: { operands: "rd", expand: ["get {rd}, 0(zero)"] }
`,
    'uarch/core.yaml': (BASE['uarch/core.yaml'] ?? '').replace('alu: work', 'alu: work, load: end, xret: end'),
  });
  const shown = (name: string): string => renderEntry(specs, name) ?? '';

  it('that is an instruction has its encoding with bit positions, its operations and its permit table as sentences', () => {
    expect(shown('get')).toBe(`get: instruction, class load (x)
  Rules: second_rule

  get rd, imm(rs1)

    31     20   19 15   14 12   11 7   6     0
  | imm[11:0] |  rs1  |  010  |  rd  | 0000011 |

  result    sext(mem)
  memory    load 4 bytes at X[rs1] + imm

gate: permit table (x); the first row that matches decides
  for get, gate

  1. In VS or VU, if status.ON is 1, it raises a virtual-instruction exception.
     third_rule: third_rule, first_rule
  2. Otherwise, it is allowed.
     first_rule
`);
  });

  it('that is an instruction and a permit table shows the table once', () => {
    const text = shown('gate');
    expect(text.match(/permit table/g)).toHaveLength(1);
    expect(text).toContain('third_rule: if V is 0 or 1\n    pc         := mirror\n    status.ON  := 1\n');
  });

  it('that is a CSR has its address, substitution, and fields in a table with their meaning', () => {
    expect(shown('mirror')).toBe(`mirror: CSR (x)
  Rules: second_rule

  address   0x005
  stands in for status when V=1
  written   only if value[0]

  bits  field  meaning               rules
  10    NOW    reads lines.mtip
  9-8   FIX    reads 2
  1     ON     is status.ON where 1  third_rule
`);
    expect(shown('status')).toContain('when V=1  its address reaches mirror');
    expect(shown('status')).toContain('12-11  MODE   stored; legal 0, 1, 3');
  });

  it('that is a field can be asked for alone', () => {
    expect(shown('status.MODE')).toBe('status.MODE: CSR field, bits 12-11\n\n  stored; legal 0, 1, 3\n');
  });

  it('that is an exception has its cause, who takes it, and what that writes', () => {
    const text = shown('load_fault');
    expect(text).toContain('cause     5\n  source    load-fault\n  priority  5 of 6\n');
    expect(text).toContain('Who takes it; the first row that matches decides:\n  1. Otherwise, M takes it.  [first_rule]\n');
    expect(text).toContain('When M takes it:\n  pc         := 0\n  priv       := 3\n  V          := 0\n  status.ON  := 0\n');
  });

  it.each([
    ['timer', 'M takes it, 1 of 1 in priority'], ['level', 'variable of 2 bits'], ['fetch', 'get {rd}, 0(zero)'], ['three', 'rs2  24-20'],
    ['ram', '0x1000 to 0x1fff, dram'], ['core', 'work   decode, operands, execute'], ['door', '1. Otherwise, it is allowed.'], ['M', 'what a trap into M writes'],
  ])('named %s is shown', (name, part) => expect(shown(name)).toContain(part));

  it('that does not exist is not shown', () => {
    expect(renderEntry(specs, 'nothing')).toBeUndefined();
  });
});
