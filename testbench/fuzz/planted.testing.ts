/**
 * For tests: probers on a core that is right, and on one with a bug planted in
 * its specs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, type CompiledCore } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import { createDisassembler } from '../assembly/disassemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { compiledCore, shippedSpecs } from '../properties/cores.js';
import { Prober, type ProberOptions } from './prober.js';

const specs = shippedSpecs();

/** SRET in a guest forgets to restore SIE. */
export const FORGETFUL: Isa = {
  ...specs.isa,
  instructions: specs.isa.instructions.map((i) => (i.name !== 'sret' ? i : {
    ...i, cases: i.cases.map((c) => (c.name === 'sret_v1' ? { ...c, update: c.update.filter((u) => u.target !== 'vsstatus.SIE') } : c)),
  })),
};

const planted = new Map<Isa, CompiledCore>();

function plantedCore(isa: Isa): CompiledCore {
  const known = planted.get(isa);
  if (known !== undefined) return known;
  const uarch = specs.cores.find((c) => c.name === 'three-stage');
  if (uarch === undefined) throw new Error('no three-stage core');
  const compiled = compile({ ...specs, isa }, uarch, 'observed', 128 << 20);
  if (!compiled.ok) throw new Error('the planted specs do not compile');
  planted.set(isa, compiled.value);
  return compiled.value;
}

/** A core whose records name CSRs that its description lacks: reading these throws. */
export function unreadable(core: CompiledCore): CompiledCore {
  const { homes } = core.description;
  return { ...core, description: { ...core.description, homes: homes.slice(0, homes.findIndex((h) => h.name === 'vsstatus')) } };
}

/** A prober; `isa` replaces that of the model, never that of the reference. */
export function proberFor(isa: Isa | undefined, options: Partial<Omit<ProberOptions, 'isa' | 'disassemble'>> = {}): Prober {
  return new Prober({
    core: isa === undefined ? compiledCore('three-stage') : plantedCore(isa), isa: isa ?? specs.isa,
    disassemble: createDisassembler(assemblyTables(specs.isa)), profile: 'all', seed: 1, ...options,
  });
}

/** A folder for one test. */
export class Scratch {
  readonly directory = mkdtempSync(join(tmpdir(), 'ghosthart-fuzz-'));

  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
