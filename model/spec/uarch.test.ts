import { describe, expect, it } from 'vitest';
import { BASE, expectMistakes, mistakesIn, specsWith } from './testing.js';

const FILE = 'uarch/core.yaml';
const base = BASE[FILE] ?? '';

function changed(from: string, to: string): string {
  expect(base).toContain(from);
  return base.replace(from, to);
}

describe('the stages of a core', () => {
  it('hold every unit', () => {
    expectMistakes(FILE, changed('name: fetch, units: [fetch]', 'name: «fetch», units: [fetch]').replace('memory, commit', 'memory'), { says: 'core: no stage has the unit commit', mend: 'Each unit is in exactly one stage, in the order fetch, decode, operands, execute, memory, commit.' });
  });

  it('hold no unit twice', () => {
    expectMistakes(FILE, changed('[memory, commit]', '[memory, commit, «decode»]'), { says: 'core: the unit decode is here twice', mend: 'Each unit is in exactly one stage: remove one of them.' });
  });

  it('hold the units in order', () => {
    expectMistakes(FILE, changed('[decode, operands, execute]', '[operands, «decode», execute]'), { says: 'core: the unit decode comes after operands', mend: 'The order is fetch, decode, operands, execute, memory, commit.' });
  });

  it('hold only units that exist', () => {
    expect(mistakesIn({ [FILE]: changed('[memory, commit]', '[memory, comit]') }).map(({ message }) => message)).toEqual(['core: comit is not one of fetch, decode, operands, execute, memory, commit']);
  });

  it('leave fetch alone', () => {
    expectMistakes(FILE, changed('units: [fetch]', 'units: [fetch, «decode»]').replace('[decode, operands, execute]', '[operands, execute]'), { says: 'core: decode shares the stage of fetch', mend: 'Move decode to a stage of its own after fetch: fetch is alone in its stage.' });
  });

  it('have memory right after execute', () => {
    const mend = 'Move it to the stage after work: the address is ready at the end of execute, the access is made in the next cycle.';
    expectMistakes(FILE, changed('execute] }', 'execute, «memory»] }').replace('[memory, commit]', '[commit]'), { says: 'core: the unit memory is not in the stage right after that of execute', mend });
  });

  it('have names of their own', () => {
    expectMistakes(FILE, changed('name: end', 'name: «work»'), { says: 'core: two stages have the name work', mend: 'Give each stage its own name.' });
  });
});

describe('classes', () => {
  it('of the ISA all have a stage', () => {
    expectMistakes(FILE, changed('classes: { alu: work }', 'classes: «{» jump: work }'), { says: 'core: no stage for the class alu', mend: 'Add `alu: stage` to classes: instructions of the ISA have this class.' });
  });

  it('and stages exist', () => {
    expectMistakes(FILE, changed('classes: { alu: work }', 'classes: { alu: «wrok», «jmp»: work }'), { says: 'core: alu: there is no stage wrok', mend: 'Did you mean work?' }, { says: 'core: there is no class jmp', mend: 'Did you mean jump?' });
  });

  it('have their result not before execute', () => {
    expectMistakes(FILE, changed('classes: { alu: work }', 'classes: { alu: «fetch» }'), { says: 'core: alu has its result in fetch, before execute', mend: 'Name the stage of execute or a later one.' });
  });

  it('have what they load not before memory', () => {
    expectMistakes(FILE, changed('classes: { alu: work }', 'classes: { alu: work, load: «work» }'), { says: 'core: load has its result in work, before memory', mend: 'Name the stage of memory or a later one.' });
  });
});

describe('bypasses', () => {
  it('come from stages that exist and have results, once', () => {
    expectMistakes(FILE, changed('bypass: [work]', 'bypass: [work, «wurk», «work», «fetch»]'),
      { says: 'core: bypass: there is no stage wurk', mend: 'Did you mean work?' },
      { says: 'core: bypass: work is listed twice', mend: 'Remove one of them.' },
      { says: 'core: bypass: fetch has no results yet', mend: 'Results exist from the stage of execute on: remove it.' });
  });

  it('may be none', () => {
    expect(specsWith({ [FILE]: changed('bypass: [work]', 'bypass: []') }).cores[0]?.bypass).toEqual([]);
  });
});

describe('a buffer of stores', () => {
  it('has places, and memory takes its time for each, or there is none', () => {
    expect(specsWith({ [FILE]: `${base}store_buffer: { entries: 4, cycles: 3 }\n` }).cores[0]?.storeBuffer).toEqual({ entries: 4, cycles: 3 });
    expect(specsWith({}).cores[0]?.storeBuffer).toBeUndefined();
    expectMistakes(FILE, `${base}store_buffer: { entries: «0», cycles: «0» }\n`,
      { says: 'core: store_buffer: the number of entries is 0', mend: 'Write 1 to 16.' }, { says: 'core: store_buffer: the number of cycles of a store is 0', mend: 'Write 1 to 100.' });
    expectMistakes(FILE, `${base}store_buffer: { entries: «1000000», cycles: «1000» }\n`,
      { says: 'core: store_buffer: the number of entries is 1000000', mend: 'Write 1 to 16.' }, { says: 'core: store_buffer: the number of cycles of a store is 1000', mend: 'Write 1 to 100.' });
  });
});

describe('caches', () => {
  const withCaches = (instruction: string, data: string): string => `${base}caches:\n  instruction: ${instruction}\n  data: ${data}\n`;
  const line = '{ entries: 64, ways: 2, line: 64, miss: 20 }';

  it('are as large as the file says, or are not there', () => {
    expect(specsWith({ [FILE]: withCaches(line, '{ entries: 1, ways: 1, line: 8, miss: 1, write: back }') }).cores[0]?.caches).toEqual({
      instruction: { entries: 64, ways: 2, line: 64, hit: 1, miss: 20 }, data: { entries: 1, ways: 1, line: 8, hit: 1, miss: 1, write: 'back' },
    });
    expect(specsWith({}).cores[0]?.caches).toBeUndefined();
  });

  it('have sizes that hardware can have', () => {
    expectMistakes(FILE, withCaches('{ entries: «0», ways: 1, line: «48», miss: «0» }', '{ entries: «1000000», ways: 2, line: «4», miss: 3, write: through }'),
      { says: 'core: caches: instruction: 0 entries', mend: 'Write at least 1.' },
      { says: 'core: caches: instruction: the number of bytes of a line is 48', mend: 'Write 32 or 64. The lowest bits of an address lie in it, so that it is a power of two.' },
      { says: 'core: caches: instruction: the latency of a miss is 0', mend: 'Write 1 to 1000.' },
      { says: 'core: caches: data: 1000000 entries', mend: 'Write at most 512.' },
      { says: 'core: caches: data: the number of bytes of a line is 4', mend: 'Write 8 to 4096.' });
  });

  it('find a line in 1 to 100 cycles, in 1 if nothing is said', () => {
    const back = (hit: string): string => `{ entries: 1, ways: 1, line: 8, ${hit}miss: 1, write: back }`;
    expectMistakes(FILE, withCaches('{ entries: 2, ways: 1, line: 64, hit: «101», miss: 20 }', back('hit: «0», ')),
      { says: 'core: caches: instruction: the latency of a hit is 101', mend: 'Write 1 to 100.' }, { says: 'core: caches: data: the latency of a hit is 0', mend: 'Write 1 to 100.' });
    const { caches } = specsWith({ [FILE]: withCaches(line.replace('miss', 'hit: 3, miss'), back('')) }).cores[0] ?? {};
    expect([caches?.instruction?.hit, caches?.data?.hit]).toEqual([3, 1]);
  });

  it('have entries and ways that bits choose among', () => {
    const power = 'Numbers of entries and ways are powers of two, so that bits of the address choose among them.';
    expectMistakes(FILE, withCaches('{ entries: «3», ways: 1, line: 64, miss: 20 }', '{ entries: 8, ways: «3», line: 8, miss: 1, write: back }'),
      { says: 'core: caches: instruction: 3 entries', mend: `Write 2 or 4. ${power}` },
      { says: 'core: caches: data: 3 ways', mend: `Write 2 or 4. ${power}` });
  });

  it('write through or back', () => {
    expectMistakes(FILE, withCaches(line, '{ entries: 1, ways: 1, line: 8, miss: 1, write: «sometimes» }'), { says: 'core: sometimes is not one of through, back', mend: 'Write one of: through, back.' });
  });
});

describe('prediction', () => {
  const withPrediction = (targets: string, directions: string): string => `${base}prediction: { targets: ${targets}, directions: ${directions} }\n`;

  it('is as large as the file says, or is not there', () => {
    expect(specsWith({ [FILE]: withPrediction('{ entries: 64, ways: 2 }', '256') }).cores[0]?.prediction).toEqual({ targets: { entries: 64, ways: 2 }, directions: 256 });
    expect(specsWith({ [FILE]: withPrediction('{ entries: 1, ways: 1 }', '1, returns: { entries: 8, links: [1, 5] }') }).cores[0]?.prediction?.returns).toEqual({ entries: 8, links: [1, 5] });
    expect(specsWith({}).cores[0]?.prediction).toBeUndefined();
  });

  it('has sizes that hardware can have', () => {
    const mend = 'Bits of the address choose among them, so that it is a power of two.';
    expectMistakes(FILE, withPrediction('{ entries: «0», ways: 1 }', '«3»'),
      { says: 'core: prediction: targets: 0 entries', mend: 'Write at least 1.' },
      { says: 'core: prediction: the number of directions is 3', mend: `Write 2 or 4. ${mend}` });
    expectMistakes(FILE, withPrediction('{ entries: 2, ways: 1 }', '4, returns: { entries: «3», links: [1, «0», «32»] }'),
      { says: 'core: prediction: returns: the number of entries is 3', mend: 'Write 2 or 4. They are a ring, whose places are counted in whole bits.' },
      { says: 'core: prediction: returns: the number of a register is 0', mend: 'Write 1 to 31.' },
      { says: 'core: prediction: returns: the number of a register is 32', mend: 'Write 1 to 31.' });
    expectMistakes(FILE, withPrediction('{ entries: 2, ways: 1 }', '4, returns: { entries: «1000000», links: [1] }'), { says: 'core: prediction: returns: the number of entries is 1000000', mend: 'Write 1 to 64.' });
    expectMistakes(FILE, withPrediction('{ entries: 2, ways: 1 }', '«1000000»'), { says: 'core: prediction: the number of directions is 1000000', mend: 'Write 1 to 512.' });
  });
});

describe('latencies', () => {
  it('are at least 1 and at most a million', () => {
    expectMistakes(FILE, changed('multiply: 1, divide: 1', 'multiply: «0», divide: «1000001»'),
      { says: 'core: the latency of multiply is 0', mend: 'Write at least 1.' },
      { says: 'core: the latency of divide is 1000001', mend: 'Write at most 1000000: longer ones are surely a slip.' });
    expectMistakes(FILE, changed('io: 1', 'io: «99999999999»'), { says: 'core: 99999999999 is too large', mend: 'Write a number below 2^32.' });
  });

  it('are all given', () => {
    expectMistakes(FILE, changed('latency: { multiply: 1, divide: 1, split: 1, io: 1 }', 'latency: «{ multiply: 1, divide: 1, split: 1 }»'), { says: 'core: io is missing', mend: 'Add `io: ...`.' });
  });
});
