import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../commands/package.js';
import { Sandbox } from '../commands/testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

/** An overlay in which SRET in a guest forgets to restore SIE. */
function plantedSpecs(): string {
  const text = readFileSync(join(packageRoot, 'specs', 'isa', 'privileged.yaml'), 'utf8');
  const sret = /^ {2}sret:\n(?: {4}.*\n)+/m.exec(text)?.[0] ?? '';
  const forgetful = sret.replace('vsstatus.SIE: "vsstatus.SPIE", ', '');
  if (forgetful === sret) throw new Error('the specs write sret differently now: plant the bug anew');
  mkdirSync(sandbox.path('bug/isa'), { recursive: true });
  writeFileSync(sandbox.path('bug/isa/sret.yaml'), `instructions:\n${forgetful}`);
  return sandbox.path('bug');
}

const childrenOf = (pid: number): readonly number[] =>
  spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).stdout.split('\n').filter((line) => line !== '').map(Number);

describe('ghosthart fuzz', () => {
  it('turns a planted bug into a folder that replays it and assembles to the same bytes', async () => {
    const fuzzed = await sandbox.call(['fuzz', '--runs', '100', '--seed', '2', '--jobs', '1', '--json', '--specs', plantedSpecs()]);
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

  it('tells of a failure with program and all when the disk has no room for its folder', () => {
    // A limit on the size of files: a plan still fits, an ELF does not.
    const { code, out, err } = sandbox.bash(`ulimit -f 3; $G fuzz --runs 100 --seed 2 --jobs 1 --specs ${plantedSpecs()} --out full`);
    expect(code).toBe(1);
    for (const text of [out, err]) {
      expect(text).toMatch(/^vsstatus\.SIE after sret_v1$/m);
      expect(text).toMatch(/^ {2}vsstatus\.SIE +0x0 +0x1 +was 0x0$/m);
      expect(text).toMatch(/^Program \d+ of seed 2, made smaller by the candidates [-\d:]+; body in \w+:\n(?: {2}0x8\w+ {2}0x\w+ {2}.+\n)+Plan: \{"format":1,.*\}$/m);
    }
    expect(out).toContain(': not kept');
    expect(err).toMatch(/repro\.elf cannot be written: it is larger than files may be here\. .* The program is in full\/found-\w+\.plan\.json\./);
    expect(readdirSync(sandbox.path('full')).filter((name) => name !== 'corpus')).toEqual([expect.stringMatching(/^found-\w+\.plan\.json$/)]);
  });

  it('keeps a failure without its wave when the disk has no room for that', async () => {
    const { code, out } = sandbox.bash(`ulimit -f 16; $G fuzz --runs 100 --seed 2 --jobs 1 --specs ${plantedSpecs()} --out narrow`);
    expect(code).toBe(1);
    const [, directory = ''] = /: (narrow\/\S+)$/m.exec(out) ?? [];
    expect(out).toMatch(/^Waves: {2}none\. .*core\.vcd cannot be written/m);
    expect(readdirSync(sandbox.path(directory)).sort()).toEqual(['divergence.txt', 'plan.json', 'replay.json', 'repro.S', 'repro.elf', 'specs-0']);
    expect((await sandbox.call(['replay', directory])).code).toBe(1);
  });

  it('goes on when a worker is killed, and ends whole on ^C', async () => {
    const child = sandbox.start(['fuzz', '--seconds', '60', '--seed', '3', '--jobs', '2', '--out', 'killed', '--json']);
    let out = '';
    let err = '';
    child.stdout?.on('data', (text: Buffer) => { out += text.toString(); });
    child.stderr?.on('data', (text: Buffer) => { err += text.toString(); });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const until = async (condition: () => boolean): Promise<void> => {
      for (let i = 0; i < 300 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const corpus = (): readonly string[] => {
      try {
        return readdirSync(sandbox.path('killed/corpus'));
      } catch {
        return [];
      }
    };
    await until(() => corpus().length > 20);
    const [worker] = childrenOf(child.pid ?? 0);
    if (worker === undefined) throw new Error('no worker');
    process.kill(worker, 'SIGKILL');
    await until(() => err.includes('another takes its place'));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(err).toContain('ghosthart: A worker ended in the middle of its work');
    expect(JSON.parse(out)).toMatchObject({ failures: [] });
    // What a killed worker was writing stays beside its name (.part), and nobody reads it.
    for (const name of corpus().filter((n) => !n.endsWith('.part'))) expect(() => { JSON.parse(readFileSync(sandbox.path(`killed/corpus/${name}`), 'utf8')); }).not.toThrow();
  });

  it('leaves no worker behind when it is killed', async () => {
    const child = sandbox.start(['fuzz', '--seconds', '60', '--seed', '4', '--jobs', '2', '--out', 'orphans']);
    let err = '';
    child.stderr?.on('data', (text: Buffer) => { err += text.toString(); });
    const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
    for (let i = 0; i < 300 && !err.includes('programs'); i++) await wait(100);
    const workers = childrenOf(child.pid ?? 0);
    expect(workers).toHaveLength(2);
    child.kill('SIGKILL');
    const alive = (): readonly number[] => workers.filter((pid) => spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' }).stdout.includes('tinypool'));
    for (let i = 0; i < 30 && alive().length > 0; i++) await wait(100);
    expect(alive()).toEqual([]);
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
