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
import { EXIT_CODE, failure, specFailure, type Failure } from './failure.js';
import { writeFileWhole } from './files.js';
import { packageVersion, specLayers } from './package.js';
import { terminal } from './terminal.js';

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

/** A divergence as text: of its folder or, where none could be written, of all that there is. */
export type KeptDivergence = { readonly ok: true; readonly text: string } | (Failure & { readonly text: string });

/**
 * Writes the folder of a divergence; the block that tells of it. The wave comes last: a disk that it does not fit on
 * still has what replays it.
 *
 * @param more - Writes further files into the folder, given the block.
 */
export async function keepDivergence(directory: string, one: Case, divergence: Divergence, more: (text: string) => Failure | undefined = () => undefined): Promise<KeptDivergence> {
  const ready = await readyCore({ core: one.core, variants: ['plain', 'traced'], overlays: one.overlays, memory: one.memory });
  if (!ready.ok) return { ...ready, text: '' };
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(one.overlays));
  if (!specs.ok) return { ...await specFailure(specs.diagnostics), text: '' };
  const block = explain(divergence, { isa: specs.value.isa, description: ready.variant('plain').description, disassemble: createDisassembler(ready.tables) });
  const lines = [block, replayLine(directory)];
  const stack = divergence.error === undefined ? undefined : `${divergence.error.stack ?? divergence.error.message}\n`;
  if (stack !== undefined) lines.push(`Stack:  ${join(directory, STACK)}`);
  const unkept = writeBundle(directory, one, ready.specHash);
  if (unkept !== undefined) return { ...unkept, text: block };
  const unwritten = (stack === undefined ? undefined : writeFileWhole(join(directory, STACK), stack)) ?? more(lines.join('\n'));
  if (unwritten !== undefined) lines.push(`Not whole: ${unwritten.message}`);
  const waved = await waveOf(join(directory, 'core.vcd'), one, ready, divergence);
  if (waved === 'none') return { ok: true, text: lines.join('\n') };
  const waves = waved === undefined ? `${join(directory, 'core.vcd')}  (gtkwave -a ${join(directory, 'core.gtkw')})` : `none. ${waved.message}`;
  return { ok: true, text: [...lines, `Waves:  ${waves}`].join('\n') };
}

/** Tells of a divergence that could not be kept; the exit code. */
export function tellUnkept({ text, ...failed }: Failure & { readonly text: string }): number {
  if (text !== '') terminal.out(text);
  const code = terminal.fail(failed);
  return text === '' ? code : EXIT_CODE.failure;
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
