/**
 * A file written in large blocks of whole lines. Its first failure ends it and
 * is a value: whoever writes asks afterwards how it stands. What is left then
 * is whole lines; where there is none, there is no file.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { about, failure, type Failure } from '../commands/failure.js';
import { removeQuietly } from '../commands/files.js';
import { writeFailure } from '../../waves/failure.js';

const NEWLINE = 10;

/** An open file. */
export class BlockFile {
  readonly #path: string;
  readonly #descriptor: number;
  /** Bytes in the file. */
  #bytes = 0;
  #open = true;
  /** Why the file could not be written to its end. */
  failure: Failure | undefined;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** Opens the file, empty. */
  static create(path: string): BlockFile | Failure {
    if (path === '') return failure('The file has no name.', 'Give a file name.');
    try {
      return new BlockFile(path, openSync(path, 'w'));
    } catch (error) {
      return explained(path, error);
    }
  }

  /**
   * Appends a block.
   *
   * @returns Whether it is in the file; nothing is written after a failure.
   */
  write(block: Uint8Array): boolean {
    if (!this.#open) return false;
    const before = this.#bytes;
    try {
      while (this.#bytes < before + block.length) this.#bytes += writeSync(this.#descriptor, block, this.#bytes - before);
      return true;
    } catch (error) {
      this.failure = explained(this.#path, error);
      const lines = before + block.lastIndexOf(NEWLINE, this.#bytes - before - 1) + 1;
      this.#cut(this.#bytes === before ? before : lines);
      this.close();
      return false;
    }
  }

  /** Closes the file; the failure if it could not be written to its end. */
  close(): Failure | undefined {
    if (!this.#open) return this.failure;
    this.#open = false;
    try {
      closeSync(this.#descriptor);
    } catch (error) {
      this.failure ??= explained(this.#path, error);
    }
    return this.failure;
  }

  /** Leaves so many bytes and says so; of a file without any, nothing. A device cannot be cut. */
  #cut(bytes: number): void {
    try {
      if (!fstatSync(this.#descriptor).isFile()) return;
      if (bytes === 0) removeQuietly(this.#path);
      else {
        ftruncateSync(this.#descriptor, bytes);
        this.failure = this.failure && failure(`${this.failure.message} It ends early, after ${bytes} bytes of whole lines.`, this.failure.mend);
      }
    } catch {
      // What remains is a line that breaks off; the failure has been told.
    }
  }
}

function explained(path: string, error: unknown): Failure {
  const { message, mend } = writeFailure(path, error);
  return message.startsWith(path) ? failure(message, mend) : about(path, { message, mend });
}
