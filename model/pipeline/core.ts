/** What the parts of a core under elaboration share. */
import { constant, concat, eqConst } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { Instruction, Uarch, Unit } from '../spec/isa.js';
import type { ModuleBuilder } from './builder.js';
import type { Decoder, Op } from './decode.js';
import type { Hart } from './hart.js';
import type { LineCache } from './line-cache.js';
import type { Predictor } from './predict.js';
import type { Regimes } from './regimes.js';
import type { ReturnStack } from './return-stack.js';
import type { Stage, Travelling } from './stage.js';
import type { StoreBuffer } from './store-buffer.js';
import type { Walker } from './walk.js';
import type { WalkCaches } from './walk-caches.js';
import type { Windows } from './windows.js';

export interface Core {
  readonly builder: ModuleBuilder;
  readonly hart: Hart;
  readonly uarch: Uarch;
  readonly decoder: Decoder;
  /** In program order, fetch first. */
  readonly stages: readonly Stage[];
  /** Values that travel with an instruction. */
  readonly values: Travelling;
  /** Absent: every address is physical. */
  readonly translation?: { readonly walker: Walker; readonly regimes: Regimes; readonly windows: Windows; readonly caches?: WalkCaches };
  /** Absent: memory answers at once. */
  readonly lines?: { readonly instruction?: LineCache; readonly data?: LineCache };
  /** Absent: memory takes stores at once. */
  readonly stores?: StoreBuffer;
  /** Absent: the instruction behind is always next. */
  readonly predictor?: Predictor;
  /** Absent: returns are jumps like others. */
  readonly returns?: ReturnStack;
  /** The stage index that holds a unit. */
  readonly place: Readonly<Record<Unit, number>>;
}

/** The stage that holds a unit. */
export function stageOf(core: Core, unit: Unit): Stage {
  const stage = core.stages[core.place[unit]];
  if (stage === undefined) throw new Error(`no stage holds ${unit}`);
  return stage;
}

/** Operand bits of the instruction word by name: registers, immediates' parts, `csr`, `zimm`. Formats agree on a name's place or it is chosen per op. */
export function operandField(core: Core, insn: Expr, control: Expr, name: string): Expr | undefined {
  const ranges = new Map<string, { readonly high: number; readonly low: number; readonly ops: Op[] }>();
  for (const op of core.decoder.ops) {
    const range = rangeOf(op.instruction, name);
    if (range === undefined) continue;
    const key = `${range.high}-${range.low}`;
    const known = ranges.get(key);
    if (known === undefined) ranges.set(key, { ...range, ops: [op] });
    else known.ops.push(op);
  }
  const [first, ...rest] = [...ranges.values()];
  if (first === undefined) return undefined;
  const bits = (r: { readonly high: number; readonly low: number }): Expr => ({ kind: 'slice', width: r.high - r.low + 1, a: insn, low: r.low });
  if (rest.length === 0) return bits(first);
  return core.decoder.perOp(control, [first, ...rest].flatMap((r) => r.ops), (op) => bits(rangeOf(op.instruction, name) ?? first));
}

function rangeOf(instruction: Instruction, name: string): { readonly high: number; readonly low: number } | undefined {
  const { registers, fields } = instruction.format;
  if (name === 'rd' || name === 'rs1' || name === 'rs2') return registers[name];
  return fields[name];
}

/** All operand field names of the specs. */
export function operandNames(core: Core): readonly string[] {
  return [...new Set(core.decoder.ops.flatMap(({ instruction }) => ['rd', 'rs1', 'rs2', ...Object.keys(instruction.format.fields)]))];
}

/** Access width in bytes of the load or store that the control word names, four bits. */
export function accessBytes(core: Core, control: Expr): Expr {
  const ops = core.decoder.ops.filter((op) => op.instruction.memory !== undefined);
  return core.decoder.perOp(control, ops, (op) => constant(4, op.instruction.memory?.bytes ?? 8));
}

/** One bit: address bits below 8 plus the width exceed an 8-byte block. */
export function crossesBlock(address: Expr, bytes: Expr): Expr {
  const offset: Expr = concat(constant(2, 0), { kind: 'slice', width: 3, a: address, low: 0 });
  const end: Expr = { kind: 'binary', width: 5, op: 'add', a: offset, b: { kind: 'extend', width: 5, signed: false, a: bytes } };
  return { kind: 'binary', width: 1, op: 'ltu', a: constant(5, 8), b: end };
}

export const isOp = (core: Core, control: Expr, op: Op): Expr => eqConst(core.decoder.field(control, 'op'), op.index);
