/**
 * Failing programs as they were found, on disk from that moment until they
 * have become a folder of their own: whoever dies in between loses nothing.
 * A program that may kill its process lies there while it runs.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Shapes } from '../arbitraries/shapes.js';
import { removeQuietly, writeFileWhole } from '../commands/files.js';
import { readPlan, type Corrupt } from './corpus.js';
import { encodePlan, type PlanFile } from './plan-file.js';

const FOUND = /^found-[0-9a-f]+\.plan\.json$/;
const RUNNING = /^running-\d+\.plan\.json$/;
const NAME_DIGITS = 12;

/** A saved program and where it lies. */
export type FoundFile = PlanFile & { readonly path: string };

/** What lies in the folder. */
export interface Left {
  readonly files: readonly FoundFile[];
  readonly corrupt: readonly Corrupt[];
}

export class Findings {
  /** @param directory - Undefined saves nothing. */
  constructor(readonly directory: string | undefined, readonly shapes: Shapes) {}

  /** Saves a program; its path, undefined if that failed. */
  save(file: PlanFile): string | undefined {
    if (this.directory === undefined) return undefined;
    const text = encodePlan(file);
    const path = join(this.directory, `found-${createHash('sha256').update(text).digest('hex').slice(0, NAME_DIGITS)}.plan.json`);
    return writeFileWhole(path, text) === undefined ? path : undefined;
  }

  /** Saves the program that this process is about to run. */
  begin(file: PlanFile): void {
    if (this.directory !== undefined) writeFileWhole(this.#running(this.directory), encodePlan(file));
  }

  /** It has been run. */
  end(): void {
    if (this.directory !== undefined) removeQuietly(this.#running(this.directory));
  }

  #running(directory: string): string {
    return join(directory, `running-${process.pid}.plan.json`);
  }

  /** Failing programs that were left behind. */
  left(): Left {
    return this.#read(FOUND);
  }

  /** Programs that are being run carefully, or at which a process has died. */
  deadly(): Left {
    return this.#read(RUNNING);
  }

  #read(name: RegExp): Left {
    const { directory } = this;
    if (directory === undefined || !existsSync(directory)) return { files: [], corrupt: [] };
    const files: FoundFile[] = [];
    const corrupt: Corrupt[] = [];
    for (const file of readdirSync(directory).filter((n) => name.test(n)).sort()) {
      const path = join(directory, file);
      const read = readPlan(path, this.shapes);
      if (read.ok) files.push({ ...read.file, path });
      else corrupt.push({ path, message: read.message });
    }
    return { files, corrupt };
  }

  /** Forgets one that has been dealt with. */
  remove(path: string | undefined): void {
    if (path !== undefined) removeQuietly(path);
  }
}
