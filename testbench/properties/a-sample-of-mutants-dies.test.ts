/**
 * Most of a sample of mutants dies, and the mutants that the manual's tables
 * answer for die of the tables alone.
 */
import { describe, expect, it } from 'vitest';
import { prove } from '../mutants/equivalence.js';
import { Foundry } from '../mutants/foundry.js';
import { formatMutation, mutate, mutationJson } from '../mutants/index.js';
import { isaMutant, type Mutant } from '../mutants/mutant.js';
import { specMutants } from '../mutants/all.js';
import { shippedSpecs } from './cores.js';

const SEED = 20;

describe('of a sample of mutants', () => {
  it('at least nine in ten die of those not proven equivalent', () => {
    const results = mutate({ specs: shippedSpecs(), core: 'five-stage', sample: 30, seed: SEED, secondsPerMutant: 5, programsPerMutant: 400 });
    const { mutants, killed, provenEquivalent, killedByTables, countedForTables } = mutationJson(results);
    expect(killed, formatMutation(results)).toBeGreaterThanOrEqual(0.9 * (mutants - provenEquivalent));
    expect(killed).toBeGreaterThan(15);
    expect(killedByTables, 'the literal tables kill what is theirs').toBe(countedForTables);
  });
});

describe('a proof of equivalence', () => {
  const specs = shippedSpecs();
  const [uarch] = specs.cores;
  if (uarch === undefined) throw new Error('no core');
  const foundry = new Foundry(specs, uarch);
  const proofOf = (mutant: Mutant): ReturnType<typeof prove> => {
    const [cast] = foundry.cast([mutant]).casts;
    if (cast === undefined) throw new Error(`${mutant.id} cannot be compiled`);
    return prove(mutant, foundry.original, cast.module, specs.isa);
  };
  const named = (id: string): Mutant => {
    const mutant = specMutants(specs.isa).find((m) => m.id === id);
    if (mutant === undefined) throw new Error(`no mutant ${id}`);
    return mutant;
  };

  it('is found for rows whose order does not matter', () => {
    expect(proofOf(named('permit sret.sret_in_U_mode: after mstatus_tsr_op'))).toHaveProperty('how');
  });

  it('names the invariants that it rests on', () => {
    const proof = proofOf(named('permit hlsv.hlsv_mode: without mode'));
    expect(proof).toMatchObject({ invariants: ['the hart is in one of five modes'] });
  });

  it('is not found for a row that says something else', () => {
    expect(proofOf(named('permit sret.mstatus_tsr_op: allow instead of illegal'))).toHaveProperty('differs');
  });

  it('carries a hash of the spec lines, and lapses with them', () => {
    const mutant = named('permit sret.sret_in_U_mode: after mstatus_tsr_op');
    const { span } = mutant;
    if (span === undefined) throw new Error('a mutant of the specs has a place');
    const text = span.file.text.replace('sret_in_U_mode,  ', 'sret_in_U_mode, ');
    const moved = isaMutant(mutant.kind, 'the same', { span: { ...span, file: { ...span.file, text } }, rules: [] }, (isa) => isa);
    const [a, b] = [proofOf(mutant), proofOf(moved)];
    expect('lines' in a && 'lines' in b && a.lines !== b.lines).toBe(true);
  });
});
