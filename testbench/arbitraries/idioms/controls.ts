/** Accesses to CSRs, and returns. */
import type { Mode } from '../../retirement.js';
import type { Dice } from '../dice.js';
import { one, type Kit } from '../kit.js';
import { POINTER, POOL } from '../map.js';
import type { Item } from '../program.js';
import { encode, type Shape } from '../shapes.js';

export function csrAccess(kit: Kit, dice: Dice, shape: Shape, csr: number): number {
  return encode(shape, { rd: dice.oneIn(4) ? 0 : kit.target(dice), rs1: dice.oneIn(3) ? 0 : kit.source(dice), csr, zimm: dice.oneIn(3) ? 0 : dice.below(32) });
}

/** An access that the mode may make, as far as the address tells. */
export function calmCsr(kit: Kit, dice: Dice, mode: Mode): number {
  // All that users have is counters, which must be granted.
  if ((mode === 'U' || mode === 'VU') && !dice.oneIn(8)) return kit.computation(dice);
  const csr = kit.csrs.allowed(dice, mode);
  const readOnly = csr >> 10 === 3;
  return kit.word(dice.pick(readOnly ? ['csrrs', 'csrrc'] : ['csrrw', 'csrrs', 'csrrc']), { rd: kit.target(dice), rs1: readOnly || dice.oneIn(3) ? 0 : kit.source(dice), csr });
}

/** A write, and at once something that depends on it. */
export function csrPair(kit: Kit, dice: Dice, mode: Mode): Item {
  const csr = kit.csrs.choose(dice, mode);
  const write = kit.word(dice.pick(['csrrw', 'csrrs', 'csrrc']), { rd: kit.target(dice), rs1: kit.source(dice), csr });
  const read = kit.word('csrrs', { rd: kit.target(dice), csr: dice.oneIn(3) ? kit.csrs.related(dice, csr) : csr });
  return dice.oneIn(4) ? one(write, kit.fill(dice, dice.pick(kit.system))) : one(write, read);
}

/** Makes an interrupt pending, enabled or delegated. */
export function interruptWrite(kit: Kit, dice: Dice): Item {
  const rs1 = dice.between(1, POOL - 1);
  if (dice.oneIn(4)) return one(kit.word('addi', { rd: rs1, imm: 1 }), kit.word('sw', { rs1: POINTER.msip, rs2: rs1 }));
  if (dice.oneIn(8)) return one(kit.word('sd', { rs1: POINTER.mtimecmp, rs2: dice.oneIn(2) ? 0 : rs1 }));
  const csr = kit.csrs.interrupt(dice);
  return one(
    kit.word('addi', { rd: rs1, imm: dice.pick([0x2, 0x20, 0x200, 0x4, 0x40, 0x400, 0x222, 0x444, 0x666, -1]) }),
    kit.word(dice.pick(['csrrs', 'csrrs', 'csrrw', 'csrrc']), { rd: kit.target(dice), rs1, csr }),
  );
}

/** A return to just behind itself (or to wherever the register points). */
export function xret(kit: Kit, dice: Dice): Item {
  const mret = dice.oneIn(3);
  const leave = kit.word(mret ? 'mret' : 'sret');
  if (dice.oneIn(4)) return one(leave);
  const rs1 = dice.between(1, POOL - 1);
  const prepare = dice.oneIn(2) ? [] : returnState(kit, dice, mret);
  const there = [
    kit.word('auipc', { rd: rs1 }),
    kit.word('addi', { rd: rs1, rs1, imm: 16 }),
    kit.word('csrrw', { csr: mret ? 0x341 : 0x141, rs1 }),
  ];
  return one(...prepare, ...there, leave);
}

/** Sets or clears previous privilege, virtualization, or MPRV, which a return may have to drop. */
function returnState(kit: Kit, dice: Dice, mret: boolean): readonly number[] {
  const rs1 = dice.between(1, POOL - 1);
  const op = dice.oneIn(2) ? 'csrrs' : 'csrrc';
  if (mret && dice.oneIn(2)) {
    return [kit.word('addi', { rd: rs1, imm: 0x80 }), kit.word('slli', { rd: rs1, rs1, imm: 32 }), kit.word(op, { csr: 0x300, rs1 })];
  }
  if (mret) return [kit.word('lui', { rd: rs1, imm: 0x2000 }), kit.word('addi', { rd: rs1, rs1, imm: dice.pick([-0x800, -0x1000]) }), kit.word(op, { csr: 0x300, rs1 })];
  if (dice.oneIn(3)) return [kit.word('lui', { rd: rs1, imm: 0x2_0000 }), kit.word(op, { csr: 0x300, rs1 })];
  if (dice.oneIn(2)) return [kit.word('addi', { rd: rs1, imm: 0x100 }), kit.word(op, { csr: 0x100, rs1 })];
  return [kit.word('addi', { rd: rs1, imm: dice.pick([0x80, 0x180, 0x200]) }), kit.word(op, { csr: 0x600, rs1 })];
}
