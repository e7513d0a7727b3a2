/** Directories made step by step. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory and those above it; throws what the file system says.
 *
 * @param mode - Permissions of what is made.
 *
 * Node 20's own recursive `mkdirSync` never returns where a parent takes no
 * entries and says that it does not exist (`/proc`).
 */
export function makeDirectories(path: string, mode = 0o777): void {
  const full = resolve(path);
  if (statSync(full, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(full) !== full) makeDirectories(dirname(full), mode);
  try {
    mkdirSync(full, { mode });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (statSync(full, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
