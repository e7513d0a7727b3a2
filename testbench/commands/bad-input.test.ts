import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDLESS, exitProgram, Sandbox } from './testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
let elf = new Uint8Array();

/** The ELF of a good program with some bytes changed. */
const spoilt = (name: string, change: (bytes: Uint8Array, view: DataView) => Uint8Array | void): string => {
  const bytes = elf.slice();
  return sandbox.file(name, change(bytes, new DataView(bytes.buffer)) ?? bytes);
};

beforeAll(async () => {
  await sandbox.call(['asm', sandbox.file('good.S', exitProgram(0))]);
  elf = new Uint8Array(readFileSync(sandbox.path('good.elf')));
  mkdirSync(sandbox.path('bad/isa'), { recursive: true });
  sandbox.file('bad/isa/x.yaml', 'instructions: { add: [\n');
  mkdirSync(sandbox.path('wrong/isa'), { recursive: true });
  sandbox.file('wrong/isa/x.yaml', 'instructions:\n  foo: { match: "0101", format: R, class: alu, result: "X[rs9]", rules: [no_such_rule] }\n');
  sandbox.file('endless.S', ENDLESS);
  sandbox.file('typo.S', '_start: adi a0, a0, 1\n');
});

const REPLAY = { format: 1, version: '0', specHash: '', core: 'five-stage', memory: 1 << 20, maxCycles: 100, overlays: 0, inputs: '' };
let replays = 0;
const replayOf = (text: string): string => {
  const folder = `replay-${replays++}`;
  mkdirSync(sandbox.path(folder));
  sandbox.file(join(folder, 'replay.json'), text);
  return folder;
};

const expectOneLine = (err: string): void => {
  expect(err).toMatch(/^ghosthart: [^\n]+[.?]\n$/);
  expect(err).not.toMatch(/internal error|\bat .*:\d+:\d+/);
};

describe('one line says what is wrong and what to do, exit code 2', () => {
  it.each<readonly [string, () => readonly string[], RegExp]>([
    ['a missing file', () => ['run', 'nowhere.elf'], /nowhere\.elf: There is no such file\. Check the path\./],
    ['a missing assembly file', () => ['run', 'nowhere.S'], /nowhere\.S: There is no such file/],
    ['a directory', () => ['run', 'bad'], /It is a directory/],
    ['an empty file', () => ['run', sandbox.file('empty.elf', '')], /It is empty/],
    ['no ELF file', () => ['run', sandbox.file('text.elf', 'int main() {}')], /not an ELF file/],
    ['a truncated header', () => ['run', spoilt('cut.elf', (b) => b.slice(0, 40))], /truncated/],
    ['a truncated segment', () => ['run', spoilt('short.elf', (b) => b.slice(0, 4100))], /outside the file|truncated/],
    ['a 32-bit ELF', () => ['run', spoilt('small.elf', (b) => b.with(4, 1))], /32-bit/],
    ['a big-endian ELF', () => ['run', spoilt('big.elf', (b) => b.with(5, 2))], /big-endian/],
    ['an ELF for another machine', () => ['run', spoilt('x86.elf', (b) => b.with(18, 62))], /not for RISC-V/],
    ['a segment outside memory', () => ['run', spoilt('far.elf', (_, v) => v.setBigUint64(64 + 24, 0x1000n, true))], /outside the memory/],
    ['a segment that needs more memory', () => ['run', spoilt('huge.elf', (_, v) => v.setBigUint64(64 + 40, 1n << 30n, true))], /outside the memory.*more memory/],
    ['an unknown option', () => ['run', 'good.elf', '--vdc', 'x'], /unknown option '--vdc'.*--help/],
    ['a missing argument', () => ['run'], /missing required argument.*--help/],
    ['an unknown command', () => ['rnu', 'good.elf'], /unknown command 'rnu'/],
    ['an unknown core', () => ['run', 'good.elf', '--core', 'five-stages'], /no core five-stages\. Did you mean five-stage\?/],
    ['an unknown core of emit', () => ['emit', '--stats', '--core', 'one'], /no core one/],
    ['a bad number', () => ['run', 'good.elf', '--max-cycles', 'many'], /Give a whole number/],
    ['a bad size', () => ['run', 'good.elf', '-m', '5T'], /number of bytes/],
    ['too much memory', () => ['run', 'good.elf', '-m', '8G'], /at most 3584M/],
    ['a window that ends before it begins', () => ['run', 'good.elf', '--vcd', 'x.vcd', '--from', '9', '--to', '9'], /before it begins/],
    ['a window without a wave', () => ['run', 'good.elf', '--from', '9'], /there is no --vcd/],
    ['a wave in no directory', () => ['run', 'good.elf', '--vcd', 'no/such/x.vcd'], /its directory does not exist\. Create the directory first\./],
    ['a wave that is a directory', () => ['run', 'good.elf', '--vcd', 'bad'], /it is a directory/],
    ['a wave that is a device', () => ['run', 'good.elf', '--vcd', '/dev/full'], /it is a device/],
    ['an executable in no directory', () => ['asm', 'good.S', '-o', 'no/such/x.elf'], /its directory does not exist/],
    ['an executable below a file', () => ['asm', 'good.S', '-o', 'good.elf/x.elf'], /not a directory/],
    ['a wave below a file', () => ['run', 'good.elf', '--vcd', 'good.elf/x.vcd'], /not a directory/],
    ['a file where the demonstration is to go', () => ['demo', '--out', 'good.elf'], /a file of that name is in the way/],
    ['nothing to emit', () => ['emit'], /nothing to print/],
    ['an unknown entry', () => ['spec', 'show', 'hlv.ww'], /no entry hlv\.ww\. Did you mean hlv\.w/],
    ['lockstep of nothing', () => ['lockstep'], /no program to run/],
    ['a folder that is no replay', () => ['replay', 'bad'], /replay\.json: There is no such file/],
    ['a replay that is no JSON', () => ['replay', replayOf('{')], /replay\.json: It is no JSON\. Give a folder/],
    ['a replay of another shape', () => ['replay', replayOf('{"format":1}')], /not the replay of a divergence: version: /],
    ['a replay with too much memory', () => ['replay', replayOf(JSON.stringify({ ...REPLAY, memory: 99999999999999 }))], /not the replay of a divergence: memory: Too big/],
    ['a replay with a core that is a path', () => ['replay', replayOf(JSON.stringify({ ...REPLAY, core: '../x' }))], /not the replay of a divergence: core: /],
    ['a replay with a spoilt input log', () => ['replay', replayOf(JSON.stringify({ ...REPLAY, inputs: '3 pin nothing 1' }))], /replay\.json: /],
    ['a replay without its program', () => ['replay', replayOf(JSON.stringify(REPLAY))], /There is no program\.elf beside it/],
    ['a file instead of a folder for init', () => ['init', 'good.elf'], /not a folder/],
    ['a full folder for init', () => ['init', 'bad'], /is not empty/],
  ])('%s', async (_what, args, message) => {
    const { code, err, out } = await sandbox.call(args());
    expect(err).toMatch(message);
    expectOneLine(err);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describe('a listing says what is wrong in specs and programs, exit code 2', () => {
  it.each<readonly [string, readonly string[], RegExp]>([
    ['YAML that does not parse', ['spec', 'check', '--specs', 'bad'], /bad\/isa\/x\.yaml:\d+:\d+: /],
    ['the same when a program is to be run', ['run', 'good.elf', '--specs', 'bad'], /bad\/isa\/x\.yaml:\d+:\d+: /],
    ['every mistake at once', ['spec', 'check', '--specs', 'wrong'], /foo[^]*no_such_rule|no_such_rule[^]*foo/],
    ['a spec directory that is not there', ['run', 'good.elf', '--specs', 'nowhere'], /nowhere: this spec directory cannot be read/],
    ['what is nearly an instruction word', ['disasm', '0xfoo'], /0xfoo is no instruction word\. Write 0x and one to eight/],
    ['assembly with a mistake', ['asm', 'typo.S'], /typo\.S:1:9: [^]*\^[^]*1 mistake/],
  ])('%s', async (_what, args, message) => {
    const { code, err, out } = await sandbox.call(args);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/internal error|\n\s+at /);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describe('output that fails', () => {
  it('tells of a full disk under standard output', () => {
    const { code, err } = sandbox.bash('$G run testbench/programs/hello.S > /dev/full');
    expect(code).toBe(2);
    expect(err).toMatch(/ghosthart: standard output cannot be written\. The disk is full/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('tells of a reader that has gone', () => {
    const { out, err } = sandbox.bash('$G emit --format ir | head -n 1; echo "code ${PIPESTATUS[0]}"');
    expect(out).toMatch(/^module five-stage\ncode 2\n$/);
    expect(err).toMatch(/^ghosthart: standard output cannot be written\. Its reader has gone[^\n]*\n$/);
  });

  it('leaves nothing of a wave for which there was no room', () => {
    const before = sandbox.names();
    const { code, err } = sandbox.bash('ulimit -f 500; $G run endless.S --vcd big.vcd');
    expect(code).toBe(2);
    expect(err).toMatch(/^ghosthart: big\.vcd cannot be written: [^\n]+\n/);
    expect(err).not.toMatch(/\n\s+at /);
    expect(sandbox.names().filter((name) => name.startsWith('big.vcd'))).toEqual([]);
    expect(before.some((name) => name.endsWith('.part'))).toBe(false);
  });

  it.each([[0, undefined], [1, 1024]])('leaves whole lines of a commit log for which there was no room, or nothing (%i KiB)', (room, most) => {
    const { code, err } = sandbox.bash(`ulimit -f ${room}; $G run endless.S --log-commits commits.log`);
    expect(code).toBe(2);
    expect(err).toMatch(/^ghosthart: commits\.log cannot be written: [^\n]+\n$/);
    expect(sandbox.names().includes('commits.log')).toBe(most !== undefined);
    if (most === undefined) return;
    const log = readFileSync(sandbox.path('commits.log'), 'latin1');
    expect(err).toContain(`after ${log.length} bytes of whole lines`);
    expect(log.length).toBeLessThanOrEqual(most);
    expect(log).toMatch(/^(core {3}0: 3 0x[0-9a-f]{16} \(0x[0-9a-f]{8}\)( x10 0x[0-9a-f]{16})?\n)+$/);
  });

  it('leaves no half-written executable', () => {
    sandbox.run(['asm', 'typo.S', '-o', 'typo.elf']);
    expect(sandbox.names()).not.toContain('typo.elf');
    expect(join(...sandbox.names())).not.toMatch(/\.part/);
  });
});
