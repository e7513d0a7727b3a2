/**
 * Programs that made core and reference part, kept for ever: the files of
 * `kept/`, each headed by what was wrong and who found it. The `repro.S` that
 * fuzz and lockstep leave can be put there as it is, its lines over time
 * included.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../../model/machine/elf.js';
import { decodeInputLog, type InputEvent } from '../../model/machine/input-log.js';
import { LINES_HEADING } from '../arbitraries/print.js';
import { packageRoot } from '../commands/package.js';
import { programFrom } from './programs.js';

/** A program and what comes from outside while it runs. */
export interface KeptProgram {
  readonly program: Program;
  readonly inputs: readonly InputEvent[];
}

const FOLDER = join(packageRoot, 'testbench', 'properties', 'kept');

/** Names of all that is kept. */
export const keptNames = (): readonly string[] => readdirSync(FOLDER).filter((name) => name.endsWith('.S')).map((name) => name.slice(0, -'.S'.length)).sort();

/** One of them. */
export const kept = (name: string): KeptProgram => keptFrom(readFileSync(join(FOLDER, `${name}.S`), 'utf8'));

/** A program from its text. Throws on any mistake in it. */
export function keptFrom(text: string): KeptProgram {
  const [, comments = ''] = text.split(`${LINES_HEADING}\n`);
  const log = decodeInputLog(comments.replace(/^# */gm, ''));
  if (!log.ok) throw new Error(log.message);
  return { program: programFrom(text), inputs: log.events };
}
