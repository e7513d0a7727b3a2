/**
 * For tests: a small complete spec, and mistakes made in it.
 */
import { expect } from 'vitest';
import type { Diagnostic, Outcome, SourceFile } from './diagnostic.js';
import type { Specs } from './isa.js';
import { loadFromFiles } from './load.js';
import { renderDiagnostic } from './render.js';

/** Nothing of RISC-V but the shape. */
export const BASE: Readonly<Record<string, string>> = {
  'rules/test.tsv': '# rules\n# name\tkind\tanchors\nfirst_rule\trule\tx\nsecond_rule\trule\tx\nthird_rule\trule\tx\n',
  'isa/base.yaml': `rules: [first_rule]
formats:
  three: { registers: { rd: 11-7, rs1: 19-15, rs2: 24-20 }, syntax: "rd, rs1, rs2" }
  short: { registers: { rd: 11-7, rs1: 19-15 }, immediate: { bits: [31-20], signed: true }, syntax: "rd, imm(rs1)" }
  none:  { syntax: "" }
instructions:
  plus:  { match: "0000000----------000-----0110011", format: three, class: alu, result: "X[rs1] + X[rs2]" }
csrs:
  status: { address: 0x300, fields: { ON: { bits: 1 }, MODE: { bits: 12-11, legal: [0, 1, 3] }, WIDE: { bits: 23-20 } } }
permits:
  door: [{ id: first_rule, then: allow }]
variables:
  level: { value: "status.MODE", width: 2 }
`,
  'isa/traps.yaml': `rules: [first_rule]
traps:
  exceptions:
    fetch_fault: { code: 1, source: fetch-fault, tval: "pc", gva: "V", tinst: "0" }
    illegal:     { code: 2, source: illegal, tval: "0", gva: "0", tinst: "0" }
    virtual:     { code: 3, source: virtual, tval: "0", gva: "0", tinst: "0" }
    misaligned:  { code: 4, source: none, because: "it is done in hardware", tval: "0", gva: "0", tinst: "0" }
    load_fault:  { code: 5, source: load-fault, tval: "0", gva: "0", tinst: "0" }
    store_fault: { code: 6, source: store-fault, tval: "0", gva: "0", tinst: "0" }
    call:        { code: 7, source: instruction, tval: "0", gva: "0", tinst: "0" }
  priority: [fetch-fault, illegal, virtual, instruction, load-fault, store-fault]
  interrupts:
    timer: { code: 1 }
  levels:
  - { mode: M, pending: "0", enabled: "1", order: [timer] }
  delegation:
  - { id: first_rule, then: M }
  entry:
    M: { next: { pc: "0", priv: "3", V: "0" }, update: { status.ON: "0" } }
  wake: "0"
`,
  'hart.yaml': `extensions: [i]
reset_pc: 0x1000
cycles_per_tick: 16
timebase_frequency: 1000000
cache_block_bytes: 64
reservation_bytes: 64
regions:
  ram: { base: 0x1000, size: 0x1000, kind: memory, device: dram }
`,
  'uarch/core.yaml': `stages:
- { name: fetch, units: [fetch] }
- { name: work, units: [decode, operands, execute] }
- { name: end, units: [memory, commit] }
classes: { alu: work }
bypass: [work]
latency: { multiply: 1, divide: 1, split: 1, io: 1 }
`,
};

/** The base with some files replaced or added, and overlays by their whole paths: `more/isa/x.yaml`. */
export function loadWith(changes: Readonly<Record<string, string>>, overlays: Readonly<Record<string, string>> = {}): Outcome<Specs> {
  const base = Object.entries({ ...BASE, ...changes }).map(([path, text]): SourceFile => ({ path: `specs/${path}`, text }));
  return loadFromFiles([...base, ...Object.entries(overlays).map(([path, text]) => ({ path, text }))]);
}

/** The specs, which must be free of mistakes. */
export function specsWith(changes: Readonly<Record<string, string>>, overlays: Readonly<Record<string, string>> = {}): Specs {
  const outcome = loadWith(changes, overlays);
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map(renderDiagnostic).join('\n\n'));
}

/** The mistakes in the specs. */
export function mistakesIn(changes: Readonly<Record<string, string>>, overlays: Readonly<Record<string, string>> = {}): readonly Diagnostic[] {
  const outcome = loadWith(changes, overlays);
  return outcome.ok ? [] : outcome.diagnostics;
}

/** A mistake as a test claims it. */
export interface Claim {
  readonly says: string;
  readonly mend: string;
}

/**
 * Claims that a file has exactly these mistakes, in file order.
 *
 * `«` and `»` mark where each of them stands; an empty pair marks a place
 * without extent. They are taken out before loading.
 */
export function expectMistakes(path: string, marked: string, ...claims: readonly Claim[]): void {
  const text = marked.replaceAll(/[«»]/g, '');
  const rendered = mistakesIn({ [path]: text }).map(renderDiagnostic);
  expect(rendered).toEqual(placesOf(marked).map((place, index) => expected(`specs/${path}`, place, claims[index])));
}

/** As an author sees it; built here independently of `render.ts`. */
function expected(path: string, { line, column, length, source }: Place, claim: Claim | undefined): string {
  const indentation = Math.min(/^ */.exec(source)?.[0].length ?? 0, column - 1);
  const lines = [`${path}:${line}:${column}: ${claim?.says ?? ''}`, `    ${source.slice(indentation)}`, `    ${' '.repeat(column - 1 - indentation)}${'^'.repeat(Math.max(length, 1))}`];
  return [...lines, `  ${claim?.mend ?? ''}`].join('\n');
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly source: string;
}

function placesOf(marked: string): readonly Place[] {
  return marked.split('\n').flatMap((line, index) => [...line.matchAll(/«([^«»]*)»/g)].map((found, before): Place => ({
    line: index + 1, column: found.index - 2 * before + 1, length: (found[1] ?? '').length, source: line.replaceAll(/[«»]/g, '').trimEnd(),
  })));
}
