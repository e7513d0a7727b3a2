/** What the specs say of instructions: encodings, operands, effects, and what all entries have in common. */
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
  'alu', 'multiply', 'muldiv', 'branch', 'jump', 'load', 'store', 'amo', 'lr', 'sc', 'csr', 'fence', 'xret', 'trap', 'wait', 'cbo',
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

/** What a fence of translations can be for, instead of all: pages, an address space, a virtual machine. */
export const FENCE_LIMITS = ['address', 'guest_address', 'asid', 'vmid'] as const;
export type FenceLimit = (typeof FENCE_LIMITS)[number];

/** What limits a fence in one way; operations as those of a CSR instruction. */
export interface Limitation {
  /** One bit: it is limited. Absent: always. */
  readonly if?: Operation;
  /** 64 bits; of an address space or a virtual machine as many of the low ones count as its number has. */
  readonly is: Operation;
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
  /** Fences of translations: what they are for, instead of all. */
  readonly limits?: Readonly<Partial<Record<FenceLimit, Limitation>>>;
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
