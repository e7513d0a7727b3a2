/**
 * Fetch, decode and operand read: from the program counter to an instruction
 * with its operands.
 */
import { ZERO, add, and, constant, element, eq, mux, nonZero, not, read } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { anyOf } from './builder.js';
import { operandField, stageOf, type Core } from './core.js';

/** Declares what decode makes of an instruction word. */
export function describeDecode(core: Core): void {
  const { builder, decoder, values, place } = core;
  const stage = stageOf(core, 'decode');
  const at = place.decode;
  values.define('pc', 64, at, () => read(stage.register('pc', 64)));
  values.define('insn', 32, at, () => read(stage.register('insn', 32)));
  values.define('fetch_fault', 1, at, () => read(stage.register('fetch_fault', 1)));
  // A failed fetch leaves an all-zero word, which no instruction matches.
  values.define('control', decoder.width, at, () => builder.wire(`${stage.name}.decoded`, decoder.control(values.at('insn', at))));
  values.define('rd', 5, at, () => {
    const control = values.at('control', at);
    const rd = operandField(core, values.at('insn', at), control, 'rd') ?? constant(5, 0);
    return builder.wire(`${stage.name}.destination`, mux(decoder.field(control, 'writes'), rd, constant(5, 0)));
  });
  values.define('imm', 64, at, () => builder.wire(`${stage.name}.immediate`, decoder.immediate(values.at('insn', at), values.at('control', at))));
}

/** A younger stage's result as an operand source. */
interface Source {
  readonly matches: (register: Expr) => Expr;
  /** The value is there to be forwarded. */
  readonly available: Expr;
  readonly value: Expr;
}

/** Declares operands `a` and `b`: register file or bypass, with the stall where neither has the value yet. */
export function describeOperands(core: Core): void {
  const { values, place } = core;
  const stage = stageOf(core, 'operands');
  const sources = operandSources(core);
  for (const [name, field, used] of [['a', 'rs1', 'uses1'], ['b', 'rs2', 'uses2']] as const) {
    const register = (): Expr => {
      const control = values.at('control', place.operands);
      const bits = operandField(core, values.at('insn', place.operands), control, field) ?? constant(5, 0);
      return mux(core.decoder.field(control, used), bits, constant(5, 0));
    };
    const number = core.builder.wire(`${stage.name}.${field}`, register());
    const fromFile = element(core.hart.x, number);
    values.define(name, 64, place.operands, () => core.builder.wire(`${stage.name}.operand.${name}`, sources.reduceRight<Expr>((older, s) => mux(s.matches(number), s.value, older), fromFile)));
    stage.stallOn(mux(nonZero(number), sources.reduceRight<Expr>((older, s) => mux(s.matches(number), not(s.available), older), ZERO), ZERO), `operand.${field}`);
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
    // Before the memory stage a load has no data; a multiplication or division has its result once its stage lets it go.
    const early = index < place.memory ? anyOf([decoder.unit(control, 'load'), index === place.execute ? stageBusy(core, control) : ZERO]) : ZERO;
    return {
      matches: (register) => and(stage.valid, eq(rd, register)),
      available: forwards ? not(anyOf([slow, early])) : ZERO,
      value: forwards ? (index < place.memory ? values.at('result', index) : values.at('value', index)) : constant(64, 0),
    };
  });
}

/** The execute stage holds a multi-cycle operation that is not done. */
function stageBusy(core: Core, control: Expr): Expr {
  return mux(core.decoder.unit(control, 'muldiv'), not(core.values.at('result_ready', core.place.execute)), ZERO);
}

/** The fetch stage's cycle: redirect or next word. */
export function fetchCycle(core: Core, redirect: Expr, target: Expr): void {
  const { builder, hart, stages, place } = core;
  const pc = builder.register('fetch.pc', 64, { reset: hart.isa.hart.resetPc });
  const next = stages[place.fetch + 1];
  if (next === undefined) throw new Error('fetch is the last stage');
  const requests = builder.wire('fetch.request', and(next.ready, not(redirect)));
  next.take(requests, () => {
    builder.assign(next.register('pc', 64), read(pc));
    builder.when(
      hart.inDram(read(pc), 4),
      () => {
        builder.load(hart.dram, read(pc), next.register('insn', 32));
        builder.assign(next.register('fetch_fault', 1), ZERO);
      },
      () => {
        builder.assign(next.register('insn', 32), constant(32, 0));
        builder.assign(next.register('fetch_fault', 1), not(ZERO));
      },
    );
  });
  builder.when(
    redirect,
    () => builder.assign(pc, target),
    () => builder.when(next.ready, () => builder.assign(pc, add(read(pc), constant(64, 4)))),
  );
}

