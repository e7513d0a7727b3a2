/**
 * What is left of the hardware when it is known which instruction is in a
 * stage: its control word and the fixed bits of its encoding are constants.
 */
import { concat, constant, read, slice } from '../../model/ir/build.js';
import type { Expr, Module, Register, Width } from '../../model/ir/ir.js';
import { withOperands } from '../../model/ir/map.js';
import { operands, postorder } from '../../model/ir/walk.js';
import { Decoder } from '../../model/pipeline/decode.js';
import type { Isa } from '../../model/spec/isa.js';
import { instructionOf } from './decoding.js';

/** A control word, and the encodings that have it: 32 of `0`, `1`, `-`. */
export interface KnownInstruction {
  readonly word: bigint;
  readonly match: string;
}

/** Nothing known of the encoding. */
export const ANY = '-'.repeat(32);
const NONE = '0'.repeat(32);

/** Everything that can be in a stage, by the original's decoder: instructions, what is none, and after reset nothing. */
export function knownInstructions(isa: Isa): readonly KnownInstruction[] {
  const decoder = new Decoder(isa);
  const insn: Register = { kind: 'register', name: 'insn', width: 32, reset: 0n, input: false };
  const words = new Set(postorder([decoder.control({ kind: 'read', width: 32, register: insn })])
    .flatMap((e) => (e.kind === 'const' && e.width === decoder.width ? [e.value] : [])));
  const known = [...words].map((word): KnownInstruction => {
    const name = instructionOf(decoder, word);
    return { word, match: isa.instructions.find((i) => i.name === name)?.match ?? ANY };
  });
  return words.has(0n) ? known : [{ word: 0n, match: NONE }, ...known];
}

/** A place in the pipeline that has an instruction: a register with its control word, or the wire that decodes one. */
export interface Place {
  /** `writeback.control`, `decode.decoded`. */
  readonly control: string;
  readonly width: Width;
  /** The instruction itself. */
  readonly insn: Register | undefined;
}

/** The places of a module, the end of the pipeline first: most is decided there. */
export function placesOf(module: Module): readonly Place[] {
  const place = (control: string, width: Width): Place => ({ control, width, insn: module.registers.find((r) => r.name === control.replace(/\w+$/, 'insn')) });
  return [
    ...module.registers.filter((r) => r.name.endsWith('.control')).map((r) => place(r.name, r.width)).reverse(),
    ...module.wires.filter((w) => w.name.endsWith('.decoded')).map((w) => place(w.name, w.value.width)),
  ];
}

/** What registers and wires hold when an instruction is in a place, by name. */
export function inPlace({ control, width, insn }: Place, { word, match }: KnownInstruction): ReadonlyMap<string, Expr> {
  const known = new Map([[control, constant(width, word)]]);
  return insn === undefined || match === ANY ? known : known.set(insn.name, concat(...encoded(read(insn), match)));
}

/** Puts what is known of registers and wires into expressions. */
export class Knowledge {
  readonly #done = new Map<Expr, Expr>();

  constructor(readonly values: ReadonlyMap<string, Expr>) {}

  /** The expression with what is known in place; a wire that depends on it is replaced by its value. */
  expr(e: Expr): Expr {
    const known = this.#done.get(e);
    if (known !== undefined) return known;
    const result = this.#replaced(e);
    this.#done.set(e, result);
    return result;
  }

  #replaced(e: Expr): Expr {
    if (e.kind === 'read') return this.values.get(e.register.name) ?? e;
    if (e.kind !== 'wire') return withOperands(e, operands(e).map((o) => this.expr(o)));
    const own = this.values.get(e.wire.name);
    if (own !== undefined) return own;
    const value = this.expr(e.wire.value);
    return value === e.wire.value ? e : value;
  }
}

/** The bits of a pattern, most significant first: constants where it fixes them. */
function encoded(insn: Expr, match: string): readonly Expr[] {
  return (match.match(/[01]+|-+/g) ?? []).reduce<{ readonly high: number; readonly parts: readonly Expr[] }>(({ high, parts }, run) => {
    const part = run.startsWith('-') ? slice(insn, high, high - run.length + 1) : constant(run.length, BigInt(`0b${run}`));
    return { high: high - run.length, parts: [...parts, part] };
  }, { high: 31, parts: [] }).parts;
}
