/**
 * A VCD file on its way to the disk. Until it is closed it has a temporary
 * name; under its own name there is only ever a complete, valid dump.
 */
import { closeSync, openSync, renameSync, rmSync, statSync, writeSync, writeFileSync } from 'node:fs';
import { writeFailure, type WriteFailure } from './failure.js';

/** Size at which a dump without an end cycle stops: 2 GB. */
export const DEFAULT_LIMIT = 2_000_000_000;

/** How the file stands after an operation. */
export type VcdStatus =
  /** It takes more. */
  | { readonly kind: 'open' }
  /** It is complete under its own name, `bytes` long. */
  | { readonly kind: 'closed'; readonly bytes: number }
  /** It reached its limit: closed and valid, the rest is dropped. */
  | { readonly kind: 'limit'; readonly bytes: number; readonly message: string }
  /** Nothing is left of it. */
  | WriteFailure;

/** Bytes gathered before a system call. */
const BLOCK_BYTES = 1 << 20;
const NEWLINE = 10;
const HASH = 35;

/** Where the last whole time step that fits into `room` bytes ends: before the last line that begins with `#`. */
function lastStepWithin(chunk: Uint8Array, room: number): number {
  for (let i = Math.min(room, chunk.length - 1); i >= 0; i--) {
    if (chunk[i] === HASH && (i === 0 || chunk[i - 1] === NEWLINE)) return i;
  }
  return 0;
}

export class VcdFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #descriptor: number;
  readonly #limit: number;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #filled = 0;
  #bytes = 0;
  #status: VcdStatus = { kind: 'open' };

  private constructor(path: string, temporary: string, descriptor: number, limit: number) {
    this.#path = path;
    this.#temporary = temporary;
    this.#descriptor = descriptor;
    this.#limit = limit;
  }

  /**
   * Begins a dump.
   *
   * @param path - Its final name.
   * @param header - See `vcdHeader`; written whatever the limit.
   * @param limit - Bytes at which the dump stops; undefined for none.
   */
  static open(path: string, header: string, limit: number | undefined = DEFAULT_LIMIT): VcdFile | WriteFailure {
    const temporary = `${path}.${process.pid}.part`;
    try {
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return writeFailure(path, { code: 'EISDIR' });
      const file = new VcdFile(path, temporary, openSync(temporary, 'w'), limit ?? Infinity);
      file.#append(Buffer.from(header, 'latin1'));
      return file.#status.kind === 'failed' ? file.#status : file;
    } catch (error) {
      return writeFailure(path, error);
    }
  }

  /** How it stands. */
  get status(): VcdStatus {
    return this.#status;
  }

  /**
   * Appends changes.
   *
   * @param chunk - Whole lines; used during the call only, so a view of wasm memory will do.
   * @returns `open`, or why the dump has ended; then the chunk is dropped.
   */
  write(chunk: Uint8Array): VcdStatus {
    if (this.#status.kind !== 'open') return this.#status;
    const room = this.#limit - this.#bytes;
    if (chunk.length <= room) return this.#append(chunk);
    this.#append(chunk.subarray(0, room <= 0 ? 0 : lastStepWithin(chunk, room)));
    const closed = this.close();
    if (closed.kind !== 'closed') return closed;
    const message = `${this.#path} has reached its limit of ${this.#limit} bytes and is closed; dump a window of cycles, or raise --vcd-limit.`;
    this.#status = { kind: 'limit', bytes: closed.bytes, message };
    return this.#status;
  }

  /**
   * Completes the dump and gives it its name.
   *
   * @param endTime - Time (ns) to which the last values hold, so that the last cycle is seen.
   */
  close(endTime?: bigint): VcdStatus {
    if (this.#status.kind !== 'open') return this.#status;
    if (endTime !== undefined) this.#append(Buffer.from(`#${endTime}\n`));
    return this.#guard(() => {
      this.#flush();
      closeSync(this.#descriptor);
      renameSync(this.#temporary, this.#path);
      this.#status = { kind: 'closed', bytes: this.#bytes };
    });
  }

  /** Drops the dump. */
  discard(): void {
    if (this.#status.kind === 'open') this.#fail({ code: 'discarded' });
  }

  #append(chunk: Uint8Array): VcdStatus {
    return this.#guard(() => {
      if (this.#filled + chunk.length > BLOCK_BYTES) this.#flush();
      if (chunk.length >= BLOCK_BYTES) this.#writeAll(chunk);
      else {
        this.#block.set(chunk, this.#filled);
        this.#filled += chunk.length;
      }
      this.#bytes += chunk.length;
    });
  }

  #flush(): void {
    this.#writeAll(this.#block.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** A system call may write less than it was given. */
  #writeAll(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
  }

  #guard(action: () => void): VcdStatus {
    if (this.#status.kind === 'failed') return this.#status;
    try {
      action();
    } catch (error) {
      this.#fail(error);
    }
    return this.#status;
  }

  #fail(error: unknown): void {
    this.#status = writeFailure(this.#path, error);
    try {
      closeSync(this.#descriptor);
    } catch {
      // It was closed already: what remains is to remove it.
    }
    rmSync(this.#temporary, { force: true });
  }
}

/** Writes a small text file so that under its name it is either whole or as it was. */
export function writeWhole(path: string, text: string): WriteFailure | undefined {
  const temporary = `${path}.${process.pid}.part`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
    return undefined;
  } catch (error) {
    rmSync(temporary, { force: true });
    return writeFailure(path, error);
  }
}
