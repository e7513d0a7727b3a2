/**
 * A failure as a person wants it: a folder with the program as assembly and
 * as ELF, what replays it, what differs by which rule, and the wave.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Builder } from '../arbitraries/build.js';
import { printProgram } from '../arbitraries/print.js';
import type { Plan } from '../arbitraries/program.js';
import type { Disassembler } from '../assembly/disassemble.js';
import type { Case } from '../commands/bundle.js';
import { keepDivergence, runCase } from '../commands/check-case.js';
import type { ReadyCore } from '../commands/cores.js';
import { failure, type Failure } from '../commands/failure.js';
import { writeFileWhole } from '../commands/files.js';
import { PROGRAM_LIMITS } from '../lockstep/campaign.js';
import { encodePlan } from './plan-file.js';

/** What has been found, made as small as time allowed. */
export interface SmallFailure {
  readonly signature: string;
  readonly plan: Plan;
  readonly seed: number;
  /** Number in the seed. */
  readonly program: number;
  /** Candidates taken while it was made smaller. */
  readonly path: readonly number[];
}

/** What a folder is written with. */
export interface FolderContext {
  readonly out: string;
  readonly core: string;
  readonly memory: number;
  readonly overlays: readonly string[];
  readonly builder: Builder;
  readonly disassemble: Disassembler;
  readonly ready: ReadyCore;
}

const STEM = 'repro';
const NAME_LENGTH = 48;
const HASH_DIGITS = 6;

/** The folder of a signature: the same for the same failure. */
export function folderName(signature: string): string {
  const words = signature.toLowerCase().replace(/[^a-z0-9.]+/g, '-').replace(/^-|-$/g, '').slice(0, NAME_LENGTH).replace(/-$/, '');
  return `${words}-${createHash('sha256').update(signature).digest('hex').slice(0, HASH_DIGITS)}`;
}

/** Writes the folder; its path and the block that tells of it. */
export async function keepFailure(failed: SmallFailure, context: FolderContext): Promise<{ readonly ok: true; readonly directory: string; readonly text: string } | Failure> {
  const { out, core, memory, overlays, builder, disassemble, ready } = context;
  const { plan, signature, seed, program: number, path } = failed;
  const directory = join(out, folderName(signature));
  const program = builder.build(plan);
  const one: Case = {
    core, memory, overlays, program, inputs: program.inputs, maxCycles: PROGRAM_LIMITS.maxCycles,
    seed: String(seed), path: [number, ...path].join(':'), stem: STEM,
  };
  const result = runSafely(one, ready);
  if (typeof result === 'string') return failure(`${signature}: the program cannot be run once more: ${result}.`, 'Report it with its file.');
  if (result.kind === 'agreed') return failure(`${signature}: the program agrees when it is run once more.`, 'Report it with its file: nothing of a run may depend on the runs before.');
  const kept = await keepDivergence(directory, one, result.divergence);
  if (!kept.ok) return kept;
  const comment = `${signature}\n${kept.text}`.split('\n').map((line) => `# ${line}\n`).join('');
  const unwritten = writeFileWhole(join(directory, `${STEM}.S`), comment + printProgram(plan, program, disassemble))
    ?? writeFileWhole(join(directory, 'divergence.txt'), `${signature}\n\n${kept.text}\n`)
    ?? writeFileWhole(join(directory, 'plan.json'), encodePlan({ plan, seed, program: number, points: [] }));
  return unwritten ?? { ok: true, directory, text: kept.text };
}

function runSafely(one: Case, ready: ReadyCore): ReturnType<typeof runCase> | string {
  try {
    return runCase(one, ready);
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error);
  }
}
