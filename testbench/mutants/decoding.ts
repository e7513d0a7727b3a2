/** Mutants of the decoder: each instruction forgotten, so that its encodings are what they would be without it. */
import { constant } from '../../model/ir/build.js';
import type { Expr, Module } from '../../model/ir/ir.js';
import { withOperands } from '../../model/ir/map.js';
import { operands, postorder } from '../../model/ir/walk.js';
import { Decoder } from '../../model/pipeline/decode.js';
import type { Isa } from '../../model/spec/isa.js';
import type { Mutant } from './mutant.js';
import { withWire } from './rewrite.js';

/** Whether a node of a decision tree is a control word, not what it decides by. */
const isWord = (e: Expr, { width }: Decoder): e is Extract<Expr, { readonly kind: 'const' }> => e.kind === 'const' && e.width === width;

/** Name of the instruction that a control word stands for; undefined if for none. */
export function instructionOf(decoder: Decoder, word: bigint): string | undefined {
  const control = constant(decoder.width, word);
  const [index, illegal] = [decoder.field(control, 'op'), decoder.field(control, 'illegal')];
  return index.kind === 'const' && illegal.kind === 'const' && illegal.value === 0n ? decoder.ops[Number(index.value)]?.instruction.name : undefined;
}

/** The control word of each instruction, and that of what is none. */
function wordsOf(decoder: Decoder, insn: Expr): ReadonlyMap<string | undefined, Expr> {
  return new Map(postorder([decoder.control(insn)]).flatMap((e) => (isWord(e, decoder) ? [[instructionOf(decoder, e.value), e]] : [])));
}

/** What a decision tree decides by: the expanded instruction, whatever the one in the stage is. */
function decodedFrom(tree: Expr): Expr | undefined {
  const found = postorder([tree]);
  return found.find((e) => e.kind === 'wire' && e.wire.name.endsWith('.word')) ?? found.find((e) => e.kind === 'read');
}

/** All mutants of a core's decoder. The control words keep their meaning: where instructions are numbered anew, all hardware differs. */
export function decodingMutants(module: Module, isa: Isa): readonly Mutant[] {
  const wire = module.wires.find((w) => w.name.endsWith('.decoded'));
  const insn = wire === undefined ? undefined : decodedFrom(wire.value);
  if (wire === undefined || insn === undefined) return [];
  const words = wordsOf(new Decoder(isa), insn);
  return isa.instructions.map((instruction): Mutant => {
    const apply = (m: Module): Module => {
      const other = new Decoder({ ...isa, instructions: isa.instructions.filter((i) => i !== instruction) });
      const renamed = (e: Expr): Expr => (
        isWord(e, other) ? (words.get(instructionOf(other, e.value)) ?? e)
          : withOperands(e, operands(e).map((o, i) => ((e.kind === 'select' || e.kind === 'mux') && i === 0 ? o : renamed(o)))));
      return withWire(m, wire.name, () => renamed(other.control(insn)));
    };
    return { id: `encoding ${instruction.name}: forgotten`, kind: 'encoding', change: { of: 'hardware', apply }, span: instruction.span, rules: instruction.rules };
  });
}
