/** Traces with their cycles, and the scoreboard's word on them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../model/compile.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import { lengthOf } from '../../model/spec/compressed.js';
import type { Diagnostic } from '../../model/spec/diagnostic.js';
import type { Specs, Uarch } from '../../model/spec/isa.js';
import { loadFromFiles } from '../../model/spec/load.js';
import { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import { describeMistiming, Scoreboard } from '../scoreboard/scoreboard.js';
import { compiledCore, shippedSpecs, type CoreName } from './cores.js';
import type { Image } from './hazards.js';


const SPECS = new URL('../../specs', import.meta.url).pathname;

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
  return { specs, uarch, core: new ObservedCore(accepted(compile(specs, uarch, 'observed', 128 << 20))) };
}

/** The core of modern.yaml. */
export const modernCore = (): TimedCore => overlaidCore(readFileSync(new URL('modern.yaml', import.meta.url), 'utf8'));

/** All records of a program from power-on. */
export function recordsOf(core: ObservedCore, image: Image & { readonly inputs?: readonly InputEvent[] }, maxCycles = 4_000): readonly Observation[] {
  const records: Observation[] = [];
  core.reset(image.inputs);
  core.load(image);
  core.run(maxCycles, { records: (r) => records.push(...r), trapped: () => undefined });
  return records;
}

/** Of a record's masks. */
const BYTES = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const DRAM = { base: 0x8000_0000n, end: 0x8800_0000n } as const;

/** The word at an address: 0 where nothing can be fetched, undefined where the program has written. */
function wordAt({ segments }: Image, records: readonly Observation[]): (pc: bigint) => number | undefined {
  const written = new Set(records.flatMap(({ retirement: { mem_wmask, mem_addr } }) =>
    BYTES.flatMap((byte) => ((mem_wmask >> byte) & 1 ? [mem_addr + BigInt(byte)] : []))));
  const isWritten = (parcel: bigint): boolean => written.has(parcel) || written.has(parcel + 1n);
  const parcel = (pc: bigint): number => {
    const segment = segments.find(({ address, data }) => pc >= address && pc + 2n <= address + BigInt(data.length));
    return segment === undefined ? 0 : new DataView(segment.data.buffer, segment.data.byteOffset).getUint16(Number(pc - segment.address), true);
  };
  return (pc) => {
    if (pc < DRAM.base || pc + 2n > DRAM.end) return 0;
    if (isWritten(pc)) return undefined;
    const first = parcel(pc);
    if (lengthOf(first) === 2) return first;
    if (isWritten(pc + 2n)) return undefined;
    return pc + 4n > DRAM.end ? 0 : (first | (parcel(pc + 2n) << 16)) >>> 0;
  };
}

/** What the scoreboard has against a trace, in one line; undefined: nothing. */
export function mistimed({ specs, uarch }: Pick<TimedCore, 'specs' | 'uarch'>, image: Image, records: readonly Observation[]): string | undefined {
  const found = new Scoreboard(specs.isa, uarch, { fetch: wordAt(image, records) }).firstMistiming(records);
  return found === undefined ? undefined : describeMistiming(found);
}
