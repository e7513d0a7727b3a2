/**
 * What items of a body are put together from: registers to read and to write,
 * and instructions with random operands.
 */
import type { Isa } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { CsrChooser } from './csr-choice.js';
import type { Dice } from './dice.js';
import { BUDGET, POOL } from './map.js';
import type { ItemKind } from './profile.js';
import type { Item } from './program.js';
import { encode, type Operands, type Shape, type Shapes } from './shapes.js';

/** Makes an item for a body that starts in a mode. */
export type Make = (dice: Dice, mode: Mode) => Item;

/** A way to make items. */
export interface Idiom {
  readonly kind: ItemKind;
  /** How often, beside the others. */
  readonly weight: number;
  /** The same in a calm body: it does not trap there, as far as the mode tells. Absent: never. */
  readonly calm?: number;
  readonly make: Make;
}

/** An item of these words. */
export const one = (...words: readonly number[]): Item => ({ words });

/** Operands and instructions of one ISA. */
export class Kit {
  readonly csrs: CsrChooser;
  readonly compute: readonly Shape[];
  readonly muldiv: readonly Shape[];
  /** Loads and stores with an offset, and without: for guests' memory. */
  readonly moves: readonly Shape[];
  readonly guestMoves: readonly Shape[];
  readonly branches: readonly Shape[];
  /** What depends on privilege, or changes it. */
  readonly system: readonly Shape[];

  constructor(isa: Isa, readonly shapes: Shapes) {
    this.csrs = new CsrChooser(isa);
    this.compute = shapes.of(['alu', 'multiply', 'muldiv']);
    this.muldiv = shapes.of(['multiply', 'muldiv']);
    this.moves = shapes.of(['load', 'store'], (s) => s.imm !== undefined);
    this.guestMoves = shapes.of(['load', 'store'], (s) => s.imm === undefined);
    this.branches = shapes.of(['branch']);
    this.system = shapes.of(['trap', 'wait', 'xret', 'fence', 'cbo']);
  }

  /** A word by name and operands; the specs must have it. */
  word(name: string, operands?: Operands): number {
    return this.shapes.word(name, operands);
  }

  /** A register to read: seldom one that is not the body's. */
  source(dice: Dice): number {
    return dice.oneIn(24) ? dice.below(32) : dice.below(POOL);
  }

  /** A register to write: hardly ever one that the handlers need. */
  target(dice: Dice): number {
    if (!dice.oneIn(32)) return dice.below(POOL);
    const any = dice.below(32);
    return any === BUDGET ? 0 : any;
  }

  /** A register of the body that can be written. */
  scratch(dice: Dice): number {
    return dice.between(1, POOL - 1);
  }

  /** Two different ones. */
  scratches(dice: Dice): readonly [number, number] {
    return [dice.between(1, POOL / 2 - 1), dice.between(POOL / 2, POOL - 1)];
  }

  /** Random operands; meaningless bits are mostly zero. */
  fill(dice: Dice, shape: Shape): number {
    let word = shape.match | (dice.word() & shape.free);
    if (shape.ignored !== 0 && !dice.oneIn(4)) word &= ~shape.ignored;
    if (shape.rd !== undefined) word = (word & ~(31 << shape.rd)) | (this.target(dice) << shape.rd);
    if (shape.rs1 !== undefined) word = (word & ~(31 << shape.rs1)) | (this.source(dice) << shape.rs1);
    if (shape.rs2 !== undefined) word = (word & ~(31 << shape.rs2)) | (this.source(dice) << shape.rs2);
    return word >>> 0;
  }

  /** Any computation. */
  computation(dice: Dice): number {
    return this.fill(dice, dice.pick(this.compute));
  }

  /** A computation that reads a register. */
  use(dice: Dice, rs1: number): number {
    return encode(dice.pick(this.compute), { rd: this.target(dice), rs1, rs2: dice.oneIn(2) ? rs1 : this.source(dice), imm: dice.between(0, 31) });
  }

  /** A 32-bit number into a register, sign-extended. */
  number(rd: number, value: number): readonly number[] {
    const low = ((value & 0xfff) ^ 0x800) - 0x800;
    return [this.word('lui', { rd, imm: (value - low) | 0 }), this.word('addi', { rd, rs1: rd, imm: low })];
  }

  /** One bit into a register. */
  bit(rd: number, at: number): readonly number[] {
    return [this.word('addi', { rd, imm: 1 }), this.word('slli', { rd, rs1: rd, imm: at })];
  }
}
