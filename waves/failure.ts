/**
 * Failures of the file system in one sentence.
 */

/** Why a file could not be written. */
export interface WriteFailure {
  readonly kind: 'failed';
  /** One sentence that names the file. */
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, or dump fewer cycles.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or dump fewer cycles.'],
  EACCES: ['it may not be written', 'Choose another directory, or change its permissions.'],
  EPERM: ['it may not be written', 'Choose another directory, or change its permissions.'],
  EROFS: ['the file system is read-only', 'Choose another directory.'],
  ENOENT: ['its directory does not exist', 'Create the directory first.'],
  ENOTDIR: ['a part of its path is not a directory', 'Check the path.'],
  EISDIR: ['it is a directory', 'Give a file name.'],
  ENAMETOOLONG: ['its name is too long', 'Choose a shorter name.'],
  EFBIG: ['it is larger than files may be here', 'Dump fewer cycles.'],
};

/** The code of a system error: `ENOSPC`. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
}

/** What `error` means for the file at `path`. */
export function writeFailure(path: string, error: unknown): WriteFailure {
  const code = errorCode(error);
  const [reason, mend] = REASONS[code] ?? [`writing failed (${code})`, 'Check the disk and the path.'];
  return { kind: 'failed', message: `${path} cannot be written: ${reason}.`, mend };
}
