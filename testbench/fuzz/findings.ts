/**
 * Failing programs as they were found, on disk from that moment until they
 * have become a folder of their own: whoever dies in between loses nothing.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Shapes } from '../arbitraries/shapes.js';
import { removeQuietly, writeFileWhole } from '../commands/files.js';
import { readPlan, type Corrupt } from './corpus.js';
import { encodePlan, type PlanFile } from './plan-file.js';

const NAME = /^found-[0-9a-f]+\.plan\.json$/;
const NAME_DIGITS = 12;

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

  /** What was left behind. */
  left(): { readonly files: readonly (PlanFile & { readonly path: string })[]; readonly corrupt: readonly Corrupt[] } {
    const { directory } = this;
    if (directory === undefined || !existsSync(directory)) return { files: [], corrupt: [] };
    const files: (PlanFile & { readonly path: string })[] = [];
    const corrupt: Corrupt[] = [];
    for (const name of readdirSync(directory).filter((n) => NAME.test(n)).sort()) {
      const path = join(directory, name);
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
