/**
 * Whoever edits page tables and executes the fence that the manual asks for
 * before the next use never sees an old translation: not by address, address
 * space or virtual machine, with SFENCE.VMA, HFENCE.VVMA, HFENCE.GVMA or
 * Svinval's sequences. The reference is offered old entries at every walk and
 * still yields the records of the cores. Without the fences it may use the old
 * ones, and does. `forgotten-fences-are-noticed.deep.ts` plants mistakes.
 *
 * rules: sfence_vma_ordering, sfence_vma_invalidation, sfence_vma_all_asid_va, sfence_vma_asid_only, sfence_vma_va_all_asid, sfence_vma_va_asid
 * rules: hfence-vvma_hfence-gvma_op, Svinval_sinval_vma_invalidates_same_as_sfence_vma, Svinval_hinval_vvma_gvma
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lockstep } from '../lockstep/lockstep.js';
import type { Observation } from '../lockstep/records.js';
import { Reference } from '../reference/reference.js';
import type { Retirement, UsedPte } from '../retirement.js';
import { CORES, type CoreName } from './cores.js';
import { tries } from './effort.js';
import { explained, lockstepOf } from './random-programs.js';
import { CYCLES, EDITED, stories, told, type Story } from './table-edits.js';
import { exactCore, shippedCore } from './timing.js';

/** Walks of a record, and entries of each, at most: an offer is good for one use. */
const OFFERS = 24;

/** Which of its former values an entry is told to have still. */
type Memory = 'oldest' | 'newest';

type Image = ReturnType<typeof told>;

/** Values that the entries of the tables have had, and what of them is offered. */
class Offer {
  readonly #former = new Map<bigint, bigint[]>(EDITED.map((address) => [address, []]));

  constructor(readonly reference: Reference, readonly memory: Memory) {}

  /** What every walk of the next record may take, in any order. */
  ptes(): readonly UsedPte[] {
    const once = EDITED.flatMap((address) => {
      const former = this.#former.get(address) ?? [];
      const current = this.#read(address);
      if (former.at(-1) !== current) former.push(current);
      const old = former.filter((value) => value !== current);
      const value = this.memory === 'oldest' ? old[0] : old.at(-1);
      return value === undefined ? [] : [{ address, value }];
    });
    return Array.from({ length: OFFERS }, () => once).flat();
  }

  #read(address: bigint): bigint {
    const bytes = this.reference.readMemory(address, 8);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }
}

const shown = (record: Retirement): string => JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value));

/** The records of the reference with old entries, from the inputs that a core had; the first that differs from the core's. */
function firstStale(reference: Reference, image: Image, records: readonly Observation[], memory: Memory): string | undefined {
  reference.reset();
  for (const { address, data } of image.segments) reference.load(address, data);
  reference.setPc(image.entry);
  const offer = new Offer(reference, memory);
  for (const { retirement, inputs } of records) {
    const stale = reference.stepWith({ ...inputs, ptes: offer.ptes() });
    if (shown(stale) !== shown(retirement)) return `${shown(retirement)}\nwith old entries\n${shown(stale)}`;
  }
  return undefined;
}

/** Runs stories on a core, in lockstep with the reference without any old entries. */
function runner(name: CoreName): (image: Image) => readonly Observation[] {
  const lockstep = lockstepOf(name);
  return (image) => {
    const records: Observation[] = [];
    const result = lockstep.run(image, { maxCycles: CYCLES, onRecord: (observation) => records.push(observation) });
    if (result.kind === 'diverged') throw new Error(explained(result.divergence));
    expect(result.outcome.kind).toBe('exited');
    return records;
  };
}

const isStale = (reference: Reference, run: (image: Image) => readonly Observation[], story: Story, memory: Memory, fenced: boolean): boolean => {
  const image = told(story, fenced);
  return firstStale(reference, image, run(image), memory) !== undefined;
};

describe.each(CORES)('%s', (name) => {
  it.each(['oldest', 'newest'] as const)('and the reference with the %s entries agree on programs that fence', (memory) => {
    const run = runner(name);
    const reference = new Reference();
    const count = { editors: new Set<string>(), reads: 0, faults: 0, withoutFences: 0 };
    fc.assert(fc.property(stories, (story) => {
      const image = told(story, true);
      const records = run(image);
      expect(firstStale(reference, image, records, memory)).toBeUndefined();
      count.editors.add(story.editor);
      count.reads += records.filter(({ retirement: { rd_wdata } }) => rd_wdata >= 0x100n && rd_wdata < 0x110n).length;
      count.faults += records.filter(({ retirement: { trap } }) => trap !== undefined && trap.cause >= 12).length;
      // Lockstep holds without the fences, too: a core that keeps entries tells which.
      if (isStale(reference, run, story, memory, false)) count.withoutFences++;
    }), tries(100));
    expect(count.editors.size).toBe(3);
    expect(count.reads).toBeGreaterThan(50);
    expect(count.faults).toBeGreaterThan(8);
    // The old entries were there to be used.
    expect(count.withoutFences).toBeGreaterThan(10);
  });
});

it('a core with exact fences agrees with the reference on programs that fence', () => {
  const lockstep = new Lockstep(exactCore().core);
  fc.assert(fc.property(stories, (story) => {
    const result = lockstep.run(told(story, true), { maxCycles: CYCLES });
    if (result.kind === 'diverged') throw new Error(explained(result.divergence));
  }), tries(150));
});

describe.each([['large caches', () => shippedCore('five-stage')], ['exact fences', exactCore]] as const)('a core with %s', (_, coreOf) => {
  const lockstep = new Lockstep(coreOf().core);

  it('agrees on programs that do not fence: it shows old entries and the reference accepts them', () => {
    let old = 0;
    fc.assert(fc.property(stories, (story) => {
      const values = new Set(EDITED.map((address) => address));
      const result = lockstep.run(told(story, false), { maxCycles: CYCLES, onRecord: ({ inputs: { ptes } }) => {
        if (ptes?.some(({ address }) => values.has(address)) === true) old++;
      } });
      if (result.kind === 'diverged') throw new Error(explained(result.divergence));
    }), tries(150));
    expect(old).toBeGreaterThan(100);
  });
});

describe('a fence that is missing is noticed', () => {
  it('in the end by few steps: an edit, then a use', () => {
    const run = runner('three-stage');
    const reference = new Reference();
    const { failed, counterexample } = fc.check(fc.property(stories, (story) => !isStale(reference, run, story, 'oldest', false)), { numRuns: 200, seed: 1 });
    expect(failed).toBe(true);
    const kinds = counterexample?.[0].steps.map(({ kind }) => kind) ?? [];
    expect(kinds.length).toBeLessThan(6);
    expect(kinds.indexOf('edit')).toBeLessThan(kinds.lastIndexOf('use'));
  });
});
