import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { readVcd } from '../../waves/read.js';
import { ENDLESS, exitProgram, Sandbox } from './testing.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const HELLO = 'testbench/programs/hello.S';
const GREETING = 'Hello from a hart that was a YAML file a moment ago.\n';
const KEYS = ['cycles', 'instructions', 'ipc', 'exitCode', 'modes', 'stalls', 'events', 'traps'];

/** Waits for the interrupt of a key, echoes it and ends. */
const KEY_BY_INTERRUPT = `
_start: li   t0, 0xc000028     # priority of source 10, the UART
        li   t1, 7
        sw   t1, 0(t0)
        li   t0, 0xc002000     # machine context: source 10
        li   t1, 1024
        sw   t1, 0(t0)
        li   t2, 0x10000000
        li   t1, 1
        sb   t1, 1(t2)         # receive interrupt
        li   t1, 0x800
        csrw mie, t1
        wfi
        lbu  t1, 0(t2)
        sb   t1, 0(t2)
        li   t1, 0x5555
        li   t0, 0x100000
        sw   t1, 0(t0)
1:      j    1b
`;

describe('ghosthart run', () => {
  it('keeps the console on standard output and the statistics off it', async () => {
    const { code, out, err } = await sandbox.call(['run', HELLO]);
    expect({ code, out }).toEqual({ code: 0, out: GREETING });
    expect(err).toMatch(/cycles.*instructions/);
  });

  it('prints one object with exactly the promised keys, the console on standard error', async () => {
    const { out, err } = await sandbox.call(['run', 'testbench/programs/traps.S', '--json']);
    const figures = JSON.parse(out);
    expect(Object.keys(figures)).toEqual(KEYS);
    expect(Object.keys(figures.modes)).toEqual(['M', 'HS', 'U', 'VS', 'VU']);
    expect(Object.values<number>(figures.modes).reduce((a, b) => a + b)).toBe(figures.cycles);
    expect(figures.traps).not.toEqual([]);
    const smaller = JSON.parse((await sandbox.call(['run', 'testbench/programs/traps.S', '--json', '--core', 'three-stage'])).out);
    expect(Object.keys(smaller.events)).toEqual(['redirects', 'vm.exits']);
    for (const trap of figures.traps) expect(Object.keys(trap)).toEqual(['from', 'to', 'cause', 'count']);
    expect(err).not.toMatch(/cycles/);
  });

  it('counts what a core with caches and kept translations misses, and how often guests are left', async () => {
    const { traps, events } = JSON.parse((await sandbox.call(['run', 'testbench/demo/demo.S', '--core', 'tiny', '--json'])).out);
    expect(Object.keys(events).sort()).toEqual(['cache.data.miss', 'cache.instruction.miss', 'redirects', 'tlb.data.miss', 'tlb.instruction.miss', 'tlb.second.miss', 'tlb.shared.miss', 'vm.exits', 'walk.read']);
    expect(events['cache.instruction.miss']).toBeGreaterThan(100);
    // Its addresses are physical: nothing is walked for.
    expect([events['tlb.instruction.miss'], events['walk.read']]).toEqual([0, 0]);
    expect(events['vm.exits']).toBe(traps.reduce((sum: number, t: { from: string; to: string; count: number }) => sum + (/^V/.test(t.from) && t.to !== 'VS' ? t.count : 0), 0));
    expect(events['vm.exits']).toBeGreaterThan(3);
  });

  it('prints what the program has told the programmable counters to count', async () => {
    const counting = sandbox.file('counting.S', `
_start: la t0, 3f
        csrw mtvec, t0
        csrwi mhpmevent3, 1      # traps
        csrwi mhpmevent6, 3      # redirects
        ecall
        ecall
        li s0, 5
1:      addi s0, s0, -1
        bnez s0, 1b
        csrwi mcountinhibit, 8   # not mhpmcounter3 any more
        ecall
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
2:      j 2b
        .balign 4
3:      csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        mret
`);
    const run = ['run', counting, '--core', 'three-stage'];
    // Without prediction every branch that is taken redirects, and so does the last jump, once.
    expect(JSON.parse((await sandbox.call([...run, '--json'])).out).counters).toEqual([
      { counter: 'mhpmcounter3', event: 'traps', value: 2 }, { counter: 'mhpmcounter6', event: 'redirects', value: 4 },
    ]);
    expect((await sandbox.call(run)).err).toMatch(/counters of the program\n  mhpmcounter3  traps +2\n  mhpmcounter6  redirects +4\n/);
  });

  it.each([0, 7, 255])('exits with the code %i of the program', async (exitCode) => {
    expect((await sandbox.call(['run', sandbox.file('exit.S', exitProgram(exitCode))])).code).toBe(exitCode);
  });

  it('cuts codes above 255 down to one that is not success, and prints what they were', async () => {
    const { code, out } = await sandbox.call(['run', sandbox.file('exit.S', exitProgram(1000)), '--json']);
    expect([code, JSON.parse(out).exitCode]).toEqual([255, 1000]);
  });

  it('waits for a key where the program does, and for none that cannot come', () => {
    sandbox.file('keys.S', KEY_BY_INTERRUPT);
    const { code, out } = sandbox.bash('(sleep 2; printf q) | $G run keys.S');
    expect({ code, out }).toEqual({ code: 0, out: 'q' });
    expect(sandbox.bash('$G run keys.S < /dev/null').code).toBe(125);
    // It does not listen to keys: nothing that is typed ends the wait.
    sandbox.file('deaf.S', '_start: wfi\n j _start\n');
    expect(sandbox.bash('(sleep 2; printf q) | $G run deaf.S').code).toBe(125);
  });

  it('says which limit ended an endless program', async () => {
    const { code, err } = await sandbox.call(['run', sandbox.file('endless.S', ENDLESS), '--max-cycles', '1000']);
    expect(code).toBe(124);
    expect(err).toMatch(/The cycle limit is reached\. Raise --max-cycles/);
    expect(err).toMatch(/1,000 cycles/);
  });

  it('ends a wait that nothing can end', async () => {
    const { code, err } = await sandbox.call(['run', sandbox.file('wait.S', '_start: wfi\n j _start\n')]);
    expect(code).toBe(125);
    expect(err).toMatch(/waits \(WFI\) for an interrupt that can never come/);
  });

  it('survives a jump into nowhere: the trap is the architecture’s', async () => {
    const { code, out } = await sandbox.call(['run', sandbox.file('lost.S', '_start: jr zero\n'), '--max-cycles', '500', '--json']);
    expect(code).toBe(124);
    expect(JSON.parse(out).traps[0]).toMatchObject({ from: 'M', to: 'M', cause: 'instruction_access_fault' });
  });

  it('types standard input into the UART', () => {
    const echo = sandbox.file('echo.S', `
_start: li s0, 0x10000000
1:      lbu t0, 5(s0)
        andi t0, t0, 1
        beqz t0, 1b
        lbu a0, 0(s0)
        sb a0, 0(s0)
        li t1, 10
        bne a0, t1, 1b
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
2:      j 2b
`);
    expect(sandbox.run(['run', echo], { input: 'hi there\n' })).toMatchObject({ code: 0, out: 'hi there\n' });
    sandbox.file('typed', 'from a file\n');
    expect(sandbox.bash(`$G run ${echo} < typed`)).toMatchObject({ code: 0, out: 'from a file\n' });
  });

  it('counts the same with idle cycles executed as with idle cycles skipped', async () => {
    const timer = sandbox.file('timer.S', `
_start: li t0, 0x2004000
        li t1, 500
        sd t1, 0(t0)
        li t1, 0x80
        csrw mie, t1
        wfi
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
2:      j 2b
`);
    const skipped = await sandbox.call(['run', timer, '--json']);
    expect(JSON.parse(skipped.out).stalls['commit.wait']).toBeGreaterThan(5000);
    expect((await sandbox.call(['run', timer, '--json', '--no-skip-idle'])).out).toBe(skipped.out);
  });

  it('runs on the other core, with more or less memory', async () => {
    expect((await sandbox.call(['run', HELLO, '--core', 'three-stage'])).out).toBe(GREETING);
    expect((await sandbox.call(['run', HELLO, '-m', '1M'])).out).toBe(GREETING);
  });
});

describe('ghosthart run --vcd', () => {
  const read = async (name: string) => {
    const times: bigint[] = [];
    const dump = await readVcd(sandbox.path(name), ({ time }) => times.push(time));
    if (dump.kind === 'unreadable') throw new Error(dump.message);
    return { first: times[0], last: times.at(-1), changes: times.length };
  };

  it('writes a wave of the window, its save file and its filters, and changes nothing else', async () => {
    const { code, out, err } = await sandbox.call(['run', HELLO, '--vcd', 'window.vcd', '--from', '100', '--to', '200', '--json']);
    expect(code).toBe(0);
    expect(err).toMatch(/wave: window\.vcd {2}\(gtkwave -a window\.gtkw\)/);
    expect(out).toBe((await sandbox.call(['run', HELLO, '--json'])).out);
    const { first, last } = await read('window.vcd');
    expect(first).toBe(1000n);
    expect(last).toBeLessThanOrEqual(2000n);
    expect(existsSync(sandbox.path('window.gtkw'))).toBe(true);
    expect(readFileSync(sandbox.path('window.vcd'), 'utf8')).toMatch(/^\$version ghosthart \S+ specs [0-9a-f]{64} \$end/);
    expect(sandbox.names().filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('stops the wave at its limit, with a message, and runs on', async () => {
    const { code, out, err } = await sandbox.call(['run', HELLO, '--vcd', 'limited.vcd', '--vcd-limit', '100K']);
    expect({ code, out }).toEqual({ code: 0, out: GREETING });
    expect(err).toMatch(/reached its limit of 102400 bytes/);
    expect((await read('limited.vcd')).changes).toBeGreaterThan(100);
    expect(readFileSync(sandbox.path('limited.vcd')).length).toBeLessThanOrEqual(102_400);
  });

  it('says when the program ended before the wave began', async () => {
    const { code, err } = await sandbox.call(['run', HELLO, '--vcd', 'late.vcd', '--from', '1000000']);
    expect(code).toBe(0);
    expect(err).toMatch(/before cycle 1000000: there is no wave/);
    expect(existsSync(sandbox.path('late.vcd'))).toBe(false);
  });

  it('prints statistics and closes the wave when it is interrupted', async () => {
    const child = sandbox.start(['run', sandbox.file('endless.S', ENDLESS), '--vcd', 'endless.vcd']);
    let err = '';
    child.stderr?.on('data', (text: Buffer) => (err += String(text)));
    await expect.poll(() => sandbox.names().some((name) => name.startsWith('endless.vcd')), { timeout: 60_000 }).toBe(true);
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(130);
    expect(err).toMatch(/The run was stopped[^]*cycles/);
    expect((await read('endless.vcd')).changes).toBeGreaterThan(0);
  });
});
