/**
 * A file written in large blocks of whole lines. Its first failure ends it and
 * is a value: whoever writes asks afterwards how it stands.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { about, failure, type Failure } from '../commands/failure.js';
import { writeFailure } from '../../waves/failure.js';

/** An open file. */
export class BlockFile {
  readonly #path: string;
  readonly #descriptor: number;
  /** Bytes of blocks that are completely in the file. */
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
    try {
      for (let done = 0; done < block.length; ) done += writeSync(this.#descriptor, block, done);
      this.#bytes += block.length;
      return true;
    } catch (error) {
      this.failure = explained(this.#path, error);
      this.#cut();
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

  /** Leaves whole lines only; a device cannot be cut. */
  #cut(): void {
    try {
      ftruncateSync(this.#descriptor, this.#bytes);
    } catch {
      // What remains is a line that breaks off; the failure has been told.
    }
  }
}

function explained(path: string, error: unknown): Failure {
  const { message, mend } = writeFailure(path, error);
  return message.startsWith(path) ? failure(message, mend) : about(path, { message, mend });
}
