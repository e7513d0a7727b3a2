import { describe, expect, it } from 'vitest';
import { BASE, expectMistakes, mistakesIn, specsWith } from './testing.js';

const FILE = 'uarch/core.yaml';
const SIZES = ['instruction', 'data', 'shared', 'second', 'pointers'] as const;

/** The base's core with caches, of which some lines are replaced. */
function withCaches(changes: Readonly<Record<string, string>> = {}): string {
  const lines: Readonly<Record<string, string>> = {
    ...Object.fromEntries(SIZES.map((name) => [name, '{ entries: 4, ways: 2 }'])),
    generation: '2', latency: '{ shared: 1, entry: 1 }', flushes: '{}', ...changes,
  };
  return `${BASE[FILE] ?? ''}translation:\n${Object.entries(lines).map(([key, value]) => `  ${key}: ${value}\n`).join('')}`;
}

const POWER = 'Numbers of entries and ways are powers of two, so that bits of the address choose among them.';

describe('caches of translations', () => {
  it('are as large as their file says', () => {
    expect(specsWith({ [FILE]: withCaches({ shared: '{ entries: 512, ways: 8 }' }) }).cores[0]?.translation?.shared).toEqual({ entries: 512, ways: 8 });
  });

  it('need not be there', () => {
    expect(specsWith({}).cores[0]?.translation).toBeUndefined();
  });

  it('behind the first level may have no entries', () => {
    const none = '{ entries: 0, ways: 1 }';
    const { translation } = specsWith({ [FILE]: withCaches({ shared: none, second: none, pointers: none }) }).cores[0] ?? {};
    expect([translation?.shared.entries, translation?.second.entries, translation?.pointers.entries]).toEqual([0, 0, 0]);
  });

  it('of the first level have some', () => {
    expectMistakes(FILE, withCaches({ data: '{ entries: «0», ways: 1 }' }), { says: 'core: translation: data: 0 entries', mend: 'Write at least 1.' });
  });

  it('have powers of two', () => {
    expectMistakes(FILE, withCaches({ shared: '{ entries: «3», ways: 1 }', second: '{ entries: 8, ways: «3» }' }),
      { says: 'core: translation: shared: 3 entries', mend: `Write 2 or 4. ${POWER}` },
      { says: 'core: translation: second: 3 ways', mend: `Write 2 or 4. ${POWER}` });
  });

  it('have at least a way, and not more than entries', () => {
    expectMistakes(FILE, withCaches({ shared: '{ entries: 4, ways: «0» }', second: '{ entries: 2, ways: «4» }', pointers: '{ entries: 32, ways: «32» }' }),
      { says: 'core: translation: shared: 0 ways', mend: 'Write at least 1: an address has one entry to be in.' },
      { says: 'core: translation: second: 4 ways of 2 entries', mend: 'Write at most 2.' },
      { says: 'core: translation: pointers: 32 ways', mend: 'Write at most 16: each is compared in every cycle.' });
  });

  it('are not too large', () => {
    expectMistakes(FILE, withCaches({ data: '{ entries: «128», ways: 2 }', shared: '{ entries: «1000000», ways: 4 }', second: '{ entries: «128», ways: 1 }' }),
      { says: 'core: translation: data: 128 entries', mend: 'Write at most 64.' },
      { says: 'core: translation: shared: 1000000 entries', mend: 'Write at most 1024.' },
      { says: 'core: translation: second: 128 entries in 1 way', mend: 'Write at most 64: a way has at most 64 entries.' });
  });

  it('tell generations apart', () => {
    expectMistakes(FILE, withCaches({ generation: '«0»' }), { says: 'core: translation: the width of a generation is 0', mend: 'Write 1 to 16.' });
  });

  it('take time', () => {
    expectMistakes(FILE, withCaches({ latency: '{ shared: «0», entry: «1001» }' }),
      { says: 'core: translation: the latency of shared is 0', mend: 'Write 1 to 1000.' },
      { says: 'core: translation: the latency of entry is 1001', mend: 'Write 1 to 1000.' });
  });

  it('are flushed by fences, of stages that there are', () => {
    const fence = '  fence: { match: "00000000000000000111000000001111", format: none, class: fence }\n';
    const isa = (BASE['isa/base.yaml'] ?? '').replace('csrs:\n', `${fence}csrs:\n`);
    const file = withCaches({ flushes: '{ fence: { host: [S], guest: [VS, G] } }' });
    const core = specsWith({ [FILE]: file, 'isa/base.yaml': isa }).cores[0];
    expect(core?.translation?.flushes.get('fence')).toEqual({ host: ['S'], guest: ['VS', 'G'] });
    expectMistakes(FILE, withCaches({ flushes: '{ «plus»: { host: [«H»] } }' }),
      { says: 'core: translation: flushes: there is no fence plus', mend: 'Name an instruction of the class fence.' },
      { says: 'core: translation: flushes: plus: there is no stage H', mend: 'Stages are S, VS, G.' });
  });

  it('may be compared with what limits a fence', () => {
    const core = specsWith({ [FILE]: withFlush('{ host: [S], guest: [VS], by: [address, vmid] }'), [ISA]: withFence(LIMITS) }).cores[0];
    expect(core?.translation?.flushes.get('fence')).toEqual({ host: ['S'], guest: ['VS'], by: ['address', 'vmid'] });
  });

  it('are compared only with limits that the fence has, and that what it flushes has', () => {
    expect(said(withFlush('{ host: [S], by: [address, guest_address, vmid] }'), LIMITS)).toEqual([
      'core: translation: flushes: fence: fence has no guest_address / Write address, vmid, or some of these.',
      'core: translation: flushes: fence: vmid is of nothing that it flushes / Remove it, or let the fence flush VS or G.',
    ]);
    expect(said(withFlush('{ host: [S], by: [asid] }'), '')).toEqual(['core: translation: flushes: fence: fence has no asid / Remove `by`: its entry in specs/isa/ names no limits.']);
    expect(said(withFlush('{ host: [S], by: [page] }'), LIMITS)).toEqual([
      'core: translation: flushes: fence: page is not one of address, guest_address, asid, vmid / Write one of: address, guest_address, asid, vmid.']);
    expect(said(withFlush('{ host: [S], by: [] }'), LIMITS)).toEqual(['core: translation: flushes: fence: an empty list / Name at least one, or remove the key.']);
  });

  it('are few where all of them are compared at once', () => {
    const many = { shared: '{ entries: 128, ways: 2 }', second: '{ entries: 64, ways: 2 }' };
    expect(said(withFlush('{ host: [S], by: [address] }', many), LIMITS)).toEqual([
      'core: translation: shared: 128 entries, all compared in one cycle / Write at most 64, or remove `by` from fence and the other fences.']);
    expect(said(withFlush('{ host: [S] }', many), LIMITS)).toEqual([]);
  });

  it('are not compared with what an instruction of another class says', () => {
    const isa = (BASE[ISA] ?? '').replace('class: alu,', 'class: alu, limits: { address: { is: "X[rs1]" } },');
    expect(mistakesIn({ [ISA]: isa }).map(({ message, mend }) => `${message} / ${mend}`)).toEqual(['plus: limits does nothing in class alu / Remove it, or choose another class: alu has result.']);
  });
});

const ISA = 'isa/base.yaml';
const LIMITS = 'limits: { address: { if: "rs1 != 0", is: "X[rs1]" }, vmid: { is: "0" } }, ';

/** The base's instructions with a fence. */
const withFence = (limits: string): string => (BASE[ISA] ?? '').replace('csrs:\n',
  `  fence: { match: "-----------------111-----0001111", format: short, ${limits}class: fence }\ncsrs:\n`);

/** A core in which that fence flushes. */
const withFlush = (flush: string, changes: Readonly<Record<string, string>> = {}): string =>
  withCaches({ ...changes, flushes: `{ fence: ${flush} }` }).replace('alu: work', 'alu: work, fence: end');

/** Mistakes and how to mend them. */
const said = (core: string, limits: string): readonly string[] =>
  mistakesIn({ [FILE]: core, [ISA]: withFence(limits) }).map(({ message, mend }) => `${message} / ${mend}`);
