/**
 * This package: where it lies, its version and its specs.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf, readLayers } from '../../model/spec/files.js';
import { Report } from '../../model/spec/report.js';
import { specFailure, type Failure } from './failure.js';

/** The directory with package.json, whether this runs as TypeScript or from dist/. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
})();

/** A path as the user would type it: relative when it lies below the working directory. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** A file that comes with the package: `testbench/demo/demo.S`. */
export const shipped = (path: string): string => shown(join(packageRoot, path));

/** Version of the package. */
export function packageVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  return version;
}

/** The shipped specs with overlays: what `--specs` adds. */
export const specLayers = (overlays: readonly string[]): readonly string[] => [shipped('specs'), ...overlays];

/** SHA-256 over all spec files, as `Isa.hash`; cheap: nothing is parsed. */
export async function specHash(overlays: readonly string[]): Promise<{ readonly ok: true; readonly hash: string } | Failure> {
  const report = new Report();
  const files = readLayers(specLayers(overlays), report);
  return report.empty ? { ok: true, hash: hashOf(files) } : specFailure(report.diagnostics);
}

const DIGEST_DIGITS = 16;

/** The shipped spec files, each with the first digits of its SHA-256. */
export function specDigests(): Readonly<Record<string, string>> {
  const files = readLayers(specLayers([]), new Report());
  return Object.fromEntries(files.map(({ relative: name, source }) => [name, createHash('sha256').update(source.text).digest('hex').slice(0, DIGEST_DIGITS)]));
}

/** Names of the cores, by their files. */
export function coreNames(overlays: readonly string[]): readonly string[] {
  const names = specLayers(overlays).flatMap((layer) => {
    const folder = join(layer, 'uarch');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -'.yaml'.length)) : [];
  });
  return [...new Set(names)].sort();
}
