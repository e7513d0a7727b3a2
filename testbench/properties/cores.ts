/** Cores for tests: compiled once per process. */
import { compile, type CompiledCore } from '../../model/compile.js';
import type { Variant } from '../../model/backend/unit.js';
import { loadSpecs } from '../../model/spec/load.js';
import type { Specs } from '../../model/spec/isa.js';

const SPECS = new URL('../../specs', import.meta.url).pathname;
const DRAM_BYTES = 128 << 20;

let loaded: Specs | undefined;
const compiled = new Map<string, CompiledCore>();

/** The shipped specs. */
export function shippedSpecs(): Specs {
  if (loaded !== undefined) return loaded;
  const outcome = loadSpecs([SPECS]);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => d.message).join('\n'));
  loaded = outcome.value;
  return loaded;
}

/** The names of the shipped cores. */
export const CORES = ['five-stage', 'three-stage', 'tiny'] as const;
export type CoreName = (typeof CORES)[number];

/** A shipped core, compiled. */
export function compiledCore(name: CoreName, variant: Variant = 'observed'): CompiledCore {
  const key = `${name} ${variant}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const specs = shippedSpecs();
  const uarch = specs.cores.find((c) => c.name === name);
  if (uarch === undefined) throw new Error(`no core ${name}`);
  const outcome = compile(specs, uarch, variant, DRAM_BYTES);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => d.message).join('\n'));
  compiled.set(key, outcome.value);
  return outcome.value;
}
