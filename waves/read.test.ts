import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { vcdHeader } from './header.js';
import { readVcd, type VcdChange } from './read.js';

const header = vcdHeader({ version: '1', specs: 'x' }, [{ name: 'a', width: 1, id: '!' }, { name: 'b', width: 8, id: '"' }], () => 0n);

async function read(text: string): Promise<{ changes: VcdChange[]; message: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'read-'));
  try {
    writeFileSync(join(directory, 'a.vcd'), text);
    const changes: VcdChange[] = [];
    const dump = await readVcd(join(directory, 'a.vcd'), (change) => changes.push(change));
    return { changes, message: dump.kind === 'unreadable' ? dump.message : '' };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

it('marks values with x and z as unknown', async () => {
  const { changes } = await read(`${header}#5\nx!\nb1z0x "\n`);
  expect(changes.slice(2)).toEqual([{ id: '!', time: 5n, value: 0n, unknown: true }, { id: '"', time: 5n, value: 0b1100n, unknown: true }]);
});

it.each([
  ['text that is no VCD', 'hello\n', 'The dump is not valid VCD after time 0.'],
  ['a string value', `${header}#7\n1!\nshello "\n#9\n0!\n`, 'The dump is not valid VCD after time 7.'],
  ['a cut line', `${header}#7\n1!`, 'The dump ends in the middle of a line.'],
  ['declarations only', '$version a $end\n', 'The dump ends before $enddefinitions.'],
  ['an empty file', '', 'The dump ends before $enddefinitions.'],
])('refuses %s in one sentence and prints nothing', async (_what, text, message) => {
  const log = vi.spyOn(console, 'log');
  expect((await read(text)).message).toBe(message);
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});

it('says that there is no such file', async () => {
  expect(await readVcd('/nonexistent/a.vcd', () => undefined)).toEqual({ kind: 'unreadable', message: '/nonexistent/a.vcd cannot be opened (ENOENT).' });
});
