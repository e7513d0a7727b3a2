import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Sandbox } from '../commands/testing.js';
import { forgetfulSpecs } from './forgetful.testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

describe('ghosthart fuzz', () => {
  it('turns a planted bug into a folder that replays it and assembles to the same bytes', async () => {
    const fuzzed = await sandbox.call(['fuzz', '--runs', '100', '--seed', '2', '--jobs', '1', '--json', '--specs', forgetfulSpecs(sandbox)]);
    expect(fuzzed.code).toBe(1);
    const result: Record<string, unknown> & { failures: readonly { directory: string; length: number }[] } = JSON.parse(fuzzed.out);
    expect(Object.keys(result)).toEqual(['programs', 'instructions', 'seconds', 'pointsReached', 'pointsTotal', 'pointsExcluded', 'failures', 'shares']);
    const [first] = result.failures;
    if (first === undefined) throw new Error('no failure');
    expect(Object.keys(first)).toEqual(['signature', 'directory', 'program', 'length', 'count']);
    expect(first.length).toBeLessThanOrEqual(6);
    expect(readdirSync(sandbox.path(first.directory))).toEqual(expect.arrayContaining(['repro.S', 'repro.elf', 'replay.json', 'divergence.txt', 'core.vcd', 'core.gtkw']));
    expect(readFileSync(sandbox.path(join(first.directory, 'core.gtkw')), 'utf8')).toMatch(/^\*\S+ \d+( -1)+$/m);
    const replayed = await sandbox.call(['replay', first.directory]);
    expect(replayed.code).toBe(1);
    expect(readFileSync(sandbox.path(join(first.directory, 'divergence.txt')), 'utf8')).toContain(replayed.out.split('Waves:')[0]);
    // The shipped core agrees on the program, from its ELF and from its assembly.
    for (const name of ['repro.elf', 'repro.S']) expect((await sandbox.call(['lockstep', join(first.directory, name)])).code).toBe(0);
  });

  it.each([
    [['--runs', '0'], 'There is no program to run.'], [['--profile', 'calm'], 'Allowed choices are all, transitions'], [['--jobs', '0'], 'Give a number from 1 to 64.'],
    [['--core', 'six-stage'], 'There is no core six-stage.'], [['--out', '/dev/null/x'], '/dev/null/x'], [['--seconds', 'ever'], 'Give seconds above 0'],
  ])('says what is wrong with %j', async (args, sentence) => {
    const { code, err, out } = await sandbox.call(['fuzz', ...args]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
