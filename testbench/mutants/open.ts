/** From names to a laboratory, in whichever process asks. */
import { DEFAULT_MEMORY, readyCore } from '../commands/cores.js';
import { specFailure, type Failure } from '../commands/failure.js';
import { specLayers } from '../commands/package.js';
import { Laboratory } from './laboratory.js';
import { isAbout } from './mutant.js';

/** What a process must know to judge mutants. Plain data: it goes to workers. */
export interface LaboratorySetup {
  readonly core: string;
  readonly overlays: readonly string[];
  /** Only mutants with one of these in their id or place; all if empty. */
  readonly only: readonly string[];
  readonly sample: number | undefined;
  readonly seconds: number | undefined;
  readonly programs: number;
  readonly seed: number;
}

/** Makes a laboratory. */
export async function openLaboratory({ core, overlays, only, sample, seconds, programs, seed }: LaboratorySetup): Promise<{ readonly ok: true; readonly laboratory: Laboratory } | Failure> {
  // Whether it compiles, from the cache if it has done so before.
  const ready = await readyCore({ core, variants: ['observed'], overlays, memory: DEFAULT_MEMORY });
  if (!ready.ok) return ready;
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(overlays));
  if (!specs.ok) return specFailure(specs.diagnostics);
  const laboratory = new Laboratory({
    specs: specs.value, core, programs, seed, ...(only.length === 0 ? {} : { only: (m) => only.some((text) => isAbout(m, text)) }),
    ...(sample === undefined ? {} : { sample }), ...(seconds === undefined ? {} : { seconds }),
  });
  return { ok: true, laboratory };
}
