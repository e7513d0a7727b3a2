/**
 * The pieces of a body: every instruction of the specs, and small idioms that
 * lead where single random instructions seldom go.
 */
import { isCompressed } from '../../model/spec/compressed.js';
import type { Isa } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { Weighted, type Dice } from './dice.js';
import { arrivals } from './idioms/arrivals.js';
import { code } from './idioms/code.js';
import { effects } from './idioms/effects.js';
import { feeding } from './idioms/feeding.js';
import { guests } from './idioms/guests.js';
import { shadows } from './idioms/shadows.js';
import { Kit, one, type Idiom, type Make } from './kit.js';
import { AT, DATA_SLOTS, LINK, POINTER, POOL } from './map.js';
import { BIASES, type Bias, type ItemKind } from './profile.js';
import type { Item } from './program.js';
import { encode, type Shape, type Shapes } from './shapes.js';
import { INDEX } from './tables.js';

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
const LEAST_QUIET_BYTES = 4;

/** The stack pointer, from which some accesses of 16 bits start. */
const SP = 2;

/** An item and what it was made as. */
export interface Drawn {
  readonly kind: ItemKind | 'favourite';
  readonly item: Item;
}

/** Makes items for one ISA; `favourites` are names of instructions that a third of the items are. */
export class ItemMaker {
  readonly #kit: Kit;
  readonly #restless: Weighted<Idiom>;
  readonly #calm: Weighted<Idiom>;
  readonly #system: readonly Shape[];
  readonly #short: readonly Shape[];
  readonly #favourites: readonly Shape[];

  constructor(isa: Isa, readonly shapes: Shapes, bias: Bias = BIASES.all, favourites: readonly string[] = []) {
    this.#kit = new Kit(isa, shapes);
    this.#favourites = favourites.map((name) => shapes.named(name));
    this.#system = shapes.of(['trap', 'wait', 'xret', 'fence', 'cbo']);
    this.#short = shapes.shortOf(['alu']);
    const idioms = [...this.#own(), ...[feeding, shadows, effects, arrivals, code, guests].flatMap((idiomsOf) => idiomsOf(this.#kit))];
    const biased = (weightOf: (idiom: Idiom) => number): Weighted<Idiom> =>
      new Weighted(idioms.map((idiom) => [weightOf(idiom) * (bias.items[idiom.kind] ?? 1), idiom] as const));
    this.#restless = biased(({ weight }) => weight);
    this.#calm = biased(({ calm = 0 }) => calm);
  }

  /** Single instructions of every class, and the idioms that are made here. */
  #own(): readonly Idiom[] {
    const { shapes } = this;
    const kit = this.#kit;
    const { compute, muldiv, moves, guestMoves, branches } = kit;
    const atomics = shapes.of(['amo', 'lr', 'sc']);
    const blocks = shapes.of(['cbo']);
    const reserves = shapes.of(['lr']);
    const conditionals = shapes.of(['sc']);
    const csrs = shapes.of(['csr']);
    const fences = shapes.of(['fence'], (s) => s.permit !== undefined);
    const orders = shapes.of(['fence'], (s) => s.permit === undefined);
    const traps = shapes.of(['trap']);
    const shortMoves = shapes.shortOf(['load', 'store']);
    const shortBranches = shapes.shortOf(['branch']);
    const shortJumps = shapes.shortOf(['jump', 'trap']);
    const quietMoves = moves.filter((s) => (s.memory?.bytes ?? 0) >= LEAST_QUIET_BYTES);
    const calmly = (make: Make): Make => (dice, mode) => (mode === 'M' || mode === 'HS' ? make(dice, mode) : one(kit.computation(dice)));
    const table: readonly (readonly [ItemKind, weight: number, calm: number, needs: readonly Shape[], Make])[] = [
      ['compute', 20, 12, compute, (dice) => one(kit.computation(dice))],
      ['long', 4, 4, muldiv, (dice) => this.#dependent(dice, dice.pick(muldiv))],
      ['move', 12, 0, moves, (dice) => this.#move(dice, dice.pick(moves))],
      ['move', 0, 4, moves, (dice) => one(encode(dice.pick(moves), { rd: kit.target(dice), rs1: POINTER.data, rs2: kit.source(dice), imm: dice.between(0, DATA_SLOTS * 8 - 8) }))],
      ['load-use', 3, 3, moves, (dice) => this.#loadUse(dice, dice.pick(moves))],
      ['guest-move', 6, 0, guestMoves, (dice) => this.#guestMove(dice, dice.pick(guestMoves))],
      ['device', 6, 0, moves, (dice) => this.#device(dice, dice.pick(guestMoves.length > 0 && dice.oneIn(3) ? guestMoves : moves))],
      ['device', 0, 2, quietMoves, (dice) => this.#quietDevice(dice, dice.pick(quietMoves))],
      ['atomic', 6, 0, atomics, (dice) => this.#guestMove(dice, dice.pick(atomics))],
      ['block', 3, 0, blocks, (dice) => this.#guestMove(dice, dice.pick(blocks))],
      ['reserve', 4, 0, reserves, (dice) => this.#reserve(dice, dice.pick(reserves), dice.pick(conditionals))],
      ['branch', 6, 4, branches, (dice) => this.#branch(dice, dice.pick(branches))],
      ['short', 8, 8, this.#short, (dice) => this.#shorts(dice)],
      ['short-move', 5, 3, shortMoves, (dice) => this.#shortMove(dice, dice.pick(shortMoves))],
      ['short-branch', 3, 2, shortBranches, (dice) => this.#branch(dice, dice.pick(shortBranches))],
      ['short-jump', 3, 0, shortJumps, (dice) => this.#shortJump(dice, dice.pick(shortJumps))],
      ['edge', 1, 0, shortJumps, (dice) => this.#edge(dice)],
      ['jal', 2, 0, branches, (dice) => this.#jal(dice)],
      ['jalr', 3, 0, branches, (dice) => this.#jalr(dice)],
      ['csr', 16, 0, csrs, (dice, mode) => one(this.#csr(dice, dice.pick(csrs), kit.csrs.choose(dice, mode)))],
      ['csr', 0, 4, csrs, (dice, mode) => one(this.#calmCsr(dice, mode))],
      ['csr-pair', 5, 0, csrs, (dice, mode) => this.#csrPair(dice, mode)],
      ['interrupt-write', 4, 0, csrs, (dice) => this.#interruptWrite(dice)],
      ['interrupt-write', 0, 1, csrs, calmly((dice) => this.#interruptWrite(dice))],
      ['trap', 4, 0, traps, (dice) => one(kit.fill(dice, dice.pick(traps)))],
      ['ecall', 3, 0, traps, () => one(kit.word('ecall'))],
      ['xret', 5, 0, traps, (dice) => this.#xret(dice)],
      ['borrow', 2, 0, moves, (dice) => this.#borrow(dice, dice.pick(moves))],
      ['system', 3, 0, this.#system, (dice) => one(kit.fill(dice, dice.pick(this.#system)))],
      ['wait', 1, 0, traps, () => one(kit.word('wfi'))],
      ['fence', 3, 0, fences, (dice) => one(kit.fill(dice, dice.pick(fences)))],
      ['order', 1, 0, orders, (dice) => one(kit.fill(dice, dice.pick(orders)))],
      ['modify', 1, 0, traps, (dice) => this.#modify(dice)],
      ['raw', 3, 0, traps, (dice) => one(this.word(dice))],
      ['edit', 1, 0, moves, (dice) => this.#edit(dice)],
      ['straddle', 1, 0, moves, (dice) => this.#straddle(dice, dice.pick(moves))],
      ['cross', 1, 0, traps, (dice) => this.#cross(dice)],
    ];
    return table.flatMap(([kind, weight, calm, needs, make]) => (needs.length === 0 ? [] : [{ kind, weight, calm, make }]));
  }

  /**
   * One item.
   *
   * @param mode - Where the body starts.
   * @param calm - Most likely one that does not trap in this mode.
   */
  make(dice: Dice, mode: Mode, calm: boolean): Drawn {
    if (this.#favourites.length > 0 && dice.oneIn(3)) return { kind: 'favourite', item: one(this.#kit.fill(dice, dice.pick(this.#favourites))) };
    const { kind, make } = (calm && !dice.oneIn(16) ? this.#calm : this.#restless).pick(dice);
    return { kind, item: make(dice, mode) };
  }

  /** A word that need not be an instruction; of 16 bits if its lowest two are not 11. */
  word(dice: Dice): number {
    const word = this.#anyWord(dice);
    return isCompressed(word) ? word & 0xffff : word;
  }

  #anyWord(dice: Dice): number {
    const random = dice.word();
    switch (dice.below(5)) {
      case 0: return (random | (dice.oneIn(2) ? 3 : 0)) >>> 0;
      case 1: return (random & ~0x7f | 0x73) >>> 0;
      // A defined instruction with one bit wrong is the likeliest to be decoded wrongly.
      case 2: return this.shapes.compressed.length === 0 ? random : (this.#kit.fill(dice, dice.pick(this.shapes.compressed)) ^ (dice.oneIn(3) ? 0 : 1 << dice.below(16))) >>> 0;
      default: return (this.#kit.fill(dice, dice.pick(this.shapes.all)) ^ (dice.oneIn(3) ? 0 : 1 << dice.below(32))) >>> 0;
    }
  }

  /** A long operation, and one that needs its result at once. */
  #dependent(dice: Dice, shape: Shape): Item {
    const rd = dice.between(1, POOL - 1);
    return one(encode(shape, { rd, rs1: this.#kit.source(dice), rs2: this.#kit.source(dice) }), this.#kit.use(dice, rd));
  }

  #move(dice: Dice, shape: Shape): Item {
    const [pointer, least, most] = PLACES.pick(dice);
    const bytes = shape.memory?.bytes ?? 1;
    const offset = dice.between(least, most);
    const imm = dice.oneIn(3) ? offset : offset & -bytes;
    return one(encode(shape, { rd: this.#kit.target(dice), rs1: pointer, rs2: this.#kit.source(dice), imm }));
  }

  /** A store or load, then a load of the same place into a computation. */
  #loadUse(dice: Dice, shape: Shape): Item {
    const rd = dice.between(1, POOL - 1);
    const offset = dice.between(0, 24);
    return one(
      encode(shape, { rd, rs1: POINTER.data, rs2: this.#kit.source(dice), imm: offset }),
      this.shapes.word('ld', { rd, rs1: POINTER.data, imm: offset & -4 }),
      encode(dice.pick(this.#kit.compute), { rd: this.#kit.target(dice), rs1: rd, rs2: this.#kit.source(dice), imm: 1 }),
    );
  }

  /** An access without an offset: the address is computed just before. */
  #guestMove(dice: Dice, shape: Shape): Item {
    const [pointer, least, most] = PLACES.pick(dice);
    const bytes = shape.memory?.bytes ?? 1;
    const offset = dice.between(least, most);
    const rs1 = dice.between(1, POOL - 1);
    return one(
      this.shapes.word('addi', { rd: rs1, rs1: pointer, imm: dice.oneIn(3) ? offset : offset & -bytes }),
      encode(shape, { rd: this.#kit.target(dice), rs1, rs2: this.#kit.source(dice) }),
    );
  }

  /** A reservation, perhaps something between, and a store that needs it: of the same bytes, of their neighbours, or of others. */
  #reserve(dice: Dice, reserve: Shape, conditional: Shape): Item {
    const [pointer, least, most] = dice.oneIn(8) ? PLACES.pick(dice) : RESERVED;
    const [here, there] = [dice.between(1, POOL / 2 - 1), dice.between(POOL / 2, POOL - 1)];
    const at = dice.between(least, most) & -8;
    const away = dice.oneIn(2) ? 0 : dice.pick([4, 8, 56, 64, -8, -64, 1]);
    return one(
      this.shapes.word('addi', { rd: here, rs1: pointer, imm: at }),
      this.shapes.word('addi', { rd: there, rs1: pointer, imm: at + away }),
      encode(reserve, { rd: dice.oneIn(4) ? 0 : dice.below(POOL), rs1: here }),
      ...this.#between(dice, here),
      encode(conditional, { rd: dice.oneIn(8) ? 0 : dice.below(POOL), rs1: there, rs2: this.#kit.source(dice) }),
      ...(dice.oneIn(4) ? [encode(conditional, { rd: dice.below(POOL), rs1: there, rs2: this.#kit.source(dice) })] : []),
    );
  }

  /** What comes between a reservation and its store: mostly nothing; a store to the same bytes, another instruction, a trap, a return. */
  #between(dice: Dice, address: number): readonly number[] {
    switch (dice.below(8)) {
      case 0: return [this.shapes.word('sw', { rs1: address, rs2: this.#kit.source(dice) })];
      case 1: return [this.#kit.computation(dice)];
      case 2: return [this.shapes.word(dice.pick(['ecall', 'ebreak']))];
      case 3: return this.#xret(dice).words;
      default: return [];
    }
  }

  /** An access to a device, mostly aligned, and often another right behind it or a use of what it yields. */
  #device(dice: Dice, shape: Shape): Item {
    const [page, least, most] = DEVICES.pick(dice);
    const offset = dice.between(least, most);
    return this.#access(dice, shape, page, dice.oneIn(4) ? offset : offset & -(shape.memory?.bytes ?? 1));
  }

  /** One that does not trap. */
  #quietDevice(dice: Dice, shape: Shape): Item {
    const [page, least, most] = QUIET_DEVICES.pick(dice);
    return this.#access(dice, shape, page, dice.between(least, most) & -(shape.memory?.bytes ?? 1));
  }

  #access(dice: Dice, shape: Shape, page: number, offset: number): Item {
    const rs1 = dice.between(1, POOL - 1);
    const rd = this.#kit.target(dice);
    const rs2 = this.#kit.source(dice);
    const base = this.shapes.word('lui', { rd: rs1, imm: page });
    const access = shape.imm === undefined
      ? [this.shapes.word('addi', { rd: rs1, rs1, imm: offset }), encode(shape, { rd, rs1, rs2 })]
      : [encode(shape, { rd, rs1, rs2, imm: offset })];
    switch (dice.below(3)) {
      case 0: return one(base, ...access, encode(dice.pick(this.#kit.compute), { rd: this.#kit.target(dice), rs1: rd, rs2, imm: 1 }));
      // rs1 is no address any more if the load went there: then the second goes astray.
      case 1: return one(base, ...access, access[access.length - 1] ?? 0);
      default: return one(base, ...access);
    }
  }

  /** Mostly forwards; now and then two bytes off. */
  #reach(dice: Dice): { readonly items: number; readonly skew: number } {
    return { items: dice.oneIn(12) ? -dice.between(1, 4) : dice.between(1, 4), skew: dice.oneIn(24) ? 2 : 0 };
  }

  #branch(dice: Dice, shape: Shape): Item {
    const rs1 = this.#kit.source(dice);
    const words = [encode(shape, { rs1, rs2: dice.oneIn(4) ? rs1 : this.#kit.source(dice) })];
    return shape.imm === undefined ? { words } : { words, jump: { ...this.#reach(dice), imm: shape.imm } };
  }

  #jal(dice: Dice): Item {
    const shape = this.shapes.named('jal');
    const words = [encode(shape, { rd: this.#kit.target(dice) })];
    return shape.imm === undefined ? { words } : { words, jump: { items: dice.between(1, 3), skew: dice.oneIn(10) ? 2 : 0, imm: shape.imm } };
  }

  /** Computations of 16 bits; an odd number of them leaves what follows between two words. */
  #shorts(dice: Dice): Item {
    return one(...Array.from({ length: dice.between(1, 3) }, () => this.#kit.fill(dice, dice.pick(this.#short))));
  }

  /** An access of 16 bits: the address is brought just before, and a fault's handler returns to an instruction. */
  #shortMove(dice: Dice, shape: Shape): Item {
    const [pointer, least] = PLACES.pick(dice);
    const base = shape.short.rs1 === undefined ? SP : dice.between(8, POOL - 1);
    const bytes = shape.memory?.bytes ?? 1;
    const imm = dice.below(shape.imm === undefined ? 1 : 2 ** (shape.imm.width - shape.imm.scale)) * bytes;
    const data = { rd: dice.between(8, POOL - 1), rs1: base, rs2: dice.between(8, POOL - 1) };
    return one(
      dice.oneIn(3) ? this.shapes.word('addi', { rd: base, rs1: pointer, imm: dice.oneIn(2) ? -imm : least }) : this.shapes.word('c.mv', { rd: base, rs2: pointer }),
      encode(shape, { ...data, imm: dice.oneIn(2) ? imm % 64 : imm }),
      this.shapes.word('c.nop'),
    );
  }

  /** A jump to an item, or by a register to just behind itself or to its middle; or a breakpoint. */
  #shortJump(dice: Dice, shape: Shape): Item {
    const nop = this.shapes.word('c.nop');
    if (shape.class === 'trap') return one(encode(shape, {}), nop);
    if (shape.imm !== undefined) return { words: [encode(shape, {})], jump: { items: dice.between(1, 3), skew: dice.oneIn(10) ? 2 : 0, imm: shape.imm } };
    const rs1 = dice.between(1, POOL - 1);
    const there = [this.shapes.word('auipc', { rd: rs1 }), this.shapes.word('addi', { rd: rs1, rs1, imm: dice.pick([10, 10, 11, 12, 14]) })];
    return one(...there, encode(shape, { rs1 }), nop);
  }

  /** To the last parcels of memory, where half an instruction or a whole one stands. */
  #edge(dice: Dice): Item {
    const [value, before] = [dice.between(1, POOL - 1), dice.between(0, POOL - 1)];
    return one(
      this.shapes.word('addi', { rd: value, imm: dice.pick([1, 0x13, 0x73, dice.below(2048), dice.below(2048) | 3]) }),
      this.shapes.word('sh', { rs1: POINTER.end, rs2: value, imm: -2 }),
      ...(dice.oneIn(2) ? [this.shapes.word('sh', { rs1: POINTER.end, rs2: before, imm: -4 })] : []),
      this.shapes.word('jalr', { rd: this.#kit.target(dice), rs1: POINTER.end, imm: dice.pick([-2, -2, -2, -4, -6]) }),
    );
  }

  /** To the next item, to an odd place, or out of memory. */
  #jalr(dice: Dice): Item {
    const rd = this.#kit.target(dice);
    if (dice.oneIn(6)) return one(this.shapes.word('jalr', { rd, rs1: dice.pick([POINTER.wild, POINTER.end, POINTER.msip]), imm: dice.between(-8, 8) }));
    const rs1 = dice.between(1, POOL - 1);
    return one(this.shapes.word('auipc', { rd: rs1 }), this.shapes.word('jalr', { rd, rs1, imm: dice.pick([8, 8, 9, 10, 11]) }));
  }

  #csr(dice: Dice, shape: Shape, csr: number): number {
    return encode(shape, { rd: dice.oneIn(4) ? 0 : this.#kit.target(dice), rs1: dice.oneIn(3) ? 0 : this.#kit.source(dice), csr, zimm: dice.oneIn(3) ? 0 : dice.below(32) });
  }

  /** An access that the mode may make, as far as the address tells. */
  #calmCsr(dice: Dice, mode: Mode): number {
    // All that users have is counters, which must be granted.
    if ((mode === 'U' || mode === 'VU') && !dice.oneIn(8)) return this.#kit.computation(dice);
    const csr = this.#kit.csrs.allowed(dice, mode);
    const readOnly = csr >> 10 === 3;
    return this.shapes.word(dice.pick(readOnly ? ['csrrs', 'csrrc'] : ['csrrw', 'csrrs', 'csrrc']), { rd: this.#kit.target(dice), rs1: readOnly || dice.oneIn(3) ? 0 : this.#kit.source(dice), csr });
  }

  /** A write, and at once something that depends on it. */
  #csrPair(dice: Dice, mode: Mode): Item {
    const csr = this.#kit.csrs.choose(dice, mode);
    const write = this.shapes.word(dice.pick(['csrrw', 'csrrs', 'csrrc']), { rd: this.#kit.target(dice), rs1: this.#kit.source(dice), csr });
    const read = this.shapes.word('csrrs', { rd: this.#kit.target(dice), csr: dice.oneIn(3) ? this.#kit.csrs.related(dice, csr) : csr });
    return dice.oneIn(4) ? one(write, this.#kit.fill(dice, dice.pick(this.#system))) : one(write, read);
  }

  /** Makes an interrupt pending, enabled or delegated. */
  #interruptWrite(dice: Dice): Item {
    const rs1 = dice.between(1, POOL - 1);
    if (dice.oneIn(4)) return one(this.shapes.word('addi', { rd: rs1, imm: 1 }), this.shapes.word('sw', { rs1: POINTER.msip, rs2: rs1 }));
    if (dice.oneIn(8)) return one(this.shapes.word('sd', { rs1: POINTER.mtimecmp, rs2: dice.oneIn(2) ? 0 : rs1 }));
    const csr = this.#kit.csrs.interrupt(dice);
    return one(
      this.shapes.word('addi', { rd: rs1, imm: dice.pick([0x2, 0x20, 0x200, 0x4, 0x40, 0x400, 0x222, 0x444, 0x666, -1]) }),
      this.shapes.word(dice.pick(['csrrs', 'csrrs', 'csrrw', 'csrrc']), { rd: this.#kit.target(dice), rs1, csr }),
    );
  }

  /** A return to just behind itself (or to wherever the register points). */
  #xret(dice: Dice): Item {
    const mret = dice.oneIn(3);
    const leave = this.shapes.word(mret ? 'mret' : 'sret');
    if (dice.oneIn(4)) return one(leave);
    const rs1 = dice.between(1, POOL - 1);
    const prepare = dice.oneIn(2) ? [] : this.#returnState(dice, mret);
    const there = [
      this.shapes.word('auipc', { rd: rs1 }),
      this.shapes.word('addi', { rd: rs1, rs1, imm: 16 }),
      this.shapes.word('csrrw', { csr: mret ? 0x341 : 0x141, rs1 }),
    ];
    return one(...prepare, ...there, leave);
  }

  /** Sets or clears previous privilege, virtualization, or MPRV, which a return may have to drop. */
  #returnState(dice: Dice, mret: boolean): readonly number[] {
    const rs1 = dice.between(1, POOL - 1);
    const op = dice.oneIn(2) ? 'csrrs' : 'csrrc';
    if (mret && dice.oneIn(2)) {
      return [this.shapes.word('addi', { rd: rs1, imm: 0x80 }), this.shapes.word('slli', { rd: rs1, rs1, imm: 32 }), this.shapes.word(op, { csr: 0x300, rs1 })];
    }
    if (mret) return [this.shapes.word('lui', { rd: rs1, imm: 0x2000 }), this.shapes.word('addi', { rd: rs1, rs1, imm: dice.pick([-0x800, -0x1000]) }), this.shapes.word(op, { csr: 0x300, rs1 })];
    if (dice.oneIn(3)) return [this.shapes.word('lui', { rd: rs1, imm: 0x2_0000 }), this.shapes.word(op, { csr: 0x300, rs1 })];
    if (dice.oneIn(2)) return [this.shapes.word('addi', { rd: rs1, imm: 0x100 }), this.shapes.word(op, { csr: 0x100, rs1 })];
    return [this.shapes.word('addi', { rd: rs1, imm: dice.pick([0x80, 0x180, 0x200]) }), this.shapes.word(op, { csr: 0x600, rs1 })];
  }

  /** In M-mode: an access with the privilege of another mode (MPRV), mostly to where there is nothing. */
  #borrow(dice: Dice, shape: Shape): Item {
    const [bits, virtual] = [dice.between(1, 7), dice.between(8, POOL - 1)];
    const guest = dice.oneIn(3)
      ? []
      : [this.shapes.word('addi', { rd: virtual, imm: 1 }), this.shapes.word('slli', { rd: virtual, rs1: virtual, imm: 39 }), this.shapes.word('or', { rd: bits, rs1: bits, rs2: virtual })];
    return one(
      // MPRV with MPP 3 or 1.
      this.shapes.word('lui', { rd: bits, imm: dice.oneIn(2) ? 0x2_2000 : 0x2_1000 }),
      this.shapes.word('addi', { rd: bits, rs1: bits, imm: -0x800 }),
      ...guest,
      this.shapes.word('csrrs', { csr: 0x300, rs1: bits }),
      encode(shape, { rd: this.#kit.target(dice), rs1: dice.pick([POINTER.data, POINTER.end, POINTER.wild]), rs2: this.#kit.source(dice) }),
    );
  }

  /** Stores an instruction over a later one, with or without FENCE.I. */
  #modify(dice: Dice): Item {
    const rd = dice.between(1, POOL - 1);
    const fence = dice.oneIn(2) ? [this.shapes.word('fence.i')] : [];
    return one(
      this.shapes.word('lw', { rd, rs1: POINTER.data, imm: 8 * (4 * dice.below(DATA_SLOTS / 4) + 3) }),
      this.shapes.word('auipc', { rd: (rd % (POOL - 1)) + 1 }),
      this.shapes.word('sw', { rs1: (rd % (POOL - 1)) + 1, rs2: rd, imm: 4 * dice.between(2, 8) }),
      ...fence,
    );
  }

  /** Changes a word that may be a page-table entry, with or without a fence behind it. */
  #edit(dice: Dice): Item {
    const rd = dice.between(1, POOL - 1);
    const imm = 8 * dice.pick([INDEX.data, INDEX.data, INDEX.data, INDEX.data + 1, INDEX.data + 1, INDEX.window, INDEX.window + 1, INDEX.tables, INDEX.down, INDEX.giga, INDEX.mega]) - 8 * INDEX.data;
    const flags = dice.pick([1, 2, 4, 8, 0x10, 0x40, 0x80, 0xc0, 0x400, 0x1, -1]);
    const change = dice.oneIn(6)
      ? [this.shapes.word('sd', { rs1: POINTER.wild, rs2: this.#kit.source(dice), imm })]
      : [
          this.shapes.word('ld', { rd, rs1: POINTER.wild, imm }),
          this.shapes.word(dice.pick(['xori', 'xori', 'andi', 'ori']), { rd, rs1: rd, imm: flags }),
          this.shapes.word('sd', { rs1: POINTER.wild, rs2: rd, imm }),
        ];
    return one(...change, ...(dice.oneIn(2) ? [this.shapes.word(dice.pick(['sfence.vma', 'sfence.vma', 'hfence.gvma', 'hfence.vvma']))] : []));
  }

  /** To the end of the body's first page, where code leads across it and back. */
  #cross(dice: Dice): Item {
    const end = 0x1000 - AT.body;
    return one(this.shapes.word('jalr', { rd: dice.oneIn(8) ? 0 : LINK, rs1: POINTER.body, imm: end - dice.pick([2, 2, 2, 4, 6, 8, 12]) }));
  }

  /** Around the end of the first page of the data. */
  #straddle(dice: Dice, shape: Shape): Item {
    return one(encode(shape, { rd: this.#kit.target(dice), rs1: POINTER.end, rs2: this.#kit.source(dice), imm: dice.oneIn(4) ? dice.between(-9, 3) : dice.between(-7, -1) }));
  }
}
