import fc from 'fast-check';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueChange, vcdHeader } from './header.js';
import { readVcd, type VcdChange } from './read.js';
import type { WaveSignal } from './signal.js';
import { VcdFile } from './vcd.js';

const origin = { version: '0.1.0', specs: 'abc123' };
const signals: readonly WaveSignal[] = [
  { name: 'V', width: 1, id: '!' },
  { name: 'fetch.pc', width: 64, id: '"' },
  { name: 'decode.insn', width: 32, id: '#' },
  { name: 'decode.insn.text', width: 256, id: '$' },
  { name: 'decode.stall.operand.rs1', width: 1, id: '0' },
];
const header = vcdHeader(origin, signals, () => 0n);

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vcd-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Opens or fails the test. */
function opened(path: string, limit?: number): VcdFile {
  const file = VcdFile.open(path, header, limit);
  if (file instanceof VcdFile) return file;
  throw new Error(file.message);
}

async function changesIn(path: string): Promise<VcdChange[]> {
  const changes: VcdChange[] = [];
  const dump = await readVcd(path, (change) => changes.push(change));
  if (dump.kind === 'unreadable') throw new Error(dump.message);
  return changes;
}

/** Time steps of changes. */
type Steps = readonly { readonly gap: bigint; readonly changes: readonly { readonly index: number; readonly value: bigint }[] }[];
const arbitrarySteps: fc.Arbitrary<Steps> = fc.array(
  fc.record({
    gap: fc.bigInt({ min: 1n, max: 100n }),
    changes: fc.array(fc.nat(signals.length - 1).chain((index) =>
      fc.record({ index: fc.constant(index), value: fc.bigInt({ min: 0n, max: (1n << BigInt(signals[index]?.width ?? 1)) - 1n }) })), { minLength: 1, maxLength: 6 }),
  }),
  { size: 'max', maxLength: 60 },
);

/** The text of each step, and the changes that a reader must see. */
function printed(steps: Steps): { readonly chunks: readonly Buffer[]; readonly changes: readonly VcdChange[]; readonly end: bigint } {
  let time = 0n;
  const changes: VcdChange[] = signals.map(({ id }) => ({ id, time, value: 0n, unknown: false }));
  const chunks = steps.map((step) => {
    time += step.gap;
    const lines = step.changes.flatMap(({ index, value }) => {
      const signal = signals[index];
      if (signal === undefined) return [];
      changes.push({ id: signal.id, time, value, unknown: false });
      return [valueChange(signal, value)];
    });
    return Buffer.from(`#${time}\n${lines.join('')}`);
  });
  return { chunks, changes, end: time };
}

describe('vcdHeader', () => {
  it('declares scopes once, ranges of vectors and all initial values', () => {
    expect(vcdHeader(origin, signals.slice(0, 3), ({ width }) => BigInt(width))).toBe(
      '$version ghosthart 0.1.0 specs abc123 $end\n$timescale 1ns $end\n' +
      '$scope module top $end\n$scope module core $end\n$var wire 1 ! V $end\n' +
      '$scope module fetch $end\n$var wire 64 " pc [63:0] $end\n$upscope $end\n' +
      '$scope module decode $end\n$var wire 32 # insn [31:0] $end\n$upscope $end\n' +
      '$upscope $end\n$upscope $end\n$enddefinitions $end\n#0\n$dumpvars\n1!\nb1000000 "\nb100000 #\n$end\n',
    );
  });
});

describe('VcdFile', () => {
  it('is read back by vcd-stream exactly as written', async () => {
    await fc.assert(fc.asyncProperty(arbitrarySteps, async (steps) => {
      const path = join(directory, 'core.vcd');
      const { chunks, changes, end } = printed(steps);
      const file = opened(path);
      for (const chunk of chunks) file.write(chunk);
      expect(file.close(end + 10n).kind).toBe('closed');
      expect(await changesIn(path)).toEqual(changes);
    }), { numRuns: 12 });
  });

  it('is read back across many chunks of the parser and blocks of the writer', async () => {
    const path = join(directory, 'long.vcd');
    const file = opened(path);
    const count = 40_000;
    for (let i = 1; i <= count; i++) file.write(Buffer.from(`#${i * 10}\n${valueChange({ width: 64, id: '"' }, BigInt(i) << 32n)}`));
    file.close();
    const changes = (await changesIn(path)).slice(signals.length);
    expect(changes.length).toBe(count);
    expect(changes.every((change, i) => change.value === BigInt(i + 1) << 32n && change.time === BigInt(i + 1) * 10n)).toBe(true);
  });

  it('declares what the reader finds: names, widths, version', async () => {
    const path = join(directory, 'core.vcd');
    opened(path).close();
    expect(await readVcd(path, () => undefined)).toEqual({
      kind: 'read',
      version: 'ghosthart 0.1.0 specs abc123',
      timescale: '1ns',
      variables: [
        { path: 'top.core.V', width: 1, id: '!' },
        { path: 'top.core.fetch.pc', width: 64, id: '"' },
        { path: 'top.core.decode.insn', width: 32, id: '#' },
        { path: 'top.core.decode.insn.text', width: 256, id: '$' },
        { path: 'top.core.decode.stall.operand.rs1', width: 1, id: '0' },
      ],
    });
  });

  it('has its name only once it is complete', () => {
    const path = join(directory, 'core.vcd');
    const file = opened(path);
    file.write(Buffer.from('#10\n1!\n'));
    expect(existsSync(path)).toBe(false);
    expect(file.close(20n)).toEqual({ kind: 'closed', bytes: readFileSync(path).length });
    expect(readdirSync(directory)).toEqual(['core.vcd']);
    expect(readFileSync(path, 'latin1')).toBe(`${header}#10\n1!\n#20\n`);
  });

  it('stops at its limit with whole time steps and ignores the rest', async () => {
    const path = join(directory, 'core.vcd');
    const file = opened(path, header.length + 20);
    expect(file.write(Buffer.from('#10\n1!\n')).kind).toBe('open');
    const status = file.write(Buffer.from('#20\n0!\n#30\n1!\n#40\n0!\n'));
    expect(status).toMatchObject({ kind: 'limit', message: expect.stringContaining('--vcd-limit') });
    expect(file.write(Buffer.from('#50\n1!\n'))).toBe(status);
    expect(file.close()).toBe(status);
    expect(readFileSync(path, 'latin1')).toBe(`${header}#10\n1!\n#20\n0!\n`);
    expect((await changesIn(path)).at(-1)).toMatchObject({ time: 20n, value: 0n });
  });

  it('never exceeds its limit after the header and always stays readable', async () => {
    await fc.assert(fc.asyncProperty(arbitrarySteps, fc.nat(3000), async (steps, room) => {
      const path = join(directory, 'core.vcd');
      const { chunks, changes } = printed(steps);
      const file = opened(path, header.length + room);
      file.write(Buffer.concat(chunks));
      file.close();
      expect(readFileSync(path).length).toBeLessThanOrEqual(header.length + room);
      const read = await changesIn(path);
      expect(read).toEqual(changes.slice(0, read.length));
    }), { numRuns: 12 });
  });

  it('says in one line that the disk is full, and leaves nothing', () => {
    const path = join(directory, 'core.vcd');
    symlinkSync('/dev/full', `${path}.${process.pid}.part`);
    const file = opened(path);
    const status = file.write(Buffer.alloc(3 << 20, '\n'));
    expect(status).toMatchObject({ kind: 'failed', message: `${path} cannot be written: the disk is full.` });
    expect(file.close()).toBe(status);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('says in one line why it cannot begin', () => {
    const missing = join(directory, 'none', 'core.vcd');
    expect(VcdFile.open(missing, header)).toMatchObject({ kind: 'failed', message: `${missing} cannot be written: its directory does not exist.` });
    mkdirSync(join(directory, 'core.vcd'));
    expect(VcdFile.open(join(directory, 'core.vcd'), header)).toMatchObject({ kind: 'failed', message: expect.stringContaining('it is a directory') });
  });

  it('leaves nothing when discarded', () => {
    opened(join(directory, 'core.vcd')).discard();
    expect(readdirSync(directory)).toEqual([]);
  });
});
