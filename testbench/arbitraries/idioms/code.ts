/** Code that is written a moment before it runs, and code that runs off the end of memory. */
import type { Dice } from '../dice.js';
import { one, type Idiom, type Kit } from '../kit.js';
import { POINTER } from '../map.js';
import type { Item } from '../program.js';

const NOP = 0x13;

/** Stores a computation over one of the next instructions, with FENCE.I or without. */
function patch(kit: Kit, dice: Dice): Item {
  const [place, word] = kit.scratches(dice);
  const ordered = dice.oneIn(2) ? [kit.word('fence.i')] : [];
  const behind = Array.from({ length: dice.between(1, 4) }, () => NOP);
  // From AUIPC on: it, the store, the fence.
  const imm = 4 * (2 + ordered.length + dice.below(behind.length));
  return one(...kit.number(word, kit.word('addi', { rd: kit.scratch(dice), rs1: kit.source(dice), imm: dice.below(16) }) | 0), kit.word('auipc', { rd: place }), kit.word('sw', { rs1: place, rs2: word, imm }), ...ordered, ...behind);
}

/** Writes computations into the last words of memory, jumps to the first of them and runs straight on, out of memory. */
function runOff(kit: Kit, dice: Dice): Item {
  const [word] = kit.scratches(dice);
  const count = dice.between(1, 3);
  const stores = Array.from({ length: count }, (_, i) => kit.word('sw', { rs1: POINTER.end, rs2: word, imm: -4 * (i + 1) }));
  return one(
    ...kit.number(word, kit.word('addi', { rd: kit.scratch(dice), rs1: kit.source(dice), imm: 1 }) | 0), ...stores,
    ...(dice.oneIn(2) ? [kit.word('fence.i')] : []),
    kit.word('jalr', { rd: kit.target(dice), rs1: POINTER.end, imm: -4 * count }),
  );
}

/** The idioms. */
export const code = (kit: Kit): readonly Idiom[] => [
  { kind: 'patch', weight: 2, calm: 1, make: (dice) => patch(kit, dice) },
  { kind: 'run-off', weight: 1, make: (dice) => runOff(kit, dice) },
];
