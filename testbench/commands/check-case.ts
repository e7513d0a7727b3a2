/**
 * One case in lockstep: run, and if the two part, told and kept.
 */
import { join } from 'node:path';
import { createDisassembler } from '../assembly/disassemble.js';
import { explain } from '../lockstep/explain.js';
import { Lockstep, type Divergence, type LockstepResult } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { Board } from './board.js';
import { writeBundle, type Case } from './bundle.js';
import { readyCore, type ReadyCore } from './cores.js';
import { failure, specFailure, type Failure } from './failure.js';
import { writeFileWhole } from './files.js';
import { packageVersion, specLayers } from './package.js';

/** Cycles of the wave before and after the divergence. */
const BEFORE = 200n;
const AFTER = 20n;
/** Where an error was thrown. */
const STACK = 'error.txt';

/** Runs a case on an observed core from the cache. */
export function runCase(one: Case, ready: ReadyCore, print?: (bytes: Uint8Array) => void): LockstepResult {
  const core = new ObservedCore(ready.variant('observed'), print === undefined ? {} : { print });
  return new Lockstep(core).run(one.program, { maxCycles: one.maxCycles, inputs: one.inputs });
}

/** Writes the folder of a divergence, wave and all; the block that tells of it. */
export async function keepDivergence(directory: string, one: Case, divergence: Divergence): Promise<{ readonly ok: true; readonly text: string } | Failure> {
  const ready = await readyCore({ core: one.core, variants: ['plain', 'traced'], overlays: one.overlays, memory: one.memory });
  if (!ready.ok) return ready;
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(one.overlays));
  if (!specs.ok) return specFailure(specs.diagnostics);
  const kept = writeBundle(directory, one, ready.specHash);
  if (kept !== undefined) return kept;
  const block = explain(divergence, { isa: specs.value.isa, description: ready.variant('plain').description, disassemble: createDisassembler(ready.tables) });
  const lines = [block, replayLine(directory)];
  if (divergence.error !== undefined) {
    const unwritten = writeFileWhole(join(directory, STACK), `${divergence.error.stack ?? divergence.error.message}\n`);
    if (unwritten !== undefined) return unwritten;
    lines.push(`Stack:  ${join(directory, STACK)}`);
  }
  const waved = await waveOf(join(directory, 'core.vcd'), one, ready, divergence);
  if (waved === 'none') return { ok: true, text: lines.join('\n') };
  if (waved !== undefined) return waved;
  return { ok: true, text: [...lines, `Waves:  ${join(directory, 'core.vcd')}  (gtkwave -a ${join(directory, 'core.gtkw')})`].join('\n') };
}

/** How to run what a folder holds once more. */
export const replayLine = (directory: string): string => `Replay: npx ghosthart replay ${directory}`;

/** The wave around a divergence; none if the run breaks here as well. */
async function waveOf(path: string, one: Case, ready: ReadyCore, { kind, observation }: Divergence): Promise<Failure | 'none' | undefined> {
  try {
    return await wave(path, one, ready, observation?.inputs.cycle ?? 0n);
  } catch (error) {
    if (kind === 'error') return 'none';
    throw error;
  }
}

async function wave(path: string, one: Case, ready: ReadyCore, cycle: bigint): Promise<Failure | undefined> {
  const board = new Board({
    plain: ready.variant('plain'), traced: ready.variant('traced'), tables: ready.tables, version: packageVersion(),
    specHash: ready.specHash, skipIdle: false, replay: one.inputs,
  });
  board.machine.load(one.program);
  const from = cycle > BEFORE ? cycle - BEFORE : 0n;
  const outcome = await board.run(cycle + AFTER, { path, from, to: undefined, limit: undefined, marker: cycle });
  return outcome.kind === 'failed' ? failure(outcome.message, outcome.mend) : undefined;
}
