/**
 * The counters are sums over the records: mcycle of the cycles in which it is
 * not inhibited, minstret of the instructions retired while it is not, time of
 * the ticks since mtime was last stored. Every value that a program reads and
 * every value in storage comes out, through writes, inhibition, traps,
 * interrupts and waits of which cycles are skipped.
 *
 * rules: mcycle_op, mcycle_wr, minstret_op, minstret_wr, mcountinhibit_op, cycle_op, instret_op, time_op, htimedelta_op
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Isa } from '../../model/spec/isa.js';
import type { Item, Plan } from '../arbitraries/program.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import type { ArchitecturalState } from '../retirement.js';
import { alteredCore, observedCore, uarchOf } from './altered.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { anyBody, aroundBody } from './hazards.js';
import { programFrom } from './programs.js';
import { built, MOST_CYCLES, randomPrograms } from './random-programs.js';
import type { Scenario } from './runs.js';

const MCYCLE = 0xb00;
const MINSTRET = 0xb02;
const INHIBIT = 0x320;
const [CYCLE, TIME, INSTRET] = [0xc00, 0xc01, 0xc02];
const MTIME = 0x200_bff8n;
const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);

/** A CSR instruction, or nothing. */
function csrAccess(insn: number): { readonly csr: number; readonly op: number; readonly rs1: number; readonly immediate: boolean } | undefined {
  const op = (insn >>> 12) & 3;
  return (insn & 0x7f) !== 0x73 || op === 0 ? undefined : { csr: insn >>> 20, op, rs1: (insn >>> 15) & 31, immediate: ((insn >>> 14) & 1) === 1 };
}

/** A value that grows by one for each of something since a moment. */
interface Count {
  value: bigint;
  since: bigint;
}

/** The counters as the records make them. */
class Tally {
  readonly wrong: string[] = [];
  reads = 0;
  readonly #x: bigint[] = new Array<bigint>(32).fill(0n);
  /** By cycles; by ticks. */
  readonly #mcycle: Count = { value: 0n, since: 0n };
  readonly #mtime: Count = { value: 0n, since: 0n };
  #minstret = 0n;
  #inhibit = 0n;
  #htimedelta = 0n;

  /** @param io - Cycles from the beginning of a device access, when it happens, to its retirement. */
  constructor(readonly io: number) {}

  #cycles(at: bigint): bigint {
    return (this.#inhibit & 1n) === 1n ? this.#mcycle.value : wrap(this.#mcycle.value + at - this.#mcycle.since);
  }

  #time(at: bigint): bigint {
    return wrap(this.#mtime.value + (at >> 4n) - this.#mtime.since);
  }

  #check(what: string, got: bigint | undefined, expected: bigint): void {
    if (got !== expected) this.wrong.push(`${what} is 0x${(got ?? 0n).toString(16)}, the records add up to 0x${expected.toString(16)}`);
  }

  /** Adds a record. */
  add({ retirement, inputs: { cycle, mtime } }: Observation): void {
    const { insn, trap, rd_addr, rd_wdata, mode, csrs, mem_addr, mem_wmask, mem_rmask } = retirement;
    const access = trap === undefined ? csrAccess(insn) : undefined;
    const io = (mem_wmask | mem_rmask) !== 0 && mem_addr < 0x8000_0000n;
    // A device access, a wait and a block's are sampled when they begin.
    if (!io && insn !== 0x1050_0073 && (insn & 0x707f) !== 0x200f) this.#check('mtime', mtime, this.#time(cycle));
    if (access !== undefined && rd_addr !== 0) this.#read(access.csr, rd_wdata, cycle, mode.startsWith('V'));
    const written = access === undefined ? undefined : this.#written(access, cycle);
    const cyclesAfter = wrap(this.#cycles(cycle) + ((this.#inhibit & 1n) === 1n ? 0n : 1n));
    if (trap === undefined && (this.#inhibit & 4n) === 0n) this.#minstret = wrap(this.#minstret + 1n);
    if (written?.csr === MINSTRET) this.#minstret = written.value;
    for (const { csr, after } of csrs) {
      if (csr === 'htimedelta') this.#htimedelta = after;
      if (csr !== 'mcountinhibit') continue;
      this.#mcycle.value = cyclesAfter;
      this.#mcycle.since = cycle + 1n;
      this.#inhibit = after;
    }
    if (written?.csr === MCYCLE) {
      this.#mcycle.value = written.value;
      this.#mcycle.since = cycle + 1n;
    }
    if (io && mem_wmask !== 0) this.#store(retirement.mem_addr, mem_wmask, retirement.mem_wdata, cycle - BigInt(this.io));
    if (rd_addr !== 0) this.#x[rd_addr] = rd_wdata;
  }

  #read(csr: number, got: bigint, cycle: bigint, virtual: boolean): void {
    this.reads++;
    if (csr === MCYCLE || csr === CYCLE) this.#check('mcycle as read', got, this.#cycles(cycle));
    else if (csr === MINSTRET || csr === INSTRET) this.#check('minstret as read', got, this.#minstret);
    else if (csr === TIME) this.#check('time as read', got, wrap(this.#time(cycle) + (virtual ? this.#htimedelta : 0n)));
    else this.reads--;
  }

  /** What a CSR instruction writes to a counter. */
  #written({ csr, op, rs1, immediate }: NonNullable<ReturnType<typeof csrAccess>>, cycle: bigint): { readonly csr: number; readonly value: bigint } | undefined {
    if ((csr !== MCYCLE && csr !== MINSTRET) || (op !== 1 && rs1 === 0)) return undefined;
    const old = csr === MCYCLE ? this.#cycles(cycle) : this.#minstret;
    const operand = immediate ? BigInt(rs1) : (this.#x[rs1] ?? 0n);
    return { csr, value: op === 1 ? operand : op === 2 ? old | operand : old & wrap(~operand) };
  }

  /** A store to mtime, whole or half: it counts from the cycle after. */
  #store(address: bigint, mask: number, data: bigint, cycle: bigint): void {
    const old = this.#time(cycle);
    const high = 0xffff_ffffn << 32n;
    let value: bigint;
    if (address === MTIME) value = mask === 0xff ? data : (old & high) | (data & 0xffff_ffffn);
    else if (address === MTIME + 4n) value = (old & 0xffff_ffffn) | wrap(data << 32n);
    else return;
    this.#mtime.value = value;
    this.#mtime.since = (cycle + 1n) >> 4n;
  }

  /** Compares with storage after the last record. */
  storage({ csrs }: ArchitecturalState, last: bigint): void {
    this.#check('mcycle in storage', csrs['mcycle'], this.#cycles(last + 1n));
    this.#check('minstret in storage', csrs['minstret'], this.#minstret);
  }
}

/** The same on both cores. */
const IO = uarchOf('five-stage').latency.io;

/** Runs a program; `falsify` changes what a record says. */
function count(core: ObservedCore, program: Scenario, falsify: (o: Observation) => Observation = (o) => o): Tally {
  const tally = new Tally(IO);
  let last = -1n;
  core.reset(program.inputs);
  core.load(program);
  core.run(MOST_CYCLES, {
    records: (observations) => {
      for (const o of observations) {
        tally.add(falsify(o));
        last = o.inputs.cycle;
      }
    },
    trapped: () => tally.storage(core.state(), last),
  });
  tally.storage(core.state(), last);
  return tally;
}

const csr = (rd: number, address: number, funct3: number, rs1: number): number => ((address << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | 0x73) >>> 0;
/** Reads, writes and inhibition of counters. */
const ACCESSES: readonly number[] = [
  csr(5, MCYCLE, 2, 0), csr(6, MINSTRET, 2, 0), csr(7, CYCLE, 2, 0), csr(8, INSTRET, 2, 0), csr(9, TIME, 2, 0), csr(5, MCYCLE, 1, 3), csr(6, MINSTRET, 1, 4),
  csr(7, MINSTRET, 2, 5), csr(8, MCYCLE, 3, 6), csr(9, MINSTRET, 5, 17), csr(0, INHIBIT, 5, 1), csr(0, INHIBIT, 5, 4), csr(0, INHIBIT, 5, 0), csr(3, INHIBIT, 1, 2), csr(4, MINSTRET, 2, 0), csr(5, MCYCLE, 2, 0),
];
const isAccess = ({ words }: Item): boolean => words.every((w) => ACCESSES.includes(w));

/** Every third item is about counters; other modes may read them. */
const counting = (plan: Plan): Plan => ({
  ...plan,
  settings: [...plan.settings.filter(({ csr: c }) => (c & 0xff) !== 0x06), ...[0x306, 0x606, 0x106].map((c) => ({ csr: c, value: 7n }))],
  body: plan.body.map((item, i) => (i % 3 !== 0 || isAccess(item) || item.jump !== undefined ? item : { words: [ACCESSES[((item.words[0] ?? 0) >>> 7) % ACCESSES.length] ?? 0] })),
});

/** Waits for the timer, a cycle of which is seldom executed. */
const waiting = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom('csrsi', 'csrci'), fc.constantFrom(0, 1, 4, 5), anyBody)
  .map(([ticks, global, inhibit, body]) => aroundBody([
    `csrwi mcountinhibit, ${inhibit}`, `ld t5, (s2)\n addi t5, t5, ${ticks}\n sd t5, (s3)`, `${global} mstatus, 8`, 'wfi', 'rdtime a0', 'csrr a1, mcycle', 'csrr a1, minstret',
    'sd a1, (s2)', 'rdtime a0', 'sw a1, 4(s2)', 'rdtime a0', ...body.slice(0, 12), 'csrr a1, mcycle', 'csrr a1, minstret',
  ]));

describe.each(CORES)('%s', (name) => {
  const core = observedCore(name);

  it('counts what the records add up to', () => {
    let reads = 0;
    fc.assert(
      fc.property(randomPrograms(counting), (plan) => {
        const tally = count(core, built(plan));
        reads += tally.reads;
        expect(tally.wrong).toEqual([]);
      }),
      tries(300),
    );
    expect(reads).toBeGreaterThan(50);
  });

  it('counts through waits of which the cycles are skipped', () => {
    let skipped = 0n;
    fc.assert(
      fc.property(waiting, (text) => {
        expect(count(core, programFrom(text)).wrong).toEqual([]);
        skipped += core.machine.skippedCycles;
      }),
      tries(60),
    );
    expect(skipped).toBeGreaterThan(0n);
  });
});

describe('a counter that is off is noticed', () => {
  const plans = fc.sample(randomPrograms(counting), { numRuns: 200, seed: 1 });
  const first = (core: ObservedCore, falsify?: (o: Observation) => Observation): string =>
    plans.map((plan) => count(core, built(plan), falsify).wrong[0] ?? '').find((m) => m !== '') ?? '';
  const csrs = (change: (c: Isa['csrs'][number]) => Isa['csrs'][number]) => (isa: Isa): Isa => ({ ...isa, csrs: isa.csrs.map(change) });

  it('if the wrong bit inhibited mcycle', () => {
    const isa = csrs((c) => (c.name !== 'mcycle' || c.counts === undefined ? c : { ...c, counts: { ...c.counts, inhibit: { ...c.counts.inhibit, text: 'mcountinhibit.IR' } } }));
    expect(first(alteredCore('three-stage', { isa }))).toMatch(/mcycle/);
  });

  it('if a guest read the time of the host', () => {
    const isa = csrs((c) => (c.name !== 'time' ? c : { ...c, fields: c.fields.map((f) => (f.source.kind !== 'computed' ? f : { ...f, source: { ...f.source, read: { ...f.source.read, text: 'mtime' } } })) }));
    const guests = fc.sample(randomPrograms((plan) => ({ ...counting(plan), mode: 'VS', settings: [{ csr: 0x605, value: 99n }, ...counting(plan).settings] })), { numRuns: 100, seed: 1 });
    const core = alteredCore('three-stage', { isa });
    expect(guests.map((plan) => count(core, built(plan)).wrong[0] ?? '').find((m) => m !== '')).toMatch(/time as read/);
  });

  it('if a trap were taken for an instruction', () => {
    const core = observedCore('three-stage');
    expect(first(core, (o) => ({ ...o, retirement: { ...o.retirement, trap: undefined } }))).toMatch(/minstret/);
  });
});
