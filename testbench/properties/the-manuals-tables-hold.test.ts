/**
 * The manual's tables, typed as literals by a reader who has seen neither
 * side, run against both: a misreading that model and reference share shows
 * here.
 */
import { describe, expect, it } from 'vitest';
import { ObservedCore } from '../lockstep/observed.js';
import { CoreSubject } from '../lockstep/subject.js';
import { Reference } from '../reference/reference.js';
import type { Subject } from '../retirement.js';
import { tables } from '../tables/index.js';
import type { TableRow } from '../tables/row.js';
import { runRow } from '../tables/run.js';
import { CORES, compiledCore, shippedSpecs, type CoreName } from './cores.js';

const all = (): readonly TableRow[] => tables();

/** Those that do not rest on tables being read anew, if the core keeps what it has read. */
function rowsFor(name: CoreName): readonly TableRow[] {
  const keeps = shippedSpecs().cores.find((core) => core.name === name)?.translation !== undefined;
  return keeps ? all().filter(({ rules }) => !rules.includes('choices:no-tlb')) : all();
}

function disagreements(subject: Subject, rows: readonly TableRow[]): readonly string[] {
  return rows.flatMap((row) => runRow(subject, row).map((difference) => `${row.id}: ${difference}`));
}

describe('every row of the manual\'s tables holds', () => {
  it('for the reference', () => {
    expect(disagreements(new Reference(), all())).toEqual([]);
  });

  it.each(CORES)('for the %s core', (name) => {
    expect(disagreements(new CoreSubject(new ObservedCore(compiledCore(name))), rowsFor(name))).toEqual([]);
  });
});
