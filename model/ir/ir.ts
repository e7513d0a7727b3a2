/**
 * The hardware that everything before it produces and every backend prints.
 *
 * A module is registers, arrays and memories plus one list of statements that
 * describes a single clock cycle. Reads see the value at the start of the
 * cycle, writes land at its end, in whatever order the statements stand. A
 * register is assigned at most once on every path through the statements.
 * Expressions are pure and total; nothing here knows RISC-V.
 */

/** Number of bits of a value, 1..64. */
export type Width = number;

/** A clocked register. */
export interface Register {
  readonly kind: 'register';
  /** Hierarchical name, the same in waves, save files and docs: `execute.pc`, `csr.mstatus`. */
  readonly name: string;
  readonly width: Width;
  readonly reset: bigint;
  /** Driven by the host between cycles (pins, device answers), in addition to or instead of the hardware. */
  readonly input: boolean;
  /** Observation: only cover points and records are computed from it, and it is where cover points are, in the observed variant. */
  readonly observed?: true;
}

/** A register file: `depth` words (a power of two), combinational read, written at the end of the cycle. */
export interface RegisterArray {
  readonly kind: 'array';
  readonly name: string;
  readonly depth: number;
  readonly width: Width;
}

/** Byte-addressed storage with registered reads; little-endian, any alignment. */
export interface Memory {
  readonly kind: 'memory';
  readonly name: string;
  /** First physical address. Accesses outside the memory are an author error: guard them. */
  readonly base: bigint;
}

/** A part of a cover point's number, and what its values are called. */
export interface CoverAxis {
  readonly name: string;
  readonly width: Width;
  /** By value. What is called nothing, or lies beyond the list, is no point. */
  readonly values: readonly string[];
}

/** Cover points of one kind: a byte for every combination of values, zero until something reaches it. */
export interface CoverFamily {
  readonly kind: 'cover';
  readonly name: string;
  /** Most significant first. */
  readonly axes: readonly CoverAxis[];
}

/** An expression with a name: one signal in the wave. */
export interface Wire {
  readonly kind: 'wire';
  readonly name: string;
  readonly value: Expr;
}

/** Operators on two values of the same width that yield that width. */
export type ArithmeticOp =
  | 'add' | 'sub' | 'and' | 'or' | 'xor' | 'mul' | 'mulh' | 'mulhu' | 'mulhsu' | 'div' | 'divu' | 'rem' | 'remu';
/** Shifts: the amount has any width; an amount >= the width yields 0 (`shrs`: copies of the sign). */
export type ShiftOp = 'shl' | 'shru' | 'shrs';
/** Comparisons of two values of the same width; yield one bit. */
export type CompareOp = 'eq' | 'ne' | 'ltu' | 'lts' | 'geu' | 'ges';
export type BinaryOp = ArithmeticOp | ShiftOp | CompareOp;

/**
 * A pure expression. Operators are total: division follows RISC-V (x / 0 = all ones, x % 0 = x,
 * overflow wraps).
 */
export type Expr =
  | { readonly kind: 'const'; readonly width: Width; readonly value: bigint }
  | { readonly kind: 'read'; readonly width: Width; readonly register: Register }
  | { readonly kind: 'element'; readonly width: Width; readonly array: RegisterArray; readonly index: Expr }
  | { readonly kind: 'not'; readonly width: Width; readonly a: Expr }
  | { readonly kind: 'binary'; readonly width: Width; readonly op: BinaryOp; readonly a: Expr; readonly b: Expr }
  /** Only the chosen arm is evaluated (lazily, in software; a multiplexer in hardware). */
  | { readonly kind: 'mux'; readonly width: Width; readonly condition: Expr; readonly then: Expr; readonly else: Expr }
  /** Case selection, each key listed at most once; arms are lazy like those of `mux`. */
  | { readonly kind: 'select'; readonly width: Width; readonly key: Expr; readonly cases: readonly SelectCase[]; readonly default: Expr }
  | { readonly kind: 'slice'; readonly width: Width; readonly a: Expr; readonly low: number }
  /** Most significant part first. */
  | { readonly kind: 'concat'; readonly width: Width; readonly parts: readonly Expr[] }
  | { readonly kind: 'extend'; readonly width: Width; readonly signed: boolean; readonly a: Expr }
  | { readonly kind: 'wire'; readonly width: Width; readonly wire: Wire };

export interface SelectCase {
  readonly keys: readonly bigint[];
  readonly value: Expr;
}

/** What happens in one cycle. */
export type Statement =
  | { readonly kind: 'assign'; readonly register: Register; readonly value: Expr }
  | { readonly kind: 'write'; readonly array: RegisterArray; readonly index: Expr; readonly value: Expr }
  /** `rare` branches are kept out of the hot function by the wasm backend (evaluated in a function of their own). */
  | { readonly kind: 'if'; readonly condition: Expr; readonly then: readonly Statement[]; readonly else: readonly Statement[]; readonly rare?: 'then' | 'else' }
  | { readonly kind: 'switch'; readonly key: Expr; readonly cases: readonly SwitchCase[]; readonly default: readonly Statement[] }
  /** Reads `into.width / 8` bytes; the register holds them from the next cycle on. Sees memory as at the start of the cycle. */
  | { readonly kind: 'load'; readonly memory: Memory; readonly address: Expr; readonly into: Register }
  /** Writes the low `bytes` (1, 2, 4 or 8; four bits wide) bytes of 64-bit `data` at the end of the cycle. */
  | { readonly kind: 'store'; readonly memory: Memory; readonly address: Expr; readonly bytes: Expr; readonly data: Expr }
  /** Observation, not hardware: adds one to a host-visible 64-bit statistic. */
  | { readonly kind: 'count'; readonly counter: string }
  /** Observation: appends a record of these fields to the ring; absent from the plain variant, and so is all that only it uses. */
  | { readonly kind: 'record'; readonly fields: readonly RecordField[] }
  /** Observation, in the observed variant alone: the point with this number is reached. The index is as wide as the axes together. */
  | { readonly kind: 'cover'; readonly family: CoverFamily; readonly index: Expr }
  /** Observation: `run` returns to the host at the end of this cycle with the reason (if several, the numerically largest). */
  | { readonly kind: 'exit'; readonly reason: number };

export interface SwitchCase {
  readonly keys: readonly bigint[];
  readonly body: readonly Statement[];
}

/** A field of a record; each takes 8 bytes in the ring, zero-extended, in the listed order. */
export interface RecordField {
  readonly name: string;
  readonly value: Expr;
}

/** One clocked module. */
export interface Module {
  readonly name: string;
  readonly registers: readonly Register[];
  readonly arrays: readonly RegisterArray[];
  readonly memories: readonly Memory[];
  /** Named expressions, each a signal of the wave. */
  readonly wires: readonly Wire[];
  readonly body: readonly Statement[];
}
