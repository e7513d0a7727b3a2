/**
 * Every interrupt that is raised, enabled and for somebody who may take it now
 * is taken exactly once by a handler that silences it once, by the mode that
 * the delegation names; those for a mode below the running one are not taken
 * at all. The interrupted program loses no instruction and repeats none: its
 * sums come out, and xepc is the first instruction that has not happened.
 *
 * What is expected is worked out here from the setting, not by a reference.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../model/machine/input-log.js';
import type { ObservedCore } from '../lockstep/observed.js';
import { openMemory } from '../programs/open-memory.js';
import type { Retirement } from '../retirement.js';
import { alteredCore, observedCore, withEntry, withLevel } from './altered.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { programFrom } from './programs.js';
import { recordsOf } from './timing.js';

/** Interrupts by number, and who raises them: a line, the timer, or a bit that is set before the program begins. */
const SOURCES = {
  ssi: { bit: 1, virtual: false }, vssi: { bit: 2, virtual: true }, msi: { bit: 3, virtual: false }, sti: { bit: 5, virtual: false }, vsti: { bit: 6, virtual: true },
  mti: { bit: 7, virtual: false }, sei: { bit: 9, virtual: false }, vsei: { bit: 10, virtual: true }, mei: { bit: 11, virtual: false }, sgei: { bit: 12, virtual: true },
} as const;
type SourceName = keyof typeof SOURCES;
const NAMES: readonly SourceName[] = ['ssi', 'vssi', 'msi', 'sti', 'vsti', 'mti', 'sei', 'vsei', 'mei', 'sgei'];
type Taker = 'M' | 'HS' | 'VS';
const RUNNING = ['M', 'HS', 'VS', 'U', 'VU'] as const;
type Running = (typeof RUNNING)[number];

/** mstatus.MPP and MPV for each mode. */
const RETURN: Readonly<Record<Running, string>> = { M: '0x1800', HS: '0x800', U: '0', VS: '0x8000000800', VU: '0x8000000000' };
/** Who may interrupt each mode; its own interrupts are on. */
const TAKERS: Readonly<Record<Running, readonly Taker[]>> = { M: ['M'], HS: ['M', 'HS'], U: ['M', 'HS'], VS: ['M', 'HS', 'VS'], VU: ['M', 'HS', 'VS'] };

interface Setting {
  readonly running: Running;
  readonly raised: readonly SourceName[];
  readonly mideleg: number;
  readonly hideleg: number;
  /** When lines rise and the timer expires. */
  readonly cycle: Readonly<Record<'mei' | 'sei' | 'sgei', number>>;
  readonly ticks: number;
  readonly body: readonly string[];
}

const cycles = fc.integer({ min: 200, max: 900 });
/** Steps of the program: each adds one to a0, and to the first word of memory where it goes there. */
const steps = fc.array(fc.constantFrom(
  'addi a0, a0, 1', 'addi a0, a0, 1\n div a4, a3, a2', 'addi a0, a0, 1\n beq a3, a3, 7f\n addi a0, a0, 1000\n7:',
  'addi a0, a0, 1\n ld a4, (s0)\n addi a4, a4, 1\n sd a4, (s0)\n addi s1, s1, 1', 'addi a0, a0, 1\n lbu a4, 5(s4)', 'addi a0, a0, 1\n ld a4, (s2)', 'mul a4, a3, a2\n addi a0, a0, 1', 'addi a0, a0, 1\n sd a0, 13(s0)',
), { minLength: 1, maxLength: 12, size: 'max' });
const settings: fc.Arbitrary<Setting> = fc.record({
  running: fc.constantFrom(...RUNNING),
  raised: fc.subarray([...NAMES], { minLength: 1 }),
  mideleg: fc.nat().map((n) => n & 0x222),
  hideleg: fc.nat().map((n) => n & 0x444),
  cycle: fc.record({ mei: cycles, sei: cycles, sgei: cycles }),
  ticks: fc.integer({ min: 14, max: 60 }),
  body: steps,
});

/** Who takes an interrupt. */
function takerOf(name: SourceName, { mideleg, hideleg }: Setting): Taker {
  const { bit, virtual } = SOURCES[name];
  if (virtual) return ((hideleg >> bit) & 1) === 1 ? 'VS' : 'HS';
  return ((mideleg >> bit) & 1) === 1 ? 'HS' : 'M';
}

/** Enough for the shortest body to be running still when the last line is raised, at cycle 900. */
const ROUNDS = 260;
const bits = (names: readonly SourceName[]): number => names.reduce((sum, n) => sum | (1 << SOURCES[n].bit), 0);
/** A handler that forbids the interrupt it is for; registers of its own, lest handlers interrupt each other. */
const handler = (cause: string, enables: readonly string[], number: string, mask: string, back: string): string => `
        csrr ${number}, ${cause}
        li ${mask}, 1
        sll ${mask}, ${mask}, ${number}
        ${enables.map((csr) => `csrc ${csr}, ${mask}`).join('\n        ')}
        ${back}
        .align 3
`;

const text = (s: Setting): string => `
_start: ${openMemory('t0')}
        la t0, inM
        csrw mtvec, t0
        la t0, inHS
        csrw stvec, t0
        la t0, inVS
        csrw vstvec, t0
        la s0, data
        li s2, 0x200bff8
        li s4, 0x10000000
        li a2, 3
        li a3, -77
        li s6, ${ROUNDS}
        li t1, ${s.mideleg}
        csrw mideleg, t1
        li t1, ${s.hideleg}
        csrw hideleg, t1
        li t1, 2
        csrw hgeie, t1
        li t1, ${bits(s.raised)}
        csrw mie, t1
        ${s.raised.includes('mti') ? `li t0, 0x2004000\n li t1, ${s.ticks}\n sd t1, (t0)` : ''}
        ${s.raised.includes('msi') ? 'li t0, 0x2000000\n li t1, 1\n sw t1, (t0)' : ''}
        li t1, ${bits(s.raised.filter((n) => n === 'ssi' || n === 'sti'))}
        csrs mip, t1
        li t1, ${bits(s.raised.filter((n) => n === 'vssi' || n === 'vsti' || n === 'vsei'))}
        csrw hvip, t1
        csrsi vsstatus, 2
        li t1, ${RETURN[s.running]}
        addi t1, t1, 0x82
        csrw mstatus, t1
        la t0, body
        csrw mepc, t0
        mret
body:
${s.body.map((step) => `        ${step}`).join('\n')}
        addi s6, s6, -1
        bnez s6, body
        li t5, 1
        la t6, tohost
        sd t5, (t6)
done:   j done
        .align 3
inM:    ${handler('mcause', ['mie'], 't0', 't1', 'mret')}
inHS:   ${handler('scause', ['sie', 'hie'], 't2', 't3', 'sret')}
inVS:   ${handler('scause', ['sie'], 't4', 'a6', 'sret')}
        .data
        .align 3
data:   .dword 0, 0, 0, 0
        .globl tohost
tohost: .dword 0
`;

const pins = ({ raised, cycle }: Setting): readonly InputEvent[] =>
  [
    ...(raised.includes('mei') ? [{ cycle: BigInt(cycle.mei), kind: 'pin' as const, pin: 'meip' as const, value: 1n }] : []),
    ...(raised.includes('sei') ? [{ cycle: BigInt(cycle.sei), kind: 'pin' as const, pin: 'seip' as const, value: 1n }] : []),
    ...(raised.includes('sgei') ? [{ cycle: BigInt(cycle.sgei), kind: 'pin' as const, pin: 'hgeip' as const, value: 2n }] : []),
  ].sort((a, b) => Number(a.cycle - b.cycle));

/** Number that the taker sees in its cause. */
const seenAs = (name: SourceName, taker: Taker): number => SOURCES[name].bit - (taker === 'VS' ? 1 : 0);

/** xepc as written by an interrupt; undefined if it has not changed. */
const epcOf = ({ trap, csrs }: Retirement): bigint | undefined => csrs.find((c) => c.csr === { M: 'mepc', HS: 'sepc', VS: 'vsepc' }[trap?.to ?? 'M'])?.after;

/** What is lost, doubled or out of place. */
function faults(core: ObservedCore, setting: Setting): { readonly wrong: readonly string[]; readonly taken: number } {
  const records = recordsOf(core, { ...programFrom(text(setting)), inputs: pins(setting) }, 400_000).map((o) => o.retirement);
  const taken = records.flatMap((r) => (r.trap === undefined ? [] : [`${r.trap.interrupt ? '' : 'exception '}${r.trap.cause} in ${r.trap.to}`]));
  const expected = setting.raised.flatMap((name) => {
    const taker = takerOf(name, setting);
    return TAKERS[setting.running].includes(taker) ? [`${seenAs(name, taker)} in ${taker}`] : [];
  });
  const wrong: string[] = [];
  if ([...taken].sort().join() !== [...expected].sort().join()) wrong.push(`taken: ${taken.join(', ')}; raised: ${expected.join(', ')}`);
  records.forEach((record, i) => {
    const before = records[i - 1];
    if (record.trap === undefined || before === undefined) return;
    const epc = epcOf(record) ?? record.pc_rdata;
    if (epc !== before.pc_wdata) wrong.push(`an interrupt's epc is 0x${epc.toString(16)}, but 0x${before.pc_wdata.toString(16)} is the first not executed`);
  });
  // The end of the program, worked out by hand: nothing in it was skipped or repeated.
  const { x } = core.state();
  const steps = BigInt(ROUNDS * setting.body.length);
  if (x[10] !== steps) wrong.push(`the program took ${x[10]} steps of ${steps}`);
  const stores = BigInt(ROUNDS * setting.body.filter((step) => step.includes('sd a4')).length);
  if (x[9] !== stores) wrong.push(`the program counted ${x[9]} additions to memory of ${stores}`);
  return { wrong, taken: taken.length };
}

describe.each(CORES)('%s', (name) => {
  it('takes every interrupt once, where it is delegated to, and the program loses nothing', () => {
    const core = observedCore(name);
    let taken = 0;
    fc.assert(
      fc.property(settings, (setting) => {
        const result = faults(core, setting);
        taken += result.taken;
        expect(result.wrong).toEqual([]);
      }),
      tries(50),
    );
    expect(taken).toBeGreaterThan(10);
  });
});

describe('a mistake is noticed', () => {
  const found = (alteration: Parameters<typeof alteredCore>[1]): string => {
    const core = alteredCore('three-stage', alteration);
    for (const setting of fc.sample(settings, { numRuns: 30, seed: 1 })) {
      const [first] = faults(core, setting).wrong;
      if (first !== undefined) return first;
    }
    return '';
  };

  it('if the guest external interrupt were nowhere in the order of HS', () => {
    expect(found({ isa: withLevel('HS', (l) => ({ ...l, order: l.order.filter((n) => n !== 'supervisor_guest_external') })) })).toMatch(/^taken/);
  });

  it('if a trap into M left interrupts on, so that they nest before they are silenced', () => {
    expect(found({ isa: withEntry('M', (e) => ({ ...e, update: e.update.filter((u) => u.target !== 'mstatus.MIE') })) })).toMatch(/^taken/);
  });

  it('if an interrupt skipped the instruction that it displaces', () => {
    expect(found({
      isa: withEntry('M', (e) => ({ ...e, update: e.update.map((u) => (u.target !== 'mepc' ? u : { ...u, value: { ...u.value, text: 'if interrupt then pc + 4 else pc' } })) })),
    })).toMatch(/epc is/);
  });
});
