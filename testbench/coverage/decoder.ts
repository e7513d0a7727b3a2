/** Words to instructions of the specs; where encodings contain each other the narrower wins. */
import { expanderOf, type Expander } from '../../model/spec/compressed.js';
import type { Instruction, Isa } from '../../model/spec/isa.js';

interface Entry {
  readonly index: number;
  readonly mask: number;
  readonly match: number;
}

const bitsOf = (match: string, ones: string): number => [...match].reduce((word, c) => ((word << 1) | (ones.includes(c) ? 1 : 0)) >>> 0, 0);
const fixed = ({ match }: Instruction): number => match.replaceAll('-', '').length;
const keyOf = (word: number): number => ((word >>> 12) & 7) * 128 + (word & 127);
const KEY_BITS = 0x707f;

/** Finds instructions by number in `isa.instructions`. */
export class InstructionIndex {
  readonly #entries: readonly (readonly Entry[])[];
  readonly #expand: Expander;

  constructor(isa: Isa) {
    this.#expand = expanderOf(isa.compressed);
    const order = isa.instructions.map((instruction, index) => ({ instruction, index })).sort((a, b) => fixed(b.instruction) - fixed(a.instruction));
    const entries = order.map(({ instruction: { match }, index }) => ({ index, mask: bitsOf(match, '01'), match: bitsOf(match, '1') }));
    this.#entries = Array.from({ length: 1024 }, (_, key) => {
      const sample = ((key >> 7) << 12) | (key & 127);
      return entries.filter((e) => ((sample ^ e.match) & e.mask & KEY_BITS) === 0);
    });
  }

  /** The 32-bit instruction that a word of either length stands for; 0, which is none, if it stands for none. */
  word(insn: number): number {
    return this.#expand(insn) ?? 0;
  }

  /** The instruction, -1 if it is none. */
  find(insn: number): number {
    const word = this.word(insn);
    for (const { index, mask, match } of this.#entries[keyOf(word)] ?? []) if ((word & mask) >>> 0 === match) return index;
    return -1;
  }
}
