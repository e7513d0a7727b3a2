/**
 * Architecture does not depend on the core: the same program gives the same
 * records on both, up to the first instruction that may see time (a counter,
 * the CLINT, a device) or code that is modified.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../arbitraries/program.js';
import { AT, BASE } from '../arbitraries/map.js';
import { ObservedCore } from '../lockstep/observed.js';
import type { Retirement } from '../retirement.js';
import { compiledCore, CORES, type CoreName } from './cores.js';
import { built, disassembler, MOST_CYCLES, randomPrograms } from './random-programs.js';

/** No timer and no lines: interrupts come from software alone, which the manual times to the instruction. */
const untimed = (plan: Plan): Plan => ({ ...plan, mtimecmp: undefined, msip: false, events: [] });

const TIMED = new Set([0xb00, 0xc00, 0xc01]);
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
    const program = built(plan);
    const records: Retirement[] = [];
    let timed = false;
    core.reset(program.inputs);
    core.load(program);
    core.run(MOST_CYCLES, {
      trapped: () => undefined,
      records: (observations) => {
        for (const { retirement } of observations) {
          timed ||= seesTime(retirement);
          if (!timed) records.push(retirement);
        }
      },
    });
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
    fc.assert(
      fc.property(randomPrograms(untimed), (plan) => {
        const [first = [], ...others] = runs.map((run) => run(plan));
        for (const other of others) {
          // One core may have been cut off by the cycle limit earlier.
          const length = Math.min(first.length, other.length);
          for (let i = 0; i < length; i++) if (show(first[i]) !== show(other[i])) expect(show(other[i])).toBe(show(first[i]));
          compared += length;
        }
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 12_000 },
    );
    expect(compared).toBeGreaterThan(10_000);
  });
});
