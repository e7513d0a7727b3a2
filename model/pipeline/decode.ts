/**
 * From instruction bits to a control word: 16-bit instructions are expanded to
 * 32, and a decision tree over the match patterns of the specs does the rest.
 * Nothing downstream looks at encodings again.
 */
import { constant, mux, select, slice } from '../ir/build.js';
import { Interner } from '../ir/intern.js';
import type { Expr } from '../ir/ir.js';
import type { Compressed, Immediate, Instruction, InstructionClass, Isa } from '../spec/isa.js';
import { decisionTree, expansionOf, immediateOf, isShort } from './encoding.js';

/** An instruction with its place in the control word. */
export interface Op {
  readonly instruction: Instruction;
  /** Dense index; members of a class are consecutive, so that selects by class are dense too. */
  readonly index: number;
  readonly immediate: number;
}

/** Fields of the control word, least significant first. */
export interface ControlField {
  readonly name: ControlName;
  readonly low: number;
  readonly width: number;
}

/**
 * `op`: instruction index. `unit`: what execute does with it. `immediate`: which
 * immediate. `uses1`, `uses2`, `writes`: register operands. `rare`: takes the
 * slow path at commit. `illegal`: no instruction matches.
 */
export const CONTROL_NAMES = ['op', 'unit', 'immediate', 'uses1', 'uses2', 'writes', 'rare', 'illegal'] as const;
export type ControlName = (typeof CONTROL_NAMES)[number];

/** What the fast path distinguishes. */
export const EXECUTE_UNITS = ['alu', 'multiply', 'muldiv', 'branch', 'jump', 'load', 'store', 'none'] as const;
export type ExecuteUnit = (typeof EXECUTE_UNITS)[number];

/** Classes that commit without a second look, unless the instruction has a permit. */
const FAST: ReadonlySet<InstructionClass> = new Set(['alu', 'multiply', 'muldiv', 'branch', 'jump', 'load', 'store']);

/** An atomic instruction reads or brings its data like a load or store; what it does with it, it does at commit. */
export function executeUnit(c: InstructionClass): ExecuteUnit {
  switch (c) {
    case 'alu':
    case 'multiply':
    case 'muldiv':
    case 'branch':
    case 'jump':
    case 'load':
    case 'store':
      return c;
    case 'amo':
    case 'lr':
      return 'load';
    case 'sc':
      return 'store';
    case 'csr':
    case 'fence':
    case 'xret':
    case 'trap':
    case 'wait':
    case 'cbo':
      return 'none';
  }
}

const bitsFor = (count: number): number => Math.max(1, Math.ceil(Math.log2(count)));

/** The decoder of an ISA. */
export class Decoder {
  readonly ops: readonly Op[];
  readonly width: number;
  readonly #immediates: readonly Immediate[];
  readonly #compressed: readonly Compressed[];
  readonly #interner = new Interner();
  readonly #fields: ReadonlyMap<ControlName, ControlField>;

  constructor(isa: Isa) {
    const immediates: Immediate[] = [];
    const indexOf = (immediate: Immediate | undefined): number => {
      if (immediate === undefined) return 0;
      const key = JSON.stringify(immediate);
      const known = immediates.findIndex((i) => JSON.stringify(i) === key);
      return known >= 0 ? known : immediates.push(immediate) - 1;
    };
    const order = (i: Instruction): number => EXECUTE_UNITS.indexOf(executeUnit(i.class)) * 16 + Object.keys(CLASS_ORDER).indexOf(i.class);
    this.ops = [...isa.instructions]
      .sort((a, b) => order(a) - order(b))
      .map((instruction, index) => ({ instruction, index, immediate: indexOf(instruction.format.immediate) }));
    this.#immediates = immediates;
    this.#compressed = isa.compressed;
    const widths: Record<ControlName, number> = {
      op: bitsFor(this.ops.length), unit: 3, immediate: bitsFor(immediates.length), uses1: 1, uses2: 1, writes: 1, rare: 1, illegal: 1,
    };
    let low = 0;
    const fields = new Map<ControlName, ControlField>();
    for (const name of CONTROL_NAMES) {
      fields.set(name, { name, low, width: widths[name] });
      low += widths[name];
    }
    this.#fields = fields;
    this.width = low;
  }

  /** A field of a control word. */
  field(control: Expr, name: ControlName): Expr {
    const { low, width } = this.#field(name);
    return slice(control, low + width - 1, low);
  }

  #field(name: ControlName): ControlField {
    const field = this.#fields.get(name);
    if (field === undefined) throw new Error(`control word has no field ${name}`);
    return field;
  }

  /** One bit: the control word belongs to that unit. */
  unit(control: Expr, unit: ExecuteUnit): Expr {
    const value = this.field(control, 'unit');
    return { kind: 'binary', width: 1, op: 'eq', a: value, b: constant(value.width, EXECUTE_UNITS.indexOf(unit)) };
  }

  #word(values: Partial<Record<ControlName, number>>): Expr {
    let word = 0n;
    for (const [name, field] of this.#fields) word |= BigInt(values[name] ?? 0) << BigInt(field.low);
    return constant(this.width, word);
  }

  #wordOf(op: Op): Expr {
    const { instruction } = op;
    const { registers } = instruction.format;
    return this.#word({
      op: op.index,
      unit: EXECUTE_UNITS.indexOf(executeUnit(instruction.class)),
      immediate: op.immediate,
      uses1: registers.rs1 === undefined ? 0 : 1,
      uses2: registers.rs2 === undefined ? 0 : 1,
      writes: registers.rd === undefined ? 0 : 1,
      rare: FAST.has(instruction.class) && instruction.permit === undefined ? 0 : 1,
    });
  }

  /** The control word of an expanded instruction, 32 bits. */
  control(word: Expr): Expr {
    const illegal = this.#word({ illegal: 1, rare: 1, unit: EXECUTE_UNITS.indexOf('none') });
    return decisionTree(word, this.ops.map((op) => ({ match: op.instruction.match, value: this.#wordOf(op) })), illegal);
  }

  /** The 32-bit instruction that an instruction of either length stands for, 32 bits; zero, which is none, for a reserved 16-bit one. */
  expand(insn: Expr): Expr {
    if (this.#compressed.length === 0) return insn;
    const entries = this.#compressed.map((one) => ({ match: one.match, value: expansionOf(insn, one) }));
    return mux(isShort(insn), decisionTree(slice(insn, 15, 0), entries, constant(32, 0)), insn);
  }

  /** The immediate that the control word chooses, 64 bits. */
  immediate(insn: Expr, control: Expr): Expr {
    const values = this.#immediates.map((i) => immediateOf(insn, i));
    const [first, ...rest] = values;
    if (first === undefined) return constant(64, 0);
    return select(this.field(control, 'immediate'), rest.map((value, i) => ({ keys: [BigInt(i + 1)], value })), first);
  }

  /** One value per op, chosen by the control word; ops with the same expression share a case. */
  perOp(control: Expr, ops: readonly Op[], valueOf: (op: Op) => Expr): Expr {
    const groups = new Map<Expr, bigint[]>();
    for (const op of ops) {
      const value = this.#interner.intern(valueOf(op));
      groups.set(value, [...(groups.get(value) ?? []), BigInt(op.index)]);
    }
    // The most frequent value is the default.
    const byFrequency = [...groups].map(([value, keys]) => ({ keys, value })).sort((a, b) => a.keys.length - b.keys.length);
    const last = byFrequency.pop();
    if (last === undefined) return constant(64, 0);
    return select(this.field(control, 'op'), byFrequency, last.value);
  }
}

/** Order of classes within a unit; also the proof that the list is complete. */
const CLASS_ORDER: Record<InstructionClass, true> = {
  alu: true, multiply: true, muldiv: true, branch: true, jump: true, load: true, store: true, amo: true, lr: true, sc: true,
  csr: true, fence: true, xret: true, trap: true, wait: true, cbo: true,
};
