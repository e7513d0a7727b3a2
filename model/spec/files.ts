/**
 * The spec files: which there are, in which layer, and their common hash.
 *
 * A layer is one directory with `isa/*.yaml`, `hart.yaml`, `uarch/*.yaml`,
 * `rules/*.tsv` and, if it sets rules aside, `not-applicable.yaml`. The first
 * must be complete; later ones overlay it.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './diagnostic.js';
import { startOf } from './node.js';
import type { Report } from './report.js';

/** The kinds of files in a layer. */
export type FileKind = 'isa' | 'hart' | 'uarch' | 'rules' | 'not-applicable';

/** A file, its place in the layout, and its layer (0 is the base). */
export interface SpecFile {
  readonly kind: FileKind;
  /** `h` of `isa/h.yaml`: an extension or a core. */
  readonly name: string;
  /** `isa/h.yaml` */
  readonly relative: string;
  readonly layer: number;
  readonly source: SourceFile;
}

const FOLDERS = { isa: '.yaml', uarch: '.yaml', rules: '.tsv' } as const;
/** Files beside the folders; each is the only one of its kind. */
const SINGLE = ['hart', 'not-applicable'] as const;

/** What a layer consists of, by name: folders and files. */
export const LAYER_PARTS: readonly string[] = [...Object.keys(FOLDERS), ...SINGLE.map((kind) => `${kind}.yaml`)];

/** All files of the layers on disk; what is missing or unreadable is reported. */
export function readLayers(directories: readonly string[], report: Report): readonly SpecFile[] {
  if (directories.length === 0) report.add(nowhere('specs'), 'no spec directory is given', 'Name at least one directory with isa/, hart.yaml, uarch/ and rules/.');
  const files = directories.flatMap((directory, layer) => readLayer(directory, layer, report));
  const [base] = directories;
  if (base !== undefined) requireComplete(files, base, report);
  return files;
}

/** Texts in memory as layers: a layer is what precedes `isa/`, `uarch/`, `rules/` or a file's name in the paths, in order of appearance. */
export function layersOf(sources: readonly SourceFile[], report: Report): readonly SpecFile[] {
  const roots: string[] = [];
  const files = sources.flatMap((source) => {
    const [, root = '', relative = ''] = /^(.*?)((?:(?:isa|uarch|rules)\/)?[^/]+)$/.exec(source.path) ?? [];
    if (!roots.includes(root)) roots.push(root);
    return classify(relative, roots.indexOf(root), source);
  });
  requireComplete(files, (roots[0] ?? 'specs').replace(/\/$/, ''), report);
  return files;
}

/** SHA-256 over paths and contents, in an order that does not depend on the disk. */
export function hashOf(files: readonly SpecFile[]): string {
  const hash = createHash('sha256');
  const line = ({ layer, relative, source }: SpecFile): string => `${layer}/${relative}\0${source.text.length}\0${source.text}\0`;
  for (const text of files.map(line).sort()) hash.update(text);
  return hash.digest('hex');
}

function readLayer(directory: string, layer: number, report: Report): readonly SpecFile[] {
  const names = list(directory);
  if (names === undefined) {
    report.add(nowhere(directory), 'this spec directory cannot be read', 'Check the path: it should hold isa/, hart.yaml, uarch/ and rules/.');
    return [];
  }
  for (const folder of ['isa', 'uarch']) refuseYml(join(directory, folder), report);
  const inFolders = Object.entries(FOLDERS).flatMap(([folder, suffix]) =>
    (list(join(directory, folder)) ?? []).filter((name) => name.endsWith(suffix)).map((name) => `${folder}/${name}`));
  const relative = [...SINGLE.map((kind) => `${kind}.yaml`).filter((name) => names.includes(name)), ...inFolders].sort();
  if (layer > 0 && relative.length === 0) report.add(nowhere(directory), 'this directory holds no specs', 'An overlay has isa/*.yaml, uarch/*.yaml, rules/*.tsv, hart.yaml or not-applicable.yaml: name the directory that holds these.');
  return relative.flatMap((path) => {
    const text = contents(join(directory, path));
    if (text !== undefined) return classify(path, layer, { path: join(directory, path), text });
    report.add(nowhere(join(directory, path)), 'this file cannot be read', 'Check that it is a file of UTF-8 text and that you may read it.');
    return [];
  });
}

/** A file that looks as if it were read, but is not. */
function refuseYml(folder: string, report: Report): void {
  for (const name of list(folder) ?? []) {
    if (name.endsWith('.yml')) report.add(nowhere(join(folder, name)), 'this file is not read', `Rename it to ${name.replace(/yml$/, 'yaml')}.`);
  }
}

function classify(relative: string, layer: number, source: SourceFile): readonly SpecFile[] {
  for (const kind of SINGLE) if (relative === `${kind}.yaml`) return [{ kind, name: kind, relative, layer, source }];
  for (const kind of ['isa', 'uarch', 'rules'] as const) {
    const suffix = FOLDERS[kind];
    if (relative.startsWith(`${kind}/`) && relative.endsWith(suffix)) {
      return [{ kind, name: relative.slice(kind.length + 1, -suffix.length), relative, layer, source }];
    }
  }
  return [];
}

/** The base layer has files of every kind that a core is made of. Where its directory is missing, that has been said already. */
function requireComplete(files: readonly SpecFile[], base: string, report: Report): void {
  if (!report.empty) return;
  const expected = { isa: 'isa/*.yaml', hart: 'hart.yaml', uarch: 'uarch/*.yaml', rules: 'rules/*.tsv' } as const;
  for (const kind of ['isa', 'hart', 'uarch', 'rules'] as const) {
    if (files.some((file) => file.layer === 0 && file.kind === kind)) continue;
    report.add(nowhere(join(base, expected[kind])), 'there is no such file', `Add ${expected[kind]} to ${base}: the first spec directory must be complete, only overlays may be partial.`);
  }
}

function list(directory: string): readonly string[] | undefined {
  try {
    return readdirSync(directory);
  } catch {
    return undefined;
  }
}

function contents(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch {
    return undefined;
  }
}

/** The place of something that is not there. */
function nowhere(path: string) {
  return startOf({ path, text: '' });
}
