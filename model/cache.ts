/**
 * Compiled cores on the disk: an entry is a directory with `core.wasm` and
 * `layout.json`, which carries everything a warm start needs beside the wasm.
 *
 * This file loads nothing but Node's own modules: whoever finds an entry needs
 * no compiler. An entry that is missing, cut off or spoilt is one that does
 * not exist; a disk that takes no entries only costs the next start its time.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDirectories } from './directory.js';

/** What an entry holds. */
export interface CacheEntry<T> {
  readonly wasm: Uint8Array;
  /** Plain data: it survives JSON. */
  readonly data: T;
}

const WASM = 'core.wasm';
const DATA = 'layout.json';
/** Entries kept; each is about 0.1 MB. */
const MOST_ENTRIES = 64;
/** `layout.json` is this, 64 hex digits, the infix, the data and `}`. */
const PREFIX = '{"digest":"';
const INFIX = '","data":';
const DIGEST_LENGTH = 64;

const sha256 = (...parts: readonly (string | Uint8Array)[]): string => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/**
 * Where compiled cores lie: `$XDG_CACHE_HOME/ghosthart`, otherwise
 * `node_modules/.cache/ghosthart` of the package; a directory of the user's
 * own under the system's temporary one where neither can be written.
 *
 * @param packageRoot - The directory with package.json.
 * @returns An existing directory, or undefined if none can be had.
 */
export function cacheDirectory(packageRoot: string): string | undefined {
  const home = process.env['XDG_CACHE_HOME'];
  const first = home === undefined || home === '' ? join(packageRoot, 'node_modules', '.cache', 'ghosthart') : join(home, 'ghosthart');
  const user = process.getuid?.() ?? 0;
  return [first, join(tmpdir(), `ghosthart-${user}`)].find((directory) => isOwnAndWritable(directory, user));
}

function isOwnAndWritable(directory: string, user: number): boolean {
  try {
    makeDirectories(directory, 0o700);
    const probe = join(directory, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
    // An entry is code: one that somebody else can plant is not ours to run.
    return process.getuid === undefined || statSync(directory).uid === user;
  } catch {
    return false;
  }
}

/** Hash of the compiler itself: every source under `model/`, as it runs now, and further files that shape the data. */
export function compilerHash(further: readonly string[] = []): string {
  const model = dirname(fileURLToPath(import.meta.url));
  const sources = readdirSync(model, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.(?:test|testing|d))\.[jt]s$/.test(name)).sort();
  return sha256(...[...sources.map((name) => join(model, name)), ...further].flatMap((path) => [`${path.length}`, readFileSync(path)]));
}

/** The key of an entry: a hash over everything that shapes it. */
export const cacheKey = (parts: readonly string[]): string => sha256(JSON.stringify(parts));

export class CoreCache {
  /** @param directory - Where the entries are; undefined for a cache that keeps nothing. */
  constructor(readonly directory: string | undefined) {}

  /** The entry, if it is there and whole. `T` is what was written under this key. */
  read<T>(key: string): CacheEntry<T> | undefined {
    if (this.directory === undefined) return undefined;
    try {
      const entry = join(this.directory, key);
      const wasm = new Uint8Array(readFileSync(join(entry, WASM)));
      const text = readFileSync(join(entry, DATA), 'utf8');
      const json = text.slice(PREFIX.length + DIGEST_LENGTH + INFIX.length, -1);
      if (text !== wrap(json, wasm)) return undefined;
      const data: T = JSON.parse(json);
      return { wasm, data };
    } catch {
      return undefined;
    }
  }

  /** Keeps an entry if the disk takes it; it appears whole or not at all. */
  write<T>(key: string, { wasm, data }: CacheEntry<T>): void {
    if (this.directory === undefined) return;
    const entry = join(this.directory, key);
    const temporary = `${entry}.${process.pid}.part`;
    try {
      makeDirectories(temporary);
      writeFileSync(join(temporary, WASM), wasm);
      writeFileSync(join(temporary, DATA), wrap(JSON.stringify(data), wasm));
      // What has the name now is spoilt, or the same from another process.
      rmSync(entry, { recursive: true, force: true });
      renameSync(temporary, entry);
      this.#prune();
    } catch {
      removeQuietly(temporary);
    }
  }

  /** Notes that the entry is in use, so that it outlives others. */
  touch(key: string): void {
    try {
      const now = new Date();
      if (this.directory !== undefined) utimesSync(join(this.directory, key), now, now);
    } catch {
      // It has gone meanwhile, or the disk is read-only.
    }
  }

  #prune(): void {
    if (this.directory === undefined) return;
    const { directory } = this;
    const entries = readdirSync(directory).map((name) => ({ path: join(directory, name), time: statSync(join(directory, name)).mtimeMs }));
    for (const { path } of entries.sort((a, b) => b.time - a.time).slice(MOST_ENTRIES)) rmSync(path, { recursive: true, force: true });
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It cannot even be looked at: then there is nothing of it.
  }
}

const wrap = (json: string, wasm: Uint8Array): string => `${PREFIX}${sha256(json, wasm)}${INFIX}${json}}`;
