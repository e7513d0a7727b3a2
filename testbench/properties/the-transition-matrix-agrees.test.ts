/**
 * The transition matrix: from every mode, every event, on every value of the
 * state that its decision reads, core and reference do the same, and it is
 * what the specs say. `ghosthart transitions` executes all of it; here every
 * so-many-th cell, the same each time.
 */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Isa } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import { assemble } from '../assembly/assemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { CoreSubject } from '../lockstep/subject.js';
import { Reference } from '../reference/reference.js';
import { MODES } from '../retirement.js';
import { supportNames } from '../transitions/cells.js';
import { outcomeText } from '../transitions/decide.js';
import { happensIn } from '../transitions/event.js';
import { CellExecutor, decisionOf } from '../transitions/execute.js';
import { fill } from '../transitions/fill.js';
import { listing, WordText } from '../transitions/listing.js';
import { transitionsHtml } from '../transitions/html.js';
import { cellName, parseCellName } from '../transitions/names.js';
import { allAgree, formatTransitions, transitionsJson } from '../transitions/report.js';
import { runTransitions } from '../transitions/run.js';
import { prepare, selectedCells } from '../transitions/session.js';
import { compiledCore, CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';

/** A prime, so that no mode or value is left out throughout. */
const EVERY = 43;

const { isa } = shippedSpecs();
const session = prepare(isa);
const cells = selectedCells(session.matrix, {});

describe('the transition matrix', () => {
  it('has cells for every event in every mode, some tens of thousands', () => {
    const inhabited = new Set(cells.map((c) => `${c.mode} ${c.event.id}`));
    expect(session.matrix.events.flatMap((e) => MODES.filter((m) => happensIn(e, m)).flatMap((m) => (inhabited.has(`${m} ${e.id}`) ? [] : [`${m} ${e.id}`])))).toEqual([]);
    expect(cells.length).toBeGreaterThan(20_000);
  });

  it('has a cell for every value of what two interrupts rest on', () => {
    const { matrix } = session;
    for (const event of matrix.events.filter((e) => e.group === 'pair')) {
      for (const mode of MODES) {
        const values = supportNames(matrix, event, mode).reduce((n, name) => n * (matrix.atoms.get(name)?.legal.length ?? 2), 1);
        expect([event.id, mode, cells.filter((c) => c.event === event && c.mode === mode).length]).toEqual([event.id, mode, values]);
      }
    }
  });

  it('has an event for every exception, or says why not', () => {
    const caught = new Set(cells.flatMap((c) => (c.expected.trap?.interrupt === false ? [c.expected.trap.cause] : [])));
    const pruned = new Set(session.matrix.pruned.map((p) => p.name));
    expect(isa.traps.exceptions.filter((e) => !caught.has(e.code) && !pruned.has(e.name)).map((e) => e.name)).toEqual([]);
  });

  it('says of each cause without cells why nothing raises it', () => {
    const reasons = new Map(session.matrix.pruned.map((p) => [p.name, p.reason]));
    expect([...reasons.keys()].sort()).toEqual(isa.traps.exceptions.filter((e) => e.source === 'none').map((e) => e.name).sort());
    expect(reasons.get('load_address_misaligned')).toBe('misaligned loads are done in hardware');
  });

  it('decides by every row of the permits, the page-table entries, the delegation and the trap returns', () => {
    const deciding = new Set(cells.flatMap((c) => c.expected.rules));
    const rows = [...(isa.translation?.rows ?? []), ...isa.permits.flatMap((t) => t.rows), ...isa.traps.delegation, ...isa.instructions.flatMap((i) => i.cases)];
    expect(rows.map((r) => r.name).filter((name) => !deciding.has(name))).toEqual([]);
  });

  it.each(CORES)('agrees on %s', async (name) => {
    const results = await runTransitions({ isa, cores: [compiledCore(name)], filter: { every: EVERY }, supports: false });
    const json = transitionsJson(results);
    expect([...json.disagreeing, ...json.unexecuted]).toEqual([]);
    expect(allAgree(json)).toBe(true);
    expect(formatTransitions(results)).toContain(`${json.cells} cells, ${json.cells} executed, ${json.cells} agreeing`);
  });

  it('names the cell, the rule and both outcomes when the specs say something else', async () => {
    const results = await runTransitions({ isa: flipped(isa, 'mstatus_tsr_op'), cores: [compiledCore('five-stage')], filter: { event: 'sret', mode: 'HS' } });
    const { disagreeing, cells: count, agreeing } = transitionsJson(results);
    expect(count - agreeing).toBeGreaterThan(0);
    expect(disagreeing[0]).toMatchObject({ event: 'sret', mode: 'HS', rules: expect.arrayContaining(['mstatus_tsr_op']) });
    expect(disagreeing[0]?.what[0]).toMatch(/^the event +core and reference +specs$/);
    expect(disagreeing[0]?.what[1]).toMatch(/^decision +cause 2 to \w+ +cause 22 to \w+$/);
  });
});

/** The same specs with one permit row that says virtual instead of illegal. */
const flipped = (whole: Isa, id: string): Isa => ({
  ...whole,
  permits: whole.permits.map((table) => ({ ...table, rows: table.rows.map((row) => (row.name === id ? { ...row, then: 'virtual' } : row)) })),
});

const anyCell = fc.nat({ max: cells.length - 1 }).map((i) => {
  const cell = cells[i];
  if (cell === undefined) throw new Error(`no cell ${i}`);
  return cell;
});

describe('a name', () => {
  it('is of one cell, whatever the order of its values', () => {
    expect(new Set(cells.map(cellName)).size).toBe(cells.length);
    fc.assert(fc.property(anyCell, (cell) => {
      const [mode, ...words] = cellName(cell).split(' ');
      const name = parseCellName([mode, ...words.filter((w) => !w.includes('=')), ...words.filter((w) => w.includes('=')).reverse()].join(' '));
      expect(name && selectedCells(session.matrix, { cell: name })).toEqual([cell]);
    }), tries(50));
  });

  it('stays when the specs change elsewhere, with its witness', () => {
    const changed = prepare({ ...isa, instructions: isa.instructions.filter((i) => i.name !== 'wfi') });
    const cell = parseCellName('VS sret hstatus.VTSR=1 medeleg[22]=0 vsstatus.SPP=1');
    const [before, after] = [session, changed].map((s) => selectedCells(s.matrix, { ...(cell && { cell }) }).map((c) => s.writer.write(c)?.code));
    expect(before).toHaveLength(1);
    expect(after).toEqual(before);
  });

  it('may leave values out', () => {
    const name = parseCellName('VS sret hstatus.VTSR=0');
    expect(selectedCells(session.matrix, { ...(name && { cell: name }) }).length).toBeGreaterThan(1);
    expect(parseCellName('sret in VS')).toBeUndefined();
  });
});

describe('a witness', () => {
  const tables = assemblyTables(isa);
  const words = new WordText(tables);

  it('prints as assembly that assembles to the program that was executed', () => {
    fc.assert(fc.property(anyCell, (cell) => {
      const witness = session.writer.write(cell);
      if (witness === undefined) throw new Error(`${cellName(cell)} has no witness`);
      const assembled = assemble(listing(cell, witness, words), tables);
      expect(assembled.ok && assembled.program.sections.map((s) => Buffer.from(s.bytes).toString('hex'))).toEqual([Buffer.from(witness.segments[0]?.data ?? []).toString('hex')]);
    }), tries(100));
  });

  it('decides as the same state does when the host puts it into the hart', () => {
    const core = new ObservedCore(compiledCore('three-stage'));
    const executor = new CellExecutor(session.matrix, session.writer, core);
    const subjects = [new Reference(), new CoreSubject(new ObservedCore(compiledCore('five-stage')))];
    // A wait ends by a line that rises later; the host's single step has none.
    const instant = anyCell.filter(({ event }) => event.kind === 'interrupt' || event.instruction?.class !== 'wait');
    fc.assert(fc.property(instant, fc.integer(), (cell, seed) => {
      const result = executor.execute(cell);
      const filled = fill(session.matrix, session.filling, cell, new Dice(seed));
      const arranged = subjects.map((s) => filled && outcomeText(decisionOf(session.arranger.step(s, cell.event, cell.mode, filled.state, filled.data))));
      expect(result.kind === 'agreeing' ? arranged : { ...result, cell }).toEqual(subjects.map(() => outcomeText(cell.expected)));
    }), tries(150));
  });

  it('never reaches the state that the matrix leaves out as unreachable', () => {
    const core = new ObservedCore(compiledCore('five-stage'));
    const reference = new Reference();
    const lockstep = new Lockstep(core, reference);
    const { matrix, writer } = session;
    expect(matrix.pinned.VS.size).toBeGreaterThan(0);
    fc.assert(fc.property(anyCell, (cell) => {
      const witness = writer.write(cell);
      const wrong: string[] = [];
      if (witness === undefined) throw new Error(`${cellName(cell)} has no witness`);
      lockstep.run(witness, {
        maxCycles: 4_000,
        inputs: witness.inputs,
        onRecord: () => {
          const { mode, csrs } = reference.state();
          for (const [name, value] of matrix.pinned[mode]) {
            const atom = matrix.atoms.get(name);
            const found = atom === undefined ? undefined : ((csrs[atom.home] ?? 0n) >> BigInt(atom.low)) & 1n;
            if (found !== value) wrong.push(`${name} is ${found} in ${mode}`);
          }
        },
      });
      expect(wrong).toEqual([]);
    }), tries(200));
  });

  it('stands in a page that needs nothing else', async () => {
    const results = await runTransitions({ isa, cores: [compiledCore('five-stage')], filter: { event: 'sret' } });
    const html = transitionsHtml(results, tables);
    expect(html).not.toMatch(/(src|href)=|https?:|@import/);
    expect(html.length).toBeLessThan(100_000);
  });

  it('is opened by the command that the page shows, which names the specs', async () => {
    const results = await runTransitions({ isa, cores: [compiledCore('five-stage')], filter: { event: 'mret', mode: 'U' }, supports: false });
    expect(pageOf(transitionsHtml(results, tables, ['my specs']))).toMatchObject({ cores: [{ core: 'five-stage', command: "npx ghosthart transitions --core five-stage --specs 'my specs'" }] });
  });
});

/** The data that a page carries. */
const pageOf = (html: string): unknown => JSON.parse(gunzipSync(Buffer.from(/base64">([^<]+)</.exec(html)?.[1] ?? '', 'base64')).toString());
