/** Interrupts that come at the worst moment: as a return enables them, and around WFI. */
import type { Dice } from '../dice.js';
import { one, type Idiom, type Kit } from '../kit.js';
import { POINTER } from '../map.js';
import type { Item } from '../program.js';
import type { Mode } from '../../retirement.js';

const MTIMECMP_TO_MTIME = -8;

/** xRET into a mode in which an interrupt is pending and enabled; the last word is the return, to just behind itself. */
function returning(kit: Kit, dice: Dice, mode: Mode): Item {
  const [bits, place] = kit.scratches(dice);
  const machine = mode === 'M' && !dice.oneIn(3);
  const guest = (mode === 'M' || mode === 'HS') && dice.oneIn(3);
  const [pending, enabled, which] = guest ? [0x645, 0x604, [0x4, 0x40, 0x400]] as const : machine ? [0x344, 0x304, [0x2, 0x20, 0x200]] as const : [0x144, 0x104, [0x2]] as const;
  // The previous enable, and for guests that SRET goes to one.
  const [status, previous] = machine ? [0x300, 0x80] as const : guest && dice.oneIn(2) ? [0x600, 0x80] as const : [0x100, 0x20] as const;
  return one(
    kit.word('addi', { rd: bits, imm: dice.pick(which) }),
    kit.word('csrrs', { csr: pending, rs1: bits }),
    kit.word('csrrs', { csr: enabled, rs1: bits }),
    kit.word('addi', { rd: bits, imm: previous }),
    kit.word(dice.oneIn(4) ? 'csrrc' : 'csrrs', { csr: status, rs1: bits }),
    kit.word('auipc', { rd: place }),
    kit.word('addi', { rd: place, rs1: place, imm: 16 }),
    kit.word('csrrw', { csr: machine ? 0x341 : 0x141, rs1: place }),
    kit.word(machine ? 'mret' : 'sret'),
  );
}

/** The timer set to now or one of the next ticks, its interrupt enabled, some instructions, and WFI: before, at or behind its edge. */
function timed(kit: Kit, dice: Dice, mode: Mode): Item {
  const [time, bits] = kit.scratches(dice);
  const machine = mode === 'M';
  const delay = Array.from({ length: dice.below(12) }, () => kit.word('addi', { rd: time, rs1: time, imm: 0 }));
  return one(
    ...(machine || dice.oneIn(2)
      ? [kit.word('ld', { rd: time, rs1: POINTER.mtime, imm: MTIMECMP_TO_MTIME }), kit.word('addi', { rd: time, rs1: time, imm: dice.below(3) }), kit.word('sd', { rs1: POINTER.mtimecmp, rs2: time })]
      : [kit.word('csrrs', { rd: time, csr: 0xc01 }), kit.word('addi', { rd: time, rs1: time, imm: dice.below(3) }), kit.word('csrrw', { csr: 0x14d, rs1: time })]),
    kit.word('addi', { rd: bits, imm: machine ? 0x80 : 0x20 }),
    kit.word('csrrs', { csr: machine ? 0x304 : 0x104, rs1: bits }),
    ...delay,
    kit.word('wfi'),
  );
}

/** A software interrupt made pending right before WFI, or enabled there. */
function sudden(kit: Kit, dice: Dice, mode: Mode): Item {
  const [bits] = kit.scratches(dice);
  const [pending, enabled, bit] = mode === 'M' ? [0x344, 0x304, 0x2] as const : [0x144, 0x104, 0x2] as const;
  const writes = [kit.word('csrrs', { csr: pending, rs1: bits }), kit.word('csrrs', { csr: enabled, rs1: bits })];
  return one(kit.word('addi', { rd: bits, imm: bit }), ...(dice.oneIn(2) ? writes : writes.toReversed()), kit.word('wfi'), kit.word('csrrc', { csr: pending, rs1: bits }));
}

/** The idioms. */
export const arrivals = (kit: Kit): readonly Idiom[] => {
  const waiting = (dice: Dice, mode: Mode): Item => (dice.oneIn(2) ? timed(kit, dice, mode) : sudden(kit, dice, mode));
  return [
    { kind: 'return-to-interrupt', weight: 2, make: (dice, mode) => returning(kit, dice, mode) },
    { kind: 'wait-edge', weight: 2, make: waiting },
    { kind: 'wait-edge', weight: 0, calm: 1, make: (dice, mode) => (mode === 'M' || mode === 'HS' ? waiting(dice, mode) : one(kit.computation(dice))) },
  ];
};
