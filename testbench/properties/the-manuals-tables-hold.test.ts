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
import { runRow } from '../tables/run.js';
import { CORES, compiledCore } from './cores.js';

function disagreements(subject: Subject): readonly string[] {
  return tables().flatMap((row) => runRow(subject, row).map((difference) => `${row.id}: ${difference}`));
}

describe('every row of the manual\'s tables holds', () => {
  it('for the reference', () => {
    expect(disagreements(new Reference())).toEqual([]);
  });

  it.each(CORES)('for the %s core', (name) => {
    expect(disagreements(new CoreSubject(new ObservedCore(compiledCore(name))))).toEqual([]);
  });
});
