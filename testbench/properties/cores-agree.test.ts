/**
 * Architecture does not depend on the core: the same program gives the same
 * records on both, up to the first instruction that may see time (a counter,
 * the CLINT, a device) or code that is modified. External lines change between
 * two records, so that they mean the same on every core: the instruction after
 * the change is the first to see it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pin } from '../../model/machine/protocol.js';
import { AT, BASE } from '../arbitraries/map.js';
import type { Plan } from '../arbitraries/program.js';
import { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import type { Retirement } from '../retirement.js';
import { compiledCore, CORES, type CoreName } from './cores.js';
import { tries } from './effort.js';
import { built, disassembler, MOST_CYCLES, randomPrograms } from './random-programs.js';

/** Its STCE lets time make interrupts pending. */
const MENVCFG = 0x30a;

/** No timer: what comes at a cycle comes at another instruction of another core. */
const untimed = (plan: Plan): Plan => ({ ...plan, mtimecmp: undefined, msip: false, settings: plan.settings.filter(({ csr }) => csr !== MENVCFG) });

/** Programs end after some hundred records; lines of cycles up to 1200 change among these. */
const CYCLES_PER_RECORD = 8n;

/** A line that changes once so many records are there. */
interface LineChange {
  readonly records: number;
  readonly pin: Pin;
  readonly value: bigint;
}

const lineChanges = ({ events }: Plan): readonly LineChange[] =>
  events.flatMap((event) => (event.kind === 'pin' ? [{ records: Number(event.cycle / CYCLES_PER_RECORD), pin: event.pin, value: event.value }] : []));

/** Causes of interrupts that lines make pending. */
const EXTERNAL = new Set([9, 10, 11, 12]);

const TIMED = new Set([0xb00, 0xc00, 0xc01, MENVCFG]);
const isCsrAccess = (insn: number): boolean => (insn & 0x7f) === 0x73 && ((insn >>> 12) & 3) !== 0;

/** Whether an instruction may see how long something took. */
function seesTime({ insn, mem_addr, mem_rmask, mem_wmask }: Retirement): boolean {
  if (isCsrAccess(insn) && TIMED.has(insn >>> 20)) return true;
  if (mem_rmask === 0 && mem_wmask === 0) return false;
  const modifies = mem_wmask !== 0 && (mem_addr < BASE + BigInt(AT.tohost) || mem_addr >= BASE + BigInt(AT.body) - 8n);
  return mem_addr < BASE || modifies;
}

/** Records until one sees time. */
function recordsOf(core: ObservedCore): (plan: Plan) => readonly Retirement[] {
  return (plan) => {
    const records: Retirement[] = [];
    let count = 0;
    let timed = false;
    let left = MOST_CYCLES;
    const listener = {
      trapped: () => undefined,
      records: (observations: readonly Observation[]) => {
        count += observations.length;
        for (const { retirement } of observations) {
          timed ||= seesTime(retirement);
          if (!timed) records.push(retirement);
        }
      },
    };
    const run = (cycles: number): void => {
      const most = Math.min(cycles, left);
      left = core.run(most, listener).kind === 'cycle-limit' ? left - most : 0;
    };
    core.reset();
    core.load(built(plan));
    for (const change of lineChanges(plan)) {
      // A cycle yields at most one record.
      while (count < change.records && left > 0) run(change.records - count);
      core.machine.setPin(change.pin, change.value);
    }
    run(left);
    return records;
  };
}

const runner = (name: CoreName): ((plan: Plan) => readonly Retirement[]) => recordsOf(new ObservedCore(compiledCore(name)));

const show = (r: Retirement | undefined): string =>
  (r === undefined ? 'none' : `${r.order} ${r.mode} 0x${r.pc_rdata.toString(16)} ${disassembler()(r.insn, r.pc_rdata)} ${JSON.stringify(r, (_, v: unknown) => (typeof v === 'bigint' ? `0x${v.toString(16)}` : v))}`);

describe(`${CORES.join(' and ')}`, () => {
  it('give the same records for the same program, as long as nothing in it sees time', () => {
    const runs = CORES.map(runner);
    let compared = 0;
    let external = 0;
    fc.assert(
      fc.property(randomPrograms(untimed), (plan) => {
        const [first = [], ...others] = runs.map((run) => run(plan));
        for (const other of others) {
          // One core may have been cut off by the cycle limit earlier.
          const length = Math.min(first.length, other.length);
          for (let i = 0; i < length; i++) if (show(first[i]) !== show(other[i])) expect(show(other[i])).toBe(show(first[i]));
          compared += length;
          external += first.filter(({ trap }) => trap?.interrupt === true && EXTERNAL.has(trap.cause)).length;
        }
      }),
      tries(500),
    );
    expect(compared).toBeGreaterThan(10_000);
    expect(external).toBeGreaterThan(20);
  });
});
