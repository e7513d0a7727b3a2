/** Failures of one cause are one failure, and its text names what decided. */
import { describe, expect, it } from 'vitest';
import { createDisassembler } from '../assembly/disassemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { explain } from '../lockstep/explain.js';
import type { Divergence } from '../lockstep/lockstep.js';
import { compiledCore, shippedSpecs } from '../properties/cores.js';
import { ONE_LINE_MISTAKES, proberFor } from './planted.testing.js';

const { isa: shipped } = shippedSpecs();
const { description } = compiledCore('three-stage');
const disassemble = createDisassembler(assemblyTables(shipped));

/** Programs until one cause has shown often enough, and programs at most. */
const OFTEN = 6;
const PROGRAMS = 3000;

describe('a mistake of one line in the specs is one failure', () => {
  it.each(ONE_LINE_MISTAKES)('$what', ({ isa, about, says }) => {
    const prober = proberFor(isa);
    const ways = new Map<string, Divergence>();
    let failed = 0;
    for (let program = 0; program < PROGRAMS && failed < OFTEN; program++) {
      const probe = prober.probe(prober.maker.make(program));
      if (probe.kind !== 'diverged') continue;
      failed++;
      ways.set(probe.signature, probe.divergence);
    }
    expect(failed).toBeGreaterThan(1);
    expect([...ways.keys()]).toEqual([expect.stringMatching(about)]);
    const texts = [...ways.values()].map((divergence) => explain(divergence, { isa, description, disassemble }));
    for (const pattern of says) for (const text of texts) expect(text).toMatch(pattern);
  });
});
