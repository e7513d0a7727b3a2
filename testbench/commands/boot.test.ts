import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitProgram, Sandbox } from './testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

/** Echoes what is typed with every letter raised by one; Z ends it by a power-off, R begins anew. */
const ECHO = `
_start: li   s0, 0x10000000
        li   t0, 0x3f
        sb   t0, (s0)
1:      lbu  t0, 5(s0)
        andi t0, t0, 1
        beqz t0, 1b
        lbu  t1, (s0)
        addi t2, t1, 1
        sb   t2, (s0)
        li   t0, 0x100000
        li   t3, 90
        li   t4, 0x5555
        beq  t1, t3, 2f
        li   t3, 82
        li   t4, 0x7777
        bne  t1, t3, 1b
2:      sw   t4, (t0)
3:      j    3b
`;

beforeAll(async () => {
  await sandbox.call(['asm', sandbox.file('echo.S', ECHO)]);
  await sandbox.call(['asm', sandbox.file('seven.S', exitProgram(7))]);
}, 120_000);

describe('ghosthart boot', () => {
  it('types answers when questions come, and ends when all has been seen', async () => {
    const { code, out } = await sandbox.call(['boot', '--bios', 'echo.elf', '--expect', '?', '--type', 'HAL', '--expect', 'IBM']);
    expect({ code, out }).toEqual({ code: 0, out: '?IBM' });
  });

  it('takes what is typed from standard input', () => {
    const { code, out } = sandbox.bash('printf HALZ | $G boot --bios echo.elf');
    expect({ code, out }).toEqual({ code: 0, out: '?IBM[' });
  });

  it('begins anew when the firmware asks for a reset', async () => {
    const { code, out } = await sandbox.call(['boot', '--bios', 'echo.elf', '--expect', '?', '--type', 'AR', '--expect', 'S?', '--type', 'H', '--expect', 'I']);
    expect({ code, out }).toEqual({ code: 0, out: '?BS?I' });
  });

  it('ends with the code of the firmware, with 1 if what it should have shown is missing', async () => {
    expect((await sandbox.call(['boot', '--bios', 'seven.elf'])).code).toBe(7);
    const { code, err } = await sandbox.call(['boot', '--bios', 'seven.elf', '--expect', 'prompt']);
    expect(code).toBe(1);
    expect(err).toMatch(/^ghosthart: The program exited with code 7\. The console has not shown "prompt"\.\n/);
  });

  it('ends at its limits', async () => {
    const limited = await sandbox.call(['boot', '--bios', 'echo.elf', '--max-cycles', '20000']);
    expect(limited.code).toBe(124);
    expect(limited.err).toMatch(/Raise --max-cycles/);
    const timed = await sandbox.call(['boot', '--bios', 'echo.elf', '--seconds', '1']);
    expect(timed.code).toBe(124);
    expect(timed.err).toMatch(/Raise --seconds/);
  });

  it('runs random bytes to the limit, without a word of its own', async () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff);
    const { code, err } = await sandbox.call(['boot', '--bios', sandbox.file('noise.bin', bytes), '--max-cycles', '100000']);
    expect([124, 125]).toContain(code);
    expect(err).not.toMatch(/internal error|\bat .*:\d+:\d+/);
  });

  it('writes its device tree', async () => {
    expect((await sandbox.call(['boot', '--dump-dtb', 'tree.dtb', '--bootargs', 'quiet'])).code).toBe(0);
    const bytes = readFileSync(sandbox.path('tree.dtb'));
    expect([bytes.readUInt32BE(0), bytes.readUInt32BE(4)]).toEqual([0xd00d_feed, bytes.length]);
    expect(bytes.includes('quiet')).toBe(true);
    expect(existsSync(sandbox.path('tree.dtb.part'))).toBe(false);
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    ['nothing to boot', [], /nothing to boot\. Name the firmware: --bios FILE/],
    ['a missing file', ['--bios', 'nowhere.bin'], /nowhere\.bin: There is no such file/],
    ['a directory', ['--bios', 'echo.elf', '--kernel', 'testbench'], /testbench: It is a directory/],
    ['no device tree', ['--bios', 'echo.elf', '--dtb', 'echo.S'], /echo\.S: It is no flattened device tree/],
    ['a tree that nothing can be added to', ['--bios', 'echo.elf', '--dtb', 'echo.S', '--bootargs', 'x'], /which --dtb replaces/],
    ['an answer without a question', ['--bios', 'echo.elf', '--type', 'x'], /Give each --type its --expect/],
    ['too little memory', ['--bios', 'echo.elf', '--kernel', 'echo.S', '-m', '1M'], /does not fit into the memory/],
  ])('says in one line what is wrong with %s', async (_, args, message) => {
    const { code, err } = await sandbox.call(['boot', ...args]);
    expect({ code, lines: err.split('\n').length }).toEqual({ code: 2, lines: 2 });
    expect(err).toMatch(message);
  });
});
