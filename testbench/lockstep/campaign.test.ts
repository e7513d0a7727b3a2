import { describe, expect, it } from 'vitest';
import { compile } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import { unexpected } from '../coverage/report.js';
import { compiledCore, shippedSpecs } from '../properties/cores.js';
import { testSeed } from '../properties/effort.js';
import { campaign } from './campaign.js';

const specs = shippedSpecs();

/** The specs with one permit row that allows what it should forbid. */
function lenient(table: string, row: string): Isa {
  const { isa } = specs;
  return {
    ...isa,
    permits: isa.permits.map((t) => (t.name !== table ? t : { ...t, rows: t.rows.map((r) => (r.name === row ? { ...r, then: 'allow' as const } : r)) })),
  };
}

describe('a campaign', () => {
  it('runs what it is asked for and counts what agreed', async () => {
    const { programs, failures, coverage, instructions } = await campaign({ core: compiledCore('five-stage'), isa: specs.isa, seed: testSeed(), programs: 300 });
    expect({ programs, failures }).toEqual({ programs: 300, failures: [] });
    expect(instructions).toBeGreaterThan(10_000);
    expect(coverage.misjudged).toEqual([]);
    expect(coverage.sections().flatMap(unexpected)).toEqual([]);
  });

  it('finds a permission that is given wrongly, and shrinks the program to the instruction', async () => {
    const core = specs.cores.find((c) => c.name === 'three-stage');
    if (core === undefined) throw new Error('no three-stage core');
    const compiled = compile({ ...specs, isa: lenient('sret', 'H_virtinst_vs_sret_vtsr1') }, core, 'observed', 128 << 20);
    if (!compiled.ok) throw new Error('the lenient specs do not compile');
    const { failures } = await campaign({ core: compiled.value, isa: specs.isa, seed: 1, programs: 5000, failures: 1 });
    const [failure] = failures;
    expect(failure?.divergence.differences[0]).toMatchObject({ what: 'outcome', model: 'retires' });
    expect(failure?.plan.body.flatMap((i) => i.words).length).toBeLessThanOrEqual(2);
    expect(failure?.plan.settings.length).toBeLessThanOrEqual(5);
  });
});
