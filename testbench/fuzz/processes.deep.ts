/** What a fuzzing session leaves when its disk is full, a worker is killed, or the session itself. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Sandbox } from '../commands/testing.js';
import { forgetfulSpecs } from './forgetful.testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const childrenOf = (pid: number): readonly number[] =>
  spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).stdout.split('\n').filter((line) => line !== '').map(Number);

describe('ghosthart fuzz', () => {
  it('tells of a failure with program and all when the disk has no room for its folder', () => {
    // A limit on the size of files: a plan still fits, an ELF does not.
    const { code, out, err } = sandbox.bash(`ulimit -f 3; $G fuzz --runs 100 --seed 2 --jobs 1 --specs ${forgetfulSpecs(sandbox)} --out full`);
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
    const { code, out } = sandbox.bash(`ulimit -f 16; $G fuzz --runs 100 --seed 2 --jobs 1 --specs ${forgetfulSpecs(sandbox)} --out narrow`);
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
});
