/** Words to instructions of the specs; where encodings contain each other the narrower wins. */
import { expanderOf, isCompressed, type Expander } from '../../model/spec/compressed.js';
import type { Instruction, Isa } from '../../model/spec/isa.js';

interface Entry {
  readonly index: number;
  readonly mask: number;
  readonly match: number;
}

const bitsOf = (match: string, ones: string): number => [...match].reduce((word, c) => ((word << 1) | (ones.includes(c) ? 1 : 0)) >>> 0, 0);
const fixed = ({ match }: Pick<Instruction, 'match'>): number => match.replaceAll('-', '').length;

/** Encodings with their places in the list, the narrower first. */
function entriesOf(list: readonly Pick<Instruction, 'match'>[]): readonly Entry[] {
  const order = list.map((one, index) => ({ one, index })).sort((a, b) => fixed(b.one) - fixed(a.one));
  return order.map(({ one: { match }, index }) => ({ index, mask: bitsOf(match, '01'), match: bitsOf(match, '1') }));
}

const keyOf = (word: number): number => ((word >>> 12) & 7) * 128 + (word & 127);
const KEY_BITS = 0x707f;

/** Finds instructions by number in `isa.instructions`. */
export class InstructionIndex {
  readonly #entries: readonly (readonly Entry[])[];
  readonly #compressed: readonly Entry[];
  readonly #expand: Expander;

  constructor(isa: Isa) {
    this.#expand = expanderOf(isa.compressed);
    this.#compressed = entriesOf(isa.compressed);
    const entries = entriesOf(isa.instructions);
    this.#entries = Array.from({ length: 1024 }, (_, key) => {
      const sample = ((key >> 7) << 12) | (key & 127);
      return entries.filter((e) => ((sample ^ e.match) & e.mask & KEY_BITS) === 0);
    });
  }

  /** Index in `isa.compressed` of the 16-bit instruction that a word is, -1 if it is none. */
  findCompressed(insn: number): number {
    if (!isCompressed(insn) || this.#expand(insn) === undefined) return -1;
    return this.#compressed.find(({ mask, match }) => (insn & mask) === match)?.index ?? -1;
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
