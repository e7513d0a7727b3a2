/**
 * For tests: the real command line, from dist/, in a folder of its own.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  /** Runs `ghosthart ARGS`. */
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
