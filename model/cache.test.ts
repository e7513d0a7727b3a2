import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheDirectory, cacheKey, compilerHash, CoreCache } from './cache.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ghosthart-cache-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  vi.unstubAllEnvs();
});

const KEY = cacheKey(['specs', 'compiler', 'core']);
const ENTRY = { wasm: Uint8Array.of(0, 97, 115, 109), data: { text: 'naïve', list: [1, 2] } };

describe('CoreCache', () => {
  it('gives back what was written, and nothing else', () => {
    const cache = new CoreCache(directory);
    expect(cache.read(KEY)).toBeUndefined();
    cache.write(KEY, ENTRY);
    expect(cache.read(KEY)).toEqual(ENTRY);
    expect(cache.read(cacheKey(['another']))).toBeUndefined();
    expect(readdirSync(directory)).toEqual([KEY]);
  });

  it.each(['core.wasm', 'layout.json'])('takes an entry with a spoilt %s for none, and replaces it', (name) => {
    const cache = new CoreCache(directory);
    cache.write(KEY, ENTRY);
    const path = join(directory, KEY, name);
    const good = readFileSync(path);
    fc.assert(fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      writeFileSync(path, good.with(at, (good[at] ?? 0) ^ change));
      expect(cache.read(KEY)).toBeUndefined();
      truncateSync(path, at);
      expect(cache.read(KEY)).toBeUndefined();
    }));
    cache.write(KEY, ENTRY);
    expect(cache.read(KEY)).toEqual(ENTRY);
  });

  it('keeps nothing without a directory, or where none can be', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    for (const cache of [new CoreCache(undefined), new CoreCache(file)]) {
      cache.write(KEY, ENTRY);
      expect(cache.read(KEY)).toBeUndefined();
    }
  });

  it('forgets the oldest entries', () => {
    const cache = new CoreCache(directory);
    for (let i = 0; i < 70; i++) cache.write(cacheKey([String(i)]), ENTRY);
    expect(readdirSync(directory).length).toBe(64);
    expect(cache.read(cacheKey(['69']))).toEqual(ENTRY);
  });
});

describe('cacheDirectory', () => {
  it('is in XDG_CACHE_HOME, or in node_modules', () => {
    vi.stubEnv('XDG_CACHE_HOME', directory);
    expect(cacheDirectory('/nowhere')).toBe(join(directory, 'ghosthart'));
    vi.stubEnv('XDG_CACHE_HOME', '');
    expect(cacheDirectory(directory)).toBe(join(directory, 'node_modules', '.cache', 'ghosthart'));
  });

  it('is a temporary one of the user where neither can be written', () => {
    vi.stubEnv('XDG_CACHE_HOME', '/dev/null');
    expect(cacheDirectory(directory)).toBe(join(tmpdir(), `ghosthart-${process.getuid?.() ?? 0}`));
  });
});

it('hashes the compiler, and what else it is told', () => {
  const file = join(directory, 'more');
  writeFileSync(file, '1');
  const one = compilerHash([file]);
  expect(one).toBe(compilerHash([file]));
  writeFileSync(file, '2');
  expect(compilerHash([file])).not.toBe(one);
  expect(compilerHash()).not.toBe(one);
});
