/**
 * Whatever guest B is, A and C do not notice: under the demonstration's
 * hypervisor they print the same answers and leave the same memory behind as
 * without B, and the hypervisor's own memory (code, tables, images) is, byte for
 * byte, what it is without B.
 *
 * B is a random program of the arbitraries as it comes out of the builder, in
 * VS or VU, with its trap handler and its own page tables, which it edits. Only
 * its prologue is another one: it has no machine level to begin in.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../model/machine/elf.js';
import type { Isa } from '../../model/spec/isa.js';
import { assemblyTables } from '../assembly/tables.js';
import { expectedAnswers } from '../demo/answers.js';
import { Console } from '../demo/isolation.js';
import { assembleSystems, PLACES, withGuests, type Systems, type Work } from '../demo/system.js';
import { ObservedCore } from '../lockstep/observed.js';
import { alteredCore, withLevel } from './altered.js';
import { compiledCore, CORES, shippedSpecs, type CoreName } from './cores.js';
import { tries } from './effort.js';
import { guests, imageFor, ownTables } from './random-guests.js';

const { isa } = shippedSpecs();
const tables = assemblyTables(isa);
const source = (name: string): string => readFileSync(new URL(`../demo/three/${name}`, import.meta.url), 'utf8');

/** Enough for both to be there while B has its life. */
const WORK: Work = { A: 40, C: 300 };
const answers = expectedAnswers(WORK);
const systemsOf = (read: (name: string) => string = source): Systems => assembleSystems({ read, tables, work: WORK });
const MOST_CYCLES = 25_000_000;

/** Everything that B must not change. */
interface Left {
  readonly outcome: string;
  /** What A and C have printed. */
  readonly answers: readonly string[];
  readonly memory: ReadonlyMap<string, Uint8Array>;
}

/** One life of B. */
interface Seen extends Left {
  readonly end: number;
  readonly offences: number;
}

/** In a guest's memory: the frames of its kernel's traps, which tell when it was interrupted. */
const FRAMES = { from: 0xb000, to: 0x10000 };

function ranges(program: Program): readonly (readonly [what: string, from: bigint, to: bigint])[] {
  const { disk, parameters, tables: first, ram, ramBytes } = PLACES;
  const of = (guestNumber: number): bigint => ram + BigInt(guestNumber * ramBytes);
  const slot = (parameters - disk) / 3n;
  return [
    ['the hypervisor\'s code', program.entry, program.symbols.get('constants_end') ?? program.entry],
    ['the hypervisor\'s tables', first, disk], ['the image of A', disk, disk + slot], ['the image of C', disk + 2n * slot, parameters],
    ...[['A', 0], ['C', 2]].flatMap(([name, i]): (readonly [string, bigint, bigint])[] => [
      [`the kernel of ${name}`, of(Number(i)), of(Number(i)) + BigInt(FRAMES.from)],
      [`the memory of ${name}`, of(Number(i)) + BigInt(FRAMES.to), of(Number(i)) + BigInt(ramBytes)],
    ]),
    ['the memory behind C', of(3), of(3) + 0x8_0000n],
  ];
}

/** A hypervisor on a core, and what it leaves without B. */
class Bench {
  readonly #output = new Console();
  readonly #core: ObservedCore;
  readonly #systems: Systems;
  readonly without: Left;

  constructor(core: (print: (bytes: Uint8Array) => void) => ObservedCore, systems: Systems = systemsOf()) {
    this.#core = core(this.#output.print);
    this.#systems = systems;
    this.without = this.see(undefined);
  }

  /** Runs A and C, and B with an image of its own. */
  see(image: Uint8Array | undefined): Seen {
    const { hypervisor, images: { A, C } } = this.#systems;
    const program = withGuests(hypervisor, {
      A: { image: A, lives: 1, first: 0 }, B: { image: image ?? new Uint8Array(), lives: image === undefined ? 0 : 1, first: 0 }, C: { image: C, lives: 1, first: 0 },
    });
    const core = this.#core;
    core.reset();
    core.load(program);
    this.#output.take();
    const outcome = core.run(MOST_CYCLES, { trapped: () => {}, records: () => {} });
    const printed = this.#output.take().filter((line) => /^\[[AC]\] /.test(line)).sort();
    const memory = new Map(ranges(program).map(([what, from, to]) => [what, core.memory.read(from, Number(to - from)) ?? new Uint8Array()]));
    const [end, offences] = this.#life(program);
    return { outcome: JSON.stringify(outcome), answers: printed, memory, end, offences };
  }

  /** How B's life ended, and its offences, by the ledger. */
  #life({ symbols }: Program): readonly [number, number] {
    const ledger = this.#core.memory.read(symbols.get('ledger') ?? 0n, 3 * 64);
    if (ledger === undefined) return [0, 0];
    const view = new DataView(ledger.buffer, ledger.byteOffset, ledger.length);
    const word = (entry: number, k: number): number => Number(view.getBigUint64(64 * entry + 8 * k, true));
    const entry = [0, 1, 2].find((i) => word(i, 0) === 'B'.charCodeAt(0));
    return entry === undefined ? [0, 0] : [word(entry, 2), word(entry, 5)];
  }
}

/** What is different; undefined: nothing. */
function changed(seen: Left, without: Left): string | undefined {
  if (seen.outcome !== without.outcome) return `${seen.outcome} instead of ${without.outcome}`;
  if (seen.answers.join() !== without.answers.join()) return `answers ${seen.answers.join(', ')}`;
  for (const [what, bytes] of without.memory) if (Buffer.compare(bytes, seen.memory.get(what) ?? new Uint8Array()) !== 0) return what;
  return undefined;
}

const shipped = (name: CoreName) => (print: (bytes: Uint8Array) => void): ObservedCore => new ObservedCore(compiledCore(name, 'plain'), { print });

describe.each(CORES)('%s', (name) => {
  const bench = new Bench(shipped(name));

  it('has right answers without B', () => {
    expect(bench.without).toMatchObject({ outcome: '{"kind":"exited","code":0}', answers: [`[A] ${answers.A}`, `[C] ${answers.C}`] });
  });

  it('lets a guest die alone, whatever it does', () => {
    const ends = new Map<number, number>();
    const runs = { VS: 0, VU: 0, tables: 0, offences: 0 };
    fc.assert(fc.property(guests, (plan) => {
      const seen = bench.see(imageFor(plan));
      ends.set(seen.end, (ends.get(seen.end) ?? 0) + 1);
      runs[plan.mode === 'VS' ? 'VS' : 'VU']++;
      if (ownTables(plan) !== undefined) runs.tables++;
      runs.offences += seen.offences;
      expect(changed(seen, bench.without)).toBeUndefined();
    }), tries(60));
    expect(ends.get(2), 'killed for offences').toBeGreaterThan(0);
    expect(ends.get(3), 'killed for silence').toBeGreaterThan(0);
    expect(Math.min(runs.VS, runs.VU, runs.tables), 'of each kind').toBeGreaterThan(2);
    expect(runs.offences).toBeGreaterThan(100);
  });
});

describe('a neighbour that is harmed is noticed', () => {
  const samples = fc.sample(guests, { numRuns: 120, seed: 1 }).map(imageFor);
  const found = (bench: Bench): boolean => samples.some((image) => changed(bench.see(image), bench.without) !== undefined);
  /** The hypervisor with one piece of its text replaced. */
  const forgetful = (piece: string | RegExp, replacement: string): Systems => systemsOf((name) => {
    const text = source(name);
    if (name !== 'hypervisor.S') return text;
    const other = text.replace(piece, replacement);
    if (other === text) throw new Error(`hypervisor.S has no ${piece}`);
    return other;
  });

  it.each([
    ['the hypervisor mapped a page too many', '1 << (RAM_SHIFT - PAGE_SHIFT)', '(1 << (RAM_SHIFT - PAGE_SHIFT)) + 1'],
    ['it left the enables of one guest to the next', ', hie,', ','],
    ['it waited for a sign of life for ever', /(?<=(QUIET|LIFETIME), +)\d+/g, '1000000'],
  ])('if %s', (_, piece, replacement) => {
    expect(found(new Bench(shipped('three-stage'), forgetful(piece, replacement)))).toBe(true);
  });

  it('if a guest could write CSRs of the hypervisor', () => {
    const open = (whole: Isa): Isa => ({
      ...whole, permits: whole.permits.map((t) => ({ ...t, rows: t.rows.map((r) => (r.name === 'H_virtinst_vu_vs_nonhigh_allowedhs_tvm0' ? { ...r, then: 'allow' } : r)) })),
    });
    expect(found(new Bench((print) => alteredCore('three-stage', { isa: open }, print, 'plain')))).toBe(true);
  });

  it('if a guest could mask interrupts of HS', () => {
    const masked = withLevel('HS', (level) => ({ ...level, enabled: { ...level.enabled, text: `(${level.enabled.text}) && (V == 0 || vsstatus.SIE)` } }));
    expect(found(new Bench((print) => alteredCore('three-stage', { isa: masked }, print, 'plain')))).toBe(true);
  });
});
