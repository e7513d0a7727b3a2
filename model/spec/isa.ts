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
  /** The transformed instruction for xtinst, when loads and stores of this format can fault; may use `insn` and `offset` (5 bits). */
  readonly tinst?: Operation;
}

/** A memory access of a load or store. */
export interface MemoryAccess {
  readonly op: 'load' | 'store';
  readonly bytes: 1 | 2 | 4 | 8;
  readonly address: Operation;
  /** Store data, bits<8 * bytes>. */
  readonly data?: Operation;
  /** `guest`: as though V=1 with SPVP (HLV, HSV); `guest-execute`: the same, but needs execute permission (HLVX). */
  readonly as: 'self' | 'guest' | 'guest-execute';
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
  readonly csr?: CsrOperation;
  readonly cases: readonly Case[];
  /** Assembly operands where they differ from the format's. */
  readonly syntax: string;
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
        readonly read?: Operation }
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
  /** An extra permit table, consulted after the general one (`csr`). */
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
  'fetch-fault', 'illegal', 'virtual', 'misaligned-target', 'load-fault', 'store-fault', 'instruction',
] as const;
export type TrapSource = (typeof TRAP_SOURCES)[number];

export interface Exception extends Entry {
  readonly code: number;
  /** `instruction`: raised by a `raise:`; `none`: nothing raises it. */
  readonly source: TrapSource | 'none';
  /** Why nothing raises it, as a clause: `there is no translation`. With source `none`, and only then. */
  readonly because?: string;
  /** bits<64>; may use `pc`, `insn`, `address` (of the faulting access), `target`. */
  readonly tval: Operation;
  /** One bit: tval is a guest virtual address. */
  readonly gva: Operation;
  /** bits<64>; may use `transformed`. */
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

export interface Traps {
  readonly exceptions: readonly Exception[];
  /** Exception sources (TRAP_SOURCES), highest priority first. */
  readonly priority: readonly TrapSource[];
  readonly interrupts: readonly Interrupt[];
  /** Highest level first. */
  readonly levels: readonly InterruptLevel[];
  readonly delegation: readonly DelegationRow[];
  readonly entry: readonly TrapEntry[];
  /** One bit: WFI wakes. */
  readonly wake: Operation;
}

/** A pure function of the operation language. */
export interface SpecFunction extends Entry {
  readonly parameters: readonly { readonly name: string; readonly width: number }[];
  readonly value: Operation;
}

/** A region of the physical address map. */
export interface Region extends Entry {
  readonly base: bigint;
  readonly size: bigint;
  readonly kind: 'memory' | 'io';
  /** Access widths in bytes that an I/O region takes. */
  readonly widths: readonly number[];
  readonly device: 'dram' | 'clint' | 'uart' | 'finisher';
}

/** `hart.yaml`: choices the architecture leaves open, and the machine around the hart. */
export interface Hart {
  readonly resetPc: bigint;
  /** Clock cycles per tick of mtime (a power of two). */
  readonly cyclesPerTick: number;
  readonly extensions: readonly string[];
  readonly regions: readonly Region[];
}

export interface Isa {
  readonly formats: readonly Format[];
  readonly instructions: readonly Instruction[];
  readonly pseudos: readonly Pseudo[];
  readonly csrs: readonly Csr[];
  readonly variables: readonly Variable[];
  readonly permits: readonly PermitTable[];
  readonly traps: Traps;
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
}

/** Everything a core is generated from. */
export interface Specs {
  readonly isa: Isa;
  readonly cores: readonly Uarch[];
}
