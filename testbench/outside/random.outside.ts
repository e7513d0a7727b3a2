import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { gnuAssemble } from '../programs/build.js';
import { randomBody } from './bodies/body.js';
import { compareOutcomes } from './compare.js';
import { CORES, ghosthart, workFolder } from './ghosthart.js';
import { driverLines, imageSource, readOutcomes, type Outcome } from './image.js';
import { QEMU_CPU_BARE, runOnQemu } from './qemu.js';

const PROGRAMS = 1000;
const elf = join(workFolder, 'random.elf');

describe(`${PROGRAMS} random bare programs`, () => {
  let onQemu: readonly Outcome[] = [];

  beforeAll(() => {
    const source = imageSource(Array.from({ length: PROGRAMS }, (_, seed) => randomBody(seed + 1)));
    writeFileSync(join(workFolder, 'random.S'), source);
    gnuAssemble(source, elf);
    onQemu = readOutcomes(runOnQemu(elf, { cpu: QEMU_CPU_BARE, seconds: 240 }).console);
  }, 300_000);

  it('all end on QEMU, with traps to every level', () => {
    expect(onQemu).toHaveLength(PROGRAMS);
    const takers = new Set(onQemu.flatMap(({ traps }) => traps.map(({ taker }) => taker)));
    expect([...takers].sort()).toEqual([1n, 2n, 3n]);
  });

  it.each(CORES)('leave the same state on %s and on QEMU', (core) => {
    const { exitCode, stdout, stderr } = ghosthart('run', elf, '--core', core);
    expect(exitCode, stderr).toBe(0);
    const comparison = compareOutcomes(readOutcomes(driverLines(stdout)), onQemu);
    expect(comparison.differences.slice(0, 3), 'see out/outside/random.S, body_INDEX').toEqual([]);
    expect(comparison.programs).toBe(PROGRAMS);
    console.log(`${core}: ${comparison.programs} programs, ${comparison.traps} traps, excused ${JSON.stringify(comparison.excused)}`);
  });
});
