/**
 * The instructions of the specs as shapes to fill: fixed bits, and where the
 * operands go. A new instruction in YAML appears here by itself.
 */
import type { BitRange, Instruction, InstructionClass, Isa, MemoryAccess } from '../../model/spec/isa.js';

/** Where an immediate's bits go: `width` bits of the value from bit `from` on stand at bit `to`. */
interface Piece {
  readonly from: number;
  readonly width: number;
  readonly to: number;
}

/** How to place an immediate. */
export interface ImmediateShape {
  readonly pieces: readonly Piece[];
  /** Bits that the pieces cover. */
  readonly mask: number;
  /** Bits of the value, those below the scale included. */
  readonly width: number;
  readonly scale: number;
  readonly signed: boolean;
}

/** An instruction to fill. */
export interface Shape {
  readonly name: string;
  readonly class: InstructionClass;
  readonly permit: string | undefined;
  readonly memory: MemoryAccess | undefined;
  readonly match: number;
  /** Bits that the match leaves open. */
  readonly free: number;
  /** Lowest bit of each register operand of five bits. */
  readonly rd: number | undefined;
  readonly rs1: number | undefined;
  readonly rs2: number | undefined;
  /** Lowest bit of each of three, which are x8 to x15. */
  readonly short: Readonly<Partial<Record<'rd' | 'rs1' | 'rs2', number>>>;
  readonly imm: ImmediateShape | undefined;
  /** Lowest bits of the CSR address and of the 5-bit immediate of CSR instructions. */
  readonly csr: number | undefined;
  readonly zimm: number | undefined;
  /** Bits in no operand that the instruction ignores. */
  readonly ignored: number;
}

/** Operands of {@link encode}; what is absent is zero. */
export interface Operands {
  readonly rd?: number;
  readonly rs1?: number;
  readonly rs2?: number;
  readonly imm?: number;
  readonly csr?: number;
  readonly zimm?: number;
}

const maskOf = ({ high, low }: BitRange): number => ((2 ** (high - low + 1) - 1) * 2 ** low) >>> 0;

function immediateShape(instruction: Pick<Instruction, 'format'>): ImmediateShape | undefined {
  const { immediate } = instruction.format;
  if (immediate === undefined) return undefined;
  const pieces: Piece[] = [];
  let from = immediate.scale;
  for (const { high, low } of [...immediate.bits].reverse()) {
    const width = high - low + 1;
    pieces.push({ from, width, to: low });
    from += width;
  }
  const mask = immediate.bits.reduce((bits, range) => (bits | maskOf(range)) >>> 0, 0);
  return { pieces, mask, width: from, scale: immediate.scale, signed: immediate.signed };
}

function shapeOf(instruction: Pick<Instruction, 'name' | 'class' | 'permit' | 'memory' | 'match' | 'format'>): Shape {
  const { registers, fields } = instruction.format;
  const low = (name: 'rd' | 'rs1' | 'rs2', width: number): number | undefined => {
    const range = registers[name];
    return range === undefined || range.high - range.low + 1 !== width ? undefined : range.low;
  };
  const short = (['rd', 'rs1', 'rs2'] as const).flatMap((name) => {
    const at = low(name, 3);
    return at === undefined ? [] : [[name, at] as const];
  });
  const free = [...instruction.match].reduce((bits, c) => ((bits << 1) | (c === '-' ? 1 : 0)) >>> 0, 0);
  const imm = immediateShape(instruction);
  const named = [...Object.values(registers), ...Object.values(fields)].reduce((bits, range) => bits | maskOf(range), imm?.mask ?? 0);
  return {
    name: instruction.name,
    class: instruction.class,
    permit: instruction.permit,
    memory: instruction.memory,
    match: [...instruction.match].reduce((bits, c) => ((bits << 1) | (c === '1' ? 1 : 0)) >>> 0, 0),
    free,
    rd: low('rd', 5),
    rs1: low('rs1', 5),
    rs2: low('rs2', 5),
    short: Object.fromEntries(short),
    imm,
    csr: fields['csr']?.low,
    zimm: fields['zimm']?.low,
    ignored: (free & ~named) >>> 0,
  };
}

/** The bits of an immediate at their places. */
export function placeImmediate(shape: ImmediateShape, value: number): number {
  let bits = 0;
  for (const { from, width, to } of shape.pieces) bits |= ((value >> from) & (2 ** width - 1)) << to;
  return bits >>> 0;
}

const fieldAt = (word: number, low: number | undefined, width: number): number => (low === undefined ? 0 : (word >>> low) & (2 ** width - 1));

/** The operands of a word that is of a shape; `imm` with its sign. */
export function operandsOf({ rd, rs1, rs2, imm, csr, zimm }: Shape, word: number): Required<Operands> {
  const raw = imm?.pieces.reduce((value, { from, width, to }) => value + fieldAt(word, to, width) * 2 ** from, 0) ?? 0;
  const signed = imm?.signed === true && raw >= 2 ** (imm.width - 1) ? raw - 2 ** imm.width : raw;
  return { rd: fieldAt(word, rd, 5), rs1: fieldAt(word, rs1, 5), rs2: fieldAt(word, rs2, 5), imm: signed, csr: fieldAt(word, csr, 12), zimm: fieldAt(word, zimm, 5) };
}

/** An instruction word. */
export function encode(shape: Shape, { rd = 0, rs1 = 0, rs2 = 0, imm = 0, csr = 0, zimm = 0 }: Operands): number {
  let word = shape.match;
  if (shape.rd !== undefined) word |= rd << shape.rd;
  if (shape.rs1 !== undefined) word |= rs1 << shape.rs1;
  if (shape.rs2 !== undefined) word |= rs2 << shape.rs2;
  if (shape.short.rd !== undefined) word |= (rd & 7) << shape.short.rd;
  if (shape.short.rs1 !== undefined) word |= (rs1 & 7) << shape.short.rs1;
  if (shape.short.rs2 !== undefined) word |= (rs2 & 7) << shape.short.rs2;
  if (shape.imm !== undefined) word |= placeImmediate(shape.imm, imm);
  if (shape.csr !== undefined) word |= csr << shape.csr;
  if (shape.zimm !== undefined) word |= zimm << shape.zimm;
  return word >>> 0;
}

/** All instructions of an ISA. */
export class Shapes {
  readonly all: readonly Shape[];
  /** Those of 16 bits, with the class and access of what they stand for. */
  readonly compressed: readonly Shape[];
  readonly #byName: ReadonlyMap<string, Shape>;

  constructor(isa: Isa) {
    this.all = isa.instructions.map(shapeOf);
    this.compressed = isa.compressed.map(({ name, match, format, expands }) => shapeOf({ ...expands, name, match, format }));
    this.#byName = new Map([...this.all, ...this.compressed].map((s) => [s.name, s]));
  }

  /** The instructions of some classes that `wanted` accepts. */
  of(classes: readonly InstructionClass[], wanted: (shape: Shape) => boolean = () => true): readonly Shape[] {
    return this.all.filter((s) => classes.includes(s.class) && wanted(s));
  }

  /** The instructions of 16 bits that stand for some classes. */
  shortOf(classes: readonly InstructionClass[]): readonly Shape[] {
    return this.compressed.filter((s) => classes.includes(s.class));
  }

  /** An instruction that programs are built around; the specs must have it. */
  named(name: string): Shape {
    const shape = this.#byName.get(name);
    if (shape === undefined) throw new Error(`the specs have no instruction ${name}, which the prologue and the trap handlers of random programs need`);
    return shape;
  }

  /** The instruction that a word is; of several encodings the narrowest. */
  find(word: number): Shape | undefined {
    let found: Shape | undefined;
    for (const shape of this.all) {
      if (((word ^ shape.match) & ~shape.free) === 0 && (found === undefined || (shape.free & ~found.free) === 0)) found = shape;
    }
    return found;
  }

  /** A word by name and operands. */
  word(name: string, operands: Operands = {}): number {
    return encode(this.named(name), operands);
  }
}
