/** From names to the shares of a run, in whichever process asks. */
import { DEFAULT_MEMORY, readyCore } from '../commands/cores.js';
import { specFailure, type Failure } from '../commands/failure.js';
import { specLayers } from '../commands/package.js';
import type { CompiledCore } from '../../model/compile.js';
import { type CellFilter, prepare } from './session.js';
import { Shares } from './shares.js';

/** What a process must know to do shares. Plain data: it goes to workers. */
export interface SharesSetup {
  readonly cores: readonly string[];
  readonly overlays: readonly string[];
  readonly filter: CellFilter;
}

/** Prepares shares. */
export async function openShares({ cores, overlays, filter }: SharesSetup): Promise<{ readonly ok: true; readonly shares: Shares } | Failure> {
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(overlays));
  if (!specs.ok) return specFailure(specs.diagnostics);
  const compiled: CompiledCore[] = [];
  for (const core of cores) {
    const ready = await readyCore({ core, variants: ['observed'], overlays, memory: DEFAULT_MEMORY });
    if (!ready.ok) return ready;
    compiled.push(ready.variant('observed'));
  }
  return { ok: true, shares: new Shares(prepare(specs.value.isa), compiled, filter) };
}
