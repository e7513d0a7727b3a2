/**
 * Decode and operand read: from an instruction's bits to its operands.
 */
import { ZERO, and, concat, constant, element, eq, mux, nonZero, not, read } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { anyOf } from './builder.js';
import { operandField, stageOf, type Core } from './core.js';
import { isMuldiv } from './muldiv.js';
import { TRAIL_BITS } from './record.js';

/** Declares what decode makes of an instruction word. */
export function describeDecode(core: Core): void {
  const { builder, decoder, values, place } = core;
  const stage = stageOf(core, 'decode');
  const at = place.decode;
  values.define('pc', 64, at, () => read(stage.register('pc', 64)));
  // As fetched: above a 16-bit instruction there are bits of the next.
  values.define('insn', 32, at, () => read(stage.register('insn', 32)));
  values.define('fetch_fault', 2, at, () => read(stage.register('fetch_fault', 2)));
  values.define('fetch_trail', TRAIL_BITS.fetch, at, () => read(stage.register('fetch_trail', TRAIL_BITS.fetch, { observed: true })), { observed: true });
  // A failed fetch leaves a word whose low half is zero, which no instruction matches.
  const word = builder.wire(`${stage.name}.word`, decoder.expand(values.at('insn', at)));
  values.define('control', decoder.width, at, () => builder.wire(`${stage.name}.decoded`, decoder.control(word)));
  values.define('rd', 5, at, () => {
    const control = values.at('control', at);
    const rd = operandField(core, word, control, 'rd') ?? constant(5, 0);
    return builder.wire(`${stage.name}.destination`, mux(decoder.field(control, 'writes'), rd, constant(5, 0)));
  });
  values.define('imm', 64, at, () => builder.wire(`${stage.name}.immediate`, decoder.immediate(word, values.at('control', at))));
}

/** A younger stage's result as an operand source. */
interface Source {
  readonly matches: (register: Expr) => Expr;
  /** The value is there to be forwarded. */
  readonly available: Expr;
  readonly value: Expr;
}

/** Operands by the name of their value: the field that names the register, and the control bit that says it is used. */
const OPERANDS = [
  { value: 'a', field: 'rs1', used: 'uses1' },
  { value: 'b', field: 'rs2', used: 'uses2' },
] as const;

/** Declares operands `a` and `b`: register file or bypass. `sources`, {rs1, rs2}, tells cover points who needs whose result. */
export function describeOperands(core: Core): void {
  const { builder, decoder, hart, values, place } = core;
  const stage = stageOf(core, 'operands');
  describeSources(core);
  for (const { value, field, used } of OPERANDS) {
    values.define(field, 5, place.operands, () => {
      const control = values.at('control', place.operands);
      const bits = operandField(core, decoder.expand(values.at('insn', place.operands)), control, field) ?? constant(5, 0);
      return builder.wire(`${stage.name}.${field}`, mux(decoder.field(control, used), bits, constant(5, 0)));
    });
    values.define(value, 64, place.operands, () => {
      const register = values.at(field, place.operands);
      const found = operandSources(core).reduceRight<Expr>((older, s) => mux(s.matches(register), s.value, older), element(hart.x, register));
      // Register 0 is never in flight: an instruction without destination carries 0 as its rd.
      return builder.wire(`${stage.name}.operand.${value}`, mux(nonZero(register), found, constant(64, 0)));
    });
  }
}

/** Declares what cover points ask of operands. */
function describeSources({ values, place }: Core): void {
  values.define('sources', 10, place.operands, () => concat(...OPERANDS.map(({ field }) => values.at(field, place.operands))), { observed: true });
}

/** Stalls where neither register file nor bypass has an operand yet. */
export function stallOperands(core: Core): void {
  const sources = operandSources(core);
  for (const { field } of OPERANDS) {
    const register = core.values.at(field, core.place.operands);
    const pending = sources.reduceRight<Expr>((older, s) => mux(s.matches(register), not(s.available), older), ZERO);
    stageOf(core, 'operands').stallOn(mux(nonZero(register), pending, ZERO), `operand.${field}`, 'stall.operand');
  }
}

/** Stages whose instruction may still have to write an operand, youngest first. */
function operandSources(core: Core): readonly Source[] {
  const { stages, place, uarch, values, decoder } = core;
  return stages.slice(place.operands + 1).map((stage): Source => {
    const index = stage.index;
    const control = values.at('control', index);
    const rd = values.at('rd', index);
    const forwards = uarch.bypass.includes(stage.name);
    const slow = decoder.field(control, 'rare');
    // A result is there from the stage that its class names on; a multiplication's or division's once execute lets it go.
    const later = YIELDING.filter((unit) => yieldStage(core, unit) > index).map((unit) => decoder.unit(control, unit));
    const early = anyOf([...later, index === place.execute ? stageBusy(core, control) : ZERO]);
    return {
      matches: (register) => and(stage.valid, eq(rd, register)),
      available: forwards ? not(anyOf([slow, early])) : ZERO,
      value: forwards ? (index < place.memory ? values.at('result', index) : values.at('value', index)) : constant(64, 0),
    };
  });
}

/** Units whose results are forwarded. */
const YIELDING = ['alu', 'multiply', 'muldiv', 'jump', 'load'] as const;

/** The stage that has the result of a class: the one that the uarch file names, but a load never before the memory stage. */
function yieldStage({ uarch, place }: Core, unit: (typeof YIELDING)[number]): number {
  const named = uarch.stages.findIndex((s) => s.name === uarch.classes[unit]);
  return Math.max(named, unit === 'load' ? place.memory : place.execute);
}

/** The execute stage holds a multi-cycle operation that is not done. */
function stageBusy(core: Core, control: Expr): Expr {
  return mux(isMuldiv(core, control), not(core.values.at('result_ready', core.place.execute)), ZERO);
}
