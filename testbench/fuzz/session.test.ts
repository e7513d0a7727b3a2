import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalExecutor, type Executor } from './executor.js';
import type { SmallFailure } from './failure-folder.js';
import { compiledCore } from '../properties/cores.js';
import { encodePlan } from './plan-file.js';
import { FORGETFUL, Scratch, proberFor, unreadable } from './planted.testing.js';
import { Corpus, readPlan } from './corpus.js';
import type { Chunk, ChunkResult, Prober, Shrinking } from './prober.js';
import { Session, type SessionOptions } from './session.js';

let scratch: Scratch | undefined;
afterEach(() => scratch?.remove());

const folders = (): { readonly corpus: string; readonly findings: string } => {
  scratch = new Scratch();
  const corpus = scratch.path('corpus');
  mkdirSync(corpus);
  return { corpus, findings: scratch.directory };
};

function sessionOf(prober: Prober, executor: Executor, options: Partial<SessionOptions>) {
  const notes: string[] = [];
  const kept: SmallFailure[] = [];
  const session = new Session(prober, executor, {
    seed: 1, jobs: 1, programs: 400, seconds: 60, note: (text) => void notes.push(text),
    keep: (failed) => {
      kept.push(failed);
      return Promise.resolve({ ok: true, directory: `d${kept.length}`, text: '' });
    },
    ...options,
  });
  return { session, notes, kept };
}

/** Dies at its n-th chunk; what the chunk found is on disk by then, as with a process that is killed. */
class Mortal implements Executor {
  chunks = 0;
  readonly #local: LocalExecutor;

  constructor(prober: Prober, readonly dies: (chunk: number) => boolean, readonly most = Infinity) {
    this.#local = new LocalExecutor(prober);
  }

  async run(chunk: Chunk): Promise<ChunkResult> {
    const mortal = this.dies(this.chunks++);
    const result = await this.#local.run(mortal ? { ...chunk, count: Math.min(chunk.count, this.most) } : chunk);
    if (mortal) throw new Error('killed');
    return result;
  }

  shrink(state: Shrinking, signature: string, milliseconds: number): Promise<Shrinking> {
    return this.#local.shrink(state, signature, milliseconds);
  }

  close(): Promise<void> {
    return this.#local.close();
  }
}

/** Dies whenever it comes to one program, which it leaves on the disk if it was told to be careful. */
class Cursed extends LocalExecutor {
  static readonly program = 77;

  constructor(prober: Prober, readonly findings: string) {
    super(prober);
  }

  override run(chunk: Chunk): Promise<ChunkResult> {
    const { program } = Cursed;
    if (program < chunk.first || program >= chunk.first + chunk.count) return super.run(chunk);
    const plan = this.prober.maker.make(program);
    if (chunk.careful === true) writeFileSync(`${this.findings}/running-1.plan.json`, encodePlan({ plan, seed: 1, program, points: [] }));
    return Promise.reject(new Error('code 9'));
  }
}

/** Notes that it has been closed. */
class Closing extends LocalExecutor {
  closed = false;

  override close(): Promise<void> {
    this.closed = true;
    return super.close();
  }
}

describe('a fuzzing session', () => {
  it('that breaks down says why, and leaves no worker behind', async () => {
    const prober = proberFor(undefined);
    const executor = new Closing(prober);
    const onProgress = ({ programs }: { readonly programs: number }): void => {
      if (programs > 0) throw new Error('no terminal');
    };
    const { session } = sessionOf(prober, executor, { jobs: 2, onProgress });
    await expect(session.run()).rejects.toThrow('no terminal');
    expect(executor.closed).toBe(true);
  });

  it('runs what it is asked for, and the corpus reaches everything again without one more program', async () => {
    const where = folders();
    const prober = proberFor(undefined, where);
    const first = await sessionOf(prober, new LocalExecutor(prober), { programs: 150, ...where }).session.run();
    expect(first).toMatchObject({ programs: 150, failures: [] });
    expect(Object.values(first.shares).reduce((a, b) => a + b)).toBeCloseTo(1, 1);
    const names = readdirSync(where.corpus);
    expect(names.length).toBeGreaterThan(50);
    expect(names.every((name) => readPlan(`${where.corpus}/${name}`, prober.maker.shapes).ok)).toBe(true);
    const again = proberFor(undefined, where);
    const second = await sessionOf(again, new LocalExecutor(again), { programs: 0, ...where }).session.run();
    expect(second.missing).toEqual(first.missing);
  });

  it('is the same for the same seed', async () => {
    const run = (): ReturnType<Session['run']> => {
      const prober = proberFor(undefined);
      return sessionOf(prober, new LocalExecutor(prober), { programs: 100 }).session.run();
    };
    const [a, b] = [await run(), await run()];
    expect(a.missing).toEqual(b.missing);
    expect(a.instructions).toBe(b.instructions);
  });

  it('finds a planted bug, folds what is alike and shrinks it to a few instructions', async () => {
    const where = folders();
    const prober = proberFor(FORGETFUL, where);
    const { session, kept } = sessionOf(prober, new LocalExecutor(prober), { programs: 300, ...where });
    const { failures } = await session.run();
    expect(failures).toHaveLength(1);
    for (const { signature, length, count } of failures) {
      expect(count).toBeGreaterThan(1);
      expect(signature).toBe('vsstatus.SIE after sret_v1');
      expect(length).toBeLessThanOrEqual(6);
    }
    for (const { plan, signature } of kept) expect(prober.probe(plan)).toMatchObject({ kind: 'diverged', signature });
    expect(readdirSync(where.findings).filter((name) => name.startsWith('found-'))).toEqual([]);
  });

  it('does not let one mistake take the time of the others: what is not small soon is made small at the end', async () => {
    const where = folders();
    const prober = proberFor(FORGETFUL, where);
    const order: string[] = [];
    class Noted extends LocalExecutor {
      override run(chunk: Chunk): Promise<ChunkResult> {
        order.push('run');
        return super.run(chunk);
      }

      override shrink(state: Shrinking, signature: string, milliseconds: number): Promise<Shrinking> {
        order.push('shrink');
        return super.shrink(state, signature, milliseconds);
      }
    }
    const { session, kept, notes } = sessionOf(prober, new Noted(prober), { programs: 300, ...where, shrinking: { atOnce: 0, atEnd: 60_000 } });
    const { failures, programs } = await session.run();
    expect(programs).toBe(300);
    expect(order.lastIndexOf('run')).toBeLessThan(order.indexOf('shrink'));
    expect(failures).toMatchObject([{ signature: 'vsstatus.SIE after sret_v1', directory: 'd2' }]);
    expect(failures[0]?.length).toBeLessThanOrEqual(6);
    expect(kept.map(({ path }) => path.length > 0)).toEqual([false, true]);
    expect(notes.join('\n')).toMatch(/A failure is made smaller, for 60 s at most; \^C keeps it as it is\./);
  });

  it('leaves the last of the disk to failures', () => {
    const { corpus: directory } = folders();
    const { maker } = proberFor(undefined);
    const corpus = new Corpus(directory, maker.shapes, () => 1 << 20);
    expect(corpus.add({ plan: maker.make(1), seed: 1, program: 1, points: [] })?.message).toMatch(/^Less than 32 MB are free in .*, and failures come first\.$/);
    expect(readdirSync(directory)).toEqual([]);
    expect(corpus.plans).toHaveLength(1);
  });

  it('tells of everything that it could not keep', async () => {
    const prober = proberFor(FORGETFUL);
    const { session, notes } = sessionOf(prober, new LocalExecutor(prober), {
      programs: 200, keep: () => Promise.resolve({ ok: false, message: 'The disk is full.', mend: 'Free some space.', text: 'all of it' }),
    });
    const { failures } = await session.run();
    expect(failures).toMatchObject([{ directory: undefined, text: 'all of it', program: expect.any(Number) }]);
    expect(notes.join('\n')).toContain('The disk is full. Free some space.\nvsstatus.SIE after sret_v1\nall of it');
  });

  it('skips corrupt files of the corpus with one sentence each, and leaves them alone', async () => {
    const where = folders();
    writeFileSync(`${where.corpus}/0.plan.json`, '{"format":1');
    writeFileSync(`${where.corpus}/1.plan.json`, Buffer.from([0xff, 0, 0x80]));
    mkdirSync(`${where.corpus}/2.plan.json`);
    const prober = proberFor(undefined, where);
    const { session, notes } = sessionOf(prober, new LocalExecutor(prober), { programs: 20, ...where });
    expect(await session.run()).toMatchObject({ programs: 20, failures: [] });
    expect(notes).toHaveLength(3);
    expect(notes.every((n) => / is skipped\. .* Delete it\.$/.test(n))).toBe(true);
    expect(existsSync(`${where.corpus}/0.plan.json`)).toBe(true);
  });

  it('loses no program and no finding when a worker dies', async () => {
    const where = folders();
    const prober = proberFor(FORGETFUL, where);
    const { session, notes } = sessionOf(prober, new Mortal(prober, (chunk) => chunk === 0), { programs: 200, ...where });
    const { programs, failures } = await session.run();
    expect(programs).toBe(200);
    expect(failures.length).toBeGreaterThan(0);
    expect(notes.join('\n')).toMatch(/A worker ended in the middle of its work \(killed\)/);
  });

  it('keeps a program that makes core or reference throw, once for all like it', async () => {
    const where = folders();
    const prober = proberFor(undefined, { ...where, core: unreadable(compiledCore('three-stage')) });
    const { session, kept } = sessionOf(prober, new LocalExecutor(prober), { programs: 200, ...where });
    const { failures } = await session.run();
    expect(failures).toMatchObject([{ signature: 'error: record names home N of N', count: expect.any(Number) }]);
    expect(failures[0]?.count).toBeGreaterThan(1);
    expect(failures[0]?.length).toBeLessThanOrEqual(2);
    for (const { plan } of kept) expect(prober.probe(plan)).toMatchObject({ kind: 'diverged', divergence: { kind: 'error', error: { message: expect.stringMatching(/^record names home/) } } });
  });

  it('keeps the program at which a worker dies again, unrun, and goes on behind it', async () => {
    const where = folders();
    const prober = proberFor(undefined, where);
    const { session, kept, notes } = sessionOf(prober, new Cursed(prober, where.findings), { programs: 200, ...where });
    const { programs, failures } = await session.run();
    expect(programs).toBe(200);
    expect(failures).toMatchObject([{ signature: 'worker died: code N', count: 1 }]);
    expect(kept).toMatchObject([{ program: Cursed.program, death: 'code 9', plan: prober.maker.make(Cursed.program) }]);
    expect(notes.filter((n) => n.includes('left out'))).toEqual([]);
    expect(readdirSync(where.findings).filter((name) => name.startsWith('running-'))).toEqual([]);
  });

  it('ends when no worker survives', async () => {
    const prober = proberFor(undefined);
    const { session, notes } = sessionOf(prober, new Mortal(prober, () => true, 1), { programs: 10_000 });
    await session.run();
    expect(notes.join('\n')).toMatch(/5 workers have died one after the other: the session ends\./);
  });

  it('stops at once when told to, and keeps what it has', async () => {
    const where = folders();
    const prober = proberFor(undefined, where);
    const { session } = sessionOf(prober, new LocalExecutor(prober), { programs: 1e6, ...where, onProgress: () => session.stop() });
    const result = await session.run();
    expect(result.programs).toBeLessThan(1000);
    expect(readdirSync(where.corpus).every((name) => readPlan(`${where.corpus}/${name}`, prober.maker.shapes).ok)).toBe(true);
  });
});
