import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, hardware, load } from './compile.js';
import type { Diagnostic } from './spec/diagnostic.js';

const SPECS = resolve(import.meta.dirname, '../specs');
let overlay = '';

beforeEach(() => {
  overlay = mkdtempSync(join(tmpdir(), 'ghosthart-'));
  mkdirSync(join(overlay, 'isa'));
  mkdirSync(join(overlay, 'uarch'));
});
afterEach(() => rmSync(overlay, { recursive: true }));

const mistakesOf = (isa: string): readonly Diagnostic[] => {
  writeFileSync(join(overlay, 'isa/x.yaml'), isa);
  return check([SPECS, overlay]).diagnostics;
};
const under = ({ span }: Diagnostic): string => span.file.text.slice(span.start, span.end);

describe('the compiler reports every mistake at once', () => {
  it('tells mistakes in operations along with those in the files', () => {
    const found = mistakesOf(`
instructions:
  narrow: { match: "0000000----------000-----0001011", format: R, class: alu, result: "X[rs1][31:0]", rules: [add_op] }
  unruly: { match: "0000001----------000-----0001011", format: R, class: alu, result: "X[rs1] + Y", rules: [add_opp] }
`);
    expect(found.map((d) => [d.message, under(d)])).toEqual([
      ['unruly: there is no rule add_opp', 'add_opp'],
      ['narrow: operation yields bits<32>, 64 are needed', 'X[rs1][31:0]'],
      ["unruly: there is no 'Y' here", 'Y'],
    ]);
  });

  it('does not blame an operation for a name whose own entry is broken', () => {
    const found = mistakesOf(`
csrs:
  probe: { address: 0x7c0, rules: [sret_op], fields: { A: { bits: 7-0, computed: "other" }, B: { bits: 8-8, value: 1 } } }
  other: { address: 0x7c1, rules: [nonsense_rule], fields: { all: { bits: 99-0 } } }
`);
    expect(found.filter((d) => d.message.startsWith('probe'))).toEqual([]);
    expect(found.length).toBeGreaterThan(0);
  });

  it('tells the path of a combinational loop through variables', () => {
    const found = mistakesOf(`
rules: [sret_op]
variables:
  loop_a: { value: "loop_b", width: 1 }
  loop_b: { value: "!loop_a", width: 1 }
permits:
  mret:
  - { id: sret_op, when: { loop_a: 1 }, then: illegal }
  - { id: sret_enc, then: allow }
`);
    expect(found.map((d) => d.message)).toEqual(['loop_a: a combinational loop: loop_a -> loop_b -> loop_a']);
  });

  it('tells the path of a combinational loop through CSR fields', () => {
    const found = mistakesOf(`
csrs:
  ring1: { address: 0x7c0, rules: [sret_op], fields: { A: { bits: 0, computed: "ring2.A" } } }
  ring2: { address: 0x7c1, rules: [sret_op], fields: { A: { bits: 0, computed: "ring1" } } }
`);
    expect(found.map((d) => d.message)[0]).toMatch(/combinational loop: ring\d\.A -> ring\d\.A -> ring\d\.A/);
  });

  it('tells of limits of a fence that no core compares anything with', () => {
    const found = mistakesOf(`
instructions:
  fence.all: { match: "00000000000000000100000000001111", format: none, class: fence, rules: [sret_op], limits: { address: { is: "X[rs3]" } } }
`);
    expect(found.map((d) => d.message)).toEqual(["fence.all: there is no register operand 'rs3' here"]);
  });

  it('tells of a stage of translation whose register does not have its space', () => {
    const stages = readFileSync(join(SPECS, 'isa', 'translation.yaml'), 'utf8');
    const G = /^ {4}G:\n(?: {6}.*\n)+/m.exec(stages)?.[0] ?? '';
    const found = mistakesOf(`\ntranslation:\n  stages:\n${G.replace('space: VMID', 'space: VMDI')}`);
    expect(found.map((d) => `${d.message} / ${d.mend}`)).toEqual(['stage G: hgatp has no field VMDI / Did you mean VMID?']);
  });

  it('finds nothing wrong with the shipped specs', () => {
    expect(check([SPECS]).diagnostics).toEqual([]);
  });
});

describe('a core is data', () => {
  it('elaborates a core of other stages, latencies and bypasses from a YAML file alone', () => {
    writeFileSync(join(overlay, 'uarch/six-stage.yaml'), `
stages:
- { name: fetch, units: [fetch] }
- { name: decode, units: [decode] }
- { name: issue, units: [operands] }
- { name: execute, units: [execute] }
- { name: memory, units: [memory] }
- { name: retire, units: [commit] }
classes: { alu: execute, muldiv: execute, branch: execute, jump: execute, load: memory, store: retire, csr: retire, fence: retire, xret: retire, trap: retire, wait: retire }
bypass: [memory]
latency: { multiply: 1, divide: 1, split: 0, io: 1 }
`);
    const specs = load([SPECS, overlay]);
    if (!specs.ok) throw new Error(specs.diagnostics.map((d) => d.message).join('\n'));
    const core = specs.value.cores.find((c) => c.name === 'six-stage');
    if (core === undefined) throw new Error('the overlay names no core');
    const built = hardware(specs.value, core);
    expect(built.ok && built.value.module.registers.some((r) => r.name === 'issue.valid')).toBe(true);
  });
});
