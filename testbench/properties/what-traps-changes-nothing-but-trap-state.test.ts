/**
 * An instruction that traps, virtual-instruction exceptions included, and an
 * interrupt change the registers of the trap handler's mode that the manual
 * lists, and nothing else: no register, no memory, no CSR of another mode, no
 * field besides. Asked of records and storage of the core alone.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../arbitraries/program.js';
import { RecordSum } from '../lockstep/precise.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Retirement, TrapMode } from '../retirement.js';
import { alsoWriting, alteredCore, observedCore, withEntry } from './altered.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { built, MOST_CYCLES, randomPrograms } from './random-programs.js';

const ALL = (1n << 64n) - 1n;
const EPC = ALL - 1n;
/** Bits that a trap into each mode may change (H_trap_m_csrwrites, H_trap_hs_csrwrites, H_trap_vs_csrwrites). */
const WRITTEN: Readonly<Record<TrapMode, Readonly<Record<string, bigint>>>> = {
  // MPV, GVA, MPP, MPIE, MIE
  M: { mstatus: 0xc0_0000_1888n, mepc: EPC, mcause: ALL, mtval: ALL, mtval2: ALL, mtinst: ALL },
  // SPP, SPIE, SIE; SPVP, SPV, GVA
  HS: { mstatus: 0x122n, hstatus: 0x1c0n, sepc: EPC, scause: ALL, stval: ALL, htval: ALL, htinst: ALL },
  VS: { vsstatus: 0x122n, vsepc: EPC, vscause: ALL, vstval: ALL },
};

/** What a trap's record changes that it ought not to. */
function excess({ trap, csrs, rd_addr, mem_wmask, mem_rmask }: Retirement): readonly string[] {
  if (trap === undefined) return [];
  const wrong = csrs.flatMap(({ csr, before, after }) => {
    const more = (before ^ after) & ~(WRITTEN[trap.to][csr] ?? 0n);
    return more === 0n ? [] : [`a trap into ${trap.to} changes bits 0x${more.toString(16)} of ${csr}`];
  });
  if (rd_addr !== 0) wrong.push(`a trapped instruction writes x${rd_addr}`);
  if (mem_wmask !== 0 || mem_rmask !== 0) wrong.push('a trapped instruction accesses memory');
  return wrong;
}

interface Seen {
  readonly wrong: readonly string[];
  readonly causes: readonly string[];
}

/** Runs a program; at each trap storage must be what the records say, so that no change is kept from them. */
function run(core: ObservedCore, plan: Plan, meddle: () => void = () => undefined): Seen {
  const program = built(plan);
  core.reset(program.inputs);
  core.load(program);
  const sum = new RecordSum(core.state(), program.segments);
  const wrong: string[] = [];
  const causes: string[] = [];
  core.run(MOST_CYCLES, {
    records: (observations) => {
      for (const observation of observations) {
        const { trap } = observation.retirement;
        sum.add(observation);
        wrong.push(...excess(observation.retirement));
        if (trap !== undefined) causes.push(`${trap.interrupt ? 'interrupt' : 'exception'} ${trap.cause} into ${trap.to}`);
      }
    },
    trapped: () => {
      meddle();
      if (wrong.length === 0) wrong.push(...sum.differences(core.state()));
    },
  });
  return { wrong, causes };
}

describe.each(CORES)('%s', (name) => {
  it('changes only what a trap into the mode writes', () => {
    const core = observedCore(name);
    const causes = new Set<string>();
    fc.assert(
      fc.property(randomPrograms(), (plan) => {
        const { wrong, causes: some } = run(core, plan);
        some.forEach((c) => causes.add(c));
        expect(wrong).toEqual([]);
      }),
      tries(400),
    );
    for (const virtual of ['exception 22 into M', 'exception 22 into HS']) expect([...causes]).toContain(virtual);
    expect(causes.size).toBeGreaterThan(20);
  });
});

describe('a trap that changes more is noticed', () => {
  const plans = fc.sample(randomPrograms(), { numRuns: 300, seed: 1 });
  const first = (core: ObservedCore): string | undefined => plans.map((plan) => run(core, plan).wrong[0]).find((m) => m !== undefined);

  it('if a trap into the guest told HS where it happened', () => {
    expect(first(alteredCore('three-stage', { isa: withEntry('VS', alsoWriting('sepc', 'pc')) }))).toMatch(/into VS changes bits .* of sepc/);
  });

  it('if a trap into HS dropped MPRV', () => {
    expect(first(alteredCore('three-stage', { isa: withEntry('HS', alsoWriting('mstatus.MPRV', '~mstatus.MPRV')) }))).toMatch(/into HS changes bits 0x20000 of mstatus/);
  });

  it('if storage changed and no record told it', () => {
    const core = observedCore('three-stage');
    expect(plans.map((plan) => run(core, plan, () => core.pokeCsr('mscratch', 0x77n)).wrong[0]).find((m) => m !== undefined)).toMatch(/mscratch holds/);
  });
});
