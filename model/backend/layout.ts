/**
 * Where everything lies: the table of signals, and the map of the linear
 * memory that all variants of a module share. Plain data, so that it can stand
 * as JSON beside the cached wasm.
 */
import { IrError } from '../ir/build.js';
import type { CoverAxis, Module, Register, Width } from '../ir/ir.js';
import { coverFamilies, coverWidth } from '../ir/observation.js';
import { forEachStatement } from '../ir/walk.js';

export const VARIANTS = ['plain', 'observed', 'traced'] as const;

/** plain: nothing recorded. observed: records, counters and cover points. traced: records and counters, and waves. */
export type Variant = (typeof VARIANTS)[number];

/** A register or named wire. `offset` is relative to the hart's base. */
export interface Signal {
  readonly name: string;
  readonly width: Width;
  readonly kind: 'register' | 'wire';
  /** Of the register; of a wire, the slot that the traced variant keeps its last value in. */
  readonly offset: number;
  /** 4 up to 32 bits, otherwise 8; little-endian, zero-extended. */
  readonly bytes: 4 | 8;
  /** VCD identifier. */
  readonly id: string;
  /** Value after reset, hexadecimal with `0x`; wires have none. */
  readonly reset?: string;
  /** Of registers that the host drives: the slot of the value that the traced variant has dumped last. */
  readonly shadow?: number;
}

/** A register array in the state block; element `i` lies at `offset + i * stride`. */
export interface ArrayLayout {
  readonly name: string;
  readonly depth: number;
  readonly width: Width;
  readonly offset: number;
  readonly stride: 4 | 8;
}

/** A 64-bit statistic. */
export interface CounterLayout {
  readonly name: string;
  readonly offset: number;
}

/** The points of one kind: a byte each, by number, zero until the point is reached. */
export interface CoverLayout {
  readonly name: string;
  readonly offset: number;
  /** Parts of a point's number, most significant first, and what their values are called. */
  readonly axes: readonly CoverAxis[];
}

/** What the observed variant alone has: it lies where only that variant's tables could. */
export interface ObservationLayout {
  readonly offset: number;
  readonly bytes: number;
  readonly registers: readonly Signal[];
  readonly covers: readonly CoverLayout[];
}

/**
 * The linear memory. State, ring and wave buffer belong to one hart and lie at
 * these addresses for base = `stateBase`; for another base they move along.
 * Tables, dirty map and DRAM are at fixed addresses.
 */
export interface MemoryMap {
  readonly stateBase: number;
  readonly ringBase: number;
  readonly ringBytes: number;
  readonly waveBase: number;
  readonly waveBytes: number;
  /** `TABLE_BYTES` for each variant: constant tables, filled in by instantiation, and at the end of the observed one's what it observes. */
  readonly tableBase: number;
  /** One byte per 4 KiB page of DRAM, 1 after a store into it. */
  readonly dirtyBase: number;
  readonly dirtyBytes: number;
  /** Where the first byte of DRAM lies. */
  readonly dramOffset: number;
  readonly dramBytes: number;
  /** 64 KiB pages that the memory must have. */
  readonly pages: number;
}

export interface Layout {
  readonly module: string;
  readonly signals: readonly Signal[];
  readonly arrays: readonly ArrayLayout[];
  readonly counters: readonly CounterLayout[];
  /** Names of the fields of a record, 8 bytes each, in order; empty without records. */
  readonly recordFields: readonly string[];
  readonly recordBytes: number;
  readonly stateBytes: number;
  readonly observation: ObservationLayout;
  readonly memory: MemoryMap;
}

/** Slots of the host at the start of the state block. */
export const HOST = {
  /** u64: cycles since reset. */
  cycle: 0,
  /** u32: cycles executed by the last `run`. */
  executed: 8,
  /** u32: why the last `run` ended early, 0 if it did not. */
  reason: 12,
  /** u32: bytes in the ring. The host consumes them and writes 0. */
  ringHead: 16,
  /** u32: bytes in the wave buffer. The host consumes them and writes 0. */
  waveHead: 20,
  /** u64: VCD time of the changes being written. */
  waveNow: 24,
  /** u64: VCD time written last. */
  waveStamp: 32,
  bytes: 64,
} as const;

/** Reasons of `run`'s own, given only if no `exit` statement gave one; larger than any reason of a module. */
export const REASON_RING_FULL = 0x4000_0000;
export const REASON_WAVE_FULL = 0x4000_0001;

/** VCD time units (ns) per cycle. */
export const CLOCK_PERIOD = 10;

const RING_BYTES = 1 << 20;
const WAVE_BYTES = 1 << 20;
const STATE_BASE = 4096;
/** Room for what one variant has alone. */
const TABLE_BYTES = 1 << 18;
export const DIRTY_PAGE_SHIFT = 12;
/** Longest text that the host's hook may append for one change of an `.insn` register. */
const TEXT_BYTES = 512;
/** Largest size of one change in the dump: `b`, 64 digits, space, identifier, newline; and 8 bytes that a chunk may overshoot. */
const CHANGE_BYTES = 80;

const alignUp = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;

/** The VCD identifier of the signal with this index; indexes beyond the signals are free for the host. */
export function vcdId(index: number): string {
  const digit = String.fromCharCode(33 + (index % 94));
  return index < 94 ? digit : digit + vcdId(Math.floor(index / 94) - 1);
}

/** Whether a change of this register is reported to the host's `env.text`. */
export const hasText = (name: string): boolean => name.endsWith('.insn');

/** Bytes that the changes of one cycle may take in the wave buffer. */
export function waveBytesPerCycle(layout: Pick<Layout, 'signals'>): number {
  return layout.signals.reduce((sum, s) => sum + CHANGE_BYTES + (hasText(s.name) ? TEXT_BYTES : 0), 128);
}

const slotBytes = (width: Width): 4 | 8 => (width <= 32 ? 4 : 8);

/** Hands out aligned offsets. */
class Allocator {
  constructor(public next: number) {}

  take(bytes: number, alignment: number): number {
    const at = alignUp(this.next, alignment);
    this.next = at + bytes;
    return at;
  }
}

function recordFieldsOf(module: Module): { fields: string[]; statements: number } {
  let fields: string[] = [];
  let statements = 0;
  forEachStatement(module.body, (s) => {
    if (s.kind !== 'record') return;
    const names = s.fields.map((f) => f.name);
    if (statements > 0 && names.join() !== fields.join()) {
      throw new IrError(`records differ: ${fields.join(', ')} and ${names.join(', ')}`);
    }
    fields = names;
    statements++;
  });
  return { fields, statements };
}

function countersOf(module: Module): Set<string> {
  const names = new Set<string>();
  forEachStatement(module.body, (s) => {
    if (s.kind === 'count') names.add(s.counter);
  });
  return names;
}

/**
 * The layout of a module; the same for all its variants, so that a host can
 * change the variant between two cycles.
 *
 * @param dramBytes - Size of the module's memory; a multiple of 4 KiB.
 */
export function layoutOf(module: Module, dramBytes = 16 << 20): Layout {
  const state = new Allocator(HOST.bytes);
  const registers = module.registers.filter((r) => r.observed !== true).map((r) => {
    const bytes = slotBytes(r.width);
    return { register: r, bytes, offset: state.take(bytes, bytes) };
  });
  const counters = [...countersOf(module)].map((name) => ({ name, offset: state.take(8, 8) }));
  const arrays = module.arrays.map((a): ArrayLayout => {
    const stride = slotBytes(a.width);
    // One element more than the depth: queued writes that do not happen go there.
    return { name: a.name, depth: a.depth, width: a.width, stride, offset: state.take((a.depth + 1) * stride, 64) };
  });
  const registerSignals = registers.map(({ register, bytes, offset }, i): Signal => ({
    ...registerSignal(register, offset, vcdId(i)), ...(register.input ? { shadow: state.take(bytes, bytes) } : {}),
  }));
  const wireSignals = module.wires.map((w, i): Signal => {
    const bytes = slotBytes(w.value.width);
    return {
      name: w.name, width: w.value.width, kind: 'wire', offset: state.take(bytes, bytes), bytes, id: vcdId(registers.length + i),
    };
  });
  const signals = [...registerSignals, ...wireSignals];
  const { fields } = recordFieldsOf(module);
  const stateBytes = alignUp(state.next, 64);
  const memory = mapMemory(stateBytes, waveBytesPerCycle({ signals }), dramBytes);
  return {
    module: module.name,
    signals,
    arrays,
    counters,
    recordFields: fields,
    recordBytes: fields.length * 8,
    stateBytes,
    observation: observationOf(module, memory),
    memory,
  };
}

const registerSignal = ({ name, width, reset }: Register, offset: number, id: string): Signal =>
  ({ name, width, kind: 'register', offset, bytes: slotBytes(width), id, reset: `0x${reset.toString(16)}` });

/** Cover points, and the registers behind them, at the end of the observed variant's room. */
function observationOf(module: Module, { tableBase, stateBase }: MemoryMap): ObservationLayout {
  const observed = module.registers.filter((r) => r.observed === true);
  const families = coverFamilies(module);
  const size = new Allocator(0);
  for (const r of observed) size.take(slotBytes(r.width), slotBytes(r.width));
  for (const family of families) size.take(2 ** coverWidth(family), 8);
  const bytes = alignUp(size.next, 64);
  // Relative to the base, like the state.
  const offset = tableBase + roomOf('observed').end - bytes - stateBase;
  const space = new Allocator(offset);
  return {
    offset,
    bytes,
    // No wave shows them.
    registers: observed.map((r) => registerSignal(r, space.take(slotBytes(r.width), slotBytes(r.width)), '')),
    covers: families.map((family) => ({ name: family.name, offset: space.take(2 ** coverWidth(family), 8), axes: family.axes })),
  };
}

/** Where a variant's room begins and ends, from the base of all. */
function roomOf(variant: Variant): { readonly start: number; readonly end: number } {
  const start = VARIANTS.indexOf(variant) * TABLE_BYTES;
  return { start, end: start + TABLE_BYTES };
}

/** Addresses for the constant tables of a variant: each has its own, since the instances share the memory. */
export function tableRoom({ memory: { tableBase }, observation }: Layout, variant: Variant): { readonly start: number; readonly end: number } {
  const { start, end } = roomOf(variant);
  return { start: tableBase + start, end: tableBase + end - (variant === 'observed' ? observation.bytes : 0) };
}

function mapMemory(stateBytes: number, waveBytesPerCycle: number, dramBytes: number): MemoryMap {
  const page = 4096;
  const space = new Allocator(STATE_BASE);
  const stateBase = space.take(stateBytes, page);
  const ringBase = space.take(RING_BYTES, page);
  const waveBytes = alignUp(Math.max(WAVE_BYTES, 4 * waveBytesPerCycle), page);
  const waveBase = space.take(waveBytes, page);
  const tableBase = space.take(VARIANTS.length * TABLE_BYTES, page);
  const dirtyBytes = alignUp(dramBytes / page + 1, page);
  const dirtyBase = space.take(dirtyBytes, page);
  const dramOffset = space.take(dramBytes, 65536);
  // An access that begins in the last bytes of DRAM must not trap.
  const pages = Math.ceil((space.next + 8) / 65536);
  return { stateBase, ringBase, ringBytes: RING_BYTES, waveBase, waveBytes, tableBase, dirtyBase, dirtyBytes, dramOffset, dramBytes, pages };
}

/** Puts a hart into its reset state: registers at their reset values, all else in the state block zero, no cover point reached. */
export function resetState(layout: Layout, memory: ArrayBuffer, base = layout.memory.stateBase): void {
  const { observation } = layout;
  new Uint8Array(memory, base, layout.stateBytes).fill(0);
  new Uint8Array(memory, base + observation.offset, observation.bytes).fill(0);
  const view = new DataView(memory);
  for (const signal of [...layout.signals, ...observation.registers]) {
    const value = BigInt(signal.reset ?? 0);
    if (value !== 0n) writeSignal(signal, view, value, base);
  }
}

/** The value of a register (or, after a traced cycle, of a wire). */
export function readSignal(signal: Signal, view: DataView, base: number): bigint {
  return signal.bytes === 8 ? view.getBigUint64(base + signal.offset, true) : BigInt(view.getUint32(base + signal.offset, true));
}

/** Sets a register from the host, between cycles. */
export function writeSignal(signal: Signal, view: DataView, value: bigint, base: number): void {
  if (signal.bytes === 8) view.setBigUint64(base + signal.offset, value, true);
  else view.setUint32(base + signal.offset, Number(value), true);
}
