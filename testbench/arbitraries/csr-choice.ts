/** Which CSR an instruction of the body names. */
import type { Csr, Isa } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { Weighted, type Dice } from './dice.js';

/** csr[9:8] that a mode may use, at most. */
const LEVEL: Readonly<Record<Mode, number>> = { M: 3, HS: 2, U: 0, VS: 1, VU: 0 };

const levelOf = (address: number): number => (address >> 8) & 3;
/** Families of like registers count as one. */
const isNumbered = ({ name }: Csr): boolean => /(hpm(counter|event)\d+|stateen[123]|pmp(cfg|addr)\d+)$/.test(name);
/** Writes that leave a program without a way back. */
const ESCAPES = new Set(['mtvec', 'stvec', 'vstvec', 'mepc', 'sepc', 'vsepc']);
const INTERRUPTS = new Set(['mip', 'mie', 'sip', 'sie', 'hip', 'hie', 'hvip', 'hgeie', 'vsip', 'vsie', 'mideleg', 'hideleg', 'stimecmp', 'vstimecmp', 'menvcfg', 'henvcfg']);

/** Chooses CSR addresses. */
export class CsrChooser {
  readonly #byLevel: readonly Weighted<number>[];
  readonly #all: Weighted<number>;
  readonly #numbered: readonly number[];
  readonly #interrupts: readonly number[];

  constructor(isa: Isa) {
    const plain = isa.csrs.filter((c) => !isNumbered(c));
    const weigh = (list: readonly Csr[]): Weighted<number> =>
      new Weighted(list.map((c) => [ESCAPES.has(c.name) ? 1 : INTERRUPTS.has(c.name) || /status$/.test(c.name) ? 8 : 4, c.address] as const));
    this.#all = weigh(plain);
    this.#byLevel = [0, 1, 2, 3].map((level) => weigh(plain.filter((c) => levelOf(c.address) <= level)));
    this.#numbered = isa.csrs.filter(isNumbered).map((c) => c.address);
    this.#interrupts = isa.csrs.filter((c) => INTERRUPTS.has(c.name)).map((c) => c.address);
  }

  /** Mostly one that the mode may use, sometimes any, sometimes none that exists. */
  choose(dice: Dice, mode: Mode): number {
    const way = dice.below(16);
    if (way === 0) return dice.below(0x1000);
    if (way === 1 && this.#numbered.length > 0) return dice.pick(this.#numbered);
    if (way < 7) return this.#all.pick(dice);
    return this.allowed(dice, mode);
  }

  /** One that the mode may use, as far as its level goes. */
  allowed(dice: Dice, mode: Mode): number {
    return (this.#byLevel[LEVEL[mode]] ?? this.#all).pick(dice);
  }

  /** One that may be a view of the same bits: the same number at another level. */
  related(dice: Dice, csr: number): number {
    return (csr & ~0x300) | (dice.below(4) << 8);
  }

  /** One that interrupts depend on. */
  interrupt(dice: Dice): number {
    return dice.pick(this.#interrupts);
  }
}
