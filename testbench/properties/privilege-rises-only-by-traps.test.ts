/**
 * A trap never lowers privilege, a return never raises it, nothing else
 * changes it, and a guest is entered by a return only. Asked of every record
 * of random programs, on the core alone.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Isa } from '../../model/spec/isa.js';
import type { Plan } from '../arbitraries/program.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Mode, Retirement } from '../retirement.js';
import { alteredCore, observedCore } from './altered.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { built, MOST_CYCLES, randomPrograms } from './random-programs.js';
import { recordsOf } from './timing.js';

const MRET = 0x3020_0073;
const SRET = 0x1020_0073;

/** Where a trap may lead, and where MRET and SRET may, by the mode before. */
const TRAPS: Readonly<Record<Mode, readonly Mode[]>> = { M: ['M'], HS: ['M', 'HS'], U: ['M', 'HS'], VS: ['M', 'HS', 'VS'], VU: ['M', 'HS', 'VS'] };
const MRETS: Readonly<Record<Mode, readonly Mode[]>> = { M: ['M', 'HS', 'U', 'VS', 'VU'], HS: [], U: [], VS: [], VU: [] };
const SRETS: Readonly<Record<Mode, readonly Mode[]>> = { M: ['HS', 'U', 'VS', 'VU'], HS: ['HS', 'U', 'VS', 'VU'], U: [], VS: ['VS', 'VU'], VU: [] };

/** What is wrong with the change of mode in a record, if anything. */
function unlawful({ mode, next_mode, insn, trap }: Retirement): string | undefined {
  const means = trap !== undefined ? 'a trap' : insn === MRET ? 'MRET' : insn === SRET ? 'SRET' : 'an ordinary instruction';
  const lawful = trap !== undefined ? TRAPS[mode] : insn === MRET ? MRETS[mode] : insn === SRET ? SRETS[mode] : [mode];
  if (trap !== undefined && trap.to !== next_mode) return `a trap into ${trap.to} leads to ${next_mode}`;
  return lawful.includes(next_mode) ? undefined : `${means} leads from ${mode} to ${next_mode}`;
}

function seen(core: ObservedCore, plan: Plan): { readonly wrong: readonly string[]; readonly changes: readonly string[] } {
  const records = recordsOf(core, built(plan), MOST_CYCLES).map((o) => o.retirement);
  return {
    wrong: records.flatMap((r) => unlawful(r) ?? []),
    changes: records.flatMap((r) => (r.mode === r.next_mode ? [] : [`${r.trap === undefined ? 'return' : 'trap'} ${r.mode} ${r.next_mode}`])),
  };
}

describe.each(CORES)('%s', (name) => {
  it('raises privilege by traps only and lowers it by returns only', () => {
    const core = observedCore(name);
    const changes = new Set<string>();
    fc.assert(
      fc.property(randomPrograms(), (plan) => {
        const { wrong, changes: some } = seen(core, plan);
        some.forEach((c) => changes.add(c));
        expect(wrong).toEqual([]);
      }),
      tries(750),
    );
    // Eight traps and eight returns change the mode.
    expect(changes.size).toBeGreaterThan(12);
  });
});

describe('a change of mode that ought not to be is noticed', () => {
  const finds = (isa: (isa: Isa) => Isa, message: RegExp): void => {
    const core = alteredCore('three-stage', { isa });
    const plans = fc.sample(randomPrograms(), { numRuns: 600, seed: 1 });
    expect(plans.map((plan) => seen(core, plan).wrong[0] ?? '').find((m) => m !== '')).toMatch(message);
  };

  it('if hedeleg were taken for medeleg and U-mode traps went to a guest', () => finds((isa) => ({
    ...isa,
    traps: {
      ...isa.traps,
      delegation: isa.traps.delegation.map((row) => (row.name !== 'hedeleg_op' ? row : { ...row, when: { terms: row.when.terms.filter((t) => t.variable !== 'mode') } })),
    },
  }), /a trap leads from (HS|U) to VS/));

  it('if a guest could leave by SRET', () => finds((isa) => ({
    ...isa,
    instructions: isa.instructions.map((i) => (i.name !== 'sret' ? i : {
      ...i,
      cases: i.cases.map((c) => (c.name !== 'sret_v1' || c.next.V === undefined ? c : { ...c, next: { ...c.next, V: { ...c.next.V, text: 'vsstatus.SPP' } } })),
    })),
  }), /SRET leads from VS to U/));
});
