/**
 * Timing is a promise: from a core's YAML and the trace of what retired, the
 * rules of docs/timing.md give the cycle of every retirement.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineCache, Uarch } from '../../model/spec/isa.js';
import { CORES } from './cores.js';
import { tries } from './effort.js';
import { anyBody, anyHazards, aroundBody, below } from './hazards.js';
import { programFrom } from './programs.js';
import { built, randomPrograms } from './random-programs.js';
import { mistimed, overlaidCore, recordsOf, shippedCore, type TimedCore, withoutStructures } from './timing.js';

function predictsAll(timed: TimedCore, numRuns: number): void {
  fc.assert(fc.property(anyHazards, (text) => {
    const image = programFrom(text);
    expect(mistimed(timed, image, recordsOf(timed.core, image))).toBe(undefined);
  }), tries(numRuns));
}

const CLASSES = (execute: string, memory: string, commit: string): string =>
  `{ alu: ${execute}, muldiv: ${execute}, branch: ${execute}, jump: ${execute}, load: ${memory}, store: ${commit}, csr: ${commit}, fence: ${commit}, xret: ${commit}, trap: ${commit}, wait: ${commit} }`;

/** Cores that nobody ships: four and six stages, holes in the bypass, short and long units. */
const OWN = {
  'four stages, short division, no cost of splitting': `
stages: [{ name: f, units: [fetch] }, { name: d, units: [decode, operands] }, { name: x, units: [execute] }, { name: w, units: [memory, commit] }]
classes: ${CLASSES('x', 'w', 'w')}
bypass: [x]
latency: { multiply: 1, divide: 5, split: 0, io: 1 }`,
  'operands in execute, bypass from memory alone': `
stages: [{ name: f, units: [fetch] }, { name: x, units: [decode, operands, execute] }, { name: memory, units: [memory] }, { name: w, units: [commit] }]
classes: ${CLASSES('x', 'memory', 'w')}
bypass: [memory]
latency: { multiply: 3, divide: 4, split: 2, io: 3 }`,
  'six stages, results from different ones, a hole in the bypass': `
stages: [{ name: f, units: [fetch] }, { name: d, units: [decode] }, { name: o, units: [operands] }, { name: x, units: [execute] }, { name: late, units: [memory] }, { name: w, units: [commit] }]
classes: { alu: x, multiply: late, muldiv: w, branch: x, jump: late, load: w, store: w, csr: w, fence: w, xret: w, trap: w, wait: w }
bypass: [x, w]
latency: { multiply: 2, divide: 9, split: 3, io: 4 }`,
  'a multiplier of three stages, a product begun in every cycle': `
stages: [{ name: f, units: [fetch] }, { name: d, units: [decode, operands] }, { name: x, units: [execute] }, { name: m, units: [memory] }, { name: w, units: [commit] }]
classes: { multiply: w, alu: x, muldiv: x, branch: x, jump: x, load: m, store: w, csr: w, fence: w, xret: w, trap: w, wait: w }
bypass: [x, m, w]
latency: { multiply: 1, divide: 34, split: 1, io: 2 }`,
  'caches that take cycles to find a line': `
stages: [{ name: f, units: [fetch] }, { name: d, units: [decode, operands] }, { name: x, units: [execute] }, { name: m, units: [memory] }, { name: w, units: [commit] }]
classes: ${CLASSES('x', 'm', 'w')}
bypass: [x, m, w]
latency: { multiply: 3, divide: 6, split: 1, io: 2 }
caches: { instruction: { entries: 4, ways: 2, line: 16, hit: 2, miss: 5 }, data: { entries: 4, ways: 2, line: 8, hit: 4, miss: 3, write: back } }`,
  'a buffer of two stores, each of which takes memory nine cycles': `
stages: [{ name: f, units: [fetch] }, { name: d, units: [decode, operands] }, { name: x, units: [execute] }, { name: m, units: [memory] }, { name: w, units: [commit] }]
classes: ${CLASSES('x', 'm', 'w')}
bypass: [x, m, w]
latency: { multiply: 3, divide: 6, split: 1, io: 2 }
store_buffer: { entries: 2, cycles: 9 }`,
  'everything at once: units of one cycle': `
stages: [{ name: f, units: [fetch] }, { name: d, units: [decode] }, { name: x, units: [operands, execute] }, { name: w, units: [memory, commit] }]
classes: ${CLASSES('x', 'w', 'w')}
bypass: [w]
latency: { multiply: 1, divide: 1, split: 1, io: 2 }`,
};

/**
 * Lines, with what they cost beyond a cycle each on the stages and units of the five-stage and the
 * three-stage core, without caches, prediction and kept translations; `records` where more retire than there are lines. The
 * table at the end of docs/timing.md.
 */
const COSTS: readonly { readonly what: string; readonly lines: readonly string[]; readonly records?: number; readonly extra: readonly [number, number] }[] = [
  { what: 'independent instructions', lines: ['add a0, a1, a2', 'add a3, a1, a2', 'ld a0, (s0)', 'sd a1, 64(s0)'], extra: [0, 0] },
  { what: 'a result used right behind', lines: ['add a0, a1, a2', 'add a3, a0, a2'], extra: [0, 1] },
  { what: 'a result used one later', lines: ['add a0, a1, a2', 'nop', 'add a3, a0, a2'], extra: [0, 0] },
  { what: 'a load used right behind', lines: ['ld a0, (s0)', 'add a3, a2, a0'], extra: [1, 1] },
  { what: 'a load into x0, x0 used', lines: ['ld zero, (s0)', 'add a3, a2, zero'], extra: [0, 0] },
  { what: 'a register used that an older instruction wrote and a load writes again', lines: ['add a0, a1, a2', 'ld a0, (s0)', 'add a3, a0, a0'], extra: [1, 1] },
  { what: 'a branch not taken', lines: ['bne zero, zero, 1f', '1: nop'], extra: [0, 0] },
  { what: 'a branch to the next word, taken', lines: ['beq zero, zero, 1f', '1: nop'], extra: [2, 1] },
  { what: 'a jump', lines: ['jal a0, 1f\n nop', '1: nop'], extra: [2, 1] },
  { what: 'a multiplication', lines: ['mul a0, a1, a2'], extra: [0, 3] },
  { what: 'two multiplications of the same operands', lines: ['mul a0, a1, a2', 'mul a3, a1, a2'], extra: [0, 6] },
  { what: 'a product used right behind', lines: ['mul a0, a1, a2', 'add a3, a0, a2'], extra: [2, 4] },
  { what: 'a product used one later', lines: ['mul a0, a1, a2', 'nop', 'add a3, a0, a2'], extra: [1, 3] },
  { what: 'a division', lines: ['div a0, a1, a2'], extra: [33, 65] },
  { what: 'a division used right behind', lines: ['div a0, a1, a2', 'add a3, a0, a0'], extra: [33, 66] },
  { what: 'a split load', lines: ['ld a0, 5(s0)'], extra: [1, 1] },
  { what: 'a split store', lines: ['sw a0, -2(s0)'], extra: [1, 1] },
  { what: 'an unaligned load within a block', lines: ['lw a0, 2(s0)'], extra: [0, 0] },
  { what: 'a load right behind a store to the next block', lines: ['sd a0, (s0)', 'ld a1, 8(s0)'], extra: [2, 1] },
  { what: 'a load right behind a store two blocks on', lines: ['sd a0, (s0)', 'ld a1, 16(s0)'], extra: [0, 0] },
  { what: 'a load right behind a store one page on', lines: ['sd a0, (s1)', 'ld a1, (s0)'], extra: [2, 1] },
  { what: 'a split load behind a near store', lines: ['sd a0, (s0)', 'ld a1, 1(s0)'], extra: [2, 1] },
  { what: 'a load behind a near store and an instruction', lines: ['sd a0, (s0)', 'nop', 'ld a1, (s0)'], extra: [1, 0] },
  { what: 'a CSR instruction', lines: ['csrr a0, mscratch', 'add a1, a0, a0'], extra: [4, 2] },
  { what: 'a fence', lines: ['fence', 'nop'], extra: [4, 2] },
  { what: 'a permit-guarded load', lines: ['hlv.d a0, (s0)', 'add a1, a0, a0'], extra: [4, 2] },
  { what: 'a trap, to the handler', lines: ['ecall'], records: 2, extra: [4, 2] },
  { what: 'a split load that faults', lines: ['ld a0, 3(zero)'], records: 2, extra: [5, 3] },
  { what: 'an I/O load', lines: ['ld a0, (s2)', 'nop'], extra: [6, 4] },
  { what: 'an I/O load that the host answers', lines: ['lbu a0, 5(s4)', 'nop'], extra: [6, 4] },
];

/** Files that say something else than the core was generated from. */
const LIES: readonly { readonly what: string; readonly lie: (uarch: Uarch) => Uarch }[] = [
  { what: 'the latency of multiply', lie: (u) => ({ ...u, latency: { ...u.latency, multiply: u.latency.multiply + 1 } }) },
  { what: 'the latency of divide', lie: (u) => ({ ...u, latency: { ...u.latency, divide: u.latency.divide - 1 } }) },
  { what: 'the cost of a split', lie: (u) => ({ ...u, latency: { ...u.latency, split: 0 } }) },
  { what: 'the latency of I/O', lie: (u) => ({ ...u, latency: { ...u.latency, io: 1 } }) },
  { what: 'a bypass', lie: (u) => ({ ...u, bypass: u.bypass.length === 0 ? [u.stages.at(-1)?.name ?? ''] : u.bypass.slice(1) }) },
];

/** The same for a core that has everything, so small that programs of this length fill it. */
const LIES_OF_STRUCTURES: typeof LIES = [
  ...(['instruction', 'data'] as const).flatMap((of): typeof LIES => {
    const lie = (what: string, change: (cache: LineCache) => LineCache): (typeof LIES)[number] => ({
      what: `the cache of ${of}: ${what}`,
      lie: (u) => ({ ...u, caches: { ...u.caches, ...(of === 'data' ? u.caches?.data && { data: { ...u.caches.data, ...change(u.caches.data) } } : u.caches?.instruction && { instruction: change(u.caches.instruction) }) } }),
    });
    return [lie('its entries', (c) => ({ ...c, entries: c.entries * 2 })), lie('its lines', (c) => ({ ...c, line: c.line * 2 })), lie('its latency', (c) => ({ ...c, miss: c.miss + 1 }))];
  }),
  { what: 'the places for stores', lie: ({ storeBuffer, ...u }) => ({ ...u, ...(storeBuffer && { storeBuffer: { ...storeBuffer, entries: storeBuffer.entries + 1 } }) }) },
  { what: 'the time of a store', lie: ({ storeBuffer, ...u }) => ({ ...u, ...(storeBuffer && { storeBuffer: { ...storeBuffer, cycles: storeBuffer.cycles + 1 } }) }) },
  { what: 'that stores stay in the cache', lie: (u) => ({ ...u, caches: { ...u.caches, ...(u.caches?.data && { data: { ...u.caches.data, write: 'through' } }) } }) },
  { what: 'the number of targets', lie: ({ prediction, ...u }) => ({ ...u, ...(prediction && { prediction: { ...prediction, targets: { ...prediction.targets, entries: prediction.targets.entries * 2 } } }) }) },
  { what: 'the number of directions', lie: ({ prediction, ...u }) => ({ ...u, ...(prediction && { prediction: { ...prediction, directions: prediction.directions * 2 } }) }) },
  { what: 'the number of returns', lie: ({ prediction, ...u }) => ({ ...u, ...(prediction?.returns && { prediction: { ...prediction, returns: { ...prediction.returns, entries: prediction.returns.entries * 2 } } }) }) },
  { what: 'the links', lie: ({ prediction, ...u }) => ({ ...u, ...(prediction?.returns && { prediction: { ...prediction, returns: { ...prediction.returns, links: prediction.returns.links.slice(1) } } }) }) },
  { what: 'that it guesses', lie: ({ prediction: _prediction, ...u }) => u },
];

describe('the scoreboard predicts the cycle of every retirement', () => {
  it.each(CORES)('of programs dense with hazards on the %s core', (name) => predictsAll(shippedCore(name), 120));

  it.each(CORES)('of random programs in all modes on the %s core', (name) => {
    const timed = shippedCore(name);
    fc.assert(fc.property(randomPrograms(), (plan) => {
      const image = built(plan);
      expect(mistimed(timed, image, recordsOf(timed.core, image))).toBe(undefined);
    }), tries(250));
  });

  it.each([['tiny', 'Sv39'], ['tiny', 'two-stage'], ['five-stage', 'two-stage']] as const)('of programs dense with hazards on the %s core under %s', (name, setting) => {
    const timed = shippedCore(name);
    const { translation } = timed.uarch;
    const slower = translation && { ...timed.uarch, translation: { ...translation, latency: { ...translation.latency, entry: translation.latency.entry + 1 } } };
    const count = { walked: 0, lies: 0 };
    fc.assert(fc.property(anyBody, (lines) => {
      const image = below(setting, lines, programFrom);
      const records = recordsOf(timed.core, image);
      expect(mistimed(timed, image, records)).toBe(undefined);
      count.walked += records.filter(({ translated }) => translated !== undefined && translated.walks.length > 0).length;
      if (slower !== undefined && mistimed({ specs: timed.specs, uarch: slower }, image, records) !== undefined) count.lies++;
    }), tries(100));
    expect(count.walked).toBeGreaterThan(200);
    // Walks that take another time than the file says would be noticed.
    expect(count.lies).toBeGreaterThan(50);
  });

  it.each(Object.entries(OWN))('of random programs on a core of one\'s own: %s', (_what, yaml) => predictsAll(overlaidCore(yaml), 40));

  it.each(['instruction', 'data'] as const)('and would notice another time to find a line of %s', (of) => {
    const timed = overlaidCore(OWN['caches that take cycles to find a line']);
    const { instruction, data } = timed.uarch.caches ?? {};
    const slower = of === 'data' ? data && { data: { ...data, hit: data.hit + 1 } } : instruction && { instruction: { ...instruction, hit: instruction.hit + 1 } };
    const lying = { specs: timed.specs, uarch: { ...timed.uarch, caches: { ...timed.uarch.caches, ...slower } } };
    const images = fc.sample(anyHazards, { numRuns: 20, seed: 1 }).map(programFrom);
    expect(images.filter((image) => mistimed(lying, image, recordsOf(timed.core, image)) !== undefined).length).toBeGreaterThan(5);
  });

  it.each(CORES)('and would notice a %s core that is not as its file says', (name) => {
    const timed = shippedCore(name);
    const fills = name === 'tiny';
    const images = fc.sample(anyHazards, { numRuns: fills ? 200 : 40, seed: 1 }).map(programFrom);
    const traces = images.map((image) => ({ image, records: recordsOf(timed.core, image) }));
    const unnoticed = [...LIES, ...(fills ? LIES_OF_STRUCTURES : [])].filter(({ lie }) => {
      const lying = { specs: timed.specs, uarch: lie(timed.uarch) };
      return traces.every(({ image, records }) => mistimed(lying, image, records) === undefined);
    });
    expect(unnoticed.map(({ what }) => what)).toEqual([]);
  });
});

describe('an instruction costs what docs/timing.md says where nothing has to be fetched from further away', () => {
  it.each(['five-stage', 'three-stage'] as const)('on the %s core', (name) => {
    const timed = withoutStructures(name);
    const costs = COSTS.map(({ what, lines, records: count = lines.length }) => {
      const image = programFrom(aroundBody([...Array.from({ length: 8 }, () => 'nop'), ...lines, 'nop']));
      const records = recordsOf(timed.core, image);
      const before = records.findIndex((r) => r.retirement.pc_rdata === image.symbols.get('line8')) - 1;
      const [first, last] = [records[before], records[before + count]];
      return `${what}: +${Number((last?.inputs.cycle ?? 0n) - (first?.inputs.cycle ?? 0n)) - count} ${mistimed(timed, image, records) ?? ''}`;
    });
    expect(costs).toEqual(COSTS.map(({ what, extra }) => `${what}: +${extra[name === 'three-stage' ? 1 : 0]} `));
  });
});
