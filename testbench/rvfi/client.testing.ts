/**
 * A client of RVFI-DII for tests.
 */
import { connect, type Socket } from 'node:net';
import { LOOPBACK } from './server.js';

const V1_BYTES = 88;

/** A command as it stands on the wire. */
export function command(word: number, kind = 1): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(word >>> 0, 0);
  bytes.writeUInt8(kind, 6);
  return bytes;
}

/** The commands that are no instructions. */
export const RESET = command(0, 0);
export const ASK_VERSIONS = command(0x5645_5253, 0);
export const CHOOSE_2 = command(2, 0x76);

/** A connection whose bytes are read in pieces of known length. */
export class Client {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  static async connect(port: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, LOOPBACK, () => resolve(new Client(socket)));
      socket.once('error', reject);
    });
  }

  send(...parts: readonly Uint8Array[]): void {
    this.#socket.write(Buffer.concat(parts));
  }

  /** So many bytes, or fewer if the server has closed the connection. */
  async read(length: number): Promise<Buffer> {
    while (this.#bytes.length < length && !this.#ended) await new Promise<void>((resolve) => void (this.#wake = resolve));
    const piece = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return piece;
  }

  /** A packet of either version. */
  async packet(): Promise<Buffer> {
    const start = await this.read(16);
    const length = start.toString('latin1', 0, 8) === 'trace-v2' ? Number(start.readBigUInt64LE(8)) : V1_BYTES;
    return Buffer.concat([start, await this.read(length - start.length)]);
  }

  /** Leaves; what has been sent arrives. */
  async leave(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#ended) resolve();
      else this.#socket.end().once('close', () => resolve());
    });
  }

  /** Leaves as a crashed program does. */
  crash(): void {
    this.#socket.resetAndDestroy();
  }
}
