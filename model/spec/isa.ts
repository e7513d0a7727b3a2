/**
 * The specs after loading: typed, cross-checked, names resolved, still free of
 * hardware. Operations stay text with their place in the YAML file; the
 * operation language turns them into expressions when a core is elaborated.
 *
 * `docs/specs.md` describes the YAML these come from.
 */
import type { Span } from './diagnostic.js';

/** Text in the operation language, with its place. */
export interface Operation {
  readonly text: string;
  /** Exactly the characters of the operation inside the file's quotes. */
  readonly span: Span;
}

/** What an entry in YAML has in common: a name, its place, its rules. */
export interface Entry {
  readonly name: string;
  readonly span: Span;
  /** Normative rule names (first column of `specs/rules/*.tsv`). */
  readonly rules: readonly string[];
  /** Extension file it came from: `rv64i`, `h`. */
  readonly extension: string;
}

/** The closed list of instruction classes: YAML adds members, TypeScript adds classes. */
export const CLASSES = [
  'alu', 'muldiv', 'branch', 'jump', 'load', 'store', 'amo', 'lr', 'sc', 'csr', 'fence', 'xret', 'trap', 'wait', 'cbo',
] as const;
export type InstructionClass = (typeof CLASSES)[number];

/** Inclusive bit range. */
export interface BitRange {
  readonly high: number;
  readonly low: number;
}

/** An immediate: bits of the instruction, most significant first, then `scale` zero bits below. */
export interface Immediate {
  readonly bits: readonly BitRange[];
  readonly scale: number;
  readonly signed: boolean;
}

/** An encoding format: where operands are and how assembly writes them. */
export interface Format extends Entry {
  /** Register operands: `rd`, `rs1`, `rs2`. */
  readonly registers: Readonly<Partial<Record<'rd' | 'rs1' | 'rs2', BitRange>>>;
  readonly immediate?: Immediate;
  /** Other named unsigned fields that assembly shows: `csr`, `zimm`, `pred`, `succ`. */
  readonly fields: Readonly<Record<string, BitRange>>;
  /** `rd, imm(rs1)`: operands in assembly order with literal punctuation. */
  readonly syntax: string;
  /** A field that assembly writes as an end of the mnemonic, and the ends by its value: `amoadd.w` + `.aq`. */
  readonly suffixes?: { readonly field: string; readonly names: readonly string[] };
  /** The transformed instruction for xtinst, when loads and stores of this format can fault; may use `insn` and `offset` (5 bits). */
  readonly tinst?: Operation;
}

/** A memory access of a load or store, or both in one (amo). What `op` is not `load` faults as a store. */
export interface MemoryAccess {
  readonly op: 'load' | 'store' | 'amo';
  readonly bytes: 1 | 2 | 4 | 8;
  readonly address: Operation;
  /** Store data, bits<8 * bytes>. */
  readonly data?: Operation;
  /** What an amo stores, from `mem` and operands, bits<8 * bytes>. */
  readonly new?: Operation;
  /** `guest`: as though V=1 with SPVP (HLV, HSV); `guest-execute`: the same, but needs execute permission (HLVX). */
  readonly as: 'self' | 'guest' | 'guest-execute';
}

/** What a cbo instruction does to a block of memory. */
export interface BlockAccess {
  /** Of any byte of the block. */
  readonly address: Operation;
  /** It stores zeros; otherwise it manages copies, of which there are none. */
  readonly zero: boolean;
}

/** What a CSR instruction does. */
export interface CsrOperation {
  /** New value from `old` (the CSR) and operands; bits<64>. */
  readonly value: Operation;
  /** One bit: whether the CSR is read (false: no read side effects). */
  readonly reads: Operation;
  /** One bit: whether it is written. */
  readonly writes: Operation;
  /** Read-modify-write uses the `modify` value of fields. */
  readonly modifies: boolean;
}

/** Values of the variable `mode` in conditions: `{V, priv}`, as the hart holds them. */
export const MODES = { M: 3n, HS: 1n, U: 0n, VS: 5n, VU: 4n } as const;
export type Mode = keyof typeof MODES;

/** A condition: every named variable has one of the listed values. */
export interface Condition {
  readonly terms: readonly { readonly variable: string; readonly values: readonly bigint[]; readonly span: Span }[];
}

/** An assignment to a CSR or CSR field: `mstatus.SIE: mstatus.SPIE`. */
export interface Update {
  /** `mstatus.SIE` or `mepc`. */
  readonly target: string;
  readonly value: Operation;
  readonly span: Span;
}

/** Where execution goes: new pc, privilege (0 U, 1 S, 3 M), virtualization. Absent: unchanged. */
export interface NextState {
  readonly pc?: Operation;
  readonly priv?: Operation;
  readonly V?: Operation;
}

/** A guarded effect of an xRET (updates) or of a trap-class instruction (`raise`). */
export interface Case extends Entry {
  readonly when: Condition;
  readonly next: NextState;
  readonly update: readonly Update[];
  /** Name of an exception in `traps.yaml`. */
  readonly raise?: string;
}

export interface Instruction extends Entry {
  /** `0`, `1`, `-`, most significant first; 32 characters. */
  readonly match: string;
  readonly matchSpan: Span;
  readonly format: Format;
  readonly class: InstructionClass;
  /** Permit table consulted before it takes effect. */
  readonly permit?: string;
  /** bits<64> for rd; loads use `mem` (bits<8 * bytes>). */
  readonly result?: Operation;
  /** Branches: one bit. */
  readonly taken?: Operation;
  /** Branches and jumps: bits<64>. */
  readonly target?: Operation;
  readonly memory?: MemoryAccess;
  readonly block?: BlockAccess;
  readonly csr?: CsrOperation;
  readonly cases: readonly Case[];
  /** Assembly operands where they differ from the format's. */
  readonly syntax: string;
}

/** A bit of an expanded instruction: a constant, or a bit of the 16-bit word. */
export type ExpandedBit = 0 | 1 | { readonly from: number };

/** A 16-bit spelling of an instruction. */
export interface Compressed extends Entry {
  /** `0`, `1`, `-`, most significant first; 16 characters. */
  readonly match: string;
  readonly matchSpan: Span;
  /** Registers of 3 bits are x8 to x15. */
  readonly format: Format;
  /** Assembly operands where they differ from the format's. */
  readonly syntax: string;
  /** Operands, as the bits that hold them, of which none may be zero: the encoding is reserved then. */
  readonly nonzero: readonly (readonly BitRange[])[];
  /** The instruction of 32 bits that it stands for. */
  readonly expands: Instruction;
  /** Its word, bit 0 first. */
  readonly bits: readonly ExpandedBit[];
}

/** `nop: addi zero, zero, 0`: an assembly-only instruction. */
export interface Pseudo extends Entry {
  /** Operand names: `rd, rs`. */
  readonly operands: string;
  /** Instructions it stands for, with `{rd}` for operands. */
  readonly expand: readonly string[];
}

/** A field of a CSR. Exactly one of: stored, constant, alias, computed. */
export interface CsrField {
  readonly name: string;
  readonly span: Span;
  readonly rules: readonly string[];
  readonly bits: BitRange;
  readonly source:
    /** Stored in this CSR. `legal`: other values leave the field unchanged. `writable`: mask of writable bits within the field (default all). */
    | { readonly kind: 'stored'; readonly reset: bigint; readonly legal?: readonly bigint[]; readonly writable: bigint;
        /** Read value where it differs from the stored one (mip.SEIP: software bit or line). */
        readonly read?: Operation;
        /** One bit over `value` (the field's bits of what is written): 0 leaves the field as it is. */
        readonly writeIf?: Operation }
    | { readonly kind: 'constant'; readonly value: bigint }
    /** The bits live in a field (or whole CSR) elsewhere. Where `visible` is 0, bit by bit, they read zero and ignore writes. */
    | { readonly kind: 'alias'; readonly of: string; readonly visible?: Operation; readonly readonly: boolean }
    | { readonly kind: 'computed'; readonly read: Operation };
}

export interface Csr extends Entry {
  /** 12 bits. */
  readonly address: number;
  readonly fields: readonly CsrField[];
  /** The CSR whose address reaches this one when V=1: `satp` for `vsatp`. */
  readonly substitutes?: string;
  /** A permit table of its own beside the general one (`csr`): an access is illegal if either says so, else virtual if either does. */
  readonly permit?: string;
  /** One bit over `value` (bits<64>): 0 ignores the write as a whole. */
  readonly writeIf?: Operation;
  /** The CSR counts by itself. */
  readonly counts?: { readonly what: 'cycles' | 'retired'; readonly inhibit: Operation };
}

/** A derived variable of permit tables: one expression, a small domain. */
export interface Variable extends Entry {
  readonly value: Operation;
  readonly width: number;
}

export type Permission = 'allow' | 'illegal' | 'virtual';

export interface PermitRow extends Entry {
  readonly when: Condition;
  readonly then: Permission;
}

/** Ordered, total: the first row that matches decides. */
export interface PermitTable extends Entry {
  readonly rows: readonly PermitRow[];
}

/** Where in the pipeline an exception arises: the closed list that hardware knows. */
export const TRAP_SOURCES = [
  'fetch-fault', 'illegal', 'virtual', 'load-fault', 'store-fault', 'instruction',
] as const;

/** Why a stage of translation refuses an access: S and VS raise page faults, G guest-page faults. */
export const STAGE_FAULTS = ['page-fault', 'guest-page-fault'] as const;
export type StageFault = (typeof STAGE_FAULTS)[number];

/** The accesses that faults are told apart by: an AMO's are a store's. */
export const FAULTING = ['fetch', 'load', 'store'] as const;
export type Faulting = (typeof FAULTING)[number];

/** Where exceptions arise once there is translation: at each access, for each reason. */
export const TRANSLATION_SOURCES = FAULTING.flatMap((access) => STAGE_FAULTS.map((fault) => `${access}-${fault}` as const));
export type TrapSource = (typeof TRAP_SOURCES)[number] | (typeof TRANSLATION_SOURCES)[number];

export interface Exception extends Entry {
  readonly code: number;
  /** `instruction`: raised by a `raise:`; `none`: nothing raises it. */
  readonly source: TrapSource | 'none';
  /** Why nothing raises it, as a clause: `misaligned loads are done in hardware`. With source `none`, and only then. */
  readonly because?: string;
  /** bits<64>; may use `pc`, `insn`, `address` (of the faulting access), `fetch_address` (of the parcel that could not be fetched). */
  readonly tval: Operation;
  /** bits<64>; may use `guest_address`. Absent: 0. */
  readonly tval2?: Operation;
  /** One bit: tval is a guest virtual address. */
  readonly gva: Operation;
  /** bits<64>; may use `transformed`, `implicit`, `implicit_write`. */
  readonly tinst: Operation;
}

export interface Interrupt extends Entry {
  readonly code: number;
  /** Code written when VS takes it. */
  readonly guestCode?: number;
}

export interface DelegationRow extends Entry {
  readonly when: Condition;
  readonly then: 'M' | 'HS' | 'VS';
}

export interface TrapEntry extends Entry {
  readonly mode: 'M' | 'HS' | 'VS';
  readonly next: NextState;
  readonly update: readonly Update[];
}

export interface InterruptLevel extends Entry {
  readonly mode: 'M' | 'HS' | 'VS';
  /** bits<64>: pending and enabled for this level. */
  readonly pending: Operation;
  /** One bit: this level's interrupts are globally enabled now. */
  readonly enabled: Operation;
  /** Interrupt names, highest priority first. */
  readonly order: readonly string[];
}

/**
 * A line into the hart that time drives: `lines.NAME` is one while `time` is at
 * least `compare`, both unsigned.
 */
export interface Timer extends Entry {
  /** bits<64>. */
  readonly time: Operation;
  /** bits<64>. */
  readonly compare: Operation;
  /** One bit: the line, once it rises, ends a wait. Idle cycles are skipped up to there. */
  readonly wakes: Operation;
}

export interface Traps {
  readonly exceptions: readonly Exception[];
  /** Exception sources (TRAP_SOURCES), highest priority first. */
  readonly priority: readonly TrapSource[];
  readonly interrupts: readonly Interrupt[];
  /** Highest level first. */
  readonly levels: readonly InterruptLevel[];
  readonly delegation: readonly DelegationRow[];
  readonly entry: readonly TrapEntry[];
  readonly timers: readonly Timer[];
  /** One bit: WFI wakes. */
  readonly wake: Operation;
}

/** The stages of address translation: S alone while V=0; VS and G, one upon the other, for a guest. */
export const STAGES = { S: 0n, VS: 1n, G: 2n } as const;
export type StageName = keyof typeof STAGES;

/** How a translated access is checked. `execute`: a load that needs execute permission in the place of read permission (HLVX). */
export const ACCESSES = { fetch: 0n, load: 1n, store: 2n, execute: 3n } as const;
export type Access = keyof typeof ACCESSES;

/**
 * What a page-table entry means for an access: it is refused, the entry names
 * the next table, its A or D bit must be written first, or it is the leaf that
 * translates.
 */
export const ENTRY_OUTCOMES = ['fault', 'pointer', 'update', 'leaf'] as const;
export type EntryOutcome = (typeof ENTRY_OUTCOMES)[number];

/** A translation scheme: Sv39. */
export interface Scheme extends Entry {
  /** Value of the MODE field, not 0. */
  readonly mode: bigint;
  /** Tables from the root to the last. */
  readonly levels: number;
}

/** A stage of translation: whose tables, and which state its checks depend on. */
export interface TranslationStage extends Entry {
  readonly name: StageName;
  /** The CSR with the fields MODE and PPN. */
  readonly register: string;
  /** Bits by which addresses, and with them the root table, are wider than the scheme's. */
  readonly widened: number;
  /** What the address bits above must be: copies of the highest (`sign`), or zero. */
  readonly above: 'sign' | 'zero';
  readonly fault: StageFault;
  /** One bit each; may use `privilege` (2 bits, of the access) and `implicit` (the access is one to a table of the other stage). */
  readonly user: Operation;
  readonly sum: Operation;
  readonly mxr: Operation;
  readonly adue: Operation;
  readonly pbmte: Operation;
}

/** Whose translation an access goes through: a fetch's, a load's or store's own, or the guest's (HLV, HSV). */
export const ORIGINS = ['fetch', 'self', 'guest'] as const;
export type OriginName = (typeof ORIGINS)[number];
export interface Origin extends Entry {
  readonly name: OriginName;
  /** One bit. */
  readonly V: Operation;
  /** Two bits: 0 U, 1 S, 3 M. */
  readonly privilege: Operation;
}

/** A field of a page-table entry, or of a configuration of memory protection. */
export interface EntryField {
  readonly name: string;
  readonly bits: BitRange;
}

/** A row of the table that says what a page-table entry means; the first that matches decides. */
export interface EntryRow extends Entry {
  readonly when: Condition;
  readonly then: EntryOutcome;
}

/** Address translation: `translation.yaml`. */
export interface Translation {
  readonly schemes: readonly Scheme[];
  /** S; with guests VS and G, too. */
  readonly stages: readonly TranslationStage[];
  readonly origins: readonly Origin[];
  /** Fields of an entry, `pte.NAME` in conditions and operations. */
  readonly fields: readonly EntryField[];
  /** Derived from an entry and its level. */
  readonly variables: readonly Variable[];
  readonly rows: readonly EntryRow[];
}

/** How much of an access the deciding entry of memory protection holds. */
export const PMP_MATCHES = { none: 0n, part: 1n, all: 2n } as const;

/** What memory protection says of an access. */
export type Protection = 'allow' | 'refuse';

/** An entry of physical memory protection. */
export interface ProtectionEntry extends Entry {
  /** The field of 8 bits with its configuration: `pmpcfg0.pmp0cfg`. */
  readonly config: string;
  /** The CSR with bits 55-2 of its address. */
  readonly address: string;
}

/** A row of the table that says what an entry allows; the first that matches decides. */
export interface ProtectionRow extends Entry {
  readonly when: Condition;
  readonly then: Protection;
}

/** Physical memory protection: `pmp.yaml`. */
export interface MemoryProtection {
  /** Lowest number first: it decides before the others. */
  readonly entries: readonly ProtectionEntry[];
  /** Fields of a configuration, `entry.NAME` in conditions. */
  readonly fields: readonly EntryField[];
  readonly rows: readonly ProtectionRow[];
}

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

/** `hart.yaml`: choices the architecture leaves open, and the machine around the hart. */
export interface Hart {
  readonly resetPc: bigint;
  /** Clock cycles per tick of mtime (a power of two). */
  readonly cyclesPerTick: number;
  /** Ticks of mtime a second: what software is told, for nothing here knows seconds. */
  readonly timebaseFrequency: number;
  readonly extensions: readonly string[];
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
  /** Cycles in which a line comes. */
  readonly miss: number;
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
  /** Absent: the instruction behind is always taken to be next. */
  readonly prediction?: Prediction;
}

/** Everything a core is generated from. */
export interface Specs {
  readonly isa: Isa;
  readonly cores: readonly Uarch[];
}
