/** Branches and jumps: to another item, into an instruction, to the ends of pages and of memory; and code that changes itself. */
import type { Dice } from '../dice.js';
import { one, type Kit } from '../kit.js';
import { AT, DATA_SLOTS, LINK, POINTER, POOL } from '../map.js';
import type { Item } from '../program.js';
import { encode, type Shape } from '../shapes.js';

/** Mostly forwards; now and then two bytes off. */
function reach(dice: Dice): { readonly items: number; readonly skew: number } {
  return { items: dice.oneIn(12) ? -dice.between(1, 4) : dice.between(1, 4), skew: dice.oneIn(24) ? 2 : 0 };
}

export function branch(kit: Kit, dice: Dice, shape: Shape): Item {
  const rs1 = kit.source(dice);
  const words = [encode(shape, { rs1, rs2: dice.oneIn(4) ? rs1 : kit.source(dice) })];
  return shape.imm === undefined ? { words } : { words, jump: { ...reach(dice), imm: shape.imm } };
}

export function jal(kit: Kit, dice: Dice): Item {
  const shape = kit.shapes.named('jal');
  const words = [encode(shape, { rd: kit.target(dice) })];
  return shape.imm === undefined ? { words } : { words, jump: { items: dice.between(1, 3), skew: dice.oneIn(10) ? 2 : 0, imm: shape.imm } };
}

/** A jump to an item, or by a register to just behind itself or to its middle; or a breakpoint. */
export function shortJump(kit: Kit, dice: Dice, shape: Shape): Item {
  const nop = kit.word('c.nop');
  if (shape.class === 'trap') return one(encode(shape, {}), nop);
  if (shape.imm !== undefined) return { words: [encode(shape, {})], jump: { items: dice.between(1, 3), skew: dice.oneIn(10) ? 2 : 0, imm: shape.imm } };
  const rs1 = dice.between(1, POOL - 1);
  const there = [kit.word('auipc', { rd: rs1 }), kit.word('addi', { rd: rs1, rs1, imm: dice.pick([10, 10, 11, 12, 14]) })];
  return one(...there, encode(shape, { rs1 }), nop);
}

/** To the last parcels of memory, where half an instruction or a whole one stands. */
export function toTheEdge(kit: Kit, dice: Dice): Item {
  const [value, before] = [dice.between(1, POOL - 1), dice.between(0, POOL - 1)];
  return one(
    kit.word('addi', { rd: value, imm: dice.pick([1, 0x13, 0x73, dice.below(2048), dice.below(2048) | 3]) }),
    kit.word('sh', { rs1: POINTER.end, rs2: value, imm: -2 }),
    ...(dice.oneIn(2) ? [kit.word('sh', { rs1: POINTER.end, rs2: before, imm: -4 })] : []),
    kit.word('jalr', { rd: kit.target(dice), rs1: POINTER.end, imm: dice.pick([-2, -2, -2, -4, -6]) }),
  );
}

/** To the next item, to an odd place, or out of memory. */
export function jalr(kit: Kit, dice: Dice): Item {
  const rd = kit.target(dice);
  if (dice.oneIn(6)) return one(kit.word('jalr', { rd, rs1: dice.pick([POINTER.wild, POINTER.end, POINTER.msip]), imm: dice.between(-8, 8) }));
  const rs1 = dice.between(1, POOL - 1);
  return one(kit.word('auipc', { rd: rs1 }), kit.word('jalr', { rd, rs1, imm: dice.pick([8, 8, 9, 10, 11]) }));
}

/** Stores an instruction over a later one, with or without FENCE.I. */
export function modifyCode(kit: Kit, dice: Dice): Item {
  const rd = dice.between(1, POOL - 1);
  const fence = dice.oneIn(2) ? [kit.word('fence.i')] : [];
  return one(
    kit.word('lw', { rd, rs1: POINTER.data, imm: 8 * (4 * dice.below(DATA_SLOTS / 4) + 3) }),
    kit.word('auipc', { rd: (rd % (POOL - 1)) + 1 }),
    kit.word('sw', { rs1: (rd % (POOL - 1)) + 1, rs2: rd, imm: 4 * dice.between(2, 8) }),
    ...fence,
  );
}

/** To the end of the body's first page, where code leads across it and back. */
export function crossPage(kit: Kit, dice: Dice): Item {
  const end = 0x1000 - AT.body;
  return one(kit.word('jalr', { rd: dice.oneIn(8) ? 0 : LINK, rs1: POINTER.body, imm: end - dice.pick([2, 2, 2, 4, 6, 8, 12]) }));
}
