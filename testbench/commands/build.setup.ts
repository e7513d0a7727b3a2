/**
 * Before the tests: dist/ is what the sources say, because the tests of the
 * command line run it from there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from './package.js';

const FOLDERS = ['model', 'testbench', 'waves'];

/** Time of the newest source. */
function newestSource(): number {
  const times = FOLDERS.flatMap((folder) => readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.(?:test|deep|outside))\.ts$/.test(name))
    .map((name) => statSync(join(packageRoot, folder, name)).mtimeMs));
  return Math.max(...times);
}

/** Vitest calls it once. */
export default function setup(): void {
  const built = join(packageRoot, 'dist', 'testbench', 'cli.js');
  if (existsSync(built) && statSync(built).mtimeMs >= newestSource()) return;
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', packageRoot], { stdio: 'inherit' });
}
