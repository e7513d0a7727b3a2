/**
 * The corpus: a folder of programs that were the first to reach something, a
 * file each. A file appears under its name only when it is whole, so the
 * folder is valid whenever the process ends.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../arbitraries/program.js';
import type { Shapes } from '../arbitraries/shapes.js';
import { makeDirectory, writeFileWhole } from '../commands/files.js';
import { failure, type Failure } from '../commands/failure.js';
import { decodePlan, encodePlan, type PlanFile } from './plan-file.js';

const SUFFIX = '.plan.json';
/** Of the failures' folder, should it be the same. */
const FINDING = /^(found|running)-/;
const NAME_DIGITS = 16;
/** Bytes of the disk that are left to folders of failures. */
const RESERVE = 32 << 20;

/** A file of the folder that is no program. */
export interface Corrupt {
  readonly path: string;
  readonly message: string;
}

/** Programs in memory and in a folder, which other processes may be adding to. */
export class Corpus {
  readonly #plans: Plan[] = [];
  readonly #known = new Set<string>();

  /**
   * @param directory - Undefined keeps the programs in memory only.
   * @param free - Bytes that the disk of a folder has left.
   */
  constructor(readonly directory: string | undefined, readonly shapes: Shapes, readonly free: (directory: string) => number = freeBytes) {}

  get plans(): readonly Plan[] {
    return this.#plans;
  }

  /** Makes the folder; the failure if it could not. */
  open(): Failure | undefined {
    return this.directory === undefined ? undefined : makeDirectory(this.directory);
  }

  /** Reads what is new in the folder. What is no program is told and left alone. */
  refresh(): { readonly added: readonly Plan[]; readonly corrupt: readonly Corrupt[] } {
    const { directory } = this;
    const added: Plan[] = [];
    const corrupt: Corrupt[] = [];
    if (directory === undefined || !existsSync(directory)) return { added, corrupt };
    for (const name of readdirSync(directory).filter((n) => n.endsWith(SUFFIX) && !FINDING.test(n)).sort()) {
      if (this.#known.has(name)) continue;
      this.#known.add(name);
      const path = join(directory, name);
      const read = readPlan(path, this.shapes);
      if (read.ok) added.push(read.file.plan);
      else corrupt.push({ path, message: read.message });
    }
    this.#plans.push(...added);
    return { added, corrupt };
  }

  /** Keeps a program; the failure if the folder cannot take it (it is kept in memory then), or ought not to. */
  add(file: PlanFile): Failure | undefined {
    this.#plans.push(file.plan);
    if (this.directory === undefined) return undefined;
    if (this.free(this.directory) < RESERVE) {
      return failure(`Less than ${RESERVE >> 20} MB are free in ${this.directory}, and failures come first.`, 'Free some space, or name another folder.');
    }
    const text = encodePlan(file);
    const name = `${createHash('sha256').update(text).digest('hex').slice(0, NAME_DIGITS)}${SUFFIX}`;
    this.#known.add(name);
    return writeFileWhole(join(this.directory, name), text);
  }
}

/** What a file system has left; without an answer, enough. */
function freeBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** Reads one file. */
export function readPlan(path: string, shapes: Shapes): ReturnType<typeof decodePlan> {
  try {
    return decodePlan(readFileSync(path, 'utf8'), shapes);
  } catch (error) {
    return { ok: false, message: `It cannot be read (${error instanceof Error ? error.message.split(':')[0] ?? '' : String(error)}).` };
  }
}
