/**
 * A guest that is put aside at any instruction, while another guest uses the
 * hart, does not notice: a hypervisor that saves and restores the VS CSRs, the
 * enables and pending bits that are the guest's, and the registers, leaves
 * its stream of records as it is without switches. So everything that a guest
 * has is in these, and nothing of another guest leaks in.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../model/machine/elf.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import type { ObservedCore } from '../lockstep/observed.js';
import { openMemory } from '../programs/open-memory.js';
import { alsoWriting, alteredCore, observedCore, withEntry } from './altered.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { programFrom } from './programs.js';
import { recordsOf } from './timing.js';

/** All of a guest but its registers, as HS sees it. */
const WORLD = ['vsstatus', 'vstvec', 'vsscratch', 'vsepc', 'vscause', 'vstval', 'vsatp', 'hie', 'hvip', 'hstatus', 'sstatus', 'sepc'] as const;
const REGISTERS = Array.from({ length: 30 }, (_, i) => i + 1);

/** The block of a guest, at sscratch while it runs: x1 to x30, x31, then WORLD. */
const save = (forgotten: string | undefined): string => `
        csrrw x31, sscratch, x31
        ${REGISTERS.map((r) => `sd x${r}, ${8 * r}(x31)`).join('\n        ')}
        csrr x1, sscratch
        sd x1, ${8 * 31}(x31)
        ${WORLD.map((csr, i) => (csr === forgotten ? 'nop\n        nop' : `csrr x1, ${csr}\n        sd x1, ${256 + 8 * i}(x31)`)).join('\n        ')}
`;
/** From the block at x31. */
const restore = (forgotten: string | undefined): string => `
        ${WORLD.map((csr, i) => (csr === forgotten ? 'nop\n        nop' : `ld x1, ${256 + 8 * i}(x31)\n        csrw ${csr}, x1`)).join('\n        ')}
        csrw sscratch, x31
        ${REGISTERS.map((r) => `ld x${r}, ${8 * r}(x31)`).join('\n        ')}
        ld x31, ${8 * 31}(x31)
        sret
`;

/** What the first guest does: computes, writes all it has, traps to itself and to its hypervisor, changes to VU and back. */
const steps = fc.array(fc.constantFrom(
  'addi a0, a0, 3', 'mul a1, a0, a1', 'div a2, a1, a0', 'xor a0, a0, a2', 'sd a0, 8(s0)', 'ld a1, 8(s0)', 'sh a1, 15(s0)', 'ld a3, 9(s0)',
  'csrrw a2, sscratch, a0', 'csrrs a1, sscratch, a2', 'csrr a3, sepc', 'csrr a3, scause', 'csrr a3, stval', 'csrrw a3, stval, a0', 'csrrw a3, scause, a1', 'csrr a0, sstatus', 'csrr a0, stvec',
  'csrsi sstatus, 2', 'csrci sstatus, 2', 'csrrs a1, sie, a0', 'csrrc a1, sie, a0', 'csrr a2, sip', 'csrsi sip, 2', 'csrci sip, 2', 'csrrw a0, satp, zero', 'srli a4, a0, 4\n csrrw a3, satp, a4',
  'ecall', 'ebreak', '.word 0', 'ld a0, (zero)', 'sret', 'hlv.d a0, (s0)', 'csrr a0, hstatus', 'csrr a0, time', 'sfence.vma', 'li t0, 0x100\n csrc sstatus, t0\n la t0, 8f\n csrw sepc, t0\n sret\n8:', 'nop',
), { maxLength: 24, size: 'max' });

/** What the second one leaves in all that both share. */
const values = fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { minLength: 8, maxLength: 8 });

interface World {
  readonly first: readonly string[];
  readonly second: readonly bigint[];
  /** Cycles at which the line that asks for a switch rises. */
  readonly switches: readonly number[];
}
const worlds: fc.Arbitrary<World> = fc.record({ first: steps, second: values, switches: fc.array(fc.integer({ min: 150, max: 2500 }), { minLength: 1, maxLength: 8, size: 'max' }) });

/** Both guests and their hypervisor, which switches on the external interrupt, and when the second guest asks by ECALL. */
const text = ({ first, second }: World, forgotten?: string): string => `
_start: ${openMemory('t0')}
        la t0, machine
        csrw mtvec, t0
        la t0, hypervisor
        csrw stvec, t0
        li t0, 0xf0b7ff
        csrw medeleg, t0
        li t0, 0x222
        csrw mideleg, t0
        li t0, 0xb1ff
        csrw hedeleg, t0
        li t0, 0x444
        csrw hideleg, t0
        li t0, 0x200
        csrw mie, t0
        la t0, firsts
        csrw vstvec, t0
        la t0, block1
        csrw sscratch, t0
        li t0, 0x180
        csrw hstatus, t0
        li t0, 0x100
        csrw sstatus, t0
        la t0, guest1
        csrw sepc, t0
        li t0, 0x800
        csrw mstatus, t0
        la t0, enter
        csrw mepc, t0
        mret
enter:  li t0, 0x180
        csrw hstatus, t0
        li t0, 0x100
        csrs sstatus, t0
        la s0, data
        li s1, 12
        li a0, 5
        li a1, 7
        sret
machine: j machine
        .align 3
hypervisor:
        ${save(forgotten)}
        csrr x2, scause
        bltz x2, toother
        csrr x2, sepc
        addi x2, x2, 4
        sd x2, ${256 + 8 * WORLD.indexOf('sepc')}(x31)
        la x3, block2
        beq x31, x3, back
        j resume
        # The line is high: nobody listens to it until it has fallen, and the second guest is not interrupted.
toother: li x2, 0x200
        csrc sie, x2
        la x31, block2
        la x2, guest2
        sd x2, ${256 + 8 * WORLD.indexOf('sepc')}(x31)
        j resume
back:   li x2, 0x200
1:      csrr x3, sip
        and x3, x3, x2
        bnez x3, 1b
        csrs sie, x2
        la x31, block1
resume: ${restore(forgotten)}

guest1:
loop:
${first.map((step) => `        ${step}`).join('\n')}
        addi s1, s1, -1
        bnez s1, loop
        ebreak
        la t0, tohost
        li t1, 1
        sd t1, (t0)
1:      j 1b
        .align 3
        # Past what has trapped, with SPP as before; an interrupt is silenced.
firsts: csrr t1, scause
        bltz t1, 1f
        csrr t1, sepc
        addi t1, t1, 4
        csrw sepc, t1
        li t1, 0x100
        csrs sstatus, t1
        sret
1:      csrci sip, 2
        sret

guest2: ${second.map((value, i) => `li x${i + 1}, 0x${value.toString(16)}`).join('\n        ')}
        csrw sscratch, x1
        csrw sepc, x2
        csrw scause, x3
        csrw stval, x4
        csrw sstatus, x5
        csrw stvec, x6
        srli x7, x7, 4
        csrw satp, x7
        csrci sstatus, 2
        csrw sie, x8
        csrsi sip, 2
        ${REGISTERS.slice(8).map((r) => `xor x${r}, x${r - 8}, x${r - 1}`).join('\n        ')}
        xor x31, x30, x1
        ecall
        .data
        .align 3
data:   .dword 1, 2, 3, 4
        .globl tohost
tohost: .dword 0
        .align 6
block1: .skip 512
block2: .skip 256
        ${WORLD.map((csr) => `.dword ${csr === 'hstatus' ? '0x180' : csr === 'sstatus' ? '0x120' : '0'}`).join('\n        ')}
`;

/** High for a while each: shorter pulses may be overlooked, longer ones join. */
function line(switches: readonly number[]): readonly InputEvent[] {
  const times = [...new Set(switches.map((c) => c - (c % 200)))].sort((a, b) => a - b);
  return times.flatMap((cycle): InputEvent[] => [
    { cycle: BigInt(cycle), kind: 'pin', pin: 'seip', value: 1n }, { cycle: BigInt(cycle + 130), kind: 'pin', pin: 'seip', value: 0n },
  ]);
}

/** Most guests end earlier. */
const CYCLES = 8_000;

/** The first guest's records, but for the switches themselves, their number and the time. */
function streamOf(core: ObservedCore, program: Program, inputs: readonly InputEvent[]): { readonly lines: readonly string[]; readonly switched: number; readonly ended: boolean } {
  const [from, to] = [program.symbols.get('guest1') ?? 0n, program.symbols.get('guest2') ?? 0n];
  let switched = 0;
  const lines: string[] = [];
  for (const { retirement: { order: _, ...record } } of recordsOf(core, { ...program, inputs }, CYCLES)) {
    if (!record.mode.startsWith('V') || record.pc_rdata < from || record.pc_rdata >= to) continue;
    if (record.trap?.interrupt === true && record.trap.to === 'HS') switched++;
    // What a trap into HS writes is the host's.
    else lines.push(JSON.stringify({ ...record, csrs: record.trap?.to === 'HS' ? [] : record.csrs }, (__, v: unknown) => (typeof v === 'bigint' ? v.toString(16) : v)));
  }
  return { lines, switched, ended: core.core.cycle < BigInt(CYCLES) };
}

/** The first record that a switch has changed; undefined: none. */
function disturbed(core: ObservedCore, world: World, forgotten?: string): { readonly what: string | undefined; readonly switched: number } {
  const program = programFrom(text(world, forgotten));
  const alone = streamOf(core, forgotten === undefined ? program : programFrom(text(world)), []);
  const { lines, switched, ended } = streamOf(core, program, line(world.switches));
  // A guest that never ends gets less far with switches.
  const length = ended && alone.ended ? Math.max(lines.length, alone.lines.length) : Math.min(lines.length, alone.lines.length);
  const at = Array.from({ length }).findIndex((__, i) => lines[i] !== alone.lines[i]);
  return { what: at >= 0 ? `${lines[at]} instead of ${alone.lines[at]}` : undefined, switched };
}

describe.each(CORES)('%s', (name) => {
  it('leaves a guest\'s records as they are, whenever another guest runs in between', () => {
    const core = observedCore(name);
    let switches = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const { what, switched } = disturbed(core, world);
        switches += switched;
        expect(what).toBeUndefined();
      }),
      tries(60),
    );
    expect(switches).toBeGreaterThan(5);
  });
});

describe('a guest that notices is noticed', () => {
  const samples = fc.sample(worlds, { numRuns: 25, seed: 1 });
  const found = (core: ObservedCore, forgotten?: string): boolean => samples.some((world) => disturbed(core, world, forgotten).what !== undefined);

  it.each(['vsstatus', 'vsscratch', 'vscause', 'vstval', 'vstvec', 'hie', 'hvip'])('if the hypervisor forgot %s', (forgotten) => {
    expect(found(observedCore('three-stage'), forgotten)).toBe(true);
  });

  it('if a trap into HS disabled the guest\'s interrupts as well', () => {
    expect(found(alteredCore('three-stage', { isa: withEntry('HS', alsoWriting('vsstatus.SIE', '0')) }))).toBe(true);
  });
});
