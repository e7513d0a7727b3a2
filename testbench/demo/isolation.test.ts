import { describe, expect, it } from 'vitest';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, CORES } from '../properties/cores.js';
import { broken, Console, hypervisorProgram, MISDEEDS, type HypervisorRun, type KernelRun, type Life, type TrapCount } from './isolation.js';
import { guestsTable, kernelTable, livesTable } from './isolation-table.js';
import { expectedAnswers } from './answers.js';
import { systems } from './systems.testing.js';

const causeName = (cause: number, interrupt: boolean): string => (interrupt ? 'supervisor timer' : cause === 10 ? 'environment call from vs' : `cause ${cause}`);

const life = (fields: Partial<Life>): Life => ({ guest: 'B', number: 0, end: 3, slices: 6, offences: 0, traps: [], endedAt: 0n, ...fields });
const trap = (cause: number, count = 1, fields: Partial<TrapCount> = {}): TrapCount => ({ from: 'VS', to: 'HS', cause, interrupt: false, count, ...fields });

const answers = expectedAnswers();
const lines = [`[A] ${answers.A}`, `[C] ${answers.C}`];
const guarded: HypervisorRun = {
  outcome: { kind: 'exited', code: 0 }, cycles: 0n, console: lines, right: ['A', 'C'], sums: { before: 5n, after: 5n }, sumHere: 5n,
  lives: [life({ guest: 'A', end: 1, slices: 70 }), life({ guest: 'C', end: 1 }), ...MISDEEDS.map((_, number) => life({ number }))],
};
const alone: KernelRun = { outcome: { kind: 'exited', code: 0 }, cycles: 0n, console: lines, right: ['A', 'C'], fatal: undefined };
const lost: KernelRun = { outcome: { kind: 'cycle-limit' }, cycles: 0n, console: [], right: [], fatal: trap(2, 900, { from: 'HS' }) };
const shared: readonly KernelRun[] = MISDEEDS.map((_, misdeed) => (misdeed === 0 ? { ...alone, console: ['[kernel] B killed: a fault', ...lines] } : lost));

describe('the claims of the demonstration', () => {
  it('hold for the runs that they are made of', () => expect(broken(guarded, alone, shared)).toEqual([]));

  it.each<readonly [string, HypervisorRun]>([
    ['the hypervisor did not end well', { ...guarded, outcome: { kind: 'exited', code: 1 } }],
    ['A or C has a wrong answer under the hypervisor', { ...guarded, right: ['C'] }],
    ['A or C did not live its one life to its end', { ...guarded, lives: guarded.lives.map((l) => (l.guest === 'C' ? { ...l, end: 3 } : l)) }],
    ['not every life of B came to an end', { ...guarded, lives: guarded.lives.slice(0, -1) }],
    ['B was never killed', { ...guarded, lives: guarded.lives.map((l) => ({ ...l, end: 1 })) }],
    ['the hypervisor\'s memory has changed', { ...guarded, sums: { before: 5n, after: 6n } }],
    ['the hypervisor\'s memory has changed', { ...guarded, sumHere: 6n }],
  ])('%s', (what, run) => expect(broken(run, alone, shared)).toEqual([what]));

  it('are about the one kernel too', () => {
    expect(broken(guarded, lost, shared)).toEqual(['without B, A or C has a wrong answer under the one kernel']);
    expect(broken(guarded, alone, shared.map(() => lost))).toEqual(['the one kernel did not survive a wild application']);
    expect(broken(guarded, alone, shared.map((run, i) => (i === 7 ? { ...lost, right: ['A'] } : run)))).toEqual(['the one kernel survived misdeed 7 of B']);
  });
});

describe('the tables', () => {
  it('compare what was printed', () => {
    expect(guestsTable(guarded)).toMatch(/^A {6}sorted .* {2}the same {2}has ended {2}70$/m);
    expect(guestsTable({ ...guarded, console: ['[A] sorted nothing'] })).toMatch(/^A .* {2}sorted nothing {2}has ended/m);
    expect(guestsTable({ ...guarded, console: ['[A] sorted nothing'] })).toMatch(/^C .* {2}nothing /m);
  });

  it('tell each kind of exception of a life, but no calls', () => {
    const text = livesTable({ ...guarded, lives: [life({ number: 3, end: 2, traps: [trap(10, 9), trap(20, 64), trap(12, 1, { to: 'VS' }), trap(5, 3, { interrupt: true })] })] }, causeName);
    expect(text.split('\n').slice(2).map((line) => line.trim().replace(/ {2,}/g, ' | '))).toEqual([
      `3 | ${MISDEEDS[3]} | 64 x cause 20, VS -> HS | killed: too many offences | 6`,
      'cause 12, VS -> VS',
    ]);
  });

  it('tell what took the hart from a life without exceptions', () => {
    expect(livesTable({ ...guarded, lives: [life({ traps: [trap(10, 2), trap(5, 6, { interrupt: true })] })] }, causeName)).toContain('6 x supervisor timer interrupt, VS -> HS');
  });

  it('tell how the kernel died', () => {
    const fates = (run: KernelRun): string | undefined => kernelTable(run, [], causeName).split('\n')[2]?.trim().replace(/ {2,}/g, ' | ');
    expect(fates(alone)).toBe('is absent | served all | right | right');
    expect(fates(lost)).toBe('is absent | dead: cause 2, again and again | lost | lost');
    expect(fates({ ...lost, fatal: undefined })).toBe('is absent | no process runs any more | lost | lost');
    expect(fates({ ...lost, outcome: { kind: 'exited', code: 1 }, right: ['A'] })).toBe('is absent | panic: cause 2 | right | lost');
  });
});

describe.each(CORES)('in lockstep with the reference on the %s core', (name) => {
  it('the hypervisor with all lives of B', () => {
    const output = new Console();
    const result = new Lockstep(new ObservedCore(compiledCore(name), { print: output.print })).run(hypervisorProgram(systems), { maxCycles: 20_000_000 });
    expect(result).toMatchObject({ kind: 'agreed', outcome: { kind: 'exited', code: 0 } });
    expect(output.take()).toEqual(expect.arrayContaining(lines));
  });
});
