/**
 * Files that a command writes: whole under their name, or not at all.
 */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { makeDirectories } from '../../model/directory.js';
import { errorCode, writeFailure } from '../../waves/failure.js';
import { failure, type Failure } from './failure.js';

/** Why `path` cannot be the name of a new file, or undefined. A device is not replaced by a file. */
export function checkTarget(path: string): Failure | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || stat.isFile()) return undefined;
    const reason = stat.isDirectory() ? 'it is a directory' : 'it is a device or a pipe, and files are written under a temporary name first';
    return failure(`${path} cannot be written: ${reason}.`, 'Give the name of a file.');
  } catch (error) {
    const { message, mend } = writeFailure(path, error);
    return failure(message, mend);
  }
}

/** Writes a file; the failure if it could not. */
export function writeFileWhole(path: string, content: string | Uint8Array): Failure | undefined {
  const wrong = checkTarget(path);
  if (wrong !== undefined) return wrong;
  const temporary = `${path}.${process.pid}.part`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
    return undefined;
  } catch (error) {
    removeQuietly(temporary);
    const { message, mend } = writeFailure(path, error);
    return failure(message, mend);
  }
}

/** Removes what was begun, if anything was. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It cannot even be looked at: then there is nothing of it.
  }
}

/** Makes a directory and those above it; the failure if it could not. */
export function makeDirectory(path: string): Failure | undefined {
  try {
    makeDirectories(path);
    return undefined;
  } catch (error) {
    if (['EEXIST', 'ENOTDIR'].includes(errorCode(error))) return failure(`${path} cannot be a folder: a file of that name is in the way.`, 'Name another folder.');
    const { message, mend } = writeFailure(path, error);
    return failure(message, mend);
  }
}
