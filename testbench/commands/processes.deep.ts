/** What takes the machine for itself: commands that share their work among processes, or measure. */
import { describe, expect, it } from 'vitest';
import type { MutationJson, ResultJson } from '../mutants/report.js';
import { ghosthart } from '../outside/ghosthart.js';

/** What `mutate` found, without the times. */
function judged(jobs: number): unknown {
  const { exitCode, stdout, stderr } = ghosthart('mutate', '--json', '--list', '--sample', '6', '--seed', '4', '--programs', '10', '--jobs', String(jobs));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const { seconds: _, results, ...rest }: MutationJson & { readonly results: readonly ResultJson[] } = JSON.parse(stdout);
  expect(results).toHaveLength(rest.mutants);
  expect(rest.killed).toBeGreaterThan(0);
  return { ...rest, results: results.map((r) => (r.kill === undefined ? r : { ...r, kill: { ...r.kill, seconds: 0 } })) };
}

describe('processes that share work', () => {
  it('find of mutants what one alone finds', () => {
    expect(judged(2)).toEqual(judged(1));
  });
});

describe('the example of bench', () => {
  it('runs, and measures each thing that the design has a figure for', () => {
    const [, example = ''] = /\nExample:\n {2}ghosthart (bench .+)\n/.exec(ghosthart('bench', '--help').stdout) ?? [];
    const { exitCode, stdout } = ghosthart(...example.split(' '), '--json');
    expect(exitCode).toBe(0);
    expect(Object.keys(JSON.parse(stdout))).toEqual(expect.arrayContaining(['plain', 'virtualized', 'observed', 'traced', 'reference', 'lockstep', 'compile', 'warmStart']));
  });
});
