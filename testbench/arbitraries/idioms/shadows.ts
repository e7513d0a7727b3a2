/** Traps behind branches that may jump over them, and behind long operations that are still under way. */
import type { Dice } from '../dice.js';
import { one, type Idiom, type Kit } from '../kit.js';
import { POINTER } from '../map.js';
import type { Item } from '../program.js';
import { encode } from '../shapes.js';

/** All 32 bits zero: illegal as an instruction of 16 bits. */
const NOTHING = 0;

/** An instruction that traps, in most modes. */
function trapping(kit: Kit, dice: Dice): readonly number[] {
  switch (dice.below(6)) {
    case 0: return [kit.word('ebreak')];
    case 1: return [NOTHING, NOTHING];
    case 2: return [kit.word('ld', { rd: kit.target(dice), rs1: POINTER.wild })];
    case 3: return [kit.word('sd', { rs1: POINTER.end, rs2: kit.source(dice), imm: dice.between(-4, 4) })];
    case 4: return [kit.word(dice.pick(['mret', 'sret', 'wfi']))];
    default: return [kit.word('ecall')];
  }
}

/** Behind a branch, perhaps one that waits for a division: taken or not. */
function behindBranch(kit: Kit, dice: Dice): Item {
  const [value, other] = kit.scratches(dice);
  const trap = trapping(kit, dice);
  const late = dice.oneIn(2) && kit.muldiv.length > 0 ? [encode(dice.pick(kit.muldiv), { rd: value, rs1: kit.source(dice), rs2: kit.source(dice) })] : [];
  const shape = dice.pick(kit.branches);
  const [rs1, rs2] = dice.pick([[value, value], [value, other], [0, value], [other, 0]] as const);
  // Over the trap, which may be two parcels of nothing.
  const bytes = trap.reduce((sum, word) => sum + ((word & 3) === 3 ? 4 : 2), 4);
  return one(...late, encode(shape, { rs1, rs2, imm: bytes }), ...trap, kit.use(dice, value));
}

/** Behind a division or multiplication, whose result is used in the shadow or after the trap. */
function behindLong(kit: Kit, dice: Dice): Item {
  const [value] = kit.scratches(dice);
  const long = encode(dice.pick(kit.muldiv), { rd: value, rs1: kit.source(dice), rs2: kit.source(dice) });
  return one(long, ...(dice.oneIn(3) ? [kit.computation(dice)] : []), ...trapping(kit, dice), kit.use(dice, value));
}

/** The idioms. */
export const shadows = (kit: Kit): readonly Idiom[] => [
  ...(kit.branches.length === 0 ? [] : [{ kind: 'shadow', weight: 2, make: (dice: Dice) => behindBranch(kit, dice) } as const]),
  ...(kit.muldiv.length === 0 ? [] : [{ kind: 'shadow', weight: 2, make: (dice: Dice) => behindLong(kit, dice) } as const]),
];
