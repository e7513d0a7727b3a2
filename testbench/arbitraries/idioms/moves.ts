/** Loads, stores, atomics and block instructions, and where they go wrong: the edges of memory and of devices, reservations, page-table entries. */
import { Weighted, type Dice } from '../dice.js';
import { one, type Kit } from '../kit.js';
import { DATA_SLOTS, POINTER, POOL } from '../map.js';
import type { Item } from '../program.js';
import { encode, type Shape } from '../shapes.js';
import { INDEX } from '../tables.js';
import { xret } from './controls.js';

/** Where loads and stores go: pointer, and the least and most offset from it. */
const PLACES = new Weighted<readonly [pointer: number, least: number, most: number]>([
  [12, [POINTER.data, 0, DATA_SLOTS * 8 - 8]], [4, [POINTER.data, 0, 24]], [3, [POINTER.end, -16, 8]], [2, [POINTER.mtimecmp, 0, 7]], [2, [POINTER.msip, 0, 4]],
  [2, [POINTER.mtime, -8, -1]], [1, [POINTER.msip, -8, 2040]], [2, [POINTER.uart, -2, 9]], [3, [POINTER.wild, -8, 8]],
]);

/** Where reservations are made: over the ends of two blocks. */
const RESERVED = [POINTER.data, 0, 128] as const;
/** Registers and edges of devices: bits 31-12 of an address, and the least and most offset from it. */
const DEVICES = new Weighted<readonly [page: number, least: number, most: number]>([
  // CLINT: msip, mtimecmp, mtime, what is nothing, the last bytes and what comes behind.
  [2, [0x200_0000, 0, 8]], [3, [0x200_4000, 0, 8]], [3, [0x200_c000, -8, -1]], [1, [0x200_0000, -8, 2040]], [1, [0x201_0000, -8, 7]],
  // UART and test finisher: registers, the bytes before them, the last bytes.
  [4, [0x1000_0000, 0, 8]], [1, [0x1000_0000, -8, -1]], [1, [0x1000_0000, 0xf8, 0x107]],
  [2, [0x10_0000, 0, 8]], [1, [0x10_0000, -8, -1]], [1, [0x10_1000, -8, 7]],
]);
/** The same where an aligned access of at least 4 bytes does what it is for, and the program does not end. */
const QUIET_DEVICES = new Weighted<readonly [page: number, least: number, most: number]>([
  [2, [0x200_0000, 0, 7]], [3, [0x200_4000, 0, 7]], [1, [0x200_c000, -8, -1]], [4, [0x1000_0000, 0, 7]],
]);
/** An access of fewer bytes to one of them may trap. */
export const LEAST_QUIET_BYTES = 4;

/** The stack pointer, from which some accesses of 16 bits start. */
const SP = 2;

/** A long operation, and one that needs its result at once. */
export function dependent(kit: Kit, dice: Dice, shape: Shape): Item {
  const rd = dice.between(1, POOL - 1);
  return one(encode(shape, { rd, rs1: kit.source(dice), rs2: kit.source(dice) }), kit.use(dice, rd));
}

export function move(kit: Kit, dice: Dice, shape: Shape): Item {
  const [pointer, least, most] = PLACES.pick(dice);
  const bytes = shape.memory?.bytes ?? 1;
  const offset = dice.between(least, most);
  const imm = dice.oneIn(3) ? offset : offset & -bytes;
  return one(encode(shape, { rd: kit.target(dice), rs1: pointer, rs2: kit.source(dice), imm }));
}

/** A store or load, then a load of the same place into a computation. */
export function loadUse(kit: Kit, dice: Dice, shape: Shape): Item {
  const rd = dice.between(1, POOL - 1);
  const offset = dice.between(0, 24);
  return one(
    encode(shape, { rd, rs1: POINTER.data, rs2: kit.source(dice), imm: offset }),
    kit.word('ld', { rd, rs1: POINTER.data, imm: offset & -4 }),
    encode(dice.pick(kit.compute), { rd: kit.target(dice), rs1: rd, rs2: kit.source(dice), imm: 1 }),
  );
}

/** An access without an offset: the address is computed just before. */
export function guestMove(kit: Kit, dice: Dice, shape: Shape): Item {
  const [pointer, least, most] = PLACES.pick(dice);
  const bytes = shape.memory?.bytes ?? 1;
  const offset = dice.between(least, most);
  const rs1 = dice.between(1, POOL - 1);
  return one(
    kit.word('addi', { rd: rs1, rs1: pointer, imm: dice.oneIn(3) ? offset : offset & -bytes }),
    encode(shape, { rd: kit.target(dice), rs1, rs2: kit.source(dice) }),
  );
}

/** A reservation, perhaps something between, and a store that needs it: of the same bytes, of their neighbours, or of others. */
export function reserve(kit: Kit, dice: Dice, reserve: Shape, conditional: Shape): Item {
  const [pointer, least, most] = dice.oneIn(8) ? PLACES.pick(dice) : RESERVED;
  const [here, there] = [dice.between(1, POOL / 2 - 1), dice.between(POOL / 2, POOL - 1)];
  const at = dice.between(least, most) & -8;
  const away = dice.oneIn(2) ? 0 : dice.pick([4, 8, 56, 64, -8, -64, 1]);
  return one(
    kit.word('addi', { rd: here, rs1: pointer, imm: at }),
    kit.word('addi', { rd: there, rs1: pointer, imm: at + away }),
    encode(reserve, { rd: dice.oneIn(4) ? 0 : dice.below(POOL), rs1: here }),
    ...between(kit, dice, here),
    encode(conditional, { rd: dice.oneIn(8) ? 0 : dice.below(POOL), rs1: there, rs2: kit.source(dice) }),
    ...(dice.oneIn(4) ? [encode(conditional, { rd: dice.below(POOL), rs1: there, rs2: kit.source(dice) })] : []),
  );
}

/** What comes between a reservation and its store: mostly nothing; a store to the same bytes, another instruction, a trap, a return. */
function between(kit: Kit, dice: Dice, address: number): readonly number[] {
  switch (dice.below(8)) {
    case 0: return [kit.word('sw', { rs1: address, rs2: kit.source(dice) })];
    case 1: return [kit.computation(dice)];
    case 2: return [kit.word(dice.pick(['ecall', 'ebreak']))];
    case 3: return xret(kit, dice).words;
    default: return [];
  }
}

/** An access to a device, mostly aligned, and often another right behind it or a use of what it yields. */
export function device(kit: Kit, dice: Dice, shape: Shape): Item {
  const [page, least, most] = DEVICES.pick(dice);
  const offset = dice.between(least, most);
  return accessDevice(kit, dice, shape, page, dice.oneIn(4) ? offset : offset & -(shape.memory?.bytes ?? 1));
}

/** One that does not trap. */
export function quietDevice(kit: Kit, dice: Dice, shape: Shape): Item {
  const [page, least, most] = QUIET_DEVICES.pick(dice);
  return accessDevice(kit, dice, shape, page, dice.between(least, most) & -(shape.memory?.bytes ?? 1));
}

function accessDevice(kit: Kit, dice: Dice, shape: Shape, page: number, offset: number): Item {
  const rs1 = dice.between(1, POOL - 1);
  const rd = kit.target(dice);
  const rs2 = kit.source(dice);
  const base = kit.word('lui', { rd: rs1, imm: page });
  const access = shape.imm === undefined
    ? [kit.word('addi', { rd: rs1, rs1, imm: offset }), encode(shape, { rd, rs1, rs2 })]
    : [encode(shape, { rd, rs1, rs2, imm: offset })];
  switch (dice.below(3)) {
    case 0: return one(base, ...access, encode(dice.pick(kit.compute), { rd: kit.target(dice), rs1: rd, rs2, imm: 1 }));
    // rs1 is no address any more if the load went there: then the second goes astray.
    case 1: return one(base, ...access, access[access.length - 1] ?? 0);
    default: return one(base, ...access);
  }
}

/** An access of 16 bits: the address is brought just before, and a fault's handler returns to an instruction. */
export function shortMove(kit: Kit, dice: Dice, shape: Shape): Item {
  const [pointer, least] = PLACES.pick(dice);
  const base = shape.short.rs1 === undefined ? SP : dice.between(8, POOL - 1);
  const bytes = shape.memory?.bytes ?? 1;
  const imm = dice.below(shape.imm === undefined ? 1 : 2 ** (shape.imm.width - shape.imm.scale)) * bytes;
  const data = { rd: dice.between(8, POOL - 1), rs1: base, rs2: dice.between(8, POOL - 1) };
  return one(
    dice.oneIn(3) ? kit.word('addi', { rd: base, rs1: pointer, imm: dice.oneIn(2) ? -imm : least }) : kit.word('c.mv', { rd: base, rs2: pointer }),
    encode(shape, { ...data, imm: dice.oneIn(2) ? imm % 64 : imm }),
    kit.word('c.nop'),
  );
}

/** In M-mode: an access with the privilege of another mode (MPRV), mostly to where there is nothing. */
export function borrow(kit: Kit, dice: Dice, shape: Shape): Item {
  const [bits, virtual] = [dice.between(1, 7), dice.between(8, POOL - 1)];
  const guest = dice.oneIn(3)
    ? []
    : [kit.word('addi', { rd: virtual, imm: 1 }), kit.word('slli', { rd: virtual, rs1: virtual, imm: 39 }), kit.word('or', { rd: bits, rs1: bits, rs2: virtual })];
  return one(
    // MPRV with MPP 3 or 1.
    kit.word('lui', { rd: bits, imm: dice.oneIn(2) ? 0x2_2000 : 0x2_1000 }),
    kit.word('addi', { rd: bits, rs1: bits, imm: -0x800 }),
    ...guest,
    kit.word('csrrs', { csr: 0x300, rs1: bits }),
    encode(shape, { rd: kit.target(dice), rs1: dice.pick([POINTER.data, POINTER.end, POINTER.wild]), rs2: kit.source(dice) }),
  );
}

/** Changes a word that may be a page-table entry, with or without a fence behind it. */
export function editEntry(kit: Kit, dice: Dice): Item {
  const rd = dice.between(1, POOL - 1);
  const imm = 8 * dice.pick([INDEX.data, INDEX.data, INDEX.data, INDEX.data + 1, INDEX.data + 1, INDEX.window, INDEX.window + 1, INDEX.tables, INDEX.down, INDEX.giga, INDEX.mega]) - 8 * INDEX.data;
  const flags = dice.pick([1, 2, 4, 8, 0x10, 0x40, 0x80, 0xc0, 0x400, 0x1, -1]);
  const change = dice.oneIn(6)
    ? [kit.word('sd', { rs1: POINTER.wild, rs2: kit.source(dice), imm })]
    : [
        kit.word('ld', { rd, rs1: POINTER.wild, imm }),
        kit.word(dice.pick(['xori', 'xori', 'andi', 'ori']), { rd, rs1: rd, imm: flags }),
        kit.word('sd', { rs1: POINTER.wild, rs2: rd, imm }),
      ];
  return one(...change, ...(dice.oneIn(2) ? [kit.word(dice.pick(['sfence.vma', 'sfence.vma', 'hfence.gvma', 'hfence.vvma']))] : []));
}

/** Around the end of the first page of the data. */
export function straddle(kit: Kit, dice: Dice, shape: Shape): Item {
  return one(encode(shape, { rd: kit.target(dice), rs1: POINTER.end, rs2: kit.source(dice), imm: dice.oneIn(4) ? dice.between(-9, 3) : dice.between(-7, -1) }));
}
