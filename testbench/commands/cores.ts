/**
 * Compiled cores for the commands: from the cache, or by the compiler, which
 * is loaded only then.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory, cacheKey, compilerHash, CoreCache } from '../../model/cache.js';
import type { Variant } from '../../model/backend/unit.js';
import type { CompiledCore, CoreDescription } from '../../model/compile.js';
import { suggestion } from '../../model/spec/nearest.js';
import type { AssemblyTables } from '../assembly/tables.js';
import { failure, specFailure, type Failure } from './failure.js';
import { coreNames, packageRoot, specHash, specLayers } from './package.js';

export interface CoreRequest {
  readonly core: string;
  readonly variants: readonly Variant[];
  /** Directories over the shipped specs. */
  readonly overlays: readonly string[];
  /** Bytes of DRAM. */
  readonly memory: number;
}

/** The variants asked for, and what assembler and disassembler need. */
export interface ReadyCore {
  readonly ok: true;
  readonly tables: AssemblyTables;
  readonly specHash: string;
  /** One of the variants asked for. */
  variant(variant: Variant): CompiledCore;
}

/** What stands beside the wasm. */
interface Stored {
  readonly description: CoreDescription;
  readonly tables: AssemblyTables;
}

/** Default size of DRAM. */
export const DEFAULT_MEMORY = 128 << 20;

/** The data beside the wasm is shaped by this file too. */
const TABLES_SOURCE = fileURLToPath(new URL(`../assembly/tables.${import.meta.url.endsWith('.js') ? 'js' : 'ts'}`, import.meta.url));

/** Makes the cores of a request ready. */
export async function readyCore(request: CoreRequest): Promise<ReadyCore | Failure> {
  const unknown = unknownCore(request.core, request.overlays);
  if (unknown !== undefined) return unknown;
  const specs = await specHash(request.overlays);
  if (!specs.ok) return specs;
  const cache = new CoreCache(cacheDirectory(packageRoot));
  const compiler = compilerHash([TABLES_SOURCE, join(packageRoot, 'package.json')]);
  const keyOf = (variant: Variant): string => cacheKey([specs.hash, compiler, request.core, variant, String(request.memory)]);
  const entries = new Map<Variant, CompiledCore>();
  let tables: AssemblyTables | undefined;
  const missing: Variant[] = [];
  for (const variant of request.variants) {
    const found = cache.read<Stored>(keyOf(variant));
    if (found === undefined) missing.push(variant);
    else {
      entries.set(variant, { wasm: found.wasm, description: found.data.description });
      tables = found.data.tables;
      cache.touch(keyOf(variant));
    }
  }
  if (missing.length > 0) {
    const made = await compileCores({ ...request, variants: missing });
    if (!made.ok) return made;
    tables = made.tables;
    for (const variant of missing) {
      const { wasm, description } = made.variant(variant);
      entries.set(variant, { wasm, description });
      cache.write<Stored>(keyOf(variant), { wasm, data: { description, tables } });
    }
  }
  if (tables === undefined) throw new Error('a request for no variant');
  return ready(entries, tables, specs.hash);
}

/** The same by the compiler, whatever the cache has. */
export async function compileCores({ core, variants, overlays, memory }: CoreRequest): Promise<ReadyCore | Failure> {
  const unknown = unknownCore(core, overlays);
  if (unknown !== undefined) return unknown;
  const { compile, load } = await import('../../model/compile.js');
  const { assemblyTables } = await import('../assembly/tables.js');
  const specs = load(specLayers(overlays));
  if (!specs.ok) return specFailure(specs.diagnostics);
  const uarch = specs.value.cores.find((c) => c.name === core);
  if (uarch === undefined) return noCore(core, specs.value.cores.map((c) => c.name));
  const entries = new Map<Variant, CompiledCore>();
  for (const variant of variants) {
    const compiled = compile(specs.value, uarch, variant, memory);
    if (!compiled.ok) return specFailure(compiled.diagnostics);
    entries.set(variant, compiled.value);
  }
  return ready(entries, assemblyTables(specs.value.isa), specs.value.isa.hash);
}

/** The failure if there is no such core. */
export function unknownCore(core: string, overlays: readonly string[]): Failure | undefined {
  const names = coreNames(overlays);
  return names.includes(core) ? undefined : noCore(core, names);
}

const noCore = (core: string, names: readonly string[]): Failure => failure(`There is no core ${core}.`, suggestion(core, names));

function ready(entries: ReadonlyMap<Variant, CompiledCore>, tables: AssemblyTables, hash: string): ReadyCore {
  return {
    ok: true,
    tables,
    specHash: hash,
    variant: (variant) => {
      const found = entries.get(variant);
      if (found === undefined) throw new Error(`the ${variant} variant was not asked for`);
      return found;
    },
  };
}
