import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_MEMORY } from '../commands/cores.js';
import { PoolExecutor } from './executor.js';
import { Scratch, proberFor } from './planted.testing.js';

const scratch = new Scratch();
afterEach(() => scratch.remove());

const workers = (): readonly number[] =>
  spawnSync('pgrep', ['-P', String(process.pid), '-f', 'tinypool'], { encoding: 'utf8' }).stdout.split('\n').filter((line) => line !== '').map(Number);

describe('workers', () => {
  it('that hang are killed and replaced, and whoever waits for them hears of it', async () => {
    mkdirSync(scratch.path('corpus'));
    const known = new Uint8Array(proberFor(undefined).collector.table.size);
    const chunk = { first: 0, count: 5, known, signatures: [] };
    const before = workers();
    const setup = { core: 'three-stage', memory: DEFAULT_MEMORY, overlays: [], profile: 'all', seed: 1, corpus: scratch.path('corpus'), findings: scratch.directory } as const;
    const patient = new PoolExecutor(setup, 1, 60_000);
    expect(await patient.run(chunk)).toMatchObject({ programs: 5 });
    await patient.close();
    const executor = new PoolExecutor(setup, 1, 3_000);
    const mine = workers().filter((pid) => !before.includes(pid));
    expect(mine).toHaveLength(1);
    for (const pid of mine) process.kill(pid, 'SIGSTOP');
    await expect(executor.run(chunk)).rejects.toThrow('no answer in 3 s');
    const alive = (): readonly number[] => workers().filter((pid) => mine.includes(pid));
    for (let i = 0; i < 100 && alive().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(alive()).toEqual([]);
    expect(workers().filter((pid) => !before.includes(pid))).toHaveLength(1);
    await executor.close();
  });
});
