/**
 * The specs after loading: typed, cross-checked, names resolved, still free of
 * hardware. Operations stay text with their place in the YAML file; the
 * operation language turns them into expressions when a core is elaborated.
 *
 * `docs/specs.md` describes the YAML these come from.
 */
import type { Span } from './diagnostic.js';
import type { Csr, PermitTable, Variable } from './csr-file.js';
import type { Compressed, Entry, FenceLimit, Format, Instruction, InstructionClass, Operation, Pseudo } from './instruction-set.js';
import type { MemoryProtection, StageName, Translation } from './memory-rules.js';
import type { Traps } from './trap-rules.js';

export * from './instruction-set.js';
export * from './csr-file.js';
export * from './trap-rules.js';
export * from './memory-rules.js';

/** A pure function of the operation language. */
export interface SpecFunction extends Entry {
  readonly parameters: readonly { readonly name: string; readonly width: number }[];
  readonly value: Operation;
}

/** What can answer in a region. */
export const DEVICES = ['dram', 'clint', 'plic', 'uart', 'finisher'] as const;

/** Lines that a PLIC context can drive. */
export const CONTEXT_LINES = ['meip', 'seip'] as const;
export type ContextLine = (typeof CONTEXT_LINES)[number];

/** Byte offsets of the CLINT's registers: msip has 4 bytes, the others 8. */
export interface ClintRegisters {
  readonly msip: number;
  readonly mtimecmp: number;
  readonly mtime: number;
}

/** A region of the physical address map. */
export interface Region extends Entry {
  readonly base: bigint;
  readonly size: bigint;
  readonly kind: 'memory' | 'io';
  /** Access widths in bytes that an I/O region takes. */
  readonly widths: readonly number[];
  readonly device: (typeof DEVICES)[number];
  /** Of the CLINT: byte offsets of its registers in the region. */
  readonly registers?: ClintRegisters;
  /** Of a device: number of its interrupt at the PLIC. */
  readonly interrupt?: number;
  /** Of the PLIC: the line into the hart that each context drives. */
  readonly contexts?: readonly ContextLine[];
}

/** What the hardware of cores can tell programmable counters of: see `events` of hart.yaml. */
export const EVENTS = [
  'traps', 'vm.exits', 'redirects', 'restarts', 'walk.read', 'tlb.instruction.miss', 'tlb.data.miss', 'tlb.shared.miss', 'tlb.second.miss',
  'cache.instruction.miss', 'cache.data.miss',
  'stall.fetch', 'stall.operand', 'stall.muldiv', 'stall.store', 'stall.split', 'stall.cache', 'stall.walk', 'stall.block', 'stall.io',
] as const;
export type EventName = (typeof EVENTS)[number];

/** `hart.yaml`: choices the architecture leaves open, and the machine around the hart. */
export interface Hart {
  readonly resetPc: bigint;
  /** Clock cycles per tick of mtime (a power of two). */
  readonly cyclesPerTick: number;
  /** Ticks of mtime a second: what software is told, for nothing here knows seconds. */
  readonly timebaseFrequency: number;
  /** Bytes of the aligned block that a cbo instruction works on, a power of two, 16..4096 (CACHE_BLOCK_SIZE). */
  readonly cacheBlockBytes: number;
  /** Bytes of the aligned block that a reservation covers, a power of two, 8..4096 (LR_RESERVATION_SET_SIZE). */
  readonly reservationBytes: number;
  readonly extensions: readonly string[];
  /** By the number that selects it. */
  readonly events: ReadonlyMap<number, EventName>;
  readonly regions: readonly Region[];
}

export interface Isa {
  readonly formats: readonly Format[];
  readonly instructions: readonly Instruction[];
  readonly compressed: readonly Compressed[];
  readonly pseudos: readonly Pseudo[];
  readonly csrs: readonly Csr[];
  readonly variables: readonly Variable[];
  readonly permits: readonly PermitTable[];
  readonly traps: Traps;
  /** Absent: every address is physical. */
  readonly translation?: Translation;
  /** Absent: every mode may do everything. */
  readonly protection?: MemoryProtection;
  readonly functions: readonly SpecFunction[];
  readonly hart: Hart;
  /** SHA-256 over all spec files, hex. */
  readonly hash: string;
}

/** The units a stage can hold; each is in exactly one stage, in this order. */
export const UNITS = ['fetch', 'decode', 'operands', 'execute', 'memory', 'commit'] as const;
export type Unit = (typeof UNITS)[number];

export interface UarchStage extends Entry {
  readonly units: readonly Unit[];
}

/** How large a cache is: entries in all, of which each address has `ways` to choose from. No entries: there is no such cache. */
export interface CacheSize {
  readonly entries: number;
  readonly ways: number;
}

/** Whose entries a fence throws out of all caches of translations, by whether it is executed with V=0 or V=1. */
export interface Flush {
  readonly host: readonly StageName[];
  readonly guest: readonly StageName[];
  /** Limits of the fence that entries are compared with, so that the others stay. Absent: all of these stages go, whatever the operands. */
  readonly by?: readonly FenceLimit[];
}

/** Caches of translations. Sizes and ways are powers of two. */
export interface TranslationCaches {
  /** Pages that the present mode may fetch from, by their virtual address. */
  readonly instruction: CacheSize;
  /** Pages that the present mode may load from, or load from and store to. */
  readonly data: CacheSize;
  /** Leaves of the first stage, of the host and of guests, for fetches, loads and stores alike. */
  readonly shared: CacheSize;
  /** Leaves of the second stage. */
  readonly second: CacheSize;
  /** The first stage's pointers to tables of the last level. */
  readonly pointers: CacheSize;
  /** Bits of the number that tells entries from those before the last fence. */
  readonly generation: number;
  readonly latency: {
    /** Cycles in which the walker asks `shared` and `pointers`, at least 1. */
    readonly shared: number;
    /** Cycles in which it reads an entry from memory, at least 1. */
    readonly entry: number;
  };
  /** By the name of the instruction. */
  readonly flushes: ReadonlyMap<string, Flush>;
}

/** What a store does: go to memory at once, or stay in the cache until its line goes. */
export const WRITE_POLICIES = ['through', 'back'] as const;

/** A cache of instructions or data. */
export interface LineCache extends CacheSize {
  /** Bytes of a line; a power of two. */
  readonly line: number;
  /** Cycles of an access to a line that is there and is not the one used last, at least 1: an access to that one takes one. */
  readonly hit: number;
  /** Cycles in which a line comes. */
  readonly miss: number;
}

/** Stores on their way to memory, which takes them one after the other. */
export interface StoreBuffer {
  /** How many there is place for, at least 1. */
  readonly entries: number;
  /** Cycles that memory takes for each, at least 1. */
  readonly cycles: number;
}

/** Those that a core has. */
export interface LineCaches {
  readonly instruction?: LineCache;
  readonly data?: LineCache & { readonly write: (typeof WRITE_POLICIES)[number] };
}

/** What guesses the next instruction. */
export interface Prediction {
  /** Where branches and jumps went that were taken last. */
  readonly targets: CacheSize;
  /** Pairs of bits that say whether branches will be taken, chosen by the lowest bits of their address; a power of two. */
  readonly directions: number;
  /** Absent: returns are guessed as other jumps are. */
  readonly returns?: ReturnPrediction;
}

/** A stack of the addresses behind calls. */
export interface ReturnPrediction {
  /** A power of two. */
  readonly entries: number;
  /** Registers that make a jump that writes them a call, and one that goes where they lead a return. */
  readonly links: readonly number[];
}

/** A core: `uarch/five-stage.yaml`. */
export interface Uarch {
  readonly name: string;
  readonly span: Span;
  readonly stages: readonly UarchStage[];
  /** The stage whose unit yields the result of each class: `alu: execute`, `load: memory`, `csr: writeback`. */
  readonly classes: Readonly<Partial<Record<InstructionClass, string>>>;
  /** Stages that forward results to operands. */
  readonly bypass: readonly string[];
  readonly latency: {
    /** Cycles in execute: 1 = no extra. */
    readonly multiply: number;
    readonly divide: number;
    /** Extra cycles of an access that crosses an 8-byte boundary. */
    readonly split: number;
    /** Cycles from request to response of an I/O access, at least 1. */
    readonly io: number;
  };
  /** Absent: every translated access walks the tables. */
  readonly translation?: TranslationCaches;
  /** Absent: all of memory is as near as can be. */
  readonly caches?: LineCaches;
  /** Absent: memory takes a store in the cycle in which it retires. */
  readonly storeBuffer?: StoreBuffer;
  /** Absent: the instruction behind is always taken to be next. */
  readonly prediction?: Prediction;
}

/** Everything a core is generated from. */
export interface Specs {
  readonly isa: Isa;
  readonly cores: readonly Uarch[];
}
