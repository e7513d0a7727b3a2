/** Accesses to a guest's memory among ordinary ones to the same place. */
import type { Dice } from '../dice.js';
import { one, type Idiom, type Kit } from '../kit.js';
import { POINTER } from '../map.js';
import type { Item } from '../program.js';
import { encode } from '../shapes.js';

function mixed(kit: Kit, dice: Dice): Item {
  const address = kit.scratch(dice);
  const offset = 8 * dice.below(8);
  const ordinary = (): number => encode(dice.pick(kit.moves), { rd: dice.oneIn(4) ? 0 : kit.target(dice), rs1: POINTER.data, rs2: kit.source(dice), imm: offset + (dice.oneIn(4) ? 4 : 0) });
  const guests = (): number => encode(dice.pick(kit.guestMoves), { rd: kit.target(dice), rs1: address, rs2: kit.source(dice) });
  return one(
    kit.word('addi', { rd: address, rs1: POINTER.data, imm: offset }),
    ...Array.from({ length: dice.between(3, 5) }, (_, i) => (i % 2 === 0 ? ordinary() : guests())),
  );
}

/** The idioms. */
export const guests = (kit: Kit): readonly Idiom[] => (kit.guestMoves.length === 0 || kit.moves.length === 0 ? [] : [
  { kind: 'guest-mix', weight: 2, make: (dice) => mixed(kit, dice) },
  { kind: 'guest-mix', weight: 0, calm: 1, make: (dice, mode) => (mode === 'M' || mode === 'HS' ? mixed(kit, dice) : one(kit.computation(dice))) },
]);
