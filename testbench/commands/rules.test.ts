import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { specLayers } from './package.js';
import { chaptersOf, claims, heldRules, namedIn, standing, testedButSetAside, type HeldRule } from './rules.js';
import { Sandbox } from './testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

describe('the manual’s rules', () => {
  let rules: readonly HeldRule[] = [];
  beforeAll(async () => {
    const held = await heldRules(specLayers([]));
    if (!held.ok) throw new Error(held.diagnostics.map(({ message }) => message).join('\n'));
    rules = held.value;
  });

  it('are all tested, cited or set aside with a reason, in every chapter', () => {
    const missing = Object.entries(chaptersOf(rules)).filter(([, chapter]) => chapter.missing.length > 0);
    expect(missing).toEqual([]);
    expect(rules.length).toBeGreaterThan(1900);
  });

  it('are not set aside while a row or a test claims them', async () => {
    expect(await testedButSetAside(specLayers([]))).toEqual([]);
    const needed = rules.filter(({ reason }) => reason !== undefined);
    expect(needed.filter((rule) => standing(rule) !== 'not applicable')).toEqual([]);
    expect(new Set(needed.map(({ reason }) => reason)).size).toBeGreaterThan(10);
  });

  it('are the only names that tests claim', async () => {
    const names = new Set(rules.map(({ name }) => name));
    const { tests } = await claims();
    expect([...tests.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});

it('a test names its rules in a comment of their own', () => {
  expect(namedIn('/**\n * rules: sret_op, sret_v0\n */\n  // rules: sret_op\nconst yaml = "rules: [wfi_op]"; // no rules: mret_op\n')).toEqual(['sret_op', 'sret_v0']);
});

describe('ghosthart spec', () => {
  it('rules NAME prints every entry, row and test, and the mutants', async () => {
    expect((await sandbox.call(['spec', 'rules', 'wfi_unaffected_conditions'])).out).toMatch(
      /^wfi_unaffected_conditions: a rule of the chapter machine, tested\n\n {2}Entries of the specs\n {4}\S*privileged\.yaml:\d+ {2}wfi\n\n {2}Tests\n {4}properties\/wfi-waits-for-an-enabled-interrupt\.test\.ts\n\n {2}Mutants\n {4}\d+ carry it\n$/);
    expect((await sandbox.call(['spec', 'rules', 'mstatush_sz'])).out).toMatch(/^mstatush_sz: a rule of the chapter machine, not applicable\n\n {2}Every mode of this hart is RV64/);
  });

  it('rules --list prints a line for each rule of a chapter, as data with --json', async () => {
    const { out } = await sandbox.call(['spec', 'rules', '--chapter', 'zicond', '--list']);
    expect(out.split('\n').filter((line) => /^\S+ +(tested|cited) +\S*zicond\.yaml:\d+; .*mutants?$/.test(line))).toHaveLength(4);
    const { rules } = JSON.parse((await sandbox.call(['spec', 'rules', '--chapter', 'zicond', '--list', '--json'])).out);
    expect(rules[0]).toMatchObject({ chapter: 'zicond', entries: [{ entry: expect.stringMatching(/^czero\./), place: expect.stringContaining('zicond.yaml:') }], mutants: expect.any(Number) });
  });

  it('rules says which name was meant', async () => {
    expect(await sandbox.call(['spec', 'rules', 'sret_opp'])).toMatchObject({ code: 2, err: 'ghosthart: There is no rule sret_opp. Did you mean sret_op?\n' });
    expect(await sandbox.call(['spec', 'rules', '--chapter', 'hypervisr'])).toMatchObject({ code: 2, err: 'ghosthart: There is no chapter hypervisr. Did you mean hypervisor?\n' });
  });

  it('check refuses to set aside what a row of the tables claims', async () => {
    mkdirSync(sandbox.path('more'));
    sandbox.file('more/not-applicable.yaml', 'guests:\n  reason: There are none.\n  rules: [H_vscsrs_v1]\n');
    const { code, err } = await sandbox.call(['spec', 'check', '--specs', 'more']);
    expect(err).toMatch(/^more\/not-applicable\.yaml:3:11: guests: H_vscsrs_v1 is tested by \S+\n {4}rules: \[H_vscsrs_v1\]\n {12}\^+\n {2}A rule is either tested or not applicable/);
    expect(code).toBe(2);
  });
});
