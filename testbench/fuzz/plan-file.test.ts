import { describe, expect, it } from 'vitest';
import { Dice } from '../arbitraries/dice.js';
import { testSeed } from '../properties/effort.js';
import { Mutator } from './mutate.js';
import { decodePlan, encodePlan } from './plan-file.js';
import { proberFor } from './planted.testing.js';

const { maker, builder } = proberFor(undefined);
const file = (number: number) => ({ plan: maker.make(number), seed: 1, program: number, points: ['a point'] });

describe('plans as text', () => {
  it('come back as they were', () => {
    for (let number = 0; number < 60; number++) {
      const one = file(number);
      expect(decodePlan(encodePlan(one), maker.shapes)).toEqual({ ok: true, file: one });
    }
  });

  it('come back as they were after any number of mutations, and still build', () => {
    const pool = Array.from({ length: 20 }, (_, i) => maker.make(i));
    const mutator = new Mutator(maker, () => pool);
    let { plan } = file(1);
    const dice = new Dice(testSeed());
    for (let i = 0; i < 200; i++) {
      plan = mutator.mutate(plan, dice);
      const built = builder.build(plan);
      const read = decodePlan(encodePlan({ ...file(1), plan }), maker.shapes);
      if (!read.ok) throw new Error(read.message);
      expect(builder.build(read.file.plan).segments).toEqual(built.segments);
      if (plan.body.length === 0) plan = maker.make(i);
    }
  });

  it.each([
    ['nothing', ''], ['half a file', encodePlan(file(3)).slice(0, 200)], ['another format', encodePlan(file(3)).replace('"format":1', '"format":2')],
    ['a word too wide', encodePlan(file(3)).replace(/"words":\[\d+/, '"words":[4294967296')], ['null', 'null'], ['garbage', '\u0000\u0001'],
  ])('are refused with a sentence: %s', (_, text) => {
    const read = decodePlan(text, maker.shapes);
    expect(read.ok ? '' : read.message).toMatch(/^[A-Z].*\.$/);
  });
});
