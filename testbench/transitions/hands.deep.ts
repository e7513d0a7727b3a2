/** Work handed out: whoever does it, the matrix is the same. */
import { afterAll, describe, expect, it } from 'vitest';
import { compiledCore, shippedSpecs } from '../properties/cores.js';
import { type Hand, handOut, OwnHand, WorkerHand } from './hands.js';
import { transitionFigures } from './report.js';
import { runTransitions } from './run.js';
import { prepare } from './session.js';
import { Shares } from './shares.js';

const { isa } = shippedSpecs();
const session = prepare(isa);
const cores = [compiledCore('five-stage')];
const filter = { event: 'sret', mode: 'VS' } as const;
const shares = (specs = session): Shares => new Shares(specs, cores, filter);

const worker = new WorkerHand({ cores: ['five-stage'], overlays: [], filter });
afterAll(() => worker.close());

const range = { from: 0, to: Infinity };

describe('a share', () => {
  it('yields the same in a process of its own', async () => {
    expect(await worker.cells('five-stage', [], range)).toEqual(shares().cells('five-stage', [], range));
    expect(await worker.supports(range)).toEqual([]);
  });

  it('yields the cells of what only the reference reads, too', async () => {
    const differences = [{ event: 'sret', mode: 'VS', bit: 'mstatus.TVM', readBy: 'reference' }] as const;
    const usual = shares().cells('five-stage', [], range).length;
    expect((await worker.cells('five-stage', differences, range)).map((o) => o.kind)).toEqual(new Array(2 * usual).fill('agreeing'));
  });
});

describe('a run', () => {
  it('finds the same with many hands as with one', async () => {
    const timeless = async (hands?: readonly Hand[]): Promise<object> => {
      const results = await runTransitions({ isa, cores, filter, ...(hands && { hands }) });
      return { ...transitionFigures({ ...results, seconds: 0, cores: results.cores.map((c) => ({ ...c, seconds: 0 })) }) };
    };
    expect(await timeless([new OwnHand(shares()), new OwnHand(shares()), worker])).toEqual(await timeless());
  });

  it('does everything once and keeps its order, however many hands there are and whoever is first', async () => {
    const own = new OwnHand(shares());
    const numbers = Array.from({ length: 23 }, (_, i) => i);
    const done: number[] = [];
    const found = await handOut([own, own, own], numbers.length, 4, async (_, { from, to }) => {
      // The later ones are sooner ready.
      for (let i = from; i < numbers.length; i++) await Promise.resolve();
      return numbers.slice(from, to);
    }, (count) => done.push(count));
    expect(found).toEqual(numbers);
    expect(Math.max(...done)).toBe(numbers.length);
  });
});
