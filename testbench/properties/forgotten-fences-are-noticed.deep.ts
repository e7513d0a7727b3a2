/**
 * Cores that keep entries are noticed if a fence of theirs forgets some: a
 * stage, or, where fences are exact, what an operand names.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../model/compile.js';
import type { StageName } from '../../model/spec/isa.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { fenceMutants } from '../mutants/structures.js';
import { CYCLES, stories, told } from './table-edits.js';
import { exactCore, hardwareOf, shippedCore } from './timing.js';


/** What fences leave out that they should flush: by fence, by whom it is executed, and of which stage. Under the tables of VS no story edits G, so that VS in hfence.gvma is not asked about. */
const OMISSIONS: readonly (readonly [fence: string, by: 'host' | 'guest', stage: StageName])[] = [
  ['sfence.vma', 'host', 'S'], ['sfence.vma', 'guest', 'VS'], ['sinval.vma', 'host', 'S'], ['sinval.vma', 'guest', 'VS'],
  ['hfence.vvma', 'host', 'VS'], ['hinval.vvma', 'host', 'VS'], ['hfence.gvma', 'host', 'G'], ['hinval.gvma', 'host', 'G'],
];

/** A core that ends a story otherwise than the reference is noticed. */
function expectNoticed(core: ObservedCore): void {
  const forgetful = new Lockstep(core);
  const { failed } = fc.check(fc.property(stories, (story) => forgetful.run(told(story, true), { maxCycles: CYCLES }).kind === 'agreed'), { numRuns: 4000, seed: 1, endOnFailure: true });
  expect(failed).toBe(true);
}

describe.each([['large caches', () => shippedCore('five-stage')], ['exact fences', exactCore]] as const)('a core with %s', (_, coreOf) => {
  const { uarch, specs } = coreOf();

  it.each(OMISSIONS)('is noticed if %s, by a %s, forgets %s', (fence, by, stage) => {
    const { translation } = uarch;
    const flush = translation?.flushes.get(fence);
    if (translation === undefined || flush === undefined) throw new Error(`the core does not know ${fence}`);
    const flushes = new Map([...translation.flushes, [fence, { ...flush, [by]: flush[by].filter((s) => s !== stage) }]]);
    const compiled = compile(specs, { ...uarch, translation: { ...translation, flushes } }, 'observed', 128 << 20);
    if (!compiled.ok) throw new Error(compiled.diagnostics.map((d) => d.message).join('\n'));
    expectNoticed(new ObservedCore(compiled.value));
  });
});

describe('a fence with operands that compares too much is noticed', () => {
  const exact = hardwareOf(exactCore());
  const mutants = fenceMutants(exact.module);

  it('in each of the ways in which it can', () => {
    expect(mutants.map(({ id }) => id.replace('structure ', ''))).toEqual([
      ...['address', 'guest_address', 'asid', 'vmid'].map((limit) => `fence.by.${limit}: taken for granted`),
      'fence.guest_address: not shifted', 'fence.address: pages of 4 KiB',
      ...['shared', 'pointers', 'second'].map((cache) => `tlb.${cache}: left by fences with operands`),
    ]);
  });

  it.each(mutants.map((mutant) => [mutant.id, mutant] as const))('%s', (_, { change }) => {
    if (change.of !== 'hardware') throw new Error('it is no change of the hardware');
    expectNoticed(exact.with(change.apply));
  });
});
