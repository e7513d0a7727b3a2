/** Addresses that were computed a moment ago, by what yields its result late: a load, a division, a CSR. */
import type { Dice } from '../dice.js';
import { one, type Idiom, type Kit } from '../kit.js';
import { DATA_SLOTS, POINTER } from '../map.js';
import { encode } from '../shapes.js';
import type { Item } from '../program.js';
import type { Mode } from '../../retirement.js';

/** A scratch CSR of a mode. Users have none: what they read is a count, and no address. */
const SCRATCH: Readonly<Record<Mode, number>> = { M: 0x340, HS: 0x140, VS: 0x140, U: 0xc02, VU: 0xc02 };

/** Instructions that bring the value of one register into another the long way. */
function detour(kit: Kit, dice: Dice, mode: Mode, from: number, to: number): readonly number[] {
  const stored = 8 * dice.between(0, DATA_SLOTS - 1);
  const remainders = kit.muldiv.filter(({ name }) => /^rem|^divu?$/.test(name));
  switch (dice.below(remainders.length > 0 ? 5 : 3)) {
    case 0: return [kit.word('sd', { rs1: POINTER.data, rs2: from, imm: stored }), kit.word('ld', { rd: to, rs1: POINTER.data, imm: stored })];
    case 1: return [kit.word('csrrw', { csr: SCRATCH[mode], rs1: from }), kit.word('csrrs', { rd: to, csr: SCRATCH[mode] })];
    case 2: return [kit.word('csrrw', { rd: to, csr: SCRATCH[mode], rs1: from }), kit.word('csrrw', { rd: to, csr: SCRATCH[mode], rs1: to })];
    default: {
      // The remainder by 0 is the dividend, and a number divided by 1 itself.
      const shape = dice.pick(remainders);
      const divisor = shape.name.startsWith('rem') ? 0 : to;
      return [...(divisor === 0 ? [] : [kit.word('addi', { rd: to, imm: 1 })]), encode(shape, { rd: to, rs1: from, rs2: divisor })];
    }
  }
}

/** An access or a jump by it. */
function fed(kit: Kit, dice: Dice, mode: Mode): Item {
  const [address, other] = kit.scratches(dice);
  if (dice.oneIn(3)) {
    const way = detour(kit, dice, mode, other, address);
    const here = [kit.word('auipc', { rd: other }), kit.word('addi', { rd: other, rs1: other, imm: 4 * (way.length + 3) })];
    return one(...here, ...way, kit.word('jalr', { rd: kit.target(dice), rs1: address }));
  }
  const pointer = dice.oneIn(6) ? dice.pick([POINTER.end, POINTER.wild, POINTER.mtimecmp]) : POINTER.data;
  const way = detour(kit, dice, mode, pointer, address);
  const shape = dice.pick(kit.guestMoves.length > 0 && dice.oneIn(6) ? kit.guestMoves : kit.moves);
  return one(...way, encode(shape, { rd: kit.target(dice), rs1: address, rs2: kit.source(dice), imm: 8 * dice.below(4) }), ...(dice.oneIn(2) ? [kit.use(dice, address)] : []));
}

/** Nothing traps in a calm body: no users' CSRs, memory that is there. */
function calmlyFed(kit: Kit, dice: Dice, mode: Mode): Item {
  const [address] = kit.scratches(dice);
  const way = detour(kit, dice, mode === 'M' ? 'M' : 'HS', POINTER.data, address);
  return one(...way, encode(dice.pick(kit.moves), { rd: kit.target(dice), rs1: address, rs2: kit.source(dice), imm: 8 * dice.below(4) }), kit.use(dice, address));
}

/** The idioms. */
export const feeding = (kit: Kit): readonly Idiom[] => (kit.moves.length === 0 ? [] : [
  { kind: 'fed', weight: 3, make: (dice, mode) => fed(kit, dice, mode) },
  { kind: 'fed', weight: 0, calm: 2, make: (dice, mode) => (mode === 'U' || mode === 'VU' ? one(kit.computation(dice)) : calmlyFed(kit, dice, mode)) },
]);
