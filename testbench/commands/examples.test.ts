/** The examples that `--help` and the README show: they run, and print what is shown. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from './package.js';
import { type Ran, Sandbox } from './testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

/** The lines of `--help` after `Example:`, of a command and its subcommands, each once. */
async function examples(command: readonly string[]): Promise<readonly string[]> {
  const { out } = await sandbox.call([...command, '--help']);
  const example = /\nExample(?: \(.*\))?:\n((?: {2}.+\n?)+)/.exec(out)?.[1] ?? '';
  const subcommands = command[0] === 'spec' && command.length === 1 ? ['check', 'show', 'rules'] : [];
  const own = example.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  for (const name of subcommands) own.push(...(await examples([...command, name])));
  return [...new Set(own)];
}

describe('the example of every --help runs', () => {
  it.each(['run', 'lockstep', 'asm', 'disasm', 'spec', 'emit', 'init'])('%s', async (command) => {
    mkdirSync(sandbox.path('out'), { recursive: true });
    const found = await examples([command]);
    expect(found.length).toBeGreaterThan(0);
    for (const line of found) expect(await sandbox.call(line.split(' ').slice(1)), line).toMatchObject({ code: 0 });
  });

  it('replay, which makes a divergence first', async () => {
    const ran: Ran[] = [];
    for (const line of await examples(['replay'])) ran.push(await sandbox.call(line.split(' ').slice(1)));
    const [diverged, replayed, ...others] = ran;
    expect(others).toEqual([]);
    expect(replayed).toMatchObject({ code: 1, out: expect.stringMatching(/^Instruction \d+ .* sret\n/) });
    expect(diverged).toMatchObject({ code: 1, out: expect.stringContaining(replayed?.out ?? 'nothing') });
  });

  it('and there is one for every command', async () => {
    const [, commands = ''] = /\nCommands:\n([^]*?)\n\n/.exec((await sandbox.call(['--help'])).out) ?? [];
    const listed = [...commands.matchAll(/^ {2}([a-z-]+) .*/gm)].map(([, name]) => name);
    expect(listed).toContain('spec');
    for (const name of listed) expect((await sandbox.call([name ?? '', '--help'])).out, name).toMatch(/\nExample(?: \(.*\))?:\n {2}ghosthart /);
  });
});

describe('ghosthart demo, as its --help shows it', () => {
  let demo: Ran = { code: null, out: '', err: '' };
  beforeAll(async () => {
    const [line = '', ...others] = await examples(['demo']);
    expect(others).toEqual([]);
    demo = await sandbox.call([...line.split(' ').slice(1), '--out', 'here']);
  });

  it('tells both stories, agrees on both cores and leaves waves', () => {
    const { code, out } = demo;
    expect(code).toBe(0);
    expect(out).toMatch(/mode {2,}what happened/);
    expect(out).toMatch(/VU -> VS[^]*VS -> HS[^]*HS -> VS/);
    expect(out).toMatch(/on the five-stage core: [^]*on the three-stage core: /);
    expect(out).toMatch(/gtkwave -a here\/core\.gtkw/);
    expect(out).toMatch(/^1 .*store guest page fault, VS -> HS {2,}killed: too many offences/m);
    expect(out).toMatch(/^1 .*dead: .* {2}lost {3}lost$/m);
    for (const wave of ['core.vcd', 'killed.vcd']) expect(existsSync(sandbox.path(join('here', wave)))).toBe(true);
  });

  it('prints what the README shows', () => {
    const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
    const shown = [...readme.matchAll(/^```\n(# {2}what B does[^]*?)^```$/gm)].map(([, table = '']) => table);
    expect(shown).toHaveLength(2);
    for (const table of shown) expect(demo.out).toContain(table);
  });
});
