import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benchSource } from '../programs/bench.js';
import { demoPath, gnuAssemble, programPath } from '../programs/build.js';
import { firstDifferentByte, segments } from './elf-image.js';
import { CORES, ghosthart, workFolder } from './ghosthart.js';
import { runOnQemu } from './qemu.js';

const shortBench = join(workFolder, 'bench-short.S');
writeFileSync(shortBench, benchSource(20));

const PROGRAMS = [
  { name: 'hello', source: programPath('hello.S') },
  { name: 'traps', source: programPath('traps.S') },
  { name: 'demo', source: demoPath },
  { name: 'bench', source: programPath('bench.S') },
  { name: 'bench-short', source: shortBench },
] as const;
const SHORT = PROGRAMS.filter(({ name }) => name !== 'bench');

const ourElf = (name: string): string => join(workFolder, `${name}.ours.elf`);
const gnuElf = (name: string): string => join(workFolder, `${name}.gnu.elf`);

/** Assembles with both; GNU ld puts the data where ours is. */
function assembleBoth({ name, source }: { name: string; source: string }): void {
  const { exitCode, stderr } = ghosthart('asm', source, '-o', ourElf(name));
  expect(exitCode, stderr).toBe(0);
  const data = segments(ourElf(name))[1]?.address;
  gnuAssemble(source, gnuElf(name), data === undefined ? {} : { data });
}

describe('the assembly programs', () => {
  it.each(PROGRAMS)('$name: our assembler and GNU as give the same bytes', (program) => {
    assembleBoth(program);
    expect(firstDifferentByte(ourElf(program.name), gnuElf(program.name))).toBeUndefined();
  });

  it.each(PROGRAMS)('$name: ends well on QEMU', (program) => {
    gnuAssemble(program.source, gnuElf(program.name));
    expect(runOnQemu(gnuElf(program.name)).exitCode).toBe(0);
  });

  it.each(SHORT.flatMap((program) => CORES.map((core) => ({ ...program, core }))))(
    '$name: prints on $core what it prints on QEMU, and agrees in lockstep', ({ name, source, core }) => {
      gnuAssemble(source, gnuElf(name));
      const qemu = runOnQemu(gnuElf(name));
      const ours = ghosthart('run', gnuElf(name), '--core', core);
      expect(ours.exitCode, ours.stderr).toBe(0);
      expect(ours.stdout).toContain(qemu.console);
      const both = ghosthart('lockstep', gnuElf(name), '--core', core);
      expect(both.exitCode, both.stdout + both.stderr).toBe(0);
    });
});
