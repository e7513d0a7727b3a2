import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { gnuAssemble } from '../programs/build.js';
import { multiplier, testSeed } from '../properties/effort.js';
import { randomBody } from './bodies/body.js';
import { compareOutcomes, type Comparison } from './compare.js';
import { CORES, ghosthart, workFolder } from './ghosthart.js';
import { driverLines, imageSource, readOutcomes, type Outcome } from './image.js';
import { QEMU_CPU_LIKE_OURS, runOnQemu } from './qemu.js';

const PROGRAMS = Math.round(3000 * multiplier());
/** An image holds so many, so that code stays within the megapages that tables map. */
const PER_IMAGE = 3000;
/** The same programs for every run of one seed. */
const bodies = Array.from({ length: PROGRAMS }, (_, index) => randomBody(testSeed() * 100_000 + index));
const images = Array.from({ length: Math.ceil(PROGRAMS / PER_IMAGE) }, (_, index) => {
  const elf = join(workFolder, `random-${index}.elf`);
  return { elf, source: elf.replace(/elf$/, 'S'), bodies: bodies.slice(index * PER_IMAGE, (index + 1) * PER_IMAGE) };
});

/** Figures of one core's run, for people. */
function figures(core: string, { programs, whole, traps, listed }: Comparison, instructions: number): string {
  const count = (counts: ReadonlyMap<unknown, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0);
  const cause = (code: bigint): string => (code >= 1n << 63n ? `interrupt ${code - (1n << 63n)}` : `${code}`);
  return [
    `${core}: ${programs} programs of ${instructions} instructions, ${whole} compared to their end; ${count(traps)} traps`,
    `  by cause: ${[...traps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, n]) => `${cause(code)}: ${n}`).join(', ')}`,
    ...[...listed].map(([name, n]) => `  ${String(n).padStart(6)}  ${name}`),
  ].join('\n');
}

describe(`${PROGRAMS} random programs, seed ${testSeed()}`, () => {
  const onQemu: Outcome[] = [];

  beforeAll(() => {
    for (const image of images) {
      const source = imageSource(image.bodies);
      writeFileSync(image.source, source);
      gnuAssemble(source, image.elf);
      onQemu.push(...readOutcomes(runOnQemu(image.elf, { cpu: QEMU_CPU_LIKE_OURS, seconds: 240 }).console));
    }
  }, 300_000 * multiplier());

  it('all end on QEMU, with traps to every level', () => {
    expect(onQemu).toHaveLength(PROGRAMS);
    const takers = new Set(onQemu.flatMap(({ traps }) => traps.map(({ taker }) => taker)));
    expect([...takers].sort()).toEqual([1n, 2n, 3n]);
  });

  it.each(CORES)('leave the same state on %s and on QEMU, but for what is listed, and all of that is met', (core) => {
    const ours = images.flatMap(({ elf }) => {
      const { exitCode, stdout, stderr } = ghosthart('run', elf, '--core', core);
      expect(exitCode, stderr).toBe(0);
      return readOutcomes(driverLines(stdout));
    });
    const comparison = compareOutcomes(bodies, ours, onQemu);
    console.log(figures(core, comparison, bodies.reduce((sum, { code }) => sum + code.length, 0)));
    expect(comparison.differences.slice(0, 3), 'see out/outside/random-N.S, body_INDEX').toEqual([]);
    expect([...comparison.listed].filter(([, uses]) => uses === 0).map(([name]) => name), 'listed differences that nothing met').toEqual([]);
    expect(comparison.whole).toBeGreaterThan(PROGRAMS * 0.7);
  }, 300_000 * multiplier());
});
