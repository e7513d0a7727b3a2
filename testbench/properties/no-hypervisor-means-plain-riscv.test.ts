/**
 * The same core built without H runs programs for M, S and U as the core with
 * H does while the hypervisor's state is at reset: record for record, cycle
 * for cycle. So the extension costs nothing and changes nothing for those who
 * do not use it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Isa } from '../../model/spec/isa.js';
import { AT } from '../arbitraries/map.js';
import { MPP_MPV, type BuiltProgram } from '../arbitraries/build.js';
import type { Plan } from '../arbitraries/program.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import { alteredCore, observedCore, withEntry } from './altered.js';
import { CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';
import { HYPERVISOR_BITS, isHypervisorCsr, isHypervisorInstruction, withoutHypervisor } from './plain.js';
import { built, disassembler, MOST_CYCLES, randomPrograms } from './random-programs.js';
import { recordsOf } from './timing.js';

const { isa } = shippedSpecs();
const NOP = 0x13;
const byAddress = new Map(isa.csrs.map((c) => [c.address, c]));
const hypervisorCsrs = new Set(isa.csrs.filter(isHypervisorCsr).map((c) => c.address));
const additions = isa.instructions.filter(isHypervisorInstruction).map(({ match }) => ({
  mask: parseInt(match.replaceAll('0', '1').replaceAll('-', '0'), 2), value: parseInt(match.replaceAll('-', '0'), 2),
}));
const isCsrAccess = (word: number): boolean => (word & 0x7f) === 0x73 && ((word >>> 12) & 3) !== 0;

/** Whether a word is an instruction of H or names a CSR of H, or one that says whether there is H. */
function usesHypervisor(word: number): boolean {
  if (isCsrAccess(word)) return hypervisorCsrs.has(word >>> 20) || ['misa', 'mideleg'].includes(byAddress.get(word >>> 20)?.name ?? '');
  return additions.some(({ mask, value }) => ((word & mask) >>> 0) === value);
}

/** A program for M, S and U: what names H is gone. */
const plain = (plan: Plan): Plan => ({
  ...plan,
  mode: plan.mode === 'VS' ? 'HS' : plan.mode === 'VU' ? 'U' : plan.mode,
  mstatus: plan.mstatus & ~(HYPERVISOR_BITS['mstatus'] ?? 0n),
  settings: plan.settings.filter(({ csr }) => !hypervisorCsrs.has(csr)).map(({ csr, value }) => ({ csr, value: value & ~(HYPERVISOR_BITS[byAddress.get(csr)?.name ?? ''] ?? 0n) })),
  returns: plan.returns.map((r) => r & ~MPP_MPV | (r & 0x1800n)),
  body: plan.body.filter(({ words }) => !words.some(usesHypervisor)),
  events: plan.events.filter((e) => e.kind !== 'pin' || e.pin !== 'hgeip'),
});

/** Prologue and handlers serve the guest's CSRs, too: these instructions become nops, on both cores. */
function program(plan: Plan): BuiltProgram {
  const it = built(plan);
  for (const { data } of it.segments) {
    const view = new DataView(data.buffer, data.byteOffset);
    for (let at = 0; at < AT.tohost; at += 4) {
      const word = view.getUint32(at, true);
      if (isCsrAccess(word) && hypervisorCsrs.has(word >>> 20)) view.setUint32(at, NOP, true);
    }
  }
  return it;
}

const HOMES = new Set(isa.csrs.filter(isHypervisorCsr).map((c) => c.name));
/** What traps write for a hypervisor besides: of no consequence to anybody who cannot read it. */
const EXTRA = new Set(['mtinst', 'htinst', 'mtval2', 'htval']);

/** Whether a record leaves M, S and U: it uses H (self-modifying code may), or writes bits that plain RISC-V has not. */
function leavesPlain({ retirement: { insn, csrs, next_mode } }: Observation): boolean {
  const bits = (name: string): bigint => HYPERVISOR_BITS[name] ?? 0n;
  const touched = (csr: string): boolean => HOMES.has(csr) && !EXTRA.has(csr);
  return usesHypervisor(insn) || next_mode.startsWith('V') || csrs.some(({ csr, after }) => touched(csr) || (after & bits(csr)) !== 0n);
}

/** A record as text, without what only H has. */
function line({ retirement, inputs }: Observation): string {
  const { csrs, trap, pc_rdata, insn } = retirement;
  const shown = {
    ...retirement,
    csrs: csrs.filter(({ csr }) => !EXTRA.has(csr)),
    trap: trap && { ...trap, tinst: 0n },
    cycle: inputs.cycle,
  };
  return `${disassembler()(insn, pc_rdata)} ${JSON.stringify(shown, (_, v: unknown) => (typeof v === 'bigint' ? v.toString(16) : v))}`;
}

/** Records as far as the program is plain, as the core with H tells. */
function compared(withH: ObservedCore, without: ObservedCore, plan: Plan): { readonly expected: readonly string[]; readonly got: readonly string[] } {
  const image = program(plan);
  const full = recordsOf(withH, image, MOST_CYCLES);
  const few = recordsOf(without, image, MOST_CYCLES);
  const end = full.findIndex(leavesPlain);
  const length = end < 0 ? full.length : end;
  return { expected: full.slice(0, length).map(line), got: few.slice(0, end < 0 ? undefined : length).map(line) };
}

describe.each(CORES)('%s without H', (name) => {
  it('runs programs for M, S and U as the core with H, to the cycle', () => {
    const [withH, without] = [observedCore(name), alteredCore(name, { isa: withoutHypervisor })];
    let records = 0;
    let traps = 0;
    fc.assert(
      fc.property(randomPrograms(plain), (plan) => {
        const { expected, got } = compared(withH, without, plan);
        records += expected.length;
        traps += expected.filter((l) => l.includes('"trap":{')).length;
        expect(got).toEqual(expected);
      }),
      tries(250),
    );
    expect(records).toBeGreaterThan(1_000);
    expect(traps).toBeGreaterThan(30);
  });

  it('has neither instructions nor CSRs nor state of it', () => {
    const plainIsa = withoutHypervisor(isa);
    const names = (of: Isa): readonly string[] => [...of.instructions, ...of.csrs].map((e) => e.name);
    expect(names(plainIsa).filter((n) => /^(h[ls]v|hfence|h(?!pm)|vs)|mtval2|mtinst/.test(n))).toEqual([]);
    expect(names(plainIsa).length).toBeLessThan(names(isa).length - 30);
    const core = alteredCore(name, { isa: withoutHypervisor });
    expect(core.core.cell('csr.hstatus')).toBeUndefined();
    expect(core.core.cell('csr.mstatus')).toBeDefined();
  });
});

describe('hypervisor state that shows in plain programs is noticed', () => {
  const plans = fc.sample(randomPrograms(plain), { numRuns: 200, seed: 1 });
  const differs = (change: (isa: Isa) => Isa): boolean => {
    const [withH, without] = [alteredCore('three-stage', { isa: change }), alteredCore('three-stage', { isa: withoutHypervisor })];
    return plans.some((plan) => {
      const { expected, got } = compared(withH, without, plan);
      return expected.join('\n') !== got.join('\n');
    });
  };

  it('if VTSR, and not TSR, stopped the SRET of HS', () => {
    expect(differs((i) => ({
      ...i,
      permits: i.permits.map((t) => ({ ...t, rows: t.rows.map((r) => (r.name !== 'mstatus_tsr_op' ? r : { ...r, when: { terms: r.when.terms.map((x) => ({ ...x, variable: x.variable.replace('mstatus.TSR', 'hstatus.VTSR') })) } })) })),
    }))).toBe(true);
  });

  it('if a trap into HS without a guest kept the previous privilege for the guest', () => {
    expect(differs(withEntry('HS', (e) => ({ ...e, update: e.update.filter((u) => u.target !== 'mstatus.SPP') })))).toBe(true);
  });
});
