/**
 * States that differ in nothing that matters: an instruction that computes
 * nothing is as good as another of its kind, and nobody reads the bits of an
 * unsigned immediate above its width. These are guesses; the prover shows that
 * they are right before it uses them.
 */
import { binary, constant, eqConst, mux, or, read } from '../../model/ir/build.js';
import type { Expr, Module, Register } from '../../model/ir/ir.js';
import { withOperands } from '../../model/ir/map.js';
import { operands, postorder } from '../../model/ir/walk.js';
import { Decoder } from '../../model/pipeline/decode.js';
import type { Instruction, Isa } from '../../model/spec/isa.js';
import { instructionOf } from './decoding.js';
import { immediateWidth } from './invariants.js';
import type { Side } from './prover.js';
import type { Effects } from './transition.js';

/** A register that has several values of one meaning, and one of them that stands for all. */
export interface Canonical {
  readonly register: Register;
  /** Over registers of the same stage. */
  readonly value: Expr;
}

/** What instructions of the same kind have in common; undefined for those that compute something. */
const kindOf = (i: Instruction): string | undefined => (
  i.class === 'fence' && i.permit === undefined && Object.keys(i.format.registers).length === 0 ? i.class : undefined);

/** By name, the registers of the pipeline that need not be what they are. */
export function canonicalState(isa: Isa, module: Module): ReadonlyMap<string, Canonical> {
  const decoder = new Decoder(isa);
  const found = new Map<string, Canonical>();
  for (const control of module.registers.filter((r) => r.name.endsWith('.control'))) {
    found.set(control.name, { register: control, value: firstOfKind(isa, decoder, read(control)) });
    const imm = module.registers.find((r) => r.name === control.name.replace(/control$/, 'imm'));
    if (imm !== undefined) found.set(imm.name, { register: imm, value: withinWidth(decoder, read(control), read(imm)) });
  }
  return found;
}

/** Control words of instructions that compute nothing, each with that of the first of its kind; not the first itself. */
function alike(isa: Isa, decoder: Decoder): readonly (readonly [word: Expr, first: Expr])[] {
  const instructions = new Map(isa.instructions.map((i) => [i.name, i]));
  const insn: Register = { kind: 'register', name: 'insn', width: 32, reset: 0n, input: false };
  const first = new Map<string, Expr>();
  return postorder([decoder.control(read(insn))]).flatMap((word) => {
    if (word.kind !== 'const' || word.width !== decoder.width) return [];
    const instruction = instructions.get(instructionOf(decoder, word.value) ?? '');
    const kind = instruction === undefined ? undefined : kindOf(instruction);
    if (kind === undefined) return [];
    const representative = first.get(kind) ?? word;
    first.set(kind, representative);
    return representative === word ? [] : [[word, representative] as const];
  });
}

/** The control word, that of the first of its kind for instructions that compute nothing. */
const firstOfKind = (isa: Isa, decoder: Decoder, control: Expr): Expr =>
  alike(isa, decoder).reduce((rest, [word, first]) => mux(binary('eq', control, word), first, rest), control);

/**
 * What makes no difference if each of these makes none: a state becomes its
 * canonical state by one after the other, the immediates first, because their
 * widths depend on the control words. Each leaves so much known that it is
 * quickly decided, which all at once would not be.
 */
export function canonicalSteps(isa: Isa, canonical: ReadonlyMap<string, Canonical>): readonly (readonly [Side, Side])[] {
  const words = alike(isa, new Decoder(isa));
  const [controls, immediates] = [true, false].map((is) => [...canonical.values()].filter(({ register }) => register.name.endsWith('.control') === is));
  return [
    ...(immediates ?? []).map(({ register, value }): readonly [Side, Side] => [new Map(), new Map([[register, value]])]),
    ...(controls ?? []).flatMap(({ register }) => words.map(([word, first]): readonly [Side, Side] => [new Map([[register, word]]), new Map([[register, first]])])),
  ];
}

/** The immediate without the bits that an unsigned one does not have. */
function withinWidth(decoder: Decoder, control: Expr, imm: Expr): Expr {
  const byWidth = new Map<number, Expr[]>();
  for (const { instruction: { format: { immediate } }, index } of decoder.ops) {
    if (immediate === undefined || immediate.signed) continue;
    const width = immediateWidth(immediate);
    byWidth.set(width, [...(byWidth.get(width) ?? []), eqConst(decoder.field(control, 'op'), index)]);
  }
  return [...byWidth].reduce((rest, [width, is]) => mux(or(...is), binary('and', imm, constant(imm.width, (1n << BigInt(width)) - 1n)), rest), imm);
}

/** Effects after which registers have their canonical values. */
export function canonicalEffects(effects: Effects, canonical: ReadonlyMap<string, Canonical>): Effects {
  return new Map([...effects].map(([name, e]) => {
    const own = canonical.get(name);
    return [name, own === undefined ? e : canonicalNext(e, own, effects)];
  }));
}

function canonicalNext(next: Expr, { register, value }: Canonical, effects: Effects): Expr {
  const inPlace = (of: Expr, e: Expr): Expr => (
    e.kind !== 'read' ? withOperands(e, operands(e).map((o) => inPlace(of, o))) : e.register === register ? of : (effects.get(e.register.name) ?? e));
  // Of a choice, what is chosen: the choice itself stays as it is on both sides.
  const alone = postorder([value]).every((e) => e.kind !== 'read' || e.register === register);
  const done = new Map<Expr, Expr>();
  const visit = (e: Expr): Expr => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const result: Expr = e.kind === 'mux' ? { ...e, then: visit(e.then), else: visit(e.else) }
      : e.kind === 'select' ? { ...e, cases: e.cases.map((c) => ({ keys: c.keys, value: visit(c.value) })), default: visit(e.default) }
        : inPlace(e, value);
    done.set(e, result);
    return result;
  };
  return alone ? visit(next) : inPlace(next, value);
}
