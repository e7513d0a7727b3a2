/** What the executed matrix says: complete rows, what is written, both sides of a disagreement. */
import { describe, expect, it } from 'vitest';
import type { Isa } from '../../model/spec/isa.js';
import { alteredCore, withEntry } from '../properties/altered.js';
import { compiledCore, shippedSpecs } from '../properties/cores.js';
import { matrixOf } from './cells.js';
import { CellExecutor } from './execute.js';
import { leftOut } from './left-out.js';
import { cellName, stateText } from './names.js';
import { formatTransitions, summary, transitionsJson } from './report.js';
import { runTransitions } from './run.js';
import { prepare, selectedCells } from './session.js';
import { disagreementLines } from './words.js';
import { writesText } from './writes.js';

const { isa } = shippedSpecs();
const session = prepare(isa);
const cells = selectedCells(session.matrix, {});

/** Specs whose traps into M leave one field as it is. */
const forgetting = (target: string): ((isa: Isa) => Isa) => withEntry('M', (entry) => ({ ...entry, update: entry.update.filter((u) => u.target !== target) }));

const run = (specs: Isa, event: string, mode: 'U' | 'VS' | 'HS') =>
  runTransitions({ isa: specs, cores: [compiledCore('five-stage')], filter: { event, mode }, supports: false });

describe('what is written', () => {
  it('is told of every trap in full, whether or not a value changes, besides what its walk has written', () => {
    for (const { mode, update } of isa.traps.entry) {
      const trapped = cells.filter((c) => c.expected.trap?.to === mode);
      expect(trapped.length).toBeGreaterThan(500);
      // A walk may update an entry before something else of it fails.
      const registers = trapped.map((c) => c.expected.writes.filter((target) => !target.startsWith('pte.')));
      expect(new Set(registers.map(writesText))).toEqual(new Set([writesText(update.map((u) => u.target))]));
    }
    expect(writesText(['mstatus.MPP', 'mepc', 'mstatus.MIE', 'x12'])).toBe('mstatus.{MPP,MIE} mepc x12');
  });

  it('is the home of what an access reaches', () => {
    const written = (mode: string, event: string): readonly string[] =>
      [...new Set(cells.filter((c) => c.mode === mode && c.event.id === event && c.expected.trap === undefined).map((c) => writesText(c.expected.writes)))];
    expect(written('HS', 'write sepc')).toEqual(['x12 sepc']);
    expect(written('VS', 'write sepc')).toEqual(['x12 vsepc']);
    expect(written('HS', 'read sepc')).toEqual(['x12']);
    expect(written('HS', 'write hip')).toEqual(['x12 hvip.VSSIP']);
    expect(written('HS', 'sfence.vma')).toEqual(['']);
  });

  it('is all that changes', async () => {
    const wrong = await run(forgetting('mstatus.MPV')(isa), 'ecall', 'VS');
    expect(transitionsJson(wrong).disagreeing[0]?.what).toEqual([expect.stringMatching(/^the event +core and reference +specs$/), expect.stringMatching(/^mstatus\.MPV +changes +is not written$/)]);
    expect(transitionsJson(await run(isa, 'ecall', 'VS')).disagreeing).toEqual([]);
  });
});

describe('a disagreement', () => {
  const executor = new CellExecutor(session.matrix, session.writer, alteredCore('five-stage', { isa: forgetting('mcause') }));
  const [cell] = cells.filter((c) => c.event.id === 'ecall' && c.mode === 'U' && c.expected.trap?.to === 'M');

  it('shows both records, with the lines marked that differ', () => {
    const result = cell && executor.execute(cell);
    const lines = result?.kind === 'disagreeing' ? disagreementLines(result.disagreement) : [];
    expect(lines[0]).toMatch(/^record \d+ of \d+ +core +reference$/);
    const [core, reference] = ['core:', 'reference:'].map((heading) => lines.indexOf(heading));
    expect(lines.slice(core, reference).filter((line) => line.startsWith('*'))).toEqual([]);
    expect(lines.slice(reference).filter((line) => line.startsWith('*'))).toEqual([expect.stringMatching(/^\* mcause: 0x[0-9a-f]+ becomes 0x8$/)]);
  });
});

describe('what has no cells', () => {
  const { bits, impossible } = leftOut(session.matrix, {});

  it('names the bits that decisions read and that never change, with the reason', () => {
    expect(bits).toContainEqual({ bit: 'hedeleg[10]', value: 0, reason: 'it cannot be written', modes: ['VS'], decisions: 1 });
    expect(bits.filter((b) => b.bit.startsWith('mideleg')).map((b) => [b.bit, b.value])).toEqual([['mideleg.VSSI', 1], ['mideleg.VSTI', 1], ['mideleg.VSEI', 1], ['mideleg.SGEI', 1]]);
    expect(bits.filter((b) => !b.reason.startsWith('it cannot')).map((b) => [b.bit, b.modes])).toEqual([['mstatus.MPRV', ['HS', 'U', 'VS', 'VU']]]);
    expect(bits.filter((b) => cells.some((c) => c.valuation.has(b.bit) && b.modes.includes(c.mode)))).toEqual([]);
    expect(impossible).toEqual([]);
  });

  it('names values that no state shows together', () => {
    const csrs = isa.csrs.map((csr) => (csr.name !== 'mip' ? csr : {
      ...csr,
      fields: csr.fields.map((f) => (f.name === 'SEIP' && f.source.kind === 'stored' && f.source.read !== undefined ? { ...f, source: { ...f.source, read: { ...f.source.read, text: 'mip.SEIP.stored && lines.seip && !lines.seip' } } } : f)),
    }));
    const found = leftOut(matrixOf({ ...isa, csrs }), { event: 'supervisor_software + supervisor_external', mode: 'HS' }).impossible;
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ values }) => values.get('mip.SEIP.read') === 1n)).toBe(true);
  });

  it('is told in few words', async () => {
    expect(summary(await run(isa, 'hpmcounter', 'VS'))).toContain('mcounteren[31:7]=0 in VS, hcounteren[31:7]=0 in VS');
  });
});

describe('the table', async () => {
  const results = await run(isa, 'virtual_supervisor_external', 'HS');

  it('has a row for every cell in JSON', () => {
    const { table, cells: count } = transitionsJson(results);
    expect(table).toHaveLength(count);
    expect(table.map((row) => row.cell)).toEqual(results.cells.map(cellName));
    expect(table.find((row) => row.trap !== undefined)).toMatchObject({
      from: 'HS', to: 'HS', trap: { cause: 10, interrupt: true, gva: false }, agreement: 'agree', written: expect.arrayContaining(['sepc', 'scause', 'hstatus.SPV']),
    });
  });

  it('loses nothing as text, however long', () => {
    const lines = new Set(formatTransitions(results).split('\n').map((line) => line.replace(/^ +(state +)?/, '')));
    expect(results.cells.map(stateText).filter((state) => !lines.has(state))).toEqual([]);
    expect([...lines]).toContain('interrupt 10 to HS: agree');
  });

  it('tells the records of both sides if it is about a single cell', () => {
    const [first] = results.cells;
    const one = { ...results, cells: first === undefined ? [] : [first], cores: [{ core: 'five-stage', seconds: 0, results: first === undefined ? [] : [{ kind: 'unexecuted', cell: first, reason: 'the program ended' } as const] }] };
    expect(summary(one)).toContain(`${first && cellName(first)} was not executed on five-stage.\n  the program ended`);
  });
});
