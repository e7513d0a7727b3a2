/**
 * A failure as a person wants it: a folder with the program as assembly and
 * as ELF, what replays it, what differs by which rule, and the wave. A program
 * that killed its process, or fails in company only, has what there is of it.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Builder, BuiltProgram } from '../arbitraries/build.js';
import { printProgram } from '../arbitraries/print.js';
import type { Plan } from '../arbitraries/program.js';
import type { Disassembler } from '../assembly/disassemble.js';
import { writeBundle, type Case } from '../commands/bundle.js';
import { keepDivergence, replayLine, runCase } from '../commands/check-case.js';
import type { ReadyCore } from '../commands/cores.js';
import type { Failure } from '../commands/failure.js';
import { makeDirectory, writeFileWhole } from '../commands/files.js';
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
  /** How the process ended that ran it; such a program is not run again. */
  readonly death?: string;
}

/** A folder that has been written, and the block that tells of it. */
export type KeptFolder = { readonly ok: true; readonly directory: string; readonly text: string } | Failure;

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

/** Writes the folder. */
export async function keepFailure(failed: SmallFailure, context: FolderContext): Promise<KeptFolder> {
  const { plan, signature, seed, program: number } = failed;
  const directory = join(context.out, folderName(signature));
  const program = buildSafely(plan, context.builder);
  const told = typeof program === 'string'
    ? { ok: true, text: `The program cannot be built: ${program}` } as const
    : await keepProgram(directory, failed, program, context);
  if (!told.ok) return told;
  const unwritten = makeDirectory(directory)
    ?? writeFileWhole(join(directory, 'divergence.txt'), `${signature}\n\n${told.text}\n`)
    ?? writeFileWhole(join(directory, 'plan.json'), encodePlan({ plan, seed, program: number, points: [] }));
  return unwritten ?? { ok: true, directory, text: told.text };
}

type Told = { readonly ok: true; readonly text: string } | Failure;

/** What replays the program, and its text. */
async function keepProgram(directory: string, failed: SmallFailure, program: BuiltProgram, { core, memory, overlays, ready, disassemble }: FolderContext): Promise<Told> {
  const { plan, signature, seed, program: number, path } = failed;
  const one: Case = {
    core, memory, overlays, program, inputs: program.inputs, maxCycles: PROGRAM_LIMITS.maxCycles,
    seed: String(seed), path: [number, ...path].join(':'), stem: STEM,
  };
  const told = await tell(directory, one, failed, ready);
  if (!told.ok) return told;
  const comment = `${signature}\n${told.text}`.split('\n').map((line) => `# ${line}\n`).join('');
  return writeFileWhole(join(directory, `${STEM}.S`), comment + printProgram(plan, program, disassemble)) ?? told;
}

async function tell(directory: string, one: Case, { death }: SmallFailure, ready: ReadyCore): Promise<Told> {
  const result = death === undefined ? runCase(one, ready) : undefined;
  if (result?.kind === 'diverged') return keepDivergence(directory, one, result.divergence);
  const sentence = death === undefined
    ? 'The program agrees when it runs alone: what failed depends on what ran before it.'
    : `A worker ended while it ran this program (${death}). It has not been run again.`;
  return writeBundle(directory, one, ready.specHash) ?? { ok: true, text: `${sentence}\n${replayLine(directory)}` };
}

function buildSafely(plan: Plan, builder: Builder): BuiltProgram | string {
  try {
    return builder.build(plan);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
