/**
 * For tests: the command line in a folder of its own, called in this process
 * or, where the process is what a test is about, started from dist/.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { main } from '../cli.js';
import { packageRoot } from './package.js';

const SCRIPT = join(packageRoot, 'testbench', 'ghosthart.js');

/** What a command left behind. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder in which commands run; it sees `testbench/` as a clone does. */
export class Sandbox {
  readonly directory = mkdtempSync(join(tmpdir(), 'ghosthart-test-'));

  constructor() {
    symlinkSync(join(packageRoot, 'testbench'), join(this.directory, 'testbench'));
  }

  /**
   * Calls `ghosthart ARGS` here, with nothing on standard input: a fifth of
   * what a process costs, which loads and warms up the compiler each time.
   * For what a process alone has (signals, pipes, full disks, workers) there
   * are {@link run}, {@link bash} and {@link start}.
   */
  async call(args: readonly string[], { env = {} }: { readonly env?: Readonly<Record<string, string>> } = {}): Promise<Ran> {
    const [out, err] = [new Collector(), new Collector()];
    const restore = replaced(process, { stdout: out, stderr: err, stdin: Readable.from([]), env: { ...process.env, ...env } });
    const [from, exitCode] = [process.cwd(), process.exitCode];
    process.chdir(this.directory);
    process.exitCode = undefined;
    try {
      await main(args);
      return { code: Number(process.exitCode ?? 0), out: out.text(), err: err.text() };
    } finally {
      process.exitCode = exitCode;
      process.chdir(from);
      restore();
    }
  }

  /** Runs `ghosthart ARGS` as a process. */
  run(args: readonly string[], { input = '', env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {}): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { cwd: this.directory, encoding: 'utf8', input, env: { ...process.env, ...env }, maxBuffer: 1 << 28 });
    return { code: status, out: stdout, err: stderr };
  }

  /** Runs a line of bash in which `$G` is ghosthart. */
  bash(line: string): Ran {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { cwd: this.directory, encoding: 'utf8', env: { ...process.env, G: `${process.execPath} ${SCRIPT}` } });
    return { code: status, out: stdout, err: stderr };
  }

  /** Starts `ghosthart ARGS` and does not wait. */
  start(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [SCRIPT, ...args], { cwd: this.directory, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Writes a file; its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return path;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Names in the folder, but for the link. */
  names(): readonly string[] {
    return readdirSync(this.directory).filter((name) => name !== 'testbench').sort();
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A stream that keeps what is written. */
class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

/** Puts values in the place of properties of an object; gives what puts its own back. */
function replaced(object: object, values: Readonly<Record<string, unknown>>): () => void {
  const own = Object.keys(values).map((name) => [name, Object.getOwnPropertyDescriptor(object, name)] as const);
  for (const [name, value] of Object.entries(values)) Object.defineProperty(object, name, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    for (const [name, descriptor] of own) if (descriptor !== undefined) Object.defineProperty(object, name, descriptor);
  };
}

/** A program that ends with an exit code. */
export const exitProgram = (code: number): string => `
_start: la   t0, tohost
        li   t1, ${2 * code + 1}
        sd   t1, 0(t0)
1:      j    1b
        .data
        .globl tohost
        .align 6
tohost: .dword 0
`;

/** A program that never ends. */
export const ENDLESS = '_start: addi a0, a0, 1\n        j _start\n';
