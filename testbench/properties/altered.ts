/**
 * Cores with one planted mistake, so that a property can show that it would
 * notice: the shipped specs, core file or hardware, changed by a function.
 */
import type { Variant } from '../../model/backend/unit.js';
import { compileModule } from '../../model/backend/wasm.js';
import { compile, hardware, type CompiledCore } from '../../model/compile.js';
import type { Module } from '../../model/ir/ir.js';
import type { Outcome } from '../../model/spec/diagnostic.js';
import type { InterruptLevel, Isa, TrapEntry, Uarch } from '../../model/spec/isa.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, shippedSpecs, type CoreName } from './cores.js';

const DRAM_BYTES = 128 << 20;

/** What is different about a core: what it is generated from, or the hardware. */
export type Alteration =
  | { readonly isa?: (isa: Isa) => Isa; readonly uarch?: (uarch: Uarch) => Uarch }
  | { readonly module: (module: Module) => Module };

/** The file of a shipped core. */
export function uarchOf(name: CoreName): Uarch {
  const uarch = shippedSpecs().cores.find((c) => c.name === name);
  if (uarch === undefined) throw new Error(`no core ${name}`);
  return uarch;
}

/** A shipped core with something changed; `print` takes its console. The plain variant has no records, and is several times as fast. */
export function alteredCore(name: CoreName, alteration: Alteration, print?: (bytes: Uint8Array) => void, variant: Variant = 'observed'): ObservedCore {
  const compiled = 'module' in alteration ? withModule(name, alteration.module, variant) : withSpecs(name, alteration, variant);
  return new ObservedCore(compiled, print === undefined ? {} : { print });
}

function withSpecs(name: CoreName, { isa = (i) => i, uarch = (u) => u }: Exclude<Alteration, { readonly module: unknown }>, variant: Variant): CompiledCore {
  const shipped = shippedSpecs();
  return succeeded(compile({ ...shipped, isa: isa(shipped.isa) }, uarch(uarchOf(name)), variant, DRAM_BYTES));
}

/** Other hardware, of which the specs say what they say of the shipped core. */
function withModule(name: CoreName, change: (module: Module) => Module, variant: Variant): CompiledCore {
  const { module } = succeeded(hardware(shippedSpecs(), uarchOf(name)));
  const { wasm, layout } = compileModule(change(module), { variant, dramBytes: DRAM_BYTES });
  return { wasm, description: { ...compiledCore(name).description, layout } };
}

function succeeded<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => d.message).join('\n'));
  return outcome.value;
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
