/**
 * What stands behind a taken branch, a jump, a trap, a return or an interrupt
 * may be anything: no register, CSR or byte of memory, no device and not even
 * the time of a retirement depends on it. Programs are run twice, with wild
 * instructions in these shadows and with nops: the runs must be the same.
 *
 * And whatever is or is not speculative: a device sees every retired access
 * once and nothing else.
 *
 * rules: pma_idp_no_spec, no_cti_delay_slots
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BusAccess } from '../../model/machine/bus.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Module } from '../../model/ir/ir.js';
import { ZERO } from '../../model/ir/build.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import { withWire } from '../mutants/rewrite.js';
import { alteredCore, observedCore } from './altered.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { anyBody, aroundBody, type Image } from './hazards.js';
import { programFrom } from './programs.js';
import { MOST_CYCLES } from './random-programs.js';
import { recordsOf } from './timing.js';

/** Something that throws away what follows, going on at `9:`, whose address is in t4. Some are slow to decide. */
const killers = fc.constantFrom(
  'j 9f', 'jr t4', 'jalr a5, (t4)', 'beq a0, a0, 9f', 'bgeu a1, zero, 9f',
  'div a2, a0, a1\n beq a2, a2, 9f', 'ld a2, (s0)\n beq a2, a2, 9f', 'sd t4, 8(s0)\n ld a2, 8(s0)\n jr a2', 'remw a2, a1, a0\n sub a2, a2, a2\n add a2, a2, t4\n jr a2',
  'ecall', 'ebreak', '.word 0', '.word 0xffffffff', 'csrw 0x7c0, a0', 'csrw cycle, a0',
  'ld a0, (zero)', 'sd a0, (zero)', 'lw a0, 6(s5)', 'sd a0, 2(s5)', 'lh a0, 1(s4)', 'sb a0, (s2)', 'jalr a5, 2(t4)', 'div a2, a0, a1\n ld a0, (zero)',
  'csrw mepc, t4\n li t5, 0x1800\n csrs mstatus, t5\n mret',
  // A software interrupt that is due in the next instruction's place. How long that would have taken does show: it has
  // passed execute when it is displaced (docs/timing.md), so it is no part of the shadow.
  'csrci mstatus, 8\n li t5, 1\n sw t5, (s7)\n csrsi mstatus, 8\n sd t4, (s0)', 'csrci mstatus, 8\n li t5, 1\n sw t5, (s7)\n li t5, 0x88\n csrw mstatus, t5\n div a2, a0, a1',
);

/** Never to be seen: stores, device accesses, CSR writes, jumps, traps, long operations. `s9` is the finisher. */
const shadows = fc.array(fc.constantFrom(
  'sd a0, (s0)', 'sw a1, 16(s0)', 'sb a0, 3(s0)', 'sd t4, 5(s0)', 'ld a0, (s0)', 'ld a1, 8(s0)', 'lw a0, 6(s5)',
  'sb a1, (s4)', 'lbu a0, (s4)', 'lbu a1, 5(s4)', 'sw s9, (s9)', 'sd zero, (s3)', 'sw s10, (s7)', 'ld a0, (s2)', 'sd zero, (s2)', 'ld a0, (zero)',
  'csrw mscratch, a0', 'csrw mtvec, zero', 'csrw mie, zero', 'csrw mcycle, zero', 'csrw minstret, a0', 'csrw mcountinhibit, s10', 'csrsi mstatus, 2', 'csrw hvip, a0', 'csrw vsstatus, a0',
  'div a0, a1, a0', 'mul a1, a1, a1', 'rem a2, a0, a2', 'add a0, a0, a1', 'li a1, 77', 'li t4, 0', 'li s0, 8',
  'j .', 'jr zero', 'jr s4', 'beq zero, zero, . + 8', 'bnez s0, . - 8', 'ecall', 'mret', 'sret', 'wfi', 'fence.i', '.word 0', 'hlv.d a0, (s0)', 'hsv.d a0, (s0)', 'sfence.vma',
), { minLength: 1, maxLength: 6, size: 'max' });

/** What stands before: operations that are still under way when the killer comes. */
const befores = fc.array(fc.constantFrom(
  'div a0, a0, a1', 'mul a1, a0, a1', 'ld a0, 8(s0)', 'sd a1, 16(s0)', 'sd a0, 21(s0)', 'addi a1, a1, 3', 'lbu a3, 5(s4)', 'sb a1, 7(s4)', 'csrrw a0, mscratch, a1', 'xor a0, a0, a1', 'csrr a3, mcycle', 'csrr a3, minstret',
), { maxLength: 3 });

type Block = readonly [before: readonly string[], killer: string, shadow: readonly string[]];
const blocks: fc.Arbitrary<readonly Block[]> = fc.array(fc.tuple(befores, killers, shadows), { minLength: 1, maxLength: 10, size: 'max' });

/** The program; a shadow's instructions are single ones, so that nops keep all addresses. */
const text = (list: readonly Block[], shadow: (line: string) => string): string => `
_start: la t5, handler
        csrw mtvec, t5
        la s0, data
        li s2, 0x200bff8
        li s3, 0x2004000
        li s4, 0x10000000
        li s5, 0x87fffffc
        li s7, 0x2000000
        li s9, 0x100000
        li s10, 1
        li t5, 0x88
        csrw mie, t5
        li a0, 12345
        li a1, -7
${list.map(([before, killer, lines]) => ['la t4, 9f', ...before, killer, ...lines.map(shadow), '9:'].join('\n ')).join('\n')}
        li t5, 0x100000
        li t6, 0x5555
        sw t6, (t5)
1:      j 1b
        .align 6
handler: csrw mepc, t4
        sw zero, (s7)
        mret
        .data
        .align 6
data:   .dword 1, 2, 3, 4
`;

interface Run {
  readonly records: readonly string[];
  readonly accesses: readonly string[];
  readonly memory: readonly string[];
}

const show = (value: unknown): string => JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString(16) : v));

afterEach(() => { vi.restoreAllMocks(); });

/** Everything that can be seen of a run but the code itself. */
function see(core: ObservedCore, image: Image & { readonly inputs?: readonly InputEvent[] }, cycles: number): Run & { readonly observations: readonly Observation[]; readonly bus: readonly BusAccess[] } {
  const bus: BusAccess[] = [];
  const access = core.machine.bus.access.bind(core.machine.bus);
  const spy = vi.spyOn(core.machine.bus, 'access').mockImplementation((a) => {
    bus.push(a);
    return access(a);
  });
  const observations = recordsOf(core, image, cycles);
  spy.mockRestore();
  const data = image.symbols.get('data');
  const memory = data === undefined ? [] : [Buffer.from(core.memory.read(data, 64) ?? []).toString('hex')];
  const { x, csrs } = core.state();
  return {
    records: observations.map(({ retirement, inputs }) => show([retirement, inputs])),
    accesses: served(bus),
    memory: [...memory, show(x), show(csrs)],
    observations, bus,
  };
}

/** Device accesses that the records tell, in the bus's words; the CLINT is hardware of the core. */
function told(observations: readonly Observation[]): readonly string[] {
  return observations.flatMap(({ retirement: { trap, mem_addr, mem_rmask, mem_wmask, mem_wdata } }) => {
    const device = (mem_addr >= 0x1000_0000n && mem_addr < 0x1000_0100n) || (mem_addr >= 0x10_0000n && mem_addr < 0x10_1000n);
    if (trap !== undefined || !device || (mem_rmask | mem_wmask) === 0) return [];
    return [line(mem_addr, mem_wmask !== 0, mem_wmask !== 0 ? mem_wdata : 0n, Math.log2((mem_rmask | mem_wmask) + 1))];
  });
}

const line = (address: bigint, write: boolean, data: bigint, bytes: number): string => `${write ? 'write' : 'read'} ${bytes} at ${address.toString(16)}: ${data.toString(16)}`;
const served = (bus: readonly BusAccess[]): readonly string[] => bus.map(({ address, write, data, bytes }) => line(address, write, write ? BigInt.asUintN(8 * bytes, data) : 0n, bytes));

/** Hazards and interrupts, with a device access after nearly every line. */
const talkative = fc.tuple(anyBody, fc.array(fc.constantFrom('lbu a0, 5(s4)', 'sb a0, 7(s4)', 'ld a1, 16(s4)', 'sb a1, (s4)', 'lw a2, 4(s4)', 'hsv.b a0, (s4)', 'hlv.bu a1, (s4)'), { maxLength: 30, size: 'max' }))
  .map(([body, accesses]) => body.flatMap((l, i) => [l, ...accesses.slice(i, i + 1)]));

/** What differs between the program with its shadows and with nops in their place. */
function visible(core: ObservedCore, list: readonly Block[]): readonly string[] {
  const [wild, calm] = [(l: string) => l, () => 'nop'].map((shadow): Run => see(core, programFrom(text(list, shadow)), 4_000));
  const found: string[] = [];
  for (const what of ['records', 'accesses', 'memory'] as const) {
    const [a, b] = [wild?.[what] ?? [], calm?.[what] ?? []];
    const at = a.findIndex((l, i) => l !== b[i]);
    if (at >= 0 || a.length !== b.length) found.push(`${what}: ${a[at]} instead of ${b[at]}`);
  }
  return found;
}

describe.each(CORES)('%s', (name) => {
  const core = observedCore(name);

  it('does the same, to the cycle, whatever stands behind what diverts it', () => {
    let killed = 0;
    fc.assert(
      fc.property(blocks, (list) => {
        expect(visible(core, list)).toEqual([]);
        killed += list.length;
      }),
      tries(100),
    );
    expect(killed).toBeGreaterThan(20);
  });

  it('accesses a device once for each retired access and never else', () => {
    let accesses = 0;
    fc.assert(
      fc.property(talkative, (lines) => {
        const { observations, bus } = see(core, programFrom(aroundBody(lines)), MOST_CYCLES);
        // An access under way at the end has no record yet; one that ends the run never gets one.
        const [expected, got] = [told(observations), served(bus)];
        accesses += expected.length;
        expect(got.slice(0, expected.length)).toEqual(expected);
        expect(got.length - expected.length).toBeLessThanOrEqual(1);
      }),
      tries(100),
    );
    expect(accesses).toBeGreaterThan(20);
  });
});

describe('what is visible is noticed', () => {
  const found = (module: (m: Module) => Module): readonly string[] => {
    const core = alteredCore('five-stage', { module });
    return fc.sample(blocks, { numRuns: 15, seed: 1 }).flatMap((list) => visible(core, list));
  };

  it('if a branch forgot to throw away the instruction behind it', () => {
    expect(found((m) => withWire(m, 'decode.kill.redirect', () => ZERO))).not.toEqual([]);
  });

  it('if an interrupt came an instruction late', () => {
    expect(found((m) => withWire(m, 'interrupt.taken', () => ZERO))).not.toEqual([]);
  });
});
