/**
 * What is called equivalent has a proof, which names what it rests on and
 * lapses with it; what says something else has none.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hardware } from '../../model/compile.js';
import type { Module } from '../../model/ir/ir.js';
import type { Specs, Uarch } from '../../model/spec/isa.js';
import { loadSpecs } from '../../model/spec/load.js';
import { packageRoot } from '../commands/package.js';
import { allMutants } from '../mutants/all.js';
import { prove } from '../mutants/equivalence.js';
import type { Mutant } from '../mutants/mutant.js';
import { shippedSpecs } from './cores.js';
import { timeout } from './effort.js';

/** Several cores are elaborated for these, and a search in vain takes all its nodes. */
const LONG = 5 * timeout();
const SPECS = join(packageRoot, 'specs');

/** The shipped specs with one line edited, in a folder of their own. */
function editedSpecs(folder: string, line: string, instead: string): Specs {
  cpSync(SPECS, folder, { recursive: true });
  const file = join(folder, 'isa', 'permits.yaml');
  const text = readFileSync(file, 'utf8');
  if (text.split(line).length !== 2) throw new Error(`the specs write this differently now: ${line}`);
  writeFileSync(file, text.replace(line, instead));
  const loaded = loadSpecs([folder]);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join('\n'));
  return loaded.value;
}

/** The hardware that a proof is about: it needs no wasm. */
function moduleOf(specs: Specs, uarch: Uarch): Module {
  const built = hardware(specs, uarch);
  if (!built.ok) throw new Error(built.diagnostics.map((d) => d.message).join('\n'));
  return built.value.module;
}

/** The hardware with the mutant's mistake. */
function mutated({ change }: Mutant, specs: Specs, uarch: Uarch, original: Module): Module {
  switch (change.of) {
    case 'hardware':
      return change.apply(original);
    case 'isa':
      return moduleOf({ ...specs, isa: change.apply(specs.isa) }, uarch);
    case 'uarch':
      return moduleOf(specs, change.apply(uarch));
  }
}

describe('a proof of equivalence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghosthart-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const shipped = shippedSpecs();
  /** What the prover says of a mutant of some specs' core, after some nodes of diagrams. */
  const proverOf = (specs: Specs, core = 'five-stage') => {
    const uarch = specs.cores.find((c) => c.name === core);
    if (uarch === undefined) throw new Error(`no core ${core}`);
    const original = moduleOf(specs, uarch);
    const mutants = allMutants(specs.isa, uarch, original);
    return (id: string, nodes?: number): ReturnType<typeof prove> => {
      const mutant = mutants.find((m) => m.id === id);
      if (mutant === undefined) throw new Error(`no mutant ${id}`);
      return prove(mutant, original, mutated(mutant, specs, uarch, original), specs.isa, nodes);
    };
  };
  const proofOf = proverOf(shipped);
  /** Nodes that are plenty for a permit table. */
  const FEW = 50_000;
  const ORDER = 'permit sret.sret_in_U_mode: after mstatus_tsr_op';

  it('is found for rows whose order does not matter', () => {
    expect(proofOf(ORDER)).toHaveProperty('how');
  });

  it('names the invariants that it rests on', () => {
    expect(proofOf('permit hlsv.hlsv_mode: without mode')).toMatchObject({ invariants: ['the hart is in one of five modes'] });
  });

  it.each([
    ['instruction by instruction, where the whole is too large', 'exception load_access_fault.tinst: if implicit then 0 else sext(transformed)'],
    ['with what the two share as an unknown', 'interrupt HS pending: mip & mie & ~hideleg'],
    ['but for what nothing reads', 'encoding pause: forgotten'],
    ['for bits that are the same on all ways', 'trap-entry M mcause: {interrupt, sext<63>(cause)}'],
    ['for faults that exclude each other, whose order does not matter', 'exception priority: fetch-fault before fetch-guest-page-fault'],
    ['where it is looked for only in the states in which the mistake shows', 'permit satp.satp_acc: mode without 0'],
  ])('is found %s', (_why, id) => {
    expect(proofOf(id)).toHaveProperty('how');
  });

  it('is found where what was chosen on the way rules out that a difference matters', () => {
    expect(proverOf(shipped, 'three-stage')('flush muldiv.busy: never cleared by commit')).toHaveProperty('how');
  });

  it('knows at which levels a walk can be', () => {
    expect(proofOf('translation pte.Sv39_leaf_any_level: without level')).toMatchObject({ invariants: ['walk.level is below 5', 'walk.second_level is below 5'] });
  });

  it.each([
    ['a row that says something else', 'permit sret.mstatus_tsr_op: allow instead of illegal'],
    ['an order of what can come together', 'interrupt M machine_external: after machine_software'],
    ['a row that shows in one mode, and matters there', 'permit counter.mcounteren_clr_ill_inst_exc: mode without 0'],
    ['a level that walks come to', 'translation pte.Sv39_leaf_any_level: level without 0'],
  ])('is not found for %s', (_what, id) => {
    expect(proofOf(id, FEW)).toHaveProperty('differs');
  });

  it('carries a hash of the spec lines, and lapses with them', () => {
    const row = 'sret_in_U_mode,            when: { mode: U },                   then: illegal';
    const spaced = proverOf(editedSpecs(join(folder, 'spaced'), row, row.replace('{ mode: U }', '{ mode: U  }')));
    const [before, after] = [proofOf(ORDER, FEW), spaced(ORDER, FEW)];
    expect('lines' in before && 'lines' in after && before.lines !== after.lines, 'an edit that changes nothing: another proof').toBe(true);
    const other = 'when: { mode: HS, mstatus.TSR: 1 },  then: illegal, rules: [mstatus_tsr_op';
    const changed = proverOf(editedSpecs(join(folder, 'changed'), other, other.replace('mode: HS', 'mode: [HS, U]').replace('illegal', 'virtual')));
    expect(changed(ORDER, FEW), 'an edit that makes the order matter: none').toHaveProperty('differs');
  }, LONG);

  it.each([
    ['lapses with', 'hstatus.VTSR: 1 }, then: virtual, rules: [H_virtinst_vs_sret_vtsr1', 'virtual', 'illegal', false],
    ['does not lapse with', 'id: mstatus_tw_umode_op,    when: { mode: U },                            then: illegal', 'illegal', 'allow', true],
  ])('%s a row that the mutant leaves alone but the proof may rest on', (_what, row, decision, instead, same) => {
    const edited = proverOf(editedSpecs(join(folder, instead), row, row.replace(decision, instead)));
    const [before, after] = [proofOf(ORDER, FEW), edited(ORDER, FEW)];
    expect('lines' in before && 'lines' in after && before.lines === after.lines).toBe(same);
    expect(after, 'both are proofs').toHaveProperty('lines');
  });
});
