import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCProgram } from '../programs/build.js';
import { CORES, ghosthart, workFolder } from './ghosthart.js';
import { runOnQemu } from './qemu.js';

const elf = join(workFolder, 'c-program.elf');
const forQemu = join(workFolder, 'c-program-finisher.elf');
const LAST_LINE = '0 failed checks, all is well';

describe('the C program', () => {
  beforeAll(() => {
    buildCProgram(elf);
    buildCProgram(forQemu, { finisher: true });
  }, 300_000);

  it('finds nothing wrong with QEMU', () => {
    const { console: text, exitCode } = runOnQemu(forQemu);
    expect(exitCode).toBe(0);
    expect(text).toContain(LAST_LINE);
  });

  it.each(CORES)('finds nothing wrong with %s', (core) => {
    const { exitCode, stdout, stderr } = ghosthart('run', elf, '--core', core);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(LAST_LINE);
  });

  it.each(CORES)('runs in lockstep on %s', (core) => {
    const { exitCode, stdout, stderr } = ghosthart('lockstep', elf, '--core', core);
    expect(exitCode, stdout + stderr).toBe(0);
  });

  it.each(CORES)('leaves by the test finisher as well on %s', (core) => {
    const { exitCode, stdout, stderr } = ghosthart('run', forQemu, '--core', core);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(LAST_LINE);
  });
});
