/**
 * The examples of docs/library.md run as they stand, from the built package,
 * and print what the page says.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from './commands/package.js';

const page = readFileSync(join(packageRoot, 'docs', 'library.md'), 'utf8');

/** Code blocks under a mark, `<!-- file: core.mjs -->`, by the name in it. */
const marked = (mark: string): ReadonlyMap<string, string> =>
  new Map([...page.matchAll(new RegExp(`<!-- ${mark}: (\\S+) -->\\n\`\`\`\\w+\\n([^]*?)\`\`\``, 'g'))].map(([, name = '', text = '']) => [name, text]));

const files = marked('file');
const prints = marked('prints');
const folder = mkdtempSync(join(tmpdir(), 'ghosthart-library-'));

const run = (name: string): string => execFileSync(process.execPath, [name], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(packageRoot, join(folder, 'node_modules', 'ghosthart'));
  symlinkSync(join(packageRoot, 'node_modules', 'fast-check'), join(folder, 'node_modules', 'fast-check'));
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe('docs/library.md', () => {
  it('has an example that runs for each of its sections', () => {
    expect([...files.keys()].filter((name) => name.endsWith('.mjs'))).toEqual([...prints.keys()]);
    expect(prints.size).toBe((page.match(/^## /gm) ?? []).length - 1);
  });

  it.each([...prints])('%s prints what the page says', (name, expected) => {
    expect(run(name)).toBe(expected);
  });

  it('has an example that finds what is taught otherwise', () => {
    writeFileSync(join(folder, 'wrong.mjs'), files.get('satadd.mjs')?.replace('sum > most ? most', 'sum > most ? 0n') ?? '');
    expect(() => run('wrong.mjs')).toThrow(/satadd[^]*model +reference/);
  });
});
