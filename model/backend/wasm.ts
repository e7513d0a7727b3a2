/** The WebAssembly backend: a module of the IR in, wasm bytes out. Read this first. */
import binaryen from 'binaryen';
import type { Module } from '../ir/ir.js';
import { withoutCovers, withoutRecords } from '../ir/observation.js';
import { simplify } from '../ir/simplify.js';
import { defineHelpers } from './helpers.js';
import { layoutOf } from './layout.js';
import type { Layout } from './layout.js';
import { optimize } from './optimize.js';
import { defineRun } from './run.js';
import { functionSizes } from './stats.js';
import type { Stats } from './stats.js';
import { Unit } from './unit.js';
import type { Variant } from './unit.js';
import { defineWaves } from './wave.js';

export type { Variant } from './unit.js';
export type { Stats } from './stats.js';

export interface CompileOptions {
  readonly variant: Variant;
  /** Size of the memory of the module. */
  readonly dramBytes?: number;
}

export interface Compiled {
  readonly wasm: Uint8Array;
  readonly layout: Layout;
  readonly stats: Stats;
  /** The module as text, after optimisation. */
  wat(): string;
}

/**
 * Compiles one variant of a module.
 *
 * The wasm imports `env.memory` (and, traced, `env.text`) and exports
 * `run(base, cycles)`, which executes at most that many cycles and returns how
 * many it did; traced, also `sample(base)`. All variants of a module share the
 * layout, so they may run in turn on the same memory.
 */
export function compileModule(module: Module, { variant, dramBytes }: CompileOptions): Compiled {
  const layout = layoutOf(module, dramBytes);
  const unit = new Unit(layout, variant);
  const simple = simplify(seenBy(variant, module), { inlineWires: true });
  const { wasm } = unit;
  wasm.setFeatures(binaryen.Features.MutableGlobals | binaryen.Features.SignExt);
  declareMemory(unit);
  if (unit.traces) defineWaves(unit, simple.wires);
  defineRun(unit, simple);
  defineHelpers(unit);
  declareMemory(unit);
  if (wasm.validate() !== 1) throw new Error('the backend produced invalid wasm');
  optimize(wasm);
  // Function names, for profilers and for `wat`.
  binaryen.setDebugInfo(true);
  const bytes = wasm.emitBinary();
  const stats: Stats = {
    operations: unit.operations, functionBytes: namedSizes(wasm, bytes), wasmBytes: bytes.length, stateBytes: layout.stateBytes,
  };
  wasm.dispose();
  return { wasm: bytes, layout, stats, wat: () => textOf(bytes) };
}

function textOf(bytes: Uint8Array): string {
  const wasm = binaryen.readBinary(bytes);
  const text = wasm.emitText();
  wasm.dispose();
  return text;
}

/** The memory, with the tables so far in it. Instructions need it before, the tables are known after them. */
function declareMemory({ wasm, layout, tables }: Unit): void {
  const segments = tables.data.map(({ address, data }) => ({ offset: wasm.i32.const(address), data }));
  wasm.setMemory(layout.memory.pages, -1, null, segments, false, false, '0');
  wasm.addMemoryImport('0', 'env', 'memory');
}

/** What a variant computes of the module. */
function seenBy(variant: Variant, module: Module): Module {
  switch (variant) {
    case 'plain': return withoutRecords(withoutCovers(module));
    case 'observed': return module;
    case 'traced': return withoutCovers(module);
  }
}

function namedSizes(wasm: binaryen.Module, bytes: Uint8Array): ReadonlyMap<string, number> {
  const names: string[] = [];
  for (let i = 0; i < wasm.getNumFunctions(); i++) {
    const info = binaryen.getFunctionInfo(wasm.getFunctionByIndex(i));
    if (info.module === null || info.module === '') names.push(info.name);
  }
  return new Map(functionSizes(bytes).map((size, i) => [names[i] ?? `function ${i}`, size]));
}
