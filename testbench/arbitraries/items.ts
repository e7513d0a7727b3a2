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
import { calmCsr, csrAccess, csrPair, interruptWrite, xret } from './idioms/controls.js';
import { effects } from './idioms/effects.js';
import { feeding } from './idioms/feeding.js';
import { guests } from './idioms/guests.js';
import { branch, crossPage, jal, jalr, modifyCode, shortJump, toTheEdge } from './idioms/jumps.js';
import { borrow, dependent, device, editEntry, guestMove, LEAST_QUIET_BYTES, loadUse, move, quietDevice, reserve, shortMove, straddle } from './idioms/moves.js';
import { shadows } from './idioms/shadows.js';
import { Kit, one, type Idiom, type Make } from './kit.js';
import { DATA_SLOTS, POINTER } from './map.js';
import { BIASES, type Bias, type ItemKind } from './profile.js';
import type { Item } from './program.js';
import { encode, type Shape, type Shapes } from './shapes.js';

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
  readonly #short: readonly Shape[];
  readonly #favourites: readonly Shape[];

  constructor(isa: Isa, readonly shapes: Shapes, bias: Bias = BIASES.all, favourites: readonly string[] = []) {
    this.#kit = new Kit(isa, shapes);
    this.#favourites = favourites.map((name) => shapes.named(name));
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
      ['long', 4, 4, muldiv, (dice) => dependent(kit, dice, dice.pick(muldiv))],
      ['move', 12, 0, moves, (dice) => move(kit, dice, dice.pick(moves))],
      ['move', 0, 4, moves, (dice) => one(encode(dice.pick(moves), { rd: kit.target(dice), rs1: POINTER.data, rs2: kit.source(dice), imm: dice.between(0, DATA_SLOTS * 8 - 8) }))],
      ['load-use', 3, 3, moves, (dice) => loadUse(kit, dice, dice.pick(moves))],
      ['guest-move', 6, 0, guestMoves, (dice) => guestMove(kit, dice, dice.pick(guestMoves))],
      ['device', 6, 0, moves, (dice) => device(kit, dice, dice.pick(guestMoves.length > 0 && dice.oneIn(3) ? guestMoves : moves))],
      ['device', 0, 2, quietMoves, (dice) => quietDevice(kit, dice, dice.pick(quietMoves))],
      ['atomic', 6, 0, atomics, (dice) => guestMove(kit, dice, dice.pick(atomics))],
      ['block', 3, 0, blocks, (dice) => guestMove(kit, dice, dice.pick(blocks))],
      ['reserve', 4, 0, reserves, (dice) => reserve(kit, dice, dice.pick(reserves), dice.pick(conditionals))],
      ['branch', 6, 4, branches, (dice) => branch(kit, dice, dice.pick(branches))],
      ['short', 8, 8, this.#short, (dice) => this.#shorts(dice)],
      ['short-move', 5, 3, shortMoves, (dice) => shortMove(kit, dice, dice.pick(shortMoves))],
      ['short-branch', 3, 2, shortBranches, (dice) => branch(kit, dice, dice.pick(shortBranches))],
      ['short-jump', 3, 0, shortJumps, (dice) => shortJump(kit, dice, dice.pick(shortJumps))],
      ['edge', 1, 0, shortJumps, (dice) => toTheEdge(kit, dice)],
      ['jal', 2, 0, branches, (dice) => jal(kit, dice)],
      ['jalr', 3, 0, branches, (dice) => jalr(kit, dice)],
      ['csr', 16, 0, csrs, (dice, mode) => one(csrAccess(kit, dice, dice.pick(csrs), kit.csrs.choose(dice, mode)))],
      ['csr', 0, 4, csrs, (dice, mode) => one(calmCsr(kit, dice, mode))],
      ['csr-pair', 5, 0, csrs, (dice, mode) => csrPair(kit, dice, mode)],
      ['interrupt-write', 4, 0, csrs, (dice) => interruptWrite(kit, dice)],
      ['interrupt-write', 0, 1, csrs, calmly((dice) => interruptWrite(kit, dice))],
      ['trap', 4, 0, traps, (dice) => one(kit.fill(dice, dice.pick(traps)))],
      ['ecall', 3, 0, traps, () => one(kit.word('ecall'))],
      ['xret', 5, 0, traps, (dice) => xret(kit, dice)],
      ['borrow', 2, 0, moves, (dice) => borrow(kit, dice, dice.pick(moves))],
      ['system', 3, 0, kit.system, (dice) => one(kit.fill(dice, dice.pick(kit.system)))],
      ['wait', 1, 0, traps, () => one(kit.word('wfi'))],
      ['fence', 3, 0, fences, (dice) => one(kit.fill(dice, dice.pick(fences)))],
      ['order', 1, 0, orders, (dice) => one(kit.fill(dice, dice.pick(orders)))],
      ['modify', 1, 0, traps, (dice) => modifyCode(kit, dice)],
      ['raw', 3, 0, traps, (dice) => one(this.word(dice))],
      ['edit', 1, 0, moves, (dice) => editEntry(kit, dice)],
      ['straddle', 1, 0, moves, (dice) => straddle(kit, dice, dice.pick(moves))],
      ['cross', 1, 0, traps, (dice) => crossPage(kit, dice)],
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

  /** Computations of 16 bits; an odd number of them leaves what follows between two words. */
  #shorts(dice: Dice): Item {
    return one(...Array.from({ length: dice.between(1, 3) }, () => this.#kit.fill(dice, dice.pick(this.#short))));
  }
}
