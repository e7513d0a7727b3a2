/** Traces with their cycles, and the scoreboard's word on them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileModule } from '../../model/backend/wasm.js';
import { compile, hardware } from '../../model/compile.js';
import type { Module } from '../../model/ir/ir.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Diagnostic } from '../../model/spec/diagnostic.js';
import type { Specs, Uarch } from '../../model/spec/isa.js';
import { loadFromFiles } from '../../model/spec/load.js';
import { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import { describeMistiming, Scoreboard } from '../scoreboard/scoreboard.js';
import { wordsOf } from '../scoreboard/words.js';
import { alteredCore, uarchOf } from './altered.js';
import { compiledCore, shippedSpecs, type CoreName } from './cores.js';
import type { Image } from './hazards.js';


const SPECS = new URL('../../specs', import.meta.url).pathname;
const DRAM_BYTES = 128 << 20;

/** A core that runs, with the file that the scoreboard reads. */
export interface TimedCore {
  readonly specs: Specs;
  readonly uarch: Uarch;
  readonly core: ObservedCore;
}

/** A shipped core. */
export function shippedCore(name: CoreName): TimedCore {
  const specs = shippedSpecs();
  const uarch = specs.cores.find((c) => c.name === name);
  if (uarch === undefined) throw new Error(`no core ${name}`);
  return { specs, uarch, core: new ObservedCore(compiledCore(name)) };
}

function accepted<T>(outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }): T {
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => d.message).join('\n'));
  return outcome.value;
}

/** A core of one's own: its file laid over the shipped specs. */
export function overlaidCore(yaml: string): TimedCore {
  const shipped = ['isa', 'rules', 'uarch', '.'].flatMap((folder) =>
    readdirSync(join(SPECS, folder))
      .filter((name) => /\.(yaml|tsv)$/.test(name))
      .map((name) => ({ path: join('specs', folder, name), text: readFileSync(join(SPECS, folder, name), 'utf8') })));
  const specs = accepted(loadFromFiles([...shipped, { path: 'overlay/uarch/own.yaml', text: yaml }]));
  const uarch = specs.cores.find((c) => c.name === 'own');
  if (uarch === undefined) throw new Error('the overlay gives no core');
  return { specs, uarch, core: new ObservedCore(accepted(compile(specs, uarch, 'observed', DRAM_BYTES))) };
}

/** A shipped core without caches, a buffer of stores, prediction and kept translations: what its stages and units alone cost. */
export function withoutStructures(name: CoreName): TimedCore {
  const bare = ({ caches: _caches, storeBuffer: _stores, prediction: _prediction, translation: _translation, ...rest }: Uarch): Uarch => rest;
  return { specs: shippedSpecs(), uarch: bare(uarchOf(name)), core: alteredCore(name, { uarch: bare }) };
}

/** The hardware of a core, and cores with other hardware, of which its file says the same. */
export function hardwareOf({ specs, uarch }: TimedCore): { readonly module: Module; readonly with: (change: (module: Module) => Module) => ObservedCore } {
  const { description } = accepted(compile(specs, uarch, 'observed', DRAM_BYTES));
  const { module } = accepted(hardware(specs, uarch, 'trails'));
  return {
    module,
    with: (change) => {
      const { wasm, layout } = compileModule(change(module), { variant: 'observed', dramBytes: DRAM_BYTES });
      return new ObservedCore({ wasm, description: { ...description, layout } });
    },
  };
}

/** The core of exact.yaml. */
export const exactCore = (): TimedCore => overlaidCore(readFileSync(new URL('exact.yaml', import.meta.url), 'utf8'));

/** All records of a program from power-on. */
export function recordsOf(core: ObservedCore, image: Image & { readonly inputs?: readonly InputEvent[] }, maxCycles = 4_000): readonly Observation[] {
  const records: Observation[] = [];
  core.reset(image.inputs);
  core.load(image);
  core.run(maxCycles, { records: (r) => records.push(...r), trapped: () => undefined });
  return records;
}

/** What the scoreboard has against a trace, in one line; undefined: nothing. */
export function mistimed({ specs, uarch }: Pick<TimedCore, 'specs' | 'uarch'>, image: Image, records: readonly Observation[]): string | undefined {
  const found = new Scoreboard(specs.isa, uarch, { fetch: wordsOf(image.segments, records) }).firstMistiming(records);
  return found === undefined ? undefined : describeMistiming(found);
}
