/**
 * Read this first: the whole compiler, from YAML to a wasm module.
 *
 *     specs/*.yaml --load--> Specs --elaborate--> Module --verify--> --compileModule--> wasm + layout
 *
 * Every step returns its result or a list of diagnostics; nothing throws on
 * account of a spec.
 */
import type { Layout } from './backend/layout.js';
import type { Variant } from './backend/unit.js';
import { compileModule } from './backend/wasm.js';
import type { Module } from './ir/ir.js';
import { verify } from './ir/verify.js';
import type { MachineDescription } from './machine/map.js';
import type { Told } from './pipeline/builder.js';
import { elaborate } from './pipeline/elaborate.js';
import type { Diagnostic, Outcome } from './spec/diagnostic.js';
import type { Csr, Hart, Isa, Specs, TranslationCaches, Uarch } from './spec/isa.js';
import { attemptSpecs, loadSpecs } from './spec/load.js';

/** What runs a core and what its users need to know of the specs: plain data, stored beside the wasm as JSON. */
export interface CoreDescription {
  readonly core: string;
  readonly variant: Variant;
  /** SHA-256 over the specs, hex. */
  readonly specHash: string;
  readonly layout: Layout;
  /** CSRs that store bits, in record order, with the read-only bits (hex) that storage lacks. */
  readonly homes: readonly { readonly name: string; readonly constant: string }[];
  readonly csrs: readonly { readonly name: string; readonly address: number }[];
  /** Counters of events and the fields that select them, and the events by number. */
  readonly counters: readonly { readonly counter: string; readonly selector: string }[];
  readonly events: Readonly<Record<number, string>>;
  readonly exceptions: Readonly<Record<number, string>>;
  readonly interrupts: Readonly<Record<number, string>>;
  readonly machine: MachineDescription;
  readonly stages: readonly string[];
  readonly uarch: Pick<Uarch, 'latency' | 'bypass' | 'caches'> & {
    readonly units: readonly (readonly string[])[];
    /** Of the walker, if the core keeps translations. */
    readonly walker?: TranslationCaches['latency'];
  };
}

export interface CompiledCore {
  readonly description: CoreDescription;
  readonly wasm: Uint8Array;
}

/** Loads the shipped specs and overlays. */
export function load(directories: readonly string[]): Outcome<Specs> {
  return loadSpecs(directories);
}

/**
 * The hardware of one core.
 *
 * @param told - What it tells observers besides records; the observed variant, everything.
 */
export function hardware(specs: Specs, uarch: Uarch, told: Told = 'nothing'): Outcome<{ readonly module: Module; readonly homes: readonly string[] }> {
  const elaborated = elaborate(specs.isa, uarch, told);
  if (!elaborated.ok) return elaborated;
  const mistakes = verify(elaborated.module);
  if (mistakes.length > 0) return { ok: false, diagnostics: mistakes.map((m) => atCore(uarch, m.message)) };
  return { ok: true, value: { module: elaborated.module, homes: elaborated.homes } };
}

/** What a look at all specs found. */
export interface Checked {
  /** As far as they can be understood; undefined if an essential part is broken. */
  readonly specs: Specs | undefined;
  /** Of the files, of their operations, of each core's hardware; none means the specs are sound. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Every mistake in the specs at once. Where the files themselves have some,
 * what is left is still elaborated, so that mistakes in operations show too;
 * complaints about names that a broken entry would define are held back.
 */
export function check(directories: readonly string[]): Checked {
  const { specs, diagnostics: inFiles, declares } = attemptSpecs(directories);
  if (specs === undefined) return { specs, diagnostics: inFiles };
  const broken = inFiles.length > 0;
  const inHardware = specs.cores.flatMap((uarch) => mistakesOf(specs, uarch, broken));
  const missing = (d: Diagnostic): boolean => d.message.includes('there is no') && declares(d.span.file.text.slice(d.span.start, d.span.end).split('.')[0] ?? '');
  const further = broken ? inHardware.filter((d) => !missing(d)) : inHardware;
  return { specs, diagnostics: distinct([...inFiles, ...further]) };
}

function mistakesOf(specs: Specs, uarch: Uarch, broken: boolean): readonly Diagnostic[] {
  try {
    const outcome = hardware(specs, uarch);
    return outcome.ok ? [] : outcome.diagnostics;
  } catch (error) {
    // Specs without their broken entries may lack what the hardware takes for granted; whole ones may not.
    if (broken) return [];
    throw error;
  }
}

function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = (d: Diagnostic): string => `${d.span.file.path}:${d.span.start}:${d.message}`;
  return [...new Map(diagnostics.map((d) => [key(d), d])).values()];
}

/** One variant of a core, ready to instantiate. `dramBytes` only bounds what a memory may hold. */
export function compile(specs: Specs, uarch: Uarch, variant: Variant, dramBytes: number): Outcome<CompiledCore> {
  const built = hardware(specs, uarch, variant === 'observed' ? 'everything' : 'nothing');
  if (!built.ok) return built;
  const { wasm, layout } = compileModule(built.value.module, { variant, dramBytes });
  return { ok: true, value: { wasm, description: describe(specs, uarch, variant, layout, built.value.homes) } };
}

function describe(specs: Specs, uarch: Uarch, variant: Variant, layout: Layout, homes: readonly string[]): CoreDescription {
  const { isa } = specs;
  return {
    core: uarch.name,
    variant,
    specHash: isa.hash,
    layout,
    homes: homes.map((name) => ({ name, constant: constantBits(isa.csrs.find((c) => c.name === name)) })),
    csrs: isa.csrs.map(({ name, address }) => ({ name, address })),
    counters: isa.csrs.flatMap(({ name, counts }) => (counts?.what === 'events' ? [{ counter: name, selector: counts.event }] : [])),
    events: Object.fromEntries(isa.hart.events),
    exceptions: namesByCode(isa.traps.exceptions),
    interrupts: namesByCode(isa.traps.interrupts),
    machine: describeMachine(isa.hart),
    stages: uarch.stages.map((s) => s.name),
    uarch: { latency: uarch.latency, bypass: uarch.bypass, units: uarch.stages.map((s) => s.units), ...(uarch.caches && { caches: uarch.caches }), ...(uarch.translation && { walker: uarch.translation.latency }) },
  };
}

const namesByCode = (entries: Isa['traps']['exceptions'] | Isa['traps']['interrupts']): Record<number, string> =>
  Object.fromEntries(entries.map((e) => [e.code, e.name]));

function constantBits(csr: Csr | undefined): string {
  const bits = (csr?.fields ?? []).reduce((v, f) => (f.source.kind === 'constant' ? v | (f.source.value << BigInt(f.bits.low)) : v), 0n);
  return `0x${bits.toString(16)}`;
}

function describeMachine(hart: Hart): MachineDescription {
  const hex = (v: bigint): string => `0x${v.toString(16)}`;
  return {
    cyclesPerTick: hart.cyclesPerTick,
    timebaseFrequency: hart.timebaseFrequency,
    cacheBlockBytes: hart.cacheBlockBytes,
    reservationBytes: hart.reservationBytes,
    extensions: hart.extensions,
    resetPc: hex(hart.resetPc),
    regions: hart.regions.map(({ name, device, base, size, interrupt, contexts }) => ({
      name, device, base: hex(base), size: hex(size), ...(interrupt !== undefined && { interrupt }), ...(contexts !== undefined && { contexts }),
    })),
  };
}

/** A mistake of the hardware as a whole, told at the core's file. */
function atCore(uarch: Uarch, message: string): Diagnostic {
  return { span: uarch.span, message: `${uarch.name}: ${message}`, mend: 'Look at the operations that the message names; none may depend on itself within a cycle.' };
}
