/**
 * Whatever a guest does, an interrupt for M or HS that is pending and enabled
 * takes the hart away from it: after a bounded number of cycles, in which at
 * most the instruction that was already under way retires.
 *
 * The core is asked alone. Whether an interrupt is due is computed here from
 * the lines, the time and the enables that the records tell.
 *
 * rules: intr_mip_mie_bounded_time, sie_sip_strap_time_constraint
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Uarch } from '../../model/spec/isa.js';
import { AT, BASE } from '../arbitraries/map.js';
import type { Item, Plan } from '../arbitraries/program.js';
import { Shapes } from '../arbitraries/shapes.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import { alteredCore, observedCore, uarchOf, withLevel } from './altered.js';
import { CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';
import { built, randomPrograms } from './random-programs.js';
import { recordsOf } from './timing.js';

const { isa } = shippedSpecs();
const shapes = new Shapes(isa);
const jal = shapes.named('jal');
const DIVIDE = shapes.word('div', { rd: 1, rs1: 2, rs2: 3 });
const address = (name: string): number => isa.csrs.find((c) => c.name === name)?.address ?? -1;

const MTI = 1n << 7n;
const SEI = 1n << 9n;
const MEI = 1n << 11n;
const MTIMECMP = 0x200_4000n;
const MTIME = 0x200_bff8n;
/** Cycles of a run; guests loop for ever, so that they are there when the interrupt comes. */
const CYCLES = 1500;
/** Prologues are over before this. */
const FIRST = 300;

/**
 * Cycles from an interrupt being due to its being taken, at most (docs/timing.md). Commit may have begun an I/O access: `io`
 * cycles. If that restarted the pipeline, the next instruction enters the second stage two cycles later, passes each stage
 * but the last in one cycle, and is held back in execute by a division, by a split access behind a store in a later stage, or by a
 * store for which those in later stages take the last place.
 */
function longestWait({ latency, stages, caches, storeBuffer }: Uarch): bigint {
  const later = stages.length - stages.findIndex((s) => s.units.includes('execute')) - 1;
  const held = Math.max(latency.multiply - 1, latency.divide - 1, latency.split + later, later + (storeBuffer?.cycles ?? 0));
  // Its line comes, and that of its access, for which another may have to go.
  const { instruction, data } = caches ?? {};
  const lines = (instruction === undefined ? 0 : instruction.miss + 1) + (data === undefined ? 0 : data.miss * (data.write === 'back' ? 2 : 1));
  return BigInt(latency.io + 2 + (stages.length - 2) + held + lines);
}

/** The same of a guest that neither loads nor stores. */
function longestOfInstructions(uarch: Uarch): bigint {
  const { data: _data, ...caches } = uarch.caches ?? {};
  return longestWait({ ...uarch, caches });
}

/** What raises the interrupt, and for whom. */
interface Source {
  readonly raise: 'timer' | 'meip' | 'seip';
  readonly delegated: boolean;
  readonly cycle: number;
}

const sources: fc.Arbitrary<Source> = fc.record({
  raise: fc.constantFrom('timer' as const, 'meip' as const, 'seip' as const),
  delegated: fc.boolean(),
  cycle: fc.integer({ min: FIRST, max: FIRST + 700 }),
});

/** A guest that never ends by itself, with a hypervisor that leaves M's and HS's external interrupts enabled. */
function guest(plan: Plan): Plan {
  const back: Item = { words: [jal.match], ...(jal.imm === undefined ? {} : { jump: { items: -plan.body.length, imm: jal.imm, skew: 0 } }) };
  return {
    ...plan,
    mode: plan.mode === 'U' || plan.mode === 'VU' ? 'VU' : 'VS',
    body: plan.body.at(-1)?.jump?.items === back.jump?.items ? plan.body : [...plan.body, back],
    settings: plan.settings.filter(({ csr }) => csr !== address('mie') && csr !== address('mideleg')),
    mtimecmp: undefined, msip: false, events: [], returns: [], budget: 1000,
  };
}

/** The guest with its interrupt. */
function program(plan: Plan, { raise, delegated, cycle }: Source): ReturnType<typeof built> {
  const events: InputEvent[] = raise === 'timer' ? [] : [{ cycle: BigInt(cycle), kind: 'pin', pin: raise, value: 1n }];
  const mie = plan.settings.length % 2 === 0 ? MTI | SEI | MEI : MTI | SEI | MEI | 0x446n;
  return built({
    ...plan, events,
    mtimecmp: raise === 'timer' ? BigInt(cycle >> 4) : undefined,
    settings: [{ csr: address('mideleg'), value: delegated ? SEI : 0n }, { csr: address('mie'), value: mie }, ...plan.settings],
  });
}

/** Everything that decides whether a host interrupt is due, from the records. */
class Due {
  #mie = 0n;
  #mtimecmp = (1n << 64n) - 1n;

  see({ csrs, mem_addr, mem_wmask, mem_wdata, trap }: Observation['retirement']): void {
    for (const { csr, after } of csrs) if (csr === 'mie') this.#mie = after;
    if (trap === undefined && mem_wmask === 0xff && mem_addr === MTIMECMP) this.#mtimecmp = mem_wdata;
  }

  /** External lines and the timer are for M or HS, whoever: in a guest both are enabled. */
  now(cycle: bigint, source: Source, ticks: bigint): boolean {
    if (source.raise === 'timer') return (this.#mie & MTI) !== 0n && ticks >= this.#mtimecmp;
    return cycle >= BigInt(source.cycle) && (this.#mie & (source.raise === 'meip' ? MEI : SEI)) !== 0n;
  }
}

interface Verdict {
  readonly blocked: string | undefined;
  /** Interrupts of a guest by this source, and the longest wait for one. */
  readonly taken: number;
  readonly longest: bigint;
}

const isVirtual = (mode: string): boolean => mode === 'VS' || mode === 'VU';

/** Whether a run has a guest that kept the hart too long. */
function judge(core: ObservedCore, plan: Plan, source: Source, limit: bigint): Verdict {
  const records = recordsOf(core, program(plan, source), CYCLES);
  const due = new Due();
  let since: bigint | undefined;
  let retired = 0;
  let taken = 0;
  let longest = 0n;
  let before = 0n;
  const start = (from: bigint, to: bigint): bigint | undefined => {
    if (source.raise !== 'timer') return due.now(to, source, 0n) ? (from > BigInt(source.cycle) ? from : BigInt(source.cycle)) : undefined;
    // mtime is the number of ticks so far: nothing in these runs may write it.
    for (let tick = from >> 4n; tick <= to >> 4n; tick++) if (due.now(0n, source, tick)) return from > tick << 4n ? from : tick << 4n;
    return undefined;
  };
  for (const { retirement, inputs: { cycle } } of records) {
    const { mode, next_mode, trap, pc_rdata, mem_addr, mem_wmask } = retirement;
    // Memory is everybody's: a guest that moves the time, or overwrites its hypervisor, has not blocked it but replaced it.
    if (mem_wmask !== 0 && (mem_addr < MTIME + 8n && mem_addr > MTIMECMP - 8n ? pc_rdata >= BASE + BigInt(AT.M) : mem_addr > BASE - 8n && mem_addr < BASE + BigInt(AT.VS))) {
      return { blocked: undefined, taken, longest };
    }
    if (isVirtual(mode)) {
      since ??= start(before, cycle);
      if (since !== undefined) {
        if (!isVirtual(next_mode)) {
          if (trap?.interrupt === true) {
            taken++;
            if (cycle - since > longest) longest = cycle - since;
          }
          if (cycle - since > limit) return { blocked: `due at ${since}, taken at ${cycle}, more than ${limit} cycles later`, taken, longest };
        } else if (cycle > since && ++retired > 1) {
          return { blocked: `due at ${since}, but at ${cycle} the guest retires a second instruction`, taken, longest };
        }
      }
    }
    due.see(retirement);
    before = cycle;
    if (!isVirtual(next_mode)) {
      since = undefined;
      retired = 0;
    }
  }
  const last = records.at(-1);
  const end = core.core.cycle;
  if (last !== undefined && isVirtual(last.retirement.next_mode)) {
    const from = since ?? start(before, end);
    if (from !== undefined && end - from > limit) return { blocked: `due at ${from}, never taken until ${end}`, taken, longest };
  }
  return { blocked: undefined, taken, longest };
}

const guests = fc.tuple(randomPrograms(guest), sources);

describe.each(CORES)('%s', (name) => {
  const limit = longestWait(uarchOf(name));

  it(`takes the hart from any guest within ${limit} cycles of an interrupt for M or HS`, () => {
    const core = observedCore(name);
    let taken = 0;
    fc.assert(
      fc.property(guests, ([plan, source]) => {
        const verdict = judge(core, plan, source, limit);
        taken += verdict.taken;
        expect(verdict.blocked).toBeUndefined();
      }),
      tries(600),
    );
    expect(taken).toBeGreaterThan(20);
  });

  it('makes the hypervisor wait nearly that long for a guest that divides', () => {
    const core = observedCore(name);
    const [[plan] = []] = fc.sample(guests, { numRuns: 1, seed: 1 });
    if (plan === undefined) throw new Error('no program');
    const dividing = guest({ ...plan, settings: [], body: [{ words: new Array<number>(40).fill(DIVIDE) }] });
    // So many that a line of instructions ends behind some division: it is done before the next line is asked for.
    const waits = Array.from({ length: 250 }, (_, i) => Number(judge(core, dividing, { raise: 'meip', delegated: false, cycle: 400 + 4 * i }, limit).longest));
    expect(Math.max(...waits)).toBeGreaterThan(0.9 * Number(longestOfInstructions(uarchOf(name))));
  });
});

describe('a blocked hypervisor is noticed', () => {
  const found = (core: ObservedCore, limit: bigint): fc.RunDetails<[[Plan, Source]]> =>
    fc.check(fc.property(guests, ([plan, source]) => judge(core, plan, source, limit).blocked === undefined), { numRuns: 400, seed: 1, endOnFailure: true });

  it('if a guest could disable the interrupts of M with its own sstatus.SIE', () => {
    const core = alteredCore('three-stage', {
      isa: withLevel('M', (l) => ({ ...l, enabled: { ...l.enabled, text: 'if priv == 3 then mstatus.MIE else !V || vsstatus.SIE' } })),
    });
    expect(found(core, longestWait(uarchOf('three-stage'))).failed).toBe(true);
  });

  it('if a division took longer than the core\'s file says', () => {
    const core = alteredCore('five-stage', { uarch: (u) => ({ ...u, latency: { ...u.latency, divide: 120 } }) });
    expect(found(core, longestWait(uarchOf('five-stage'))).failed).toBe(true);
  });
});
