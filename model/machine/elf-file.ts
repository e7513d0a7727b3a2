/**
 * Programs from the file system; every failure is one sentence.
 */
import { readFileSync } from 'node:fs';
import { refuse, type Refusal } from './elf-refusal.js';
import { parseElf, type AddressRange, type Program } from './elf.js';

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['There is no such file.', 'Check the path.'],
  EISDIR: ['It is a directory.', 'Give the file itself.'],
  EACCES: ['It may not be read.', 'Check its permissions.'],
  ENOTDIR: ['A part of the path is not a directory.', 'Check the path.'],
  ERR_FS_FILE_TOO_LARGE: ['It is larger than 2 GiB.', 'Give a smaller file.'],
};

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'an unknown error';
}

/**
 * Reads an executable from a file.
 *
 * @param path - Where it is; the sentences of a refusal do not repeat it.
 * @param memory - Where the program must lie; unchecked if absent.
 */
export function readElf(path: string, memory?: AddressRange): Program | Refusal {
  const bytes = readBytes(path);
  return bytes instanceof Uint8Array ? parseElf(bytes, memory) : bytes;
}

/** A whole file; the sentences of a refusal do not repeat its path. */
export function readBytes(path: string): Uint8Array | Refusal {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = codeOf(error);
    const [message, mend] = REASONS[code] ?? [`It cannot be read (${code}).`, 'Check the file and the disk.'];
    return refuse(message, mend);
  }
}
