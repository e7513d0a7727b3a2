import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { createDisassembler } from '../assembly/disassemble.js';
import { readBundle } from '../commands/bundle.js';
import { DEFAULT_MEMORY, readyCore } from '../commands/cores.js';
import { keepFailure, type SmallFailure } from './failure-folder.js';
import { Scratch, proberFor } from './planted.testing.js';
import { readPlan } from './corpus.js';

const scratch = new Scratch();
afterEach(() => scratch.remove());

const prober = proberFor(undefined);
const plan = prober.maker.make(1);

it.each<readonly [string, Partial<SmallFailure>, RegExp]>([
  ['fails in company only', {}, /agrees when it runs alone/],
  ['killed its process', { death: 'signal SIGSEGV' }, /A worker ended while it ran this program \(signal SIGSEGV\)/],
])('a program that %s has a folder with all that there is of it', async (_, more, sentence) => {
  const ready = await readyCore({ core: 'three-stage', variants: ['observed'], overlays: [], memory: DEFAULT_MEMORY });
  if (!ready.ok) throw new Error(ready.message);
  const kept = await keepFailure({ signature: 'a failure', plan, seed: 1, program: 7, path: [], ...more }, {
    out: scratch.directory, core: 'three-stage', memory: DEFAULT_MEMORY, overlays: [], builder: prober.builder, disassemble: createDisassembler(ready.tables), ready,
  });
  if (!kept.ok) throw new Error(kept.message);
  expect(kept.text).toMatch(sentence);
  expect(readdirSync(kept.directory).sort()).toEqual(['divergence.txt', 'plan.json', 'replay.json', 'repro.S', 'repro.elf']);
  expect(readFileSync(`${kept.directory}/repro.S`, 'utf8')).toMatch(/^# a failure\n/);
  const bundle = readBundle(kept.directory);
  expect(bundle.ok && bundle.case.program.entry).toBe(0x8000_0000n);
  const read = readPlan(`${kept.directory}/plan.json`, prober.maker.shapes);
  expect(read.ok && read.file).toEqual({ plan, seed: 1, program: 7, points: [] });
});
