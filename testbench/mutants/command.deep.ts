import { afterAll, describe, expect, it } from 'vitest';
import { Sandbox } from '../commands/testing.js';
import type { MutationJson, ResultJson } from './report.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

describe('ghosthart mutate', () => {
  it('says of each mutant what became of it', async () => {
    const { code, out, err } = await sandbox.call(['mutate', '--json', '--list', '--sample', '4', '--seed', '4', '--programs', '10', '--jobs', '1']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { mutants, killed, survived, provenEquivalent, results }: MutationJson & { readonly results: readonly ResultJson[] } = JSON.parse(out);
    expect(killed + survived.length + provenEquivalent).toBe(mutants);
    expect(results).toHaveLength(mutants);
    expect(killed).toBeGreaterThan(0);
    for (const { outcome, kill, proof, needs } of results) {
      expect([kill !== undefined, proof !== undefined, needs !== undefined]).toEqual(['killed', 'equivalent', 'survived'].map((o) => o === outcome));
    }
  });

  it('prints what it has found on ^C', async () => {
    const listeners = process.listenerCount('SIGINT');
    const ended = sandbox.call(['mutate', '--sample', '6', '--programs', '10', '--jobs', '1', '--json']);
    while (process.listenerCount('SIGINT') === listeners) await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(process.pid, 'SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(130);
    const { mutants, notReached }: MutationJson = JSON.parse(out);
    expect(notReached).toBeGreaterThan(0);
    expect(mutants + notReached).toBe(6);
  });

  it.each([
    [['--sample', '0'], 'There is no mutant to judge. Give --sample a number above 0.'], [['--sample', 'some'], 'Give a whole number.'],
    [['--jobs', '0'], 'Give a number from 1 to 64.'], [['--seconds', 'ever'], 'Give seconds above 0'], [['--core', 'six-stage'], 'There is no core six-stage.'],
    [['--only', 'no such thing'], 'No mutant of five-stage has no such thing in its name or place.'], [['--seed', '-1'], 'Give a whole number.'], [['--programs', 'x'], 'Give a whole number.'],
  ])('says what is wrong with %j', async (args, sentence) => {
    const { code, err, out } = await sandbox.call(['mutate', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
