/**
 * Cores with one planted mistake, so that a property can show that it would
 * notice: the shipped specs, core file or hardware, changed by a function.
 */
import { compileModule } from '../../model/backend/wasm.js';
import { compile, hardware } from '../../model/compile.js';
import type { Module } from '../../model/ir/ir.js';
import type { InterruptLevel, Isa, TrapEntry, Uarch } from '../../model/spec/isa.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, shippedSpecs, type CoreName } from './cores.js';

const DRAM_BYTES = 128 << 20;

/** What is different about a core. */
export interface Alteration {
  readonly isa?: (isa: Isa) => Isa;
  readonly uarch?: (uarch: Uarch) => Uarch;
  readonly module?: (module: Module) => Module;
}

/** The file of a shipped core. */
export function uarchOf(name: CoreName): Uarch {
  const uarch = shippedSpecs().cores.find((c) => c.name === name);
  if (uarch === undefined) throw new Error(`no core ${name}`);
  return uarch;
}

/** A shipped core with something changed; `print` takes its console. */
export function alteredCore(name: CoreName, { isa = (i) => i, uarch = (u) => u, module }: Alteration, print?: (bytes: Uint8Array) => void): ObservedCore {
  const shipped = shippedSpecs();
  const specs = { ...shipped, isa: isa(shipped.isa) };
  const core = uarch(uarchOf(name));
  const compiled = compile(specs, core, 'observed', DRAM_BYTES);
  if (!compiled.ok) throw new Error(compiled.diagnostics.map((d) => d.message).join('\n'));
  const options = print === undefined ? {} : { print };
  if (module === undefined) return new ObservedCore(compiled.value, options);
  const built = hardware(specs, core);
  if (!built.ok) throw new Error(built.diagnostics.map((d) => d.message).join('\n'));
  const { wasm, layout } = compileModule(module(built.value.module), { variant: 'observed', dramBytes: DRAM_BYTES });
  return new ObservedCore({ wasm, description: { ...compiled.value.description, layout } }, options);
}

/** A shipped core as it is. */
export const observedCore = (name: CoreName): ObservedCore => new ObservedCore(compiledCore(name));

/** The specs with one level of interrupts changed. */
export const withLevel = (mode: InterruptLevel['mode'], change: (level: InterruptLevel) => InterruptLevel) => (isa: Isa): Isa => ({
  ...isa,
  traps: { ...isa.traps, levels: isa.traps.levels.map((l) => (l.mode === mode ? change(l) : l)) },
});

/** The specs with one trap entry changed. */
export const withEntry = (mode: TrapEntry['mode'], change: (entry: TrapEntry) => TrapEntry) => (isa: Isa): Isa => ({
  ...isa,
  traps: { ...isa.traps, entry: isa.traps.entry.map((e) => (e.mode === mode ? change(e) : e)) },
});

/** A trap entry that also writes something. */
export const alsoWriting = (target: string, text: string) => (entry: TrapEntry): TrapEntry => ({
  ...entry,
  update: [...entry.update, { target, value: { text, span: entry.span }, span: entry.span }],
});
