/**
 * A failure as a person wants it: a folder with the program as assembly and
 * as ELF, what replays it, what differs by which rule, and the wave. A program
 * that killed its process, or fails in company only, has what there is of it.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Builder, BuiltProgram } from '../arbitraries/build.js';
import { printBody, printProgram } from '../arbitraries/print.js';
import type { Plan } from '../arbitraries/program.js';
import type { Disassembler } from '../assembly/disassemble.js';
import { writeBundle, type Case } from '../commands/bundle.js';
import { keepDivergence, replayLine, runCase, type KeptDivergence } from '../commands/check-case.js';
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

/** A folder that has been written, and the block that tells of it; or all that is to tell, program and all. */
export type KeptFolder = { readonly ok: true; readonly directory: string; readonly text: string } | (Failure & { readonly text: string });

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
  const { plan, seed, program: number, path } = failed;
  const directory = join(context.out, folderName(failed.signature));
  const program = buildSafely(plan, context.builder);
  const told = typeof program === 'string'
    ? unbuilt(directory, failed, `The program cannot be built: ${program}`)
    : await keepProgram(directory, failed, program, context);
  if (told.ok) return { ...told, directory };
  const origin = `Program ${number} of seed ${seed}${path.length === 0 ? '' : `, made smaller by the candidates ${path.join(':')}`}`;
  const listing = typeof program === 'string' ? '' : `${printBody(plan, program, context.disassemble)}\n`;
  const text = `${told.text === '' ? '' : `${told.text}\n`}${origin}; ${listing}Plan: ${encodePlan({ plan, seed, program: number, points: [] }).trimEnd()}`;
  return { ...told, text };
}

/** What is there whatever the program does: its text as a plan, and what is known of it. */
function writePlan(directory: string, { signature, plan, seed, program }: SmallFailure, text: string): Failure | undefined {
  return makeDirectory(directory)
    ?? writeFileWhole(join(directory, 'divergence.txt'), `${signature}\n\n${text}\n`)
    ?? writeFileWhole(join(directory, 'plan.json'), encodePlan({ plan, seed, program, points: [] }));
}

function unbuilt(directory: string, failed: SmallFailure, text: string): KeptDivergence {
  const unwritten = writePlan(directory, failed, text);
  return unwritten === undefined ? { ok: true, text } : { ...unwritten, text };
}

/** What replays the program, and its text. */
async function keepProgram(directory: string, failed: SmallFailure, program: BuiltProgram, { core, memory, overlays, ready, disassemble }: FolderContext): Promise<KeptDivergence> {
  const { plan, signature, seed, program: number, path, death } = failed;
  const one: Case = {
    core, memory, overlays, program, inputs: program.inputs, maxCycles: PROGRAM_LIMITS.maxCycles,
    seed: String(seed), path: [number, ...path].join(':'), stem: STEM,
  };
  const more = (text: string): Failure | undefined => {
    const comment = `${signature}\n${text}`.split('\n').map((line) => `# ${line}\n`).join('');
    return writeFileWhole(join(directory, `${STEM}.S`), comment + printProgram(plan, program, disassemble)) ?? writePlan(directory, failed, text);
  };
  const result = death === undefined ? runCase(one, ready) : undefined;
  if (result?.kind === 'diverged') return keepDivergence(directory, one, result.divergence, more);
  const sentence = death === undefined
    ? 'The program agrees when it runs alone: what failed depends on what ran before it.'
    : `A worker ended while it ran this program (${death}). It has not been run again.`;
  const text = `${sentence}\n${replayLine(directory)}`;
  const unkept = writeBundle(directory, one, ready.specHash);
  if (unkept !== undefined) return { ...unkept, text: sentence };
  const unwritten = more(text);
  return { ok: true, text: unwritten === undefined ? text : `${text}\nNot whole: ${unwritten.message}` };
}

function buildSafely(plan: Plan, builder: Builder): BuiltProgram | string {
  try {
    return builder.build(plan);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
