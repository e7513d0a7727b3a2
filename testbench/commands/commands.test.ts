import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from './package.js';
import { exitProgram, Sandbox } from './testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

/** An overlay in which SRLW shifts in the sign: the reference does not agree. */
mkdirSync(sandbox.path('wrong/isa'), { recursive: true });
sandbox.file('wrong/isa/wrong.yaml', `instructions:
  srlw: { match: "0000000----------101-----0111011", format: R, class: alu, result: "sext(X[rs1][31:0] >>s X[rs2][4:0])", rules: [srlw_op] }
`);
const SHIFTS = sandbox.file('shifts.S', `_start: li a0, -8\n        li a1, 1\n        srlw a2, a0, a1\n${exitProgram(0).replace('_start:', '')}`);

// The first line of instructions comes 20 cycles after it is asked for.
const BLOCK = `Instruction 2 (cycle 26)  M  0x80000008  srlw a2,a0,a1
              model               reference
  x12         0xfffffffffffffffc  0x7ffffffc
Row:    srlw (isa/wrong.yaml:2)
Rule:   srlw_op
Replay: npx ghosthart replay out/lockstep/shifts
Waves:  out/lockstep/shifts/core.vcd  (gtkwave -a out/lockstep/shifts/core.gtkw)
`;

describe('ghosthart lockstep', () => {
  it('says that the two agree', async () => {
    const { code, out } = await sandbox.call(['lockstep', 'testbench/programs/traps.S']);
    expect(code).toBe(0);
    expect(out).toMatch(/five-stage and the reference agree: \d+ records/);
  });

  it('tells a divergence in the manual’s words, and leaves what reproduces it', async () => {
    const { code, out } = await sandbox.call(['lockstep', SHIFTS, '--specs', 'wrong']);
    expect(out).toBe(BLOCK);
    expect(code).toBe(1);
    const folder = sandbox.path('out/lockstep/shifts');
    const replay = JSON.parse(readFileSync(join(folder, 'replay.json'), 'utf8'));
    expect(replay).toMatchObject({ core: 'five-stage', inputs: '', version: expect.any(String), specHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(readFileSync(join(folder, 'replay.json'), 'utf8')).not.toContain(sandbox.directory);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['program.elf', 'core.vcd', 'core.gtkw', 'specs-0']));
    expect(await sandbox.call(['replay', 'out/lockstep/shifts'])).toMatchObject({ code: 1, out: BLOCK, err: '' });
    // As a later version with other specs sees it.
    const older = { ...replay, version: '0.0.1', specHash: '0'.repeat(64), specFiles: { ...replay.specFiles, 'isa/rv64i.yaml': 'other', 'isa/gone.yaml': 'x' } };
    writeFileSync(join(folder, 'replay.json'), JSON.stringify(older));
    expect(await sandbox.call(['replay', 'out/lockstep/shifts'])).toMatchObject({
      code: 1, out: BLOCK, err: 'ghosthart: The specs have changed in isa/gone.yaml, isa/rv64i.yaml since this was found with version 0.0.1; it runs with the present ones.\n',
    });
  });

  it('prints the divergence that the README shows', async () => {
    const [, command = '', shown = ''] = /^\$ npx ghosthart (lockstep .*)\n([^]*?)^```$/m.exec(readFileSync(join(packageRoot, 'README.md'), 'utf8')) ?? [];
    expect(await sandbox.call(command.split(' '))).toMatchObject({ code: 1, out: shown });
  });

  it('makes a random divergence small, and keeps it', async () => {
    const { code, out } = await sandbox.call(['lockstep', '--random', '3000', '--seed', '1', '--specs', 'wrong', '--json']);
    expect(code).toBe(1);
    const { diverged } = JSON.parse(out);
    expect(diverged).toHaveLength(1);
    expect(await sandbox.call(['replay', diverged[0]])).toMatchObject({ code: 1, out: expect.stringMatching(/srlw[^]*Rule: {3}srlw_op/) });
  });

  it('runs random programs of a seed, and says what they reached', async () => {
    const { code, out } = await sandbox.call(['lockstep', '--random', '50', '--seed', '3', '--json', '--coverage']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ programs: 50, diverged: [], coverage: expect.anything() });
  });
});

describe('ghosthart asm and disasm', () => {
  it('assemble, list and run the same program', async () => {
    expect((await sandbox.call(['asm', sandbox.file('seven.S', exitProgram(7))])).code).toBe(0);
    const { out } = await sandbox.call(['disasm', 'seven.elf']);
    expect(out).toMatch(/^0000000080000000 <_start>:\n {2}80000000: {2}[0-9a-f]{8} {2}auipc t0,/);
    expect((await sandbox.call(['run', 'seven.elf'])).code).toBe(7);
  });

  it('tell words', async () => {
    expect((await sandbox.call(['disasm', '0x10200073', '0x0'])).out).toBe('sret\n.half 0x0000\n');
  });
});

describe('ghosthart spec and emit', () => {
  it('find no mistake in the shipped specs', async () => {
    expect(await sandbox.call(['spec', 'check'])).toMatchObject({ code: 0, out: expect.stringMatching(/^No mistakes: \d+ instructions/) });
  });

  it('count the rules of every chapter once', async () => {
    const { chapters } = JSON.parse((await sandbox.call(['spec', 'rules', '--json'])).out);
    const { tested, cited, notApplicable, missing } = chapters.hypervisor;
    expect(tested + cited + notApplicable + missing.length).toBe(288);
    expect(tested).toBeGreaterThan(100);
  });

  it('print the hardware, the wasm and the figures', async () => {
    expect((await sandbox.call(['emit', '--format', 'ir'])).out).toMatch(/^module five-stage\n/);
    for (const core of ['three-stage', 'five-stage']) {
      const { out } = await sandbox.call(['emit', '--format', 'sv', '--core', core]);
      expect(out).toContain(`\nmodule ${core.replace('-', '_')} (\n`);
      expect(out).toMatch(/^ {2}output logic io_valid,$/m);
      expect(out).toMatch(/^ {6}csr_mstatus <= 40'h0;$/m);
      expect(out).toMatch(/\nendmodule\n$/);
    }
    expect((await sandbox.call(['emit', '--format', 'wat', '--core', 'three-stage'])).out).toMatch(/^\(module/);
    expect((await sandbox.call(['emit', '--stats', '--variant', 'traced'])).out).toMatch(/bytes of state[^]*operations by region[^]*bytes of code by function/);
  });
});

it('--version names the package and the specs', async () => {
  expect((await sandbox.call(['--version'])).out).toMatch(/^ghosthart \d+\.\d+\.\d+ specs [0-9a-f]{64}\n$/);
});

describe('the cache', () => {
  it('is filled by the first run, used by the second, and a spoilt entry is compiled again', async () => {
    const env = { XDG_CACHE_HOME: sandbox.path('cache') };
    const hello = ['run', 'testbench/programs/hello.S', '--json'];
    const first = await sandbox.call(hello, { env });
    const entries = sandbox.path('cache/ghosthart');
    const [entry = ''] = readdirSync(entries);
    truncateSync(join(entries, entry, 'core.wasm'), 100);
    expect(await sandbox.call(hello, { env })).toEqual(first);
    expect(readFileSync(join(entries, entry, 'core.wasm')).length).toBeGreaterThan(1000);
    expect(await sandbox.call(hello, { env })).toEqual(first);
    expect(readdirSync(entries)).toEqual([entry]);
  });

  it('is done without where it cannot be written', async () => {
    const env = { XDG_CACHE_HOME: '/dev/null', TMPDIR: '/dev/null' };
    expect(await sandbox.call(['run', 'testbench/programs/hello.S'], { env })).toMatchObject({ code: 0, out: expect.stringMatching(/^Hello/) });
  });
});

describe('ghosthart init', () => {
  it('makes a folder whose program runs', async () => {
    expect((await sandbox.call(['init', 'mine'])).code).toBe(0);
    expect(await sandbox.call(['run', 'mine/zipb.S', '--specs', 'mine/specs'])).toMatchObject({ code: 0, out: 'zipped!\n' });
    expect(readdirSync(sandbox.path('mine')).sort()).toEqual(['specs', 'zipb.S', 'zipb.test.mjs']);
  });
});
