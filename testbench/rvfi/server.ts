/**
 * The RVFI-DII server: clients one after the other, on the loopback interface
 * only. Whatever a client does ends its own session and nothing more.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { failure, type Failure } from '../commands/failure.js';
import { errorCode } from '../../waves/failure.js';
import type { InjectedHart } from './hart.js';
import type { SourceFinder } from './operands.js';
import type { PacketOptions } from './packets.js';
import { Session } from './session.js';

/** The only address that the server listens on. */
export const LOOPBACK = '127.0.0.1';

export interface ServerOptions extends PacketOptions {
  readonly hart: InjectedHart;
  readonly sources: SourceFinder;
  /** 0 for any that is free. */
  readonly port: number;
  /** Told who comes and goes, a sentence each. */
  readonly note: (text: string) => void;
}

/** Why a port cannot be had, by the code of the error. */
const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: ['is in use', 'Choose another with --port, or let --port 0 find one.'],
  EACCES: ['may not be used', 'Choose one above 1023 with --port.'],
};

export class DiiServer {
  readonly #server: Server;
  readonly #options: ServerOptions;
  /** The first is served, the others wait. */
  readonly #clients: Socket[] = [];

  private constructor(server: Server, options: ServerOptions) {
    this.#server = server;
    this.#options = options;
    server.on('connection', (socket) => this.#arrive(socket));
  }

  /** Begins to listen. */
  static async listen(options: ServerOptions): Promise<DiiServer | Failure> {
    const server = createServer({ pauseOnConnect: true });
    const begun = new DiiServer(server, options);
    return new Promise((resolve) => {
      server.once('error', (error) => {
        const code = errorCode(error);
        const [reason, mend] = REASONS[code] ?? [`cannot be used (${code})`, 'Choose another with --port.'];
        resolve(failure(`Port ${options.port} of ${LOOPBACK} ${reason}.`, mend));
      });
      server.listen(options.port, LOOPBACK, () => {
        server.on('error', (error) => options.note(`A client could not be let in (${errorCode(error)}).`));
        resolve(begun);
      });
    });
  }

  /** The port that it listens on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Stops listening and leaves every client. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const client of this.#clients) client.destroy();
    await closed;
  }

  #arrive(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#leave(socket));
    this.#clients.push(socket);
    if (this.#clients.length === 1) this.#serve(socket);
    else this.#options.note('A client waits until the one before it has left.');
  }

  #leave(socket: Socket): void {
    const place = this.#clients.indexOf(socket);
    if (place !== -1) this.#clients.splice(place, 1);
    const [next] = this.#clients;
    if (place === 0 && next !== undefined) this.#serve(next);
  }

  #serve(socket: Socket): void {
    const { hart, sources, virtual, note } = this.#options;
    const session = new Session(hart, sources, { virtual });
    let over = false;
    socket.on('data', (chunk) => {
      if (over) return;
      const fault = answer(session, chunk, socket);
      if (fault === undefined) return;
      over = true;
      note(`The client ${fault}. Its connection is closed; the server waits for the next.`);
      socket.destroySoon();
    });
    socket.on('close', () => {
      if (!over) note(leaving(session));
    });
    socket.resume();
  }
}

/** Carries out what has come; the fault that ends the session, if there is one. */
function answer(session: Session, chunk: Uint8Array, socket: Socket): string | undefined {
  try {
    const { bytes, fault } = session.receive(chunk);
    if (bytes.length > 0 && !socket.write(bytes)) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
    return fault;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `met a mistake in Ghosthart, please report it (${text})`;
  }
}

function leaving({ pending, instructions, version }: Session): string {
  const done = `after ${instructions} ${instructions === 1 ? 'instruction' : 'instructions'} (version ${version} packets)`;
  return pending === 0 ? `The client left ${done}.` : `The client left ${done}, in the middle of a command: ${pending} of 8 bytes had come.`;
}
