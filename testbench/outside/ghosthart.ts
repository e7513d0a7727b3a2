/**
 * Runs the command line as a user does, in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../programs/build.js';

/** The cores that ship. */
export const CORES = ['five-stage', 'three-stage'] as const;

/** Where the outside tests leave what they built; kept for a look after a failure. */
export const workFolder: string = join(packageRoot, 'out', 'outside');
mkdirSync(workFolder, { recursive: true });

/** How a command ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * `node testbench/ghosthart.js ARGUMENTS`, from the package's folder.
 *
 * @throws Error when the process could not run or did not end by itself.
 */
export function ghosthart(...args: readonly string[]): Ended {
  const result = spawnSync(process.execPath, [join('testbench', 'ghosthart.js'), ...args], {
    cwd: packageRoot, encoding: 'latin1', input: '', maxBuffer: 1 << 30, timeout: 600_000,
  });
  if (result.error !== undefined) throw result.error;
  if (result.status === null) throw new Error(`ghosthart ${args.join(' ')} was ended by ${result.signal ?? 'a signal'}.`);
  return { exitCode: result.status, stdout: result.stdout, stderr: result.stderr };
}
