/**
 * From names to a prober: compiled core and specs, in whichever process asks.
 */
import type { Profile } from '../arbitraries/profile.js';
import { readyCore, type ReadyCore } from '../commands/cores.js';
import { specFailure, type Failure } from '../commands/failure.js';
import { specLayers } from '../commands/package.js';
import { Prober } from './prober.js';

/** What a process must know to run programs. Plain data: it goes to workers. */
export interface ProberSetup {
  readonly core: string;
  readonly memory: number;
  readonly overlays: readonly string[];
  readonly profile: Profile;
  readonly seed: number;
  readonly corpus: string;
  readonly findings: string;
}

/** A prober, and the core that it was made from. */
export interface Opened {
  readonly ok: true;
  readonly prober: Prober;
  readonly ready: ReadyCore;
}

/**
 * Makes a prober, from the cache where it can.
 *
 * @param onProgram - Called before every program.
 */
export async function openProber(setup: ProberSetup, onProgram?: () => void): Promise<Opened | Failure> {
  const { core, memory, overlays } = setup;
  const ready = await readyCore({ core, variants: ['observed'], overlays, memory });
  if (!ready.ok) return ready;
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(overlays));
  if (!specs.ok) return specFailure(specs.diagnostics);
  const prober = new Prober({
    core: ready.variant('observed'), isa: specs.value.isa,
    profile: setup.profile, seed: setup.seed, corpus: setup.corpus, findings: setup.findings,
    ...(onProgram === undefined ? {} : { onProgram }),
  });
  return { ok: true, prober, ready };
}
