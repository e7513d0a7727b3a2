/**
 * What we write runs alone on another simulator that has HTIF.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ghosthart, workFolder } from './ghosthart.js';
import { runOnQemu } from './qemu.js';

const onSpike = (elf: string): number => runOnQemu(elf, { machine: 'spike', seconds: 20 }).exitCode;

describe('programs that end through HTIF', () => {
  it.each([0, 3, 77])('end with their exit code %i', (code) => {
    const [source, elf] = [join(workFolder, `exit-${code}.S`), join(workFolder, `exit-${code}.elf`)];
    writeFileSync(source, `        .globl tohost\n_start: la t0, tohost\n        li t1, ${2 * code + 1}\n        sd t1, (t0)\n1:      j 1b\n        .data\ntohost: .dword 0\nfromhost: .dword 0\n`);
    expect(ghosthart('asm', source, '-o', elf).stderr).toBe('');
    expect(onSpike(elf)).toBe(code);
    expect(ghosthart('run', elf).exitCode).toBe(code);
  });
});

describe('what a fuzzing session keeps of a failure', () => {
  const out = join(workFolder, 'htif-failures');
  let kept: readonly string[] = [];

  beforeAll(() => {
    ghosthart('fuzz', '--runs', '300', '--seed', '5', '--jobs', '1', '--profile', 'transitions', '--specs', join('testbench', 'demo', 'mistake'), '--out', out);
    kept = readdirSync(out).map((name) => join(out, name)).filter((folder) => existsSync(join(folder, 'repro.elf')));
  }, 300_000);

  it('is a repro.elf that ends well on its own', () => {
    expect(kept.length).toBeGreaterThan(0);
    for (const folder of kept) expect(onSpike(join(folder, 'repro.elf')), folder).toBe(0);
  });

  it('is a repro.S that assembles to the same', () => {
    for (const folder of kept) {
      const elf = join(folder, 'again.elf');
      expect(ghosthart('asm', join(folder, 'repro.S'), '-o', elf).stderr).toBe('');
      expect(onSpike(elf), folder).toBe(0);
    }
  });
});
